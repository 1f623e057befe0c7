"""Counts linked by addition: the form in which suppression and attack see any set of tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

# (measure, ((dimension, category), ...) sorted by dimension). No pair for a dimension: the total over it.
Key = tuple[str, tuple[tuple[str, str], ...]]


def key(measure: str, at: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> Key:
    """The name of a cell: its measure and where it stands."""
    pairs = at.items() if isinstance(at, Mapping) else at
    return measure, tuple(sorted(pairs))


def describe(cell: Key) -> str:
    """The cell in words: "diverted, ethnicity Black, month 2021-03"."""
    measure, at = cell
    return ", ".join([measure, *(f"{dimension} {category}" for dimension, category in at)]) if at else f"{measure}, all"


@dataclass(frozen=True, slots=True)
class Equation:
    """``total`` is the sum of ``parts`` (positions of cells). ``splits_result``: the parts are results of people.

    A result is what happened to someone (diverted or not, a disposal); a group (ethnicity, month) is who they are.
    """

    total: int
    parts: tuple[int, ...]
    splits_result: bool = False


@dataclass(frozen=True)
class Family:
    """Cells with their true counts, which of them would be printed, and the equations between them."""

    keys: tuple[Key, ...]
    values: NDArray[np.int64]
    printed: NDArray[np.bool_]
    equations: tuple[Equation, ...]

    @cached_property
    def position(self) -> dict[Key, int]:
        """Where each cell stands in the arrays."""
        return {cell: index for index, cell in enumerate(self.keys)}

    @cached_property
    def matrix(self) -> Any:
        """Sparse matrix with one row for each equation: +1 for its parts, -1 for its total; rows sum to 0."""
        return sums(len(self.keys), self.equations)

    @property
    def size(self) -> int:
        """How many cells there are, printed or not."""
        return len(self.keys)


def sums(cells: int, equations: Sequence[Equation]) -> Any:
    """The equations as a sparse matrix of ``cells`` columns."""
    from scipy.sparse import csr_array

    rows, columns, signs = [], [], []
    for row, equation in enumerate(equations):
        rows += [row] * (len(equation.parts) + 1)
        columns += [*equation.parts, equation.total]
        signs += [1.0] * len(equation.parts) + [-1.0]
    return csr_array((signs, (rows, columns)), shape=(len(equations), cells))
