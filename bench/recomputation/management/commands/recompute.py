"""``manage.py recompute FILE``: named cases, recomputed by the service's own functions. Needs no database."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bench.recomputation.by_case import lines, recompute
from bench.recomputation.sheets import Asked
from bench.recomputation.tables import cases
from reporting.intake.reading import UnreadableFile

#: Option -> what its column holds.
COLUMNS = {
    "group": "the group of a row; empty: Unknown",
    "stratum": "the stratum of a row",
    "events": "how many had the event",
    "total": "of how many",
    "others": "how many had not, where there is no total",
    "outcome": "of a person, whether it happened",
    "count": "how many people a row stands for",
    "time": "how long somebody was followed, or person-time",
    "start": "the day from which somebody was followed",
    "end": "the day until which",
    "p": "a p-value",
}
OTHERS = {
    "category": "what is recomputed; needed unless the table has a column of that name",
    "reference": "the group to compare with",
    "encoding": "how a text is written, if not in UTF-8: cp1252",
}


class Command(BaseCommand):
    """Print one JSON line for each case: ``computed``, ``skipped`` with the reason, or ``error`` with the mend."""

    help = "Recompute published statistical and suppression cases; one JSON line for each (docs/measures.md, 21)."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and for a table which column is what."""
        parser.add_argument("cases", help="cases in JSON, or a table (CSV, sheet): which column is what is said below")
        for name, words in (COLUMNS | OTHERS).items():
            parser.add_argument(f"--{name}", default="", help=words)
        parser.add_argument("--yes", nargs="*", default=[], help="answers that mean that it happened")
        parser.add_argument("--no", nargs="*", default=[], help="answers that mean that it did not")
        parser.add_argument("--names", nargs="*", default=[], help="the numbers wanted; usual ones unless named")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the lines. CommandError only where the file itself cannot be read."""
        for line in _lines(Path(options["cases"]), options):
            # In ASCII: a name may hold half a character, which no output can be written in.
            self.stdout.write(json.dumps(line, allow_nan=False))


def _lines(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The lines of a file of cases; of a table with what was counted, and who was left out."""
    if not _is_table(path):
        yield from lines(read_cases(path))
        return
    named: dict[str, Any] = {one.name: options[one.name] for one in fields(Asked) if options.get(one.name)}
    named |= {name: tuple(named[name]) for name in ("yes", "no", "names") if name in named}
    try:
        found = cases(path, Asked(**named))
    except (UnreadableFile, ValueError) as fault:
        raise CommandError(str(fault)) from fault
    yield from map(_of_table, found)


def _of_table(case: dict[str, Any]) -> dict[str, Any]:
    if "fault" in case:
        return {"id": case["id"], "error": case["fault"]}
    more = {"counted": case["inputs"]} | {name: case[name] for name in ("left_out",) if name in case}
    return recompute(case) | more


def _is_table(path: Path) -> bool:
    """Whether it begins with no bracket: cases in JSON do, and what cannot be opened is refused as they are."""
    try:
        with path.open("rb") as file:
            start = file.read(1024).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError:
        return False
    return not start.startswith((b"[", b"{"))


def read_cases(path: Path) -> list[Any]:
    """Cases of a file: a JSON list, an object with a list under "cases", or a case on each line."""
    try:
        content = _content(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as fault:
        raise CommandError(f"Cannot read {path}: {fault}") from fault
    except json.JSONDecodeError as fault:
        raise CommandError(f"{path} is not JSON (line {fault.lineno}, column {fault.colno}): {fault.msg}.") from fault
    except (ValueError, RecursionError) as fault:
        raise CommandError(f"{path} holds numbers too long or lists too deep to be read: {fault}.") from fault
    found = content.get("cases") if isinstance(content, dict) else content
    if not isinstance(found, list):
        raise CommandError(f'{path} must hold a list of cases, or an object with a list under "cases".')
    return found


def _content(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as fault:
        if fault.msg != "Extra data":
            raise
        return [json.loads(line) for line in text.splitlines() if line.strip()]
