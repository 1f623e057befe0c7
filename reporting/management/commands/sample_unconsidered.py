"""``manage.py sample_unconsidered --force SLUG --seed WORD``: suspects nobody considered, for review by hand."""

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion import audit, clock
from diversion.unit_of_work import unit_of_work
from reporting.management.commands.monitoring_report import day, force_named
from reporting.measures import NoMeasure
from reporting.measures.coverage import sample_unconsidered


class Command(BaseCommand):
    """Prints one JSON line for each, then a last line with the seed and how many there are. Operational."""

    help = "Sample suspects of whom no decision is recorded here; the same seed gives the same sample."

    def add_arguments(self, parser: ArgumentParser) -> None:
        today = clock.today()
        parser.add_argument("--force", required=True, help="the force's slug")
        parser.add_argument("--seed", required=True, help="any word; write it into the minutes of the review")
        parser.add_argument("--count", type=int, default=20, help="how many (default: 20)")
        parser.add_argument("--from", dest="start", type=day, default=today - timedelta(days=365), metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="end", type=day, default=today, metavar="YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        force = force_named(options["force"])
        with unit_of_work("sample_unconsidered"):
            try:
                found = sample_unconsidered(
                    force, options["start"], options["end"], seed=options["seed"], count=options["count"]
                )
            except NoMeasure as refusal:
                raise CommandError(str(refusal)) from None
            detail = {"seed": options["seed"], "people": len(found["sample"])}
            audit.record("suspects.sampled", audit.Nature.CONSULTATION, by=None, subjects=[force], detail=detail)
        for one in found["sample"]:
            self.stdout.write(json.dumps(one, ensure_ascii=False))
        told = ("force", "from", "to", "seed", "suspects", "unconsidered", "marking")
        self.stdout.write(json.dumps({key: found[key] for key in told}, ensure_ascii=False))
