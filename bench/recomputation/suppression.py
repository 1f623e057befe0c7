"""Words of the cases about hiding small counts."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import chain
from typing import Any

import numpy as np

from bench.recomputation.keys import Book, Inputs, book, whole, whole_number
from reporting.suppression.attack import Interval, Published, attack
from reporting.suppression.family import Equation, sums
from reporting.suppression.figures import HIDDEN_WITH_A_COUNT, counts_behind_rate, one_way, rates_hidden
from reporting.suppression.thresholds import Thresholds

# Source of the cases: a rate is withheld under 100 people unless the case says otherwise.
USUAL_DENOMINATOR = 100


class TwoWay:
    """A table with row and column totals, some cells hidden; names are a row's followed by a column's."""

    def __init__(self, inputs: Inputs) -> None:
        self.cells: dict[str, int | None] = _flat(inputs["cells"])
        self.rows, self.columns = dict(inputs["row_totals"]), dict(inputs["col_totals"])
        self.hidden = {_name(entry) for entry in inputs["suppressed"]}
        if unknown := self.hidden - self.cells.keys():
            raise ValueError(f"'suppressed' names cells that are not there: {', '.join(sorted(unknown))}.")
        self.lines = {("row", row): [c for c in self.cells if _place(c, self)[0] == row] for row in self.rows}
        self.lines |= {("col", col): [c for c in self.cells if _place(c, self)[1] == col] for col in self.columns}

    def published(self) -> tuple[list[str], Published]:
        """Names in order, and all that a reader knows."""
        names = list(self.cells)
        totals = [self.rows[name] if way == "row" else self.columns[name] for way, name in self.lines]
        lines = [tuple(names.index(cell) for cell in line) for line in self.lines.values()]
        equations = [Equation(len(names) + place, line) for place, line in enumerate(lines)]
        shown = [np.nan if c in self.hidden else float(self.cells[c] or 0) for c in names] + [float(t) for t in totals]
        low = np.array(shown)
        high = np.where(np.isnan(low), np.inf, low)
        zeros = np.zeros(len(equations))
        return names, Published(sums(len(shown), equations), zeros, zeros, np.nan_to_num(low), high)

    def intervals(self) -> dict[str, Interval]:
        """The attacker's interval for each hidden cell."""
        names, known = self.published()
        found = attack(known, [names.index(cell) for cell in self.hidden])
        return {names[index]: found[index] for index in sorted(found)}

    def recoverable(self) -> list[str]:
        """Hidden cells that can have one value only."""
        return [name for name, interval in self.intervals().items() if interval.width == 0]

    def working(self) -> str | None:
        """How the first recoverable cell is found: rows added up less columns added up (or the other way about)."""
        found = self.recoverable()
        if not found:
            return None
        steps = self._steps(found[0])
        if not steps:
            return f"{found[0]} = {self.intervals()[found[0]].low}, because no count is below zero"
        sides = [(sign, way) for sign in (1, -1) for way in ("row", "col") if (sign, way) in steps.values()]
        told = [self._side(way, [line for line, step in steps.items() if step == (sign, way)]) for sign, way in sides]
        return " - ".join(told) + f" = {self.intervals()[found[0]].low}"

    def _steps(self, cell: str) -> dict[tuple[str, str], tuple[int, str]]:
        """Lines to be added (1) or taken away (-1) so that only ``cell`` is left of the hidden ones.

        None of them where no sum leaves it, and it is known because nobody counts less than nobody.
        """
        hidden = [name for name in self.cells if name in self.hidden]
        lines = list(self.lines)
        table = np.array([[float(name in self.lines[line]) for line in lines] for name in hidden])
        alone = np.array([float(name == cell) for name in hidden])
        weights = np.linalg.lstsq(table, alone, rcond=None)[0]
        # The same amount on every row and off every column changes nothing: take the shift that needs fewest lines.
        side = np.array([1.0 if way == "row" else -1.0 for way, _ in lines])
        tries = [weights - weight * sign * side for weight, sign in zip(weights, side, strict=True)]
        fewest = min(tries, key=lambda one: (np.count_nonzero(np.abs(one) > 1e-6), -(one * side).sum()))
        if not np.array_equal(table @ fewest.round(), alone):
            return {}
        return {line: (round(w), line[0]) for line, w in zip(lines, fewest, strict=True) if abs(w) > 1e-6}

    def _side(self, way: str, lines: list[tuple[str, str]]) -> str:
        totals = [(self.rows if way == "row" else self.columns)[name] for _, name in lines]
        inside = set(chain.from_iterable(self.lines[line] for line in lines))
        shown = [self.cells[name] or 0 for name in self.cells if name in inside and name not in self.hidden]
        label = f"{way}{'s' if len(lines) > 1 else ''} {'+'.join(name for _, name in lines)}"
        sums_ = f"{'+'.join(map(str, totals))}-({'+'.join(map(str, shown))})"
        return f"({label}: {sums_}={sum(totals) - sum(shown)})"


