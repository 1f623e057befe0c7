"""``prepare``: the database made ready to serve, however far it has come."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, transaction

from diversion.management.steps import step
from diversion.postgres import grants, triggers
from diversion.postgres.owner import alone, as_owner, patiently, sign_in_as_app
from diversion.readiness import unapplied


class Command(BaseCommand):
    help = (
        "Makes the database ready: the role of web and worker, tables, grants, reference data, and in development, "
        "on an empty database, the opening of the demonstration. Safe to run again at any time."
    )
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        with as_owner():
            alone()
            grants.ensure_role()
            self._migrate()
        sign_in_as_app()
        self._collect()
        with step(self.stdout, "Reference data"):
            call_command("seed_reference", stdout=StringIO())
        if settings.ENVIRONMENT == "development" and not get_user_model().objects.exists():
            with step(self.stdout, "The demonstration's first cases (once)"):
                call_command("load_demonstration", opening=True, stdout=StringIO())

    def _migrate(self) -> None:
        if unapplied():
            with step(self.stdout, "Tables"):
                self._locked(lambda: call_command("migrate", interactive=False, verbosity=0))
        else:
            self._locked(_put_right)

    def _locked(self, change: Callable[[], object]) -> None:
        try:
            patiently(change)
        except OperationalError as error:
            raise CommandError(
                f"The tables were not changed: {str(error).strip()}. Something has read or changed one of them for "
                "over a minute (pg_stat_activity says what): let it end, and run this again."
            ) from None

    def _collect(self) -> None:
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # else the web server warns that it is missing
        if settings.PRODUCTION:
            with step(self.stdout, "Static files"):
                call_command("collectstatic", interactive=False, verbosity=0)


@transaction.atomic
def _put_right() -> None:
    """What a restore may have left out."""
    triggers.restore()
    grants.apply()
