"""``manage.py import_offences FILE [--force SLUG] [--dry-run]``: entries of the offence catalogue from a CSV file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.actions.catalogue import import_offences
from cases.catalogue.files import UnusableFile, read_file
from cases.catalogue.planning import Fate, Plan
from diversion.accounts.models import Organisation
from diversion.unit_of_work import unit_of_work


class Command(BaseCommand):
    """Remarks go to standard error, the rejected rows with their reasons among them.

    The last line of standard output is JSON: rows = accepted + rejected + unchanged.
    """

    help = "Import entries of the offence catalogue from a CSV file (docs/importing.md says which columns it may have)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV file in UTF-8, with a header")
        parser.add_argument("--force", default="", help="whose own entries these are (default: all share them)")
        parser.add_argument("--dry-run", action="store_true", help="say what would become of each row, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        force = force_called(options["force"]) if options["force"] else None
        try:
            offered = read_file(options["file"])
        except UnusableFile as fault:
            raise CommandError(str(fault)) from None
        with unit_of_work("import_offences"):
            done = import_offences(offered=offered, force=force, dry_run=options["dry_run"], by=None)
        self._remark(done)
        told = {"rows": done.rows, "accepted": done.accepted, "rejected": len(done.rejects)}
        self.stdout.write(json.dumps(told | {"unchanged": done.unchanged, "dry_run": options["dry_run"]}))

    def _remark(self, done: Plan) -> None:
        for step in done.steps:
            if step.fate is not Fate.UNCHANGED:
                self.say(f"Line {step.line}, {step.entry.code}: {step.words}.")
        for kept, last in done.closing:
            self.say(f"{kept.entry.code}: the entry of before ends on {last}.")
        for reject in done.rejects:
            self.say(f"Line {reject.line}, {reject.code or 'no code'}: rejected: {reject.reason}.")

    def say(self, text: str) -> None:
        """To standard error, without the colour of errors."""
        self.stderr.write(text, str)


def force_called(slug: str) -> Organisation:
    """The police force with that slug. CommandError names those there are."""
    forces = Organisation.objects.filter(kind=Organisation.Kind.POLICE_FORCE)
    force = forces.filter(slug=slug).first()
    if force is None:
        known = ", ".join(forces.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"There is no force “{slug}” here. Known forces: {known}.")
    return force
