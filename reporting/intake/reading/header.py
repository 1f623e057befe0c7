"""Finding the header of a text: on which line it stands, and what separates its fields."""

import csv
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

#: Tried in this order where the mapping names none.
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "upright strokes"}
#: Of a file whose columns nobody has named yet, a header has this many at least.
FEWEST = 2


@dataclass(frozen=True)
class Header:
    """``names`` of the columns, with the ``lines`` that stand above it and those that it takes itself."""

    names: list[str]
    delimiter: str
    above: int
    lines: int


def find(lines: Sequence[str], wanted: Collection[str], delimiters: Sequence[str]) -> Header | None:
    """The first row that has every one of ``wanted``; else the row that is most like a header; None for no rows."""
    every = [found for delimiter in delimiters for found in _rows(lines, delimiter)]
    if not every:
        return None
    if wanted:
        whole = next((found for found in every if set(wanted) <= set(found.names)), None)
        return whole or max(every, key=lambda found: (len(set(wanted) & set(found.names)), -found.above))
    return max(every, key=lambda found: _likeness(found, lines))


def _rows(lines: Sequence[str], delimiter: str) -> Iterator[Header]:
    for above, line in enumerate(lines):
        if not line.strip():
            continue
        reader = csv.reader(lines[above:], delimiter=delimiter, strict=True)
        try:
            names = [name.strip() for name in next(reader)]
        except (csv.Error, StopIteration):
            continue
        if any(names):
            yield Header(names, delimiter, above, reader.line_num)


def _likeness(found: Header, lines: Sequence[str]) -> tuple[bool, int, int]:
    """A header has as many fields as the row after it and no empty or repeated ones; the first such row is it."""
    after = lines[found.above + found.lines : found.above + found.lines + 1]
    try:
        width = len(next(csv.reader(after, delimiter=found.delimiter), [])) if after else len(found.names)
    except csv.Error:
        width = 0
    named = [name for name in found.names if name]
    fits = width == len(found.names) and len(set(named)) == len(named) and len(named) >= FEWEST
    return fits, len(named), -found.above
