"""``manage.py effect --force SLUG --from DAY --to DAY``: proven reoffending, as JSON; operational."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion import audit
from diversion.accounts.models import Organisation
from diversion.unit_of_work import unit_of_work
from reporting import outbox
from reporting.management.commands.monitoring_report import day, force_named
from reporting.measures.effect import effect
from reporting.monitoring import NoReport
from reporting.monitoring.files import write
from reporting.releases.door import Audience, Leaving, checked


class Command(BaseCommand):
    """Prints the finding of a force and period; with --out it is written to effect.json there."""

    help = (
        "Compare proven reoffending of people who accepted with that of people considered and not diverted, crude and "
        "adjusted, with what the comparison cannot show. Not for release."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", required=True, help="the force's slug")
        parser.add_argument(
            "--from", dest="start", required=True, type=day, metavar="YYYY-MM-DD", help="decisions from"
        )
        parser.add_argument("--to", dest="end", required=True, type=day, metavar="YYYY-MM-DD", help="decisions to")
        parser.add_argument("--out", type=Path, metavar="FOLDER", help="made if it is not there")

    def handle(self, *args: Any, **options: Any) -> None:
        with unit_of_work("bring facts up to date"):
            outbox.drain()
        with unit_of_work("effect"):
            found = self._found(force_named(options["force"]), options)
        text = json.dumps(checked(found, Audience.OPERATIONAL), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        if options["out"] is None:
            self.stdout.write(text, ending="")
            return
        try:
            write(options["out"], {"effect.json": text})
        except OSError as error:
            raise CommandError(f"It cannot be written to {options['out']}: {error.strerror or error}.") from None
        self.stdout.write(f"{options['out'] / 'effect.json'} ({found['marking']})")

    def _found(self, force: Organisation, options: dict[str, Any]) -> Leaving:
        try:
            found = effect(force, options["start"], options["end"])
        except NoReport as refusal:
            raise CommandError(str(refusal)) from None
        detail = {"from": found["from"], "to": found["to"]}
        audit.record("effect.produced", audit.Nature.CONSULTATION, by=None, subjects=[force], detail=detail)
        return found
