"""``manage.py prune [--dry-run]``: what is kept for a time and then removed, and how much of it there is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from diversion.management.pruning import prune
from diversion.unit_of_work import unit_of_work


class Command(BaseCommand):
    help = "Remove what has been kept as long as its setting says; the beat does so each night."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say how much it would be, and remove nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        with unit_of_work("prune"):
            found = prune(dry_run=options["dry_run"])
        done = "would be removed" if options["dry_run"] else "removed"
        for one in found:
            counts = f"{one.held} held, {one.over} {done}, {one.held - one.over} left"
            self.stdout.write(f"{one.rule.what}: {counts} ({one.rule.setting})")
