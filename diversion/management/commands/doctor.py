"""``manage.py doctor``: one screen of what is well with the service and what is not, each with its mend."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diversion.management.doctor import examine


class Command(BaseCommand):
    help = "Say what is well with this service and what is not, each with its mend. Exit status 1 if anything is not."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        unwell = False
        for finding in examine():
            self.stdout.write(finding.line)
            unwell = unwell or bool(finding.faults)
        if unwell:
            raise CommandError("Not all is well: see the lines that begin with MEND.")
