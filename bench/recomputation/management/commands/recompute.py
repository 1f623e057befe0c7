"""``manage.py recompute CASES.json``: named cases, recomputed by the service's own functions. Needs no database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bench.recomputation.by_case import lines


class Command(BaseCommand):
    """Print one JSON line for each case: ``computed``, ``skipped`` with the reason, or ``error`` with the mend."""

    help = "Recompute published statistical and suppression cases; one JSON line for each."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One argument: the file of cases."""
        parser.add_argument("cases", help="JSON file: a list of cases with id, category, inputs and expected names")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the lines. CommandError only where the file itself cannot be read."""
        for line in lines(read_cases(Path(options["cases"]))):
            # In ASCII: a name may hold half a character, which no output can be written in.
            self.stdout.write(json.dumps(line, allow_nan=False))


def read_cases(path: Path) -> list[Any]:
    """Cases of a file: a JSON list, or an object with a list under "cases"."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as fault:
        raise CommandError(f"Cannot read {path}: {fault}") from fault
    except json.JSONDecodeError as fault:
        raise CommandError(f"{path} is not JSON (line {fault.lineno}, column {fault.colno}): {fault.msg}.") from fault
    except (ValueError, RecursionError) as fault:
        raise CommandError(f"{path} holds numbers too long or lists too deep to be read: {fault}.") from fault
    cases = content.get("cases") if isinstance(content, dict) else content
    if not isinstance(cases, list):
        raise CommandError(f'{path} must hold a list of cases, or an object with a list under "cases".')
    return cases
