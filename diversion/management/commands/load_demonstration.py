import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from diversion.demonstration import telling

GENTLY = 10


class Command(BaseCommand):
    help = (
        "Load made-up organisations, people and cases, once; later runs add what is missing and appointments to book."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--opening", action="store_true", help="the first cases only; a later run tells the rest")
        parser.add_argument("--gently", action="store_true", help="after everything else that this machine has to do")

    def handle(self, *args: Any, opening: bool = False, gently: bool = False, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demonstration is made up: it is not loaded with DIVERSION_ENV=production.")
        if gently:
            os.nice(GENTLY)
        cases, appointments = telling.tell(opening=opening)
        if cases or appointments:
            self.stdout.write(
                f"Demonstration: {cases} cases and {appointments} appointments added, {telling.told()} cases in all."
            )
