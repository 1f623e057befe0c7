"""``manage.py reset_second_factor EMAIL``: where the two people who could remove a second factor have lost theirs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from diversion.accounts.actions.factors import reset_by_service
from diversion.accounts.models import User
from diversion.unit_of_work import unit_of_work


class Command(BaseCommand):
    help = (
        "Remove the second factor of an account, when nobody of its organisation is left to do so on the page Users. "
        "Make sure of the person first. Connects as the tables' owner. Exit status 1: nothing was changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="with which they sign in")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        with unit_of_work("reset_second_factor"):
            user = User.objects.filter(email=email).first()
            if user is None or not reset_by_service(user):
                raise CommandError(f"'{email}' has no second factor here: nothing to remove.")
        self.stdout.write(f"The second factor of {email} is removed: they set up another at the next sign-in.")
