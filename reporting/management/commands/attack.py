"""``manage.py attack RELEASE…``: what a hostile reader could work out. Needs no database.

One JSON line for each hidden cell, then a last line with the verdict. It fails if any hidden count can be pinned down
further than the release promises, or if a revision tells a change so small that it tells of people. Several releases
are attacked together, as someone who holds them would. What the reader knew that far before has to stay so wide.
"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reporting.suppression.attack import DoesNotAddUp
from reporting.suppression.family import describe
from reporting.suppression.knowledge import BadRelease, Knowledge
from reporting.suppression.release import read


class Command(BaseCommand):
    """Attack one or more releases and print every hidden cell's interval."""

    help = "Try to recover each hidden count of a release from everything it publishes."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files, and a width other than the releases' own promise."""
        parser.add_argument("release", nargs="+", help="JSON file of a release; several are attacked together")
        parser.add_argument(
            "--knows",
            action="append",
            default=[],
            metavar="FILE",
            help="counts that the reader has from elsewhere, in the form of a release: a partner's own",
        )
        parser.add_argument("--protection", type=int, help="width to demand instead of the releases' own promise")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the intervals and the verdict; CommandError where a cell is too narrow or a file unreadable."""
        try:
            own = [load(Path(name)) for name in options["knows"]]
            knowledge = read([load(Path(name)) for name in options["release"]], own)
            width = knowledge.thresholds.width if options["protection"] is None else options["protection"]
            narrow = self.report(knowledge, width)
            changes = knowledge.told_changes()
        except (BadRelease, DoesNotAddUp, ValueError) as fault:
            raise CommandError(str(fault)) from fault
        if narrow:
            raise CommandError(f"{narrow} hidden counts can be pinned down further than a width of {width}.")
        if changes:
            each = "; ".join(describe(cell) for cell in changes)
            raise CommandError(f"{len(changes)} changes are told that are too small to be: {each}.")

    def report(self, knowledge: Knowledge, width: int) -> int:
        """One line for each hidden cell and the verdict; how many are narrower than ``width``."""
        found = knowledge.intervals()
        before = knowledge.known_before(map(knowledge.position, found), width)
        narrow = 0
        for (measure, at), interval in found.items():
            kept = interval.width >= before.get(knowledge.position((measure, at)), width)
            narrow += not kept
            self.line({"measure": measure, "at": dict(at), "low": interval.low, "high": interval.high, "kept": kept})
        narrowest = min((interval.width for interval in found.values()), default=None)
        finite = narrowest if narrowest is not None and narrowest != float("inf") else None
        self.line({"hidden": len(found), "promised": width, "narrowest": finite, "too_narrow": narrow})
        return narrow

    def line(self, content: dict[str, Any]) -> None:
        """One line of JSON."""
        self.stdout.write(json.dumps(content, ensure_ascii=False))


def load(path: Path) -> Any:
    """The content of a release file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise CommandError(f"Cannot read {path}: {fault.strerror}.") from fault
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise CommandError(f"{path} is not JSON: {fault}.") from fault
