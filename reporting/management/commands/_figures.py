"""What commands that print figures of one force and period have in common."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion import audit
from diversion.accounts.models import Organisation
from diversion.unit_of_work import unit_of_work
from reporting import outbox
from reporting.door import Audience, Leaving, checked
from reporting.management.commands.monitoring_report import day, force_named
from reporting.measures import NoMeasure
from reporting.monitoring import NoReport
from reporting.monitoring.files import write


class FiguresCommand(BaseCommand):
    """Brings the facts up to date, takes figures through the door, logs it and prints them as JSON; operational.

    With --out they are written to ``name``.json there. The entry in the log is ``name``.produced: exact counts of few
    people say something about each of them.
    """

    name: str

    def figures(self, force: Organisation, options: dict[str, Any]) -> Leaving:
        """The figures asked for. NoMeasure or NoReport becomes a CommandError."""
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", required=True, help="the force's slug")
        for name, dest, words in (("--from", "start", "the first day"), ("--to", "end", "the last day, included")):
            parser.add_argument(name, dest=dest, required=True, type=day, metavar="YYYY-MM-DD", help=words)
        parser.add_argument("--out", type=Path, metavar="FOLDER", help="made if it is not there")

    def handle(self, *args: Any, **options: Any) -> None:
        with unit_of_work("bring facts up to date"):
            outbox.drain()
        with unit_of_work(self.name):
            found = self._found(force_named(options["force"]), options)
        text = json.dumps(checked(found, Audience.OPERATIONAL), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        if options["out"] is None:
            self.stdout.write(text, ending="")
            return
        try:
            write(options["out"], {f"{self.name}.json": text})
        except OSError as error:
            raise CommandError(f"It cannot be written to {options['out']}: {error.strerror or error}.") from None
        self.stdout.write(f"{options['out'] / self.name}.json ({found['marking']})")

    def _found(self, force: Organisation, options: dict[str, Any]) -> Leaving:
        try:
            found = self.figures(force, options)
        except (NoMeasure, NoReport) as refusal:
            raise CommandError(str(refusal)) from None
        detail = {key: found[key] for key in ("from", "to", "source", "by", "where") if key in found}
        audit.record(f"{self.name}.produced", audit.Nature.CONSULTATION, by=None, subjects=[force], detail=detail)
        return found
