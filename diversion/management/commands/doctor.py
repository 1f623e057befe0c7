"""``manage.py doctor``: one screen of what is well with the service and what is not, each with its mend."""

import uuid
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from diversion.management.deep import examine_deeply
from diversion.management.doctor import Finding, examine


class Command(BaseCommand):
    help = "Say what is well with this service and what is not, each with its mend. Exit status 1 if anything is not."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--deep", action="store_true", help="look at the records too; it only reads")
        parser.add_argument(
            "--submissions", type=Path, help="with --deep: a file of submission numbers, one a line, that are on record"
        )

    def handle(self, *args: Any, deep: bool = False, submissions: Path | None = None, **options: Any) -> None:
        if submissions and not deep:
            raise CommandError("Say --deep too: --submissions is about what it looks at.")
        unwell, looked_at = False, examine()
        if deep:
            looked_at = chain(looked_at, self._deep(submissions))
        for finding in looked_at:
            self.stdout.write(finding.line)
            unwell = unwell or bool(finding.faults)
        if unwell:
            raise CommandError("Not all is well: see the lines that begin with MEND.")

    def _deep(self, submissions: Path | None) -> Iterator[Finding]:
        try:
            answered = [uuid.UUID(line) for line in submissions.read_text().split()] if submissions else []
        except (OSError, ValueError) as error:
            raise CommandError(f"{submissions} holds no list of submissions: {error}") from None
        return examine_deeply(answered)
