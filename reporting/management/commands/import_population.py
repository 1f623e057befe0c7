"""``manage.py import_population FILE --force SLUG``: who lives in the force's area, from a census table."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.refusals import Refused
from reporting.actions.population import import_population
from reporting.intake.mappings.parts import MappingError
from reporting.intake.mappings.population import DEFAULT, SHELF
from reporting.intake.near import printable
from reporting.intake.reading import UnreadableFile


class Command(BaseCommand):
    """The last line is JSON: force, area, year, the residents of each group, and whether they were added, unchanged or
    replaced."""

    help = "Import how many people of each ethnic group live in a force's area, from a census table."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="text of rows, plain or gzipped; a workbook; or JSON lines")
        parser.add_argument("--force", required=True, help="the force's slug (thames-valley)")
        parser.add_argument("--area", default="", help="what the file calls the area (default: the force's name)")
        parser.add_argument("--mapping", default=DEFAULT, help=f"one of {', '.join(SHELF.names())}")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = {name: options[name] for name in ("force", "area", "mapping")}
        try:
            done = import_population(path=options["file"], by=None, **asked)
        except (MappingError, UnreadableFile, Refused) as refusal:
            raise CommandError(printable(str(refusal))) from None
        one = done.population
        told = {"force": one.force.slug, "area": one.area, "year": one.year, "groups": one.groups, "fate": done.fate}
        self.stdout.write(json.dumps(told))
