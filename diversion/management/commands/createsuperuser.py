from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Refused: nobody may do everything here. `first_administrator` makes the first account of an organisation."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whatever Django's own command takes, so that a script hears the reason too."""
        parser.add_argument("--email")
        parser.add_argument("--full_name")
        parser.add_argument("--database")
        parser.add_argument("--noinput", "--no-input", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(
            "There is no superuser: what people may do comes from their roles. For the first account of an "
            "organisation use: manage.py first_administrator EMAIL --name NAME --organisation SLUG. Administrators add "
            "the others."
        )
