"""``manage.py import_suspects FILE --force SLUG``: the force's own outcome extract, one row a suspect and crime."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.refusals import Refused
from reporting.actions.suspects import ImportedSuspects, import_suspects
from reporting.facts.mapping import MappingError
from reporting.facts.reading import UnreadableFile
from reporting.suspects.mapping import DEFAULT, SHELF


class Command(BaseCommand):
    """Remarks go to standard error; the last line of standard output is JSON."""

    help = "Import a force's outcome extract: everybody suspected of a crime, whatever came of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV file, plain or gzipped, in UTF-8")
        parser.add_argument("--force", required=True, help="the force's slug; made if it is not known")
        parser.add_argument("--mapping", default=DEFAULT, help=f"one of {', '.join(SHELF.names())}")
        parser.add_argument("--rejects-file", type=Path, help="where to keep line and reason of rejected rows")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = import_suspects(
                path=options["file"],
                force=options["force"],
                mapping=options["mapping"],
                rejects_file=options["rejects_file"],
                by=None,
            )
        except (MappingError, UnreadableFile, Refused) as refusal:
            raise CommandError(str(refusal)) from None
        self._remarks(done)
        self.stdout.write(json.dumps(summary(done)))

    def _remarks(self, done: ImportedSuspects) -> None:
        batch = done.batch
        if done.force_created:
            self.stderr.write(f"The force '{batch.force.slug}' was not known and was made: {batch.force}.", str)
        for (column, word), number in sorted(done.unrecognised.items())[:20]:
            self.stderr.write(f"Not recognised in '{column}', kept as unknown: {word!r} ({number:,}).", str)
        if batch.rejects_file:
            self.stderr.write(f"Rejected rows, by line and reason: {batch.rejects_file}", str)


def summary(done: ImportedSuspects) -> dict[str, int | str | None]:
    """The last line: rows = accepted + rejected + already_present."""
    batch = done.batch
    return {
        "rows": batch.rows,
        "accepted": batch.accepted,
        "rejected": batch.rejected,
        "already_present": batch.already_present,
        "rejects_file": batch.rejects_file or None,
    }
