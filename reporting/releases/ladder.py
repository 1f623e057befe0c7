"""The ladder: what is recoded, one thing more at each rung, so that a small force is told something.

The rung is chosen from the volumes of the year before the period, and never from the counts that are released: a choice
made of those would tell of them. The order is fixed: quarters to years, years pooled, age bands, fewer crossings, and
ethnic groups combined last. All releases of one time stand on one rung.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from math import prod

from diversion.accounts.models import Organisation
from reporting.measures import figures
from reporting.measures.dimensions import BY_NAME
from reporting.models import Release
from reporting.releases.tables import DEFAULT_TABLES, UNITS, fits, last_whole

Tables = tuple[tuple[str, ...], ...]
#: People considered whom a cell of the finest table should hold on average: with fewer most of it would be hidden. Our
#: own [unsure]: twice the threshold.
FEW = 20
CROSSED: Tables = (("ethnicity_apart", "gender"), ("age_two",))
APART: Tables = (("ethnicity_apart",), ("gender",), ("age_two",))
COMBINED: Tables = (("ethnicity_two",), ("gender",), ("age_two",))


@dataclass(frozen=True)
class Rung:
    """``words`` say what it recodes; ``unit`` of time, and the tables beside it."""

    words: str
    unit: str
    tables: Tables

    def cells(self) -> int:
        """The cells of its finest table in one unit of time, totals apart."""
        return max(prod(len(BY_NAME[name].order) for name in table) for table in self.tables)

    def mean(self, a_year: int) -> float:
        """People considered in a cell of the finest table, on average, where so many are in ``a_year``."""
        return a_year * UNITS[self.unit] / 12 / self.cells()


RUNGS = (
    Rung("as it is", "quarter", DEFAULT_TABLES),
    Rung("years in place of quarters", "year", DEFAULT_TABLES),
    Rung("two years pooled", "pooled", DEFAULT_TABLES),
    Rung("two years pooled, and two bands of age", "pooled", CROSSED),
    Rung("two years pooled, two bands of age, and no group crossed with another", "pooled", APART),
    Rung("two years pooled, two bands of age, nothing crossed, and ethnic groups combined", "pooled", COMBINED),
)

#: Of a provider, whose volumes of earlier years are no force's to choose by: the coarsest that tells of a year.
OWN_RUNG = Rung("years, nothing crossed, and two bands of age", "year", (("gender",), ("age_two",)))


def volume(force: Organisation, source: str, start: date) -> int:
    """How many were considered in the year before ``start``: what the rung is chosen from."""
    first = start.replace(year=start.year - 1)  # a unit of time begins on the first of a month
    last = start - timedelta(days=1)
    _, _, counted = figures.counts(force, first, last, [], None, ["diverted"], source=source)
    return sum(found["diverted"].people for found in counted.cells.values())


def choose(a_year: int) -> Rung:
    """The first rung on which a cell of the finest table holds enough people, else the last."""
    return next((rung for rung in RUNGS if rung.mean(a_year) >= FEW), RUNGS[-1])


def chosen(force: Organisation, source: str, start: date, end: date) -> Rung:
    """The rung for a period: that of a release of the same time, if any; else by the volume of the year before.

    Where nothing is known of that year it is the first. Time is recoded only as far as the period is whole units of it.
    """
    standing = _standing(force, source, start, end)
    if standing is not None:
        return standing
    a_year = volume(force, source, start)
    rung = choose(a_year) if a_year else RUNGS[0]
    return Rung(rung.words, _coarsest(rung.unit, start, end), rung.tables)


def _coarsest(unit: str, start: date, end: date) -> str:
    """``unit``, or the coarsest below it of which the period is whole ones."""
    names = list(UNITS)
    below = names[: names.index(unit) + 1]
    return next((name for name in reversed(below) if fits(start, end, name)), unit)


def _standing(force: Organisation, source: str, start: date, end: date) -> Rung | None:
    held = Release.objects.may_be_held().filter(force=force, source=source, start__lte=end, end__gte=start)
    for one in held.only("unit", "declared").order_by("made_at", "pk"):
        if words := one.declared.get("rung"):
            return Rung(words, one.unit, tuple(tuple(table) for table in one.declared["tables"]))
    return None


def for_today(force: Organisation, source: str, today: date) -> Rung:
    """The rung from which a declaration begins: by the year before the last quarter that has ended."""
    start, _ = last_whole(today)
    a_year = volume(force, source, start)
    return choose(a_year) if a_year else RUNGS[0]
