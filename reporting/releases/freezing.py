"""From true counts to a frozen release: all its tables, and those of earlier releases, suppressed as one family.

Pure: no database. A sheet is one count (offered, say) in one unit of time, by at most two dimensions; with the time
these are the three that a release may have. Units of time are separate blocks: no sum over them is published.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Any

from reporting.codes import NO_SCHEME, UNKNOWN
from reporting.measures.dimensions import RESULTS
from reporting.releases import editions
from reporting.releases.editions import named
from reporting.statistics.intervals import wilson
from reporting.suppression import figures
from reporting.suppression.family import Family, Key, key
from reporting.suppression.figures import Figure
from reporting.suppression.protect import Suppressed, suppress
from reporting.suppression.release import write
from reporting.suppression.tables import Table, link, revised_rests, told_late
from reporting.suppression.thresholds import Thresholds

MOST_WHO = 2
#: Work spent on each block of a release: it has many, and price matters less than that it is made.
EFFORT = 500
#: A partner counts these too: who started with them, and who completed. The worst seat knows every one of them, of all
#: partners together; what else is hidden must be safe from there.
KNOWN_TO_PARTNERS = ("started", "completed")
#: Without the counts that differ: those who check a release see this too.
REVISED = (
    "Figures of a time that has been released stand as they were released; these have changed since, so other tables "
    "of that time cannot be added. Release the same tables, or a time not released yet."
)
Place = tuple[str, ...]


def is_known_to_partners(cell: Key) -> bool:
    """Whether partners, all together, can count it: who started, who completed, and who came to each scheme."""
    measure, at = cell
    scheme = dict(at).get("scheme", NO_SCHEME)
    return editions.counted(measure) in KNOWN_TO_PARTNERS or scheme not in (NO_SCHEME, UNKNOWN)


def is_known_to_police(cell: Key) -> bool:
    """Whether police, who referred them, can count what a provider releases of its own people."""
    return editions.counted(cell[0]) == "referred"


class CannotRelease(ValueError):
    """Figures that cannot be released as asked. The message says why, and what can be."""


@dataclass(frozen=True)
class Sheet:
    """People counted ``of`` (a count's name) in the unit ``time``, at each combination of ``dimensions``.

    ``told``: whether it stands in the release; else it is only reckoned with, as what a partner knows.
    """

    of: str
    time: str
    dimensions: tuple[str, ...]
    counts: Mapping[Place, int]
    told: bool = True

    def __post_init__(self) -> None:
        if len(self.dimensions) > MOST_WHO:
            raise CannotRelease(
                f"A table of a release has three dimensions at most, one of them time: {', '.join(self.dimensions)} "
                f"are {len(self.dimensions)}; choose {MOST_WHO}."
            )

    @property
    def measure(self) -> str:
        """The name under which suppression and attacker know it: one for each unit of time."""
        return named(self.of, self.time)

    def cell(self, place: Place) -> Key:
        """The name of the count at a place of it."""
        return key(self.measure, zip(self.dimensions, place, strict=True))

    def table(self) -> Table:
        """As suppression takes it."""
        return Table(self.measure, self.dimensions, self.counts, RESULTS & set(self.dimensions))

    def stored(self) -> dict[str, Any]:
        """As plain JSON."""
        cells = [[*place, count] for place, count in sorted(self.counts.items())]
        return {"of": self.of, "time": self.time, "dimensions": list(self.dimensions), "cells": cells}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Sheet":
        """From ``stored``."""
        counts = {tuple(cell[:-1]): int(cell[-1]) for cell in stored["cells"]}
        return cls(stored["of"], stored["time"], tuple(stored["dimensions"]), counts)


@dataclass(frozen=True)
class Earlier:
    """An earlier release of some of the same time: the counts behind it, the cells that it shows and those it hides.

    ``stands``: whether it has left and was not withdrawn. Readers may hold one that does not; nobody is led to it.
    """

    sheets: tuple[Sheet, ...]
    shown: frozenset[Key]
    hidden: frozenset[Key]
    stands: bool = True

    @classmethod
    def read(cls, counts: Mapping[str, Any], document: Mapping[str, Any], *, stands: bool = True) -> "Earlier":
        """From what a release keeps."""
        cells = [(key(table["measure"], cell["at"]), cell) for table in document["tables"] for cell in table["cells"]]
        shown = {name for name, cell in cells if "value" in cell or cell.get("mark") == figures.Mark.TRUE_ZERO}
        hidden = {name for name, cell in cells if cell.get("mark") == figures.Mark.SUPPRESSED}
        sheets = tuple(Sheet.read(sheet) for sheet in counts["sheets"])
        return cls(sheets, frozenset(shown), frozenset(hidden), stands)


@dataclass(frozen=True)
class Frozen:
    """``document`` is what leaves; ``sheets`` the true counts behind it, ``untold`` those that were reckoned with and
    are not in it; ``result`` the verdict and its price."""

    document: dict[str, Any]
    sheets: tuple[Sheet, ...]
    result: Suppressed
    untold: tuple[Sheet, ...] = ()


def freeze(
    name: str,
    sheets: Sequence[Sheet],
    chain: Sequence[tuple[str, str]],
    thresholds: Thresholds,
    *,
    earlier: Iterable[Earlier] = (),
    references: Mapping[str, str] | None = None,
    hide: Set[Key] = frozenset(),
    effort: int = EFFORT,
    seat: Callable[[Key], bool] = is_known_to_partners,
) -> Frozen:
    """Suppress the sheets as one family with the earlier releases, and write the document.

    ``chain``: (whole, part) counts, the part being some of the whole's people. ``references``: {dimension: group} that
    ratios compare with. ``hide``: cells to hide whatever they are. ``seat``: which counts somebody else knows besides.
    What has been released stays as it was: where an earlier release holds the same sheet, its counts stand.
    CannotRelease where the new tables contradict it, or where hiding can no longer keep the promise.
    """
    before = list(earlier)
    standing = {_place(sheet): sheet for one in before for sheet in one.sheets}
    every = [standing.get(_place(sheet), sheet) for sheet in sheets]
    chosen = [sheet for sheet in every if sheet.told]
    plain = {editions.plain(sheet.time) for sheet in chosen}
    linked = {_place(sheet): sheet for sheet in (*standing.values(), *every) if editions.plain(sheet.time) in plain}
    times = {sheet.time for sheet in linked.values()}
    nested, revised = editions.nested(times, chain), editions.revised(times, chain)
    family = _family(list(linked.values()), nested, revised)
    shown = frozenset(cell for one in before for cell in one.shown)
    hidden = frozenset(cell for one in before for cell in one.hidden) | hide
    late = told_late(family, [*revised, *revised_rests(nested, revised)])
    result = suppress(
        family,
        thresholds,
        already_shown=shown,
        still_hidden=(hidden - shown) | late,
        effort=effort,
        seat=set(filter(seat, family.keys)),
    )
    _check_hidden(result)
    parts = editions.nested(plain | {sheet.time for sheet in chosen}, chain)
    document = write(name, result, [sheet.table() for sheet in chosen], parts)
    _add_rates(document, result, chosen, chain, references or {})
    _add_first(document, result, chosen, frozenset(cell for one in before if one.stands for cell in one.shown))
    return Frozen(document, tuple(chosen), result, tuple(sheet for sheet in every if not sheet.told))


def _check_hidden(result: Suppressed) -> None:
    """Refuse what hiding can no longer protect, as earlier releases tell it."""
    if result.exposed:
        raise CannotRelease(
            f"Earlier releases show so much that {len(result.exposed)} small counts of these tables could be worked "
            "out. Release fewer tables, or a time that has not been released."
        )


def _add_first(document: dict[str, Any], result: Suppressed, chosen: Sequence[Sheet], shown: Set[Key]) -> None:
    """Beside each figure of a revision the one that was told first, if it was: it stands where this is hidden."""
    for table, sheet in zip(document["tables"], chosen, strict=True):
        if not editions.edition(sheet.time):
            continue
        table["revises"] = named(sheet.of, editions.plain(sheet.time))
        for cell in table["cells"]:
            first = key(table["revises"], cell["at"])
            if first in shown and first in result.family.position:
                cell["first"] = int(result.family.values[result.family.position[first]])


def _add_rates(
    document: dict[str, Any],
    result: Suppressed,
    chosen: Sequence[Sheet],
    chain: Sequence[tuple[str, str]],
    references: Mapping[str, str],
) -> None:
    """Say of each table what it counts and when, and what follows from the counts that are shown."""
    for table, sheet in zip(document["tables"], chosen, strict=True):
        table |= {"of": sheet.of, "time": sheet.time}
    document["rates"] = list(_rates(result, chosen, chain))
    document["ratios"] = list(_ratios(result, chosen, chain, references))


def _family(sheets: Sequence[Sheet], nested: Sequence[tuple[str, str]], revised: Sequence[tuple[str, str]]) -> Family:
    """All of them as one, of which only the sheets that are told are printed. CannotRelease where they contradict."""
    try:
        family = link([sheet.table() for sheet in sheets], nested, revised)
    except ValueError as fault:
        raise CannotRelease(REVISED) from fault
    printed = {sheet.measure for sheet in sheets if sheet.told}
    return replace(family, printed=family.printed & [measure in printed for measure, _ in family.keys])


def _place(sheet: Sheet) -> tuple[str, tuple[str, ...]]:
    return sheet.measure, tuple(sorted(sheet.dimensions))


def price(result: Suppressed) -> dict[str, float]:
    """What hiding cost: cells and counts lost, and the least that any safe choice must hide. For the force itself.

    None of it stands in the release. The share of the counts lost is, beside the counts shown, the sum of the hidden
    ones; the fewest cells are, in a large block, the sensitive ones: where that is as many as are hidden, each of them
    is known to be small.
    """
    cost = result.price
    return {
        "cells": cost.cells,
        "cells_hidden": cost.cells_hidden,
        "fewest_cells": cost.fewest_cells,
        "share_of_counts_hidden": round(cost.share_of_counts, 4),
        "fewest_counts": cost.fewest_counts,
        "conflict": round(cost.conflict, 4),
    }


def _rates(result: Suppressed, sheets: Sequence[Sheet], chain: Sequence[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Each part of its whole, in every cell that stands in the tables, and each result of whoever was given one; made
    from shown counts only."""
    whole_of = {part: whole for whole, part in chain}
    inside, done = _inside(sheets), set[tuple[Key, Key]]()
    for sheet in sheets:
        for at in _cells(sheet):
            people = {name: group for name, group in at.items() if name not in RESULTS}
            of = sheet.of if people != at else whole_of.get(sheet.of, "")
            above, below = key(sheet.measure, at), key(named(of, sheet.time), people)
            if (above, below) in done or below not in inside:
                continue
            done.add((above, below))
            numerator, denominator = {"measure": above[0], "at": at}, {"measure": below[0], "at": people}
            about = {"numerator": numerator, "denominator": denominator, "per": 100, "decimals": 1}
            rate = figures.rate(result, above, below)
            yield {**about, **_shown(rate), **_interval(result, above, below, rate)}


def _inside(sheets: Sequence[Sheet]) -> set[Key]:
    """Every cell that stands in the document."""
    return {key(sheet.measure, at) for sheet in sheets for at in _cells(sheet)}


def _interval(result: Suppressed, above: Key, below: Key, rate: Figure) -> dict[str, Any]:
    if rate.value is None:
        return {}
    numbers = [int(figures.count(result, cell).value or 0) for cell in (above, below)]
    found = wilson(*numbers)
    return {"interval": [round(100 * end, 1) for end in found]} if found else {}


def _ratios(
    result: Suppressed, sheets: Sequence[Sheet], chain: Sequence[tuple[str, str]], references: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Each group's rate over that of the reference, along one dimension; made from shown counts only."""
    inside, done = _inside(sheets), set[tuple[str, str, str]]()
    for sheet, (whole, part) in product(sheets, chain):
        for place, dimension in enumerate(sheet.dimensions):
            reference = references.get(dimension)
            groups = {at[place] for at in sheet.counts}
            if sheet.of != part or reference not in groups or (sheet.measure, whole, dimension) in done:
                continue
            if key(named(whole, sheet.time), {dimension: str(reference)}) not in inside:
                continue
            done.add((sheet.measure, whole, dimension))
            for group in sorted(groups - {reference}):
                yield _ratio(result, sheet.time, (whole, part), dimension, group, str(reference))


def _ratio(
    result: Suppressed, time: str, pair: tuple[str, str], dimension: str, group: str, reference: str
) -> dict[str, Any]:
    def told(one: str) -> dict[str, Any]:
        at = {dimension: one}
        return {
            "events": {"measure": named(pair[1], time), "at": at},
            "people": {"measure": named(pair[0], time), "at": at},
        }

    def cells(one: str) -> tuple[Key, Key]:
        return key(named(pair[1], time), {dimension: one}), key(named(pair[0], time), {dimension: one})

    four = (*cells(group), *cells(reference))
    ratio = figures.relative_rate(result, four[:2], four[2:])
    about = {"group": told(group), "reference": told(reference), "decimals": 2}
    return {**about, **_shown(ratio), **_interval_of_ratio(result, four, ratio)}


def _interval_of_ratio(result: Suppressed, four: Sequence[Key], ratio: Figure) -> dict[str, Any]:
    if ratio.value is None:
        return {}
    found = figures.ratio_interval(*(int(figures.count(result, cell).value or 0) for cell in four))
    return {"interval": found} if found else {}


def _shown(figure: Figure) -> dict[str, Any]:
    return {"value": None, "mark": str(figure.mark)} if figure.value is None else {"value": figure.value}


def _cells(sheet: Sheet) -> Iterator[dict[str, str]]:
    """Where each cell of the sheet stands, margins included."""
    size = len(sheet.dimensions)
    options = [sorted({place[index] for place in sheet.counts}) for index in range(size)]
    for number in range(size + 1):
        for kept in combinations(range(size), number):
            for groups in product(*(options[index] for index in kept)):
                yield {sheet.dimensions[index]: group for index, group in zip(kept, groups, strict=True)}


def complete(sheet: Sheet, groups: Mapping[str, Sequence[str]]) -> Sheet:
    """With a place for every combination of ``groups``, so that nobody in one is a zero and not a gap."""
    places = product(*(groups[name] for name in sheet.dimensions))
    return replace(sheet, counts=dict.fromkeys(places, 0) | dict(sheet.counts))
