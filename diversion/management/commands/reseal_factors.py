"""``manage.py reseal_factors``: before an old SECRET_KEY is dropped, what it sealed is sealed under the new one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.accounts.actions.factors import reseal
from diversion.accounts.sealing import Unreadable
from diversion.unit_of_work import unit_of_work


class Command(BaseCommand):
    help = (
        "Seal the secrets of authenticator apps anew under SECRET_KEY, before a key is taken out of "
        "SECRET_KEY_FALLBACKS. Connects as the tables' owner. Exit status 1: nothing was changed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with unit_of_work("reseal_factors"):
                number = reseal()
        except Unreadable:
            raise CommandError(
                "A secret was sealed under a key that is in neither SECRET_KEY nor SECRET_KEY_FALLBACKS: add that key. "
                "If it is lost, whose app it was needs a recovery code, or a reset by two people (page Users)."
            ) from None
        self.stdout.write(f"{number} sealed anew.")
