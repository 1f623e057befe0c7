"""``manage.py end_sessions``: signs everybody out, of one organisation or of all, as when a break-in is feared."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from diversion.accounts.actions.own_sessions import end_everybodys_sessions
from diversion.accounts.models import Organisation


class Command(BaseCommand):
    help = "Sign everybody out, of the organisation with --organisation SLUG or, with --all, of the whole service."

    def add_arguments(self, parser: CommandParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--organisation", metavar="SLUG")
        whose.add_argument("--all", action="store_true")

    def handle(self, *args: Any, organisation: str | None, **options: Any) -> None:
        found = Organisation.objects.filter(slug=organisation).first() if organisation else None
        if organisation and found is None:
            raise CommandError(f"There is no organisation '{organisation}': manage.py add_organisation names them.")
        ended = end_everybodys_sessions(organisation=found, by=None)
        self.stdout.write(f"{ended} sessions are ended: everybody signs in again.")