def _flat(cells: Any) -> dict[str, int | None]:
    if not isinstance(cells, Mapping):
        raise ValueError("'cells' must be an object of named counts.")
    if not any(isinstance(value, Mapping) for value in cells.values()):
        return dict(cells)
    named = [(f"{row}{col}", count) for row, line in cells.items() for col, count in line.items()]
    if len(flat := dict(named)) < len(named):
        raise ValueError("Two cells have one name, their row's followed by their column's: rename a row or a column.")
    return flat


def _name(entry: Any) -> str:
    return entry if isinstance(entry, str) else "".join(map(str, entry))


def _place(cell: str, table: TwoWay) -> tuple[str, str]:
    pairs = [(row, cell[len(row) :].lstrip("-_,: ")) for row in table.rows if cell.startswith(row)]
    found = [(row, column) for row, column in pairs if column in table.columns]
    if len(found) != 1:
        which = "more than one" if found else "no"
        raise ValueError(f"Cell '{cell}' belongs to {which} row and column of the totals.")
    return found[0]


def _one_way(i: Inputs) -> tuple[list[str], list[str]]:
    threshold = int(i.get("threshold", Thresholds().threshold))
    counts = {str(name): whole_number(n, str(name)) for name, n in _flat(i["cells"]).items() if n is not None}
    if below := [name for name, value in counts.items() if value < 0]:
        raise ValueError(f"Counts cannot be negative: {', '.join(below)}.")
    return one_way(counts, Thresholds(threshold=threshold, protection=1))


def _suppressed(i: Inputs) -> list[str]:
    hidden = set(chain(*_one_way(i)))
    return [name for name in i["cells"] if name in hidden]


def _shown(i: Inputs) -> list[str]:
    hidden = set(_suppressed(i))
    return [name for name, n in _flat(i["cells"]).items() if n is not None and name not in hidden]


def _rate_hidden(i: Inputs) -> list[bool]:
    smallest = next((int(i[name]) for name in ("min_denominator", "rate_threshold", "threshold") if name in i), None)
    return rates_hidden([int(cell["denominator"]) for cell in i["cells"]], smallest or USUAL_DENOMINATOR)


def _recovered(i: Inputs) -> int | None:
    name, per = next(((n, int(n.split("_")[2])) for n in i if n.startswith("rate_per_")), ("rate_pct_shown", 100))
    places = -int(Decimal(repr(float(i[name]))).normalize().as_tuple().exponent)
    found = counts_behind_rate(float(i[name]), whole(i, "denominator"), per, max(1, places))
    return found[0] if len(found) == 1 else None


def _first(values: list[Any]) -> Any:
    return values[0] if values else None


def _two_way_value(i: Inputs) -> int | None:
    table = TwoWay(i)
    found = table.recoverable()
    return table.intervals()[found[0]].low if found else None


SUPPRESSION: Book = book(
    {
        "primary": lambda i: _one_way(i)[0],
        "secondary": lambda i: _one_way(i)[1],
        "suppressed hidden": _suppressed,
        "shown": _shown,
        "rate_hidden": _rate_hidden,
        "recovered_count": _recovered,
        "must_also_hide": lambda i: list(HIDDEN_WITH_A_COUNT),
        "recoverable_cell": lambda i: _first(TwoWay(i).recoverable()),
        "cells_recoverable": lambda i: TwoWay(i).recoverable(),
        "recovered_value": _two_way_value,
        "safe": lambda i: not TwoWay(i).recoverable(),
        "intervals": lambda i: {name: [v.low, v.high] for name, v in TwoWay(i).intervals().items()},
        "working": lambda i: TwoWay(i).working(),
    }
)
