"""``manage.py disparity --force SLUG --from DAY --to DAY``: who is treated differently, as JSON; operational."""

from argparse import ArgumentParser
from typing import Any

from diversion.accounts.models import Organisation
from reporting.door import Leaving
from reporting.facts.sources import all_names
from reporting.management.commands._figures import FiguresCommand
from reporting.measures.disparity import DEFAULT_BY, disparity


class Command(FiguresCommand):
    """Prints the disparities of a force and period; with --out they are written to disparity.json there."""

    name = "disparity"
    help = (
        "Compare groups: every measure by every dimension, with intervals, adjusted ratios and flags. Not for release."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--reference", default="White", help="the ethnic group compared with (default: White)")
        parser.add_argument("--by", default=",".join(DEFAULT_BY), help=f"dimensions (default: {','.join(DEFAULT_BY)})")
        parser.add_argument("--measure", action="append", help="may be repeated (default: all)")
        parser.add_argument("--source", choices=all_names(), help="needed only where a force has several")

    def figures(self, force: Organisation, options: dict[str, Any]) -> Leaving:
        period = (options["start"], options["end"], options["by"].split(","), options["measure"])
        return disparity(force, *period, references={"ethnicity": options["reference"]}, source=options["source"])
