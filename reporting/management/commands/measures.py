"""``manage.py measures --force SLUG --from DAY --to DAY``: the measures, or the funnel, as JSON; operational."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError

from diversion.accounts.models import Organisation
from reporting.codes import LIVE
from reporting.door import Leaving
from reporting.facts.sources import all_names
from reporting.management.commands._figures import FiguresCommand
from reporting.measures import compute
from reporting.measures.coverage import funnel
from reporting.measures.dimensions import check_group
from reporting.measures.waiting import waiting


def kept(text: str) -> tuple[str, str]:
    """A dimension and one of its groups, as ``gender=Female``."""
    name, found, group = text.partition("=")
    if not (name and found and group):
        raise ArgumentTypeError(f"'{text}' is no filter: write it as gender=Female")
    return name, group


class Command(FiguresCommand):
    """Prints what ``compute`` gives of a force and period; with --out it is written to measures.json there."""

    name = "measures"
    help = "The measures by up to three dimensions: counts, rates, intervals and times. Not for release."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--by", default="", metavar="A,B", help="dimensions (default: everybody together)")
        parser.add_argument(
            "--where",
            action="append",
            type=kept,
            default=[],
            metavar="gender=Female",
            help="keep one group; may be repeated, for another group of the dimension or another dimension",
        )
        parser.add_argument(
            "--measure", action="append", metavar="NAME", help="may be repeated (default: all that count decisions)"
        )
        parser.add_argument("--source", choices=all_names(), help="needed only where a force has several")
        parser.add_argument(
            "--funnel",
            action="store_true",
            help="every stage by one dimension (default: ethnicity), with coverage of the force's outcome extract",
        )

        parser.add_argument(
            "--waiting",
            action="store_true",
            help="the share of accepted offers that waited for a rank, and which rules asked for one",
        )

    def figures(self, force: Organisation, options: dict[str, Any]) -> Leaving:
        by = [name for name in options["by"].split(",") if name]
        if options["waiting"]:
            return self._waiting(force, by, options)
        if options["funnel"]:
            return self._funnel(force, by, options)
        where: dict[str, list[str]] = {}
        for name, group in options["where"]:
            check_group(name, group)
            where.setdefault(name, []).append(group)
        period = (options["start"], options["end"])
        return compute(force, *period, by, where, options["measure"], source=options["source"])

    def _funnel(self, force: Organisation, by: list[str], options: dict[str, Any]) -> Leaving:
        if by[1:] or options["where"] or options["measure"] or options["source"] not in (None, LIVE):
            raise CommandError(
                "The funnel has measures of its own, of this service's decisions, by one dimension and of everybody: "
                "leave out --measure, --where and --source, and name one dimension with --by."
            )
        return funnel(force, options["start"], options["end"], *by)

    def _waiting(self, force: Organisation, by: list[str], options: dict[str, Any]) -> Leaving:
        if by or options["where"] or options["measure"] or options["funnel"]:
            raise CommandError("--waiting counts everybody together: leave out --by, --where, --measure and --funnel.")
        return waiting(force, options["start"], options["end"])
