"""``flush`` as the tables' owner, wherever it is called from: the app role cannot truncate, and tests flush a lot."""

from typing import Any

from django.core.management.commands import flush

from diversion.postgres.owner import as_owner


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        with as_owner(options["database"]):
            super().handle(**options)
