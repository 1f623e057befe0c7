"""What a provider counts of its own voluntary schemes, for its own release: after the referral police hear nothing.

The same sheets as those of a force (``tables``), so that all that comes after the counting is the same: which tables
may stand together, hiding, attack, checks. No fact of a force's figures is read here, and none is written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from itertools import product

from django.db.models import QuerySet

from cases.law.dates import age_on
from diversion import clock
from diversion.accounts.models import Organisation
from referrals.models import Referral, SchemeVersion
from reporting.codes import OWN, UNKNOWN, age_band
from reporting.facts.live import GENDER
from reporting.measures.dimensions import BY_NAME
from reporting.releases.freezing import KNOWN_TO_PARTNERS, Sheet, complete
from reporting.releases.tables import OWN_DIMENSIONS, released_counts, ripe_units, tables_by, units

UNDER_18 = ("under 10", "10-17")


@dataclass(frozen=True)
class _Sent:
    """One referral: in which unit of time it was sent, of whom, and how far it came."""

    time: str
    groups: dict[str, str]
    reached: frozenset[str]


def has_any(provider: Organisation) -> bool:
    """Whether it was ever sent anybody by a scheme of which police hear nothing."""
    return _voluntary(provider).exists()


def sheets(
    force: Organisation, start: date, end: date, *, source: str, unit: str, tables: Sequence[Sequence[str]]
) -> list[Sheet]:
    """The true counts of a release of the provider ``force``. What came of people is told once it is ripe."""
    groups, ripe = {name: list(BY_NAME[name].order) for name in OWN_DIMENSIONS}, ripe_units(start, end, unit)
    return [
        replace(complete(sheet, groups), told=sheet.of not in KNOWN_TO_PARTNERS or ripe[sheet.time])
        for sheet in _counted(force, start, end, unit, tables)
    ]


def bare_sheets(force: Organisation, start: date, end: date, *, source: str, unit: str) -> list[Sheet]:
    """The counts of every table that such a release may ever hold, without the places in which nobody is."""
    return list(_counted(force, start, end, unit, tables_by(OWN_DIMENSIONS)))


def _counted(
    provider: Organisation, start: date, end: date, unit: str, tables: Sequence[Sequence[str]]
) -> Iterator[Sheet]:
    sent = list(_sent(provider, start, end, unit))
    for unit_of, table, count in product(units(start, end, unit), tables, released_counts(OWN)):
        cells: dict[tuple[str, ...], int] = {}
        for one in sent:
            if one.time == unit_of:
                at = tuple(one.groups[name] for name in table)
                cells[at] = cells.get(at, 0) + (count.of in one.reached)
        yield Sheet(count.of, unit_of, tuple(table), cells)


def _sent(provider: Organisation, start: date, end: date, unit: str) -> Iterator[_Sent]:
    """By the day on which it was sent; ages are of that day."""
    first, after = (clock.moments_at(day, time())[0] for day in (start, end + timedelta(days=1)))
    rows = _voluntary(provider).filter(sent_at__gte=first, sent_at__lt=after)
    for one in rows.select_related("case__person"):
        day, person = clock.local_date(one.sent_at), one.case.person  # type: ignore[arg-type]
        band = age_band(age_on(person.date_of_birth, day) if person.date_of_birth <= day else None)
        two = UNKNOWN if band == UNKNOWN else "under 18" if band in UNDER_18 else "18 and over"
        reached = {"referred"} | ({"started"} if one.started_at else set())
        reached |= {"completed"} if one.started_at and one.result == Referral.Result.COMPLETED else set()
        groups = {"gender": GENDER[person.sex], "age_band": band, "age_two": two}
        yield _Sent(units(day, day, unit)[0], groups, frozenset(reached))


def _voluntary(provider: Organisation) -> QuerySet[Referral]:
    told = SchemeVersion.Confidentiality.VOLUNTARY
    rows = Referral.objects.filter(provider=provider, scheme_version__confidentiality=told, sent_at__isnull=False)
    return rows.exclude(state=Referral.State.HELD)
