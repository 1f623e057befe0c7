"""Decisions of some years, what came after them, and the extracts that a force would send of it; all from a seed."""

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cases.law.dates import add_months
from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from tests.factories.cases import crime, decision, person, record

BY_REFERENCE = ["force", "case_reference", "followed_from", "followed_to", "first_reoffence_date"]
BY_REFERENCE += ["first_reoffence_proven_date", "reoffences", "records_searched"]
BY_CRIME = [
    "crime_number",
    "date_of_birth",
    "suspect_key",
    *(name for name in BY_REFERENCE if name != "case_reference"),
]
RESULTS = ("offered_accepted", "offered_accepted", "offered_declined", "not_offered")


@dataclass
class Life:
    """One decision and every offence after it: (day of the offence, day of its conviction or caution)."""

    case: Case
    result: str
    decided_on: date
    offences: list[tuple[date, date]] = field(default_factory=list)


def decided(by: User, on: date, result: str = "offered_accepted", **who: Any) -> Case:
    """A decision recorded at noon of ``on``."""
    with clock.set_to(datetime(on.year, on.month, on.day, 12, tzinfo=UTC)):
        refused = {
            "offered_declined": {"declined_reason": "not_said"},
            "not_offered": {"disposal": "", "not_offered_reason": "evidence"},
        }
        details = decision(result=result, **refused.get(result, {}))
        return record(by, person=person(**who), crimes=[crime()], decision=details, **_support(result))


def _support(result: str) -> dict[str, Any]:
    from referrals.actions.deciding import Support

    return {} if result == "offered_accepted" else {"support": Support(conditions=[])}


def lives(by: User, seed: int, count: int = 40) -> list[Life]:
    """So many decisions of 2022 to 2025, leap days and ends of months among them, each with none to three offences."""
    rng = random.Random(seed)
    days = [date(2024, 2, 29), date(2023, 8, 31), date(2024, 8, 31)]
    days += [date(2022, 6, 1) + timedelta(days=rng.randrange(1200)) for _ in range(count - len(days))]
    made = []
    for number, day in enumerate(days):
        result = RESULTS[number % len(RESULTS)]
        life = Life(decided(by, day, result, given_names=f"Life {number}"), result, day)
        for _ in range(rng.choice([0, 0, 1, 1, 2, 3])):
            offence = day + timedelta(days=rng.choice([1, 30, 182, 364, 365, 366, 367, 540, 729, 730, 731, 732, 900]))
            life.offences.append((offence, offence + timedelta(days=rng.choice([0, 20, 183, 184, 185, 200, 500]))))
        made.append(life)
    return made


def row(case: Case, on: date, to: date, **changes: str) -> dict[str, str]:
    """What an extract complete to ``to`` says of a decision of the day ``on``; no reoffence unless told."""
    values = {
        "force": case.force.slug,
        "case_reference": case.reference,
        "followed_from": on.isoformat(),
        "followed_to": to.isoformat(),
        "records_searched": "PNC",
    }
    return values | changes


def first(offence: date, proven: date, number: int = 1) -> dict[str, str]:
    """The columns that tell of a first proven reoffence."""
    return {
        "first_reoffence_date": offence.isoformat(),
        "first_reoffence_proven_date": proven.isoformat(),
        "reoffences": str(number),
    }


def chosen(known: Sequence[tuple[date, date]], day: date) -> tuple[date, date]:
    """The earliest offence proven in time for one year, else for two years, else the earliest."""
    for months in (12, 24):
        last, wait = add_months(day, months), add_months(day, months + 6)
        if in_time := [pair for pair in known if pair[0] <= last and pair[1] <= wait]:
            return min(in_time)
    return min(known)


def extract(people: Iterable[Life], to: date) -> list[dict[str, str]]:
    """What a system would send that is complete to ``to``, as docs/importing.md asks for it."""
    rows = []
    for life in people:
        if life.decided_on > to:
            continue
        known = [pair for pair in life.offences if pair[1] <= to]
        told = first(*chosen(known, life.decided_on), len(known)) if known else {"reoffences": "0"}
        rows.append(row(life.case, life.decided_on, to, **told))
    return rows


def written(path: Path, rows: Sequence[dict[str, str]], header: Sequence[str] = BY_REFERENCE) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path
