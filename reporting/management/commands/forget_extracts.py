"""``manage.py forget_extracts FORCE --yes``: what its extracts brought goes, before SUSPECTS_SECRET is changed."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.refusals import Refused
from diversion.unit_of_work import unit_of_work
from reporting.actions.extracts import extracts_of, forget_extracts
from reporting.intake.ground import known_force
from reporting.intake.near import printable


class Command(BaseCommand):
    """Remarks go to standard error; the last line of standard output is JSON. Exit status 1: nothing is forgotten."""

    help = "Remove all suspects and follow-ups that a force's extracts brought, to import them under another secret."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("force", help="the force's slug")
        parser.add_argument("--yes", action="store_true", help="you hold the extracts, and will import them again")

    def handle(self, *args: Any, **options: Any) -> None:
        force = options["force"]
        try:
            if not options["yes"]:
                raise Refused(self._asks(force))
            with unit_of_work("forget_extracts"):
                gone = forget_extracts(force=force, by=None)
        except Refused as refusal:
            raise CommandError(printable(str(refusal))) from None
        self.stderr.write(printable(f"Import again: {', '.join(gone.files) or 'nothing'}."), str)
        self.stdout.write(json.dumps({"force": force, "files": gone.files, "rows": gone.rows}))

    def _asks(self, force: str) -> str:
        files = ", ".join(batch.file_name for batch in extracts_of(known_force(force))) or "none"
        return f"Nothing is forgotten yet. Have these extracts of {force} at hand, then say --yes: {files}."
