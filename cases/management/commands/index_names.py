"""`manage.py index_names`: write the tokens that people and users are found by, where they are not up to date."""

from typing import Any

from django.core.management.base import BaseCommand

from cases.actions.naming import index_names
from diversion.unit_of_work import unit_of_work


class Command(BaseCommand):
    help = "Write the tokens by which people and users are found, where they are not those of the names."

    def handle(self, *args: Any, **options: Any) -> None:
        with unit_of_work("index names"):
            written = index_names()
        self.stdout.write("Written anew: " + ", ".join(f"{count} {what}" for what, count in written.items()) + ".")
