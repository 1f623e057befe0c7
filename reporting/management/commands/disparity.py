"""``manage.py disparity --force SLUG --from DAY --to DAY``: who is treated differently, as JSON; operational."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion import audit
from diversion.accounts.models import Organisation
from diversion.unit_of_work import unit_of_work
from reporting import outbox
from reporting.facts.sources import all_names
from reporting.management.commands.monitoring_report import day, force_named
from reporting.measures import NoMeasure
from reporting.measures.disparity import DEFAULT_BY, disparity
from reporting.monitoring import NoReport
from reporting.monitoring.files import write
from reporting.releases.door import Audience, Leaving, checked


class Command(BaseCommand):
    """Prints the disparities of a force and period; with --out they are written to disparity.json there."""

    help = (
        "Compare groups: every measure by every dimension, with intervals, adjusted ratios and flags. Not for release."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", required=True, help="the force's slug")
        parser.add_argument("--from", dest="start", required=True, type=day, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="end", required=True, type=day, metavar="YYYY-MM-DD")
        parser.add_argument("--reference", default="White", help="the ethnic group compared with (default: White)")
        parser.add_argument("--by", default=",".join(DEFAULT_BY), help=f"dimensions (default: {','.join(DEFAULT_BY)})")
        parser.add_argument("--measure", action="append", help="may be repeated (default: all)")
        parser.add_argument("--source", choices=all_names(), help="needed only where a force has several")
        parser.add_argument("--out", type=Path, metavar="FOLDER", help="made if it is not there")

    def handle(self, *args: Any, **options: Any) -> None:
        with unit_of_work("bring facts up to date"):
            outbox.drain()
        with unit_of_work("disparity"):
            found = self._found(force_named(options["force"]), options)
        text = json.dumps(checked(found, Audience.OPERATIONAL), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        if options["out"] is None:
            self.stdout.write(text, ending="")
            return
        try:
            write(options["out"], {"disparity.json": text})
        except OSError as error:
            raise CommandError(f"It cannot be written to {options['out']}: {error.strerror or error}.") from None
        self.stdout.write(f"{options['out'] / 'disparity.json'} ({found['marking']})")

    def _found(self, force: Organisation, options: dict[str, Any]) -> Leaving:
        period = (options["start"], options["end"], options["by"].split(","), options["measure"])
        try:
            found = disparity(force, *period, references={"ethnicity": options["reference"]}, source=options["source"])
        except (NoMeasure, NoReport) as refusal:
            raise CommandError(str(refusal)) from None
        detail = {"from": found["from"], "to": found["to"], "source": found["source"]}
        audit.record("disparity.produced", audit.Nature.CONSULTATION, by=None, subjects=[force], detail=detail)
        return found
