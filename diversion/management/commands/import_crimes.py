"""``manage.py import_crimes FILE --force SLUG [--dry-run]``: crimes of the record system, for officers to find."""

import json
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from cases.actions.known_crimes import bring_crimes
from cases.intake.crimes import Told, fact_of_column, read_crimes
from cases.management.commands.import_offences import force_called
from cases.models import Offence
from diversion.management.lists import SOME_REJECTED, ListCommand, Reject, read_table, readable
from diversion.unit_of_work import unit_of_work


class Command(ListCommand):
    """Remarks go to standard error; what a row tells of people is never repeated there.

    The last line of standard output is JSON: rows = taken + rejected. Exit status 1 where nothing was done, 3 where
    rows were rejected and the others taken.
    """

    help = (
        "Keep what the record system tells of crimes, so that Record a decision finds them by their number: a row for "
        "each crime and suspect, with the labels of a pasted summary as columns (docs/importing.md). The same crime "
        "again takes the place of what was told of it before."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV file or workbook with a header")
        parser.add_argument("--force", required=True, help="whose record system it is: the slug of the force")
        parser.add_argument("--dry-run", action="store_true", help="say what would become of each row, keep nothing")
        self.add_encoding(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        force = force_called(options["force"])
        with readable():
            called = partial(fact_of_column, force=force.slug)
            listed = read_table(options["file"], called, needed="number", encoding=options["encoding"])
        told = read_crimes(listed.rows, Offence.objects.catalogue(force))
        rejects = [*listed.rejects, *(Reject(line, reason) for line, reason in told.rejects)]
        whole = Told(told.crimes, [(one.line, one.reason) for one in rejects])
        with unit_of_work("import_crimes"):
            bring_crimes(told=whole, force=force, by=None)
            transaction.set_rollback(options["dry_run"])
        self.tell(listed, rejects)
        self._tell_what_was_left(whole)
        self._finish(whole, options)

    def _tell_what_was_left(self, told: Told) -> None:
        """By line and label: the words themselves may be of a person."""
        for line, words in sorted(left for crime in told.crimes for left in crime.left):
            self.say(f"Line {line}: not read, or told otherwise before: {words.partition(':')[0]}.")

    def _finish(self, told: Told, options: dict[str, Any]) -> None:
        counts = {"rows": told.rows, "taken": told.rows - len(told.rejects), "rejected": len(told.rejects)}
        about = {"crimes": len(told.crimes), "suspects": sum(len(one.suspects) for one in told.crimes)}
        self.stdout.write(json.dumps({"force": options["force"], "dry_run": options["dry_run"]} | counts | about))
        if told.rejects:
            words = f"{len(told.rejects)} of {told.rows} rows were rejected: see above."
            raise CommandError(words, returncode=SOME_REJECTED)
