"""``manage.py compare_releases A.json B.json …``: what several forces have published, side by side. No database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reporting.management.commands.attack import load
from reporting.releases.comparing import compare


class Command(BaseCommand):
    """Print one JSON document: rows and rates with each force's figure or mark, and what may not be compared."""

    help = "Lay the releases of several forces side by side: only what each has published, and only what is alike."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files of the releases."""
        parser.add_argument("release", nargs="+", help="JSON file of a release; one of each force")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it. CommandError where a file is no release, or where nothing may be compared."""
        try:
            found = compare([load(Path(name)) for name in options["release"]])
        except ValueError as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False))
