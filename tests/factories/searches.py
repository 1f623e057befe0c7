"""Files of made-up stop-and-search records, in the shape that police.uk publishes."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from reporting.intake.mappings import facts as mapping

MAPPING = "police-uk-stop-search"
SEARCH = {
    "Type": "Person search",
    "Date": "2020-06-15T12:00:00+00:00",
    "Part of a policing operation": "False",
    "Gender": "Male",
    "Age range": "18-24",
    "Self-defined ethnicity": "White - Irish",
    "Officer-defined ethnicity": "White",
    "Object of search": "Controlled drugs",
    "Outcome": "Community resolution",
}


def search(**changes: str) -> dict[str, str]:
    """A search that led to a community resolution; ``Age_range="10-17"`` changes the column ``Age range``."""
    return SEARCH | {key.replace("_", " "): value for key, value in changes.items()}


def searches(number: int) -> list[dict[str, str]]:
    """Different searches, a minute apart."""
    return [search(Date=f"2020-06-{1 + n // 1440:02}T{n // 60 % 24:02}:{n % 60:02}:00+00:00") for n in range(number)]


def as_csv(rows: Iterable[dict[str, str]]) -> str:
    """The text of a file with a header."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, mapping.load(MAPPING).file.columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write(path: Path, rows: Iterable[dict[str, str]]) -> Path:
    path.write_text(as_csv(rows), encoding="utf-8", newline="")
    return path
