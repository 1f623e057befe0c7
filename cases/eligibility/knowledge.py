"""What the known facts leave open on a given day: fixed values, ranges and lists of what is still possible."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from .base import Context
from .codes import DISPOSALS, SIMILAR_MATTERS
from .dates import add_months, age_on, birthday, earliest_start, latest_birth
from .formula import Earlier, HistoryFilter
from .reading import FactError, Facts

OLDEST = 120
"""No person and no offence is more than this many years back: a bound for unknown dates."""

Range = tuple[date, date]
DATES = ("date_of_birth", "offence_date", "first_statement_date")


@dataclass(frozen=True)
class Counted:
    """An exact count given in place of the list of earlier outcomes: ``number``, or at least that if ``or_more``."""

    filter: HistoryFilter
    number: int
    or_more: bool = False

    def agrees(self, items: Iterable[Earlier], anchor: date) -> bool:
        count = sum(self.filter.matches(item, anchor) for item in items)
        return count >= self.number if self.or_more else count == self.number


@dataclass(frozen=True)
class Knowledge:
    """Facts read on a day. ``known`` is what is settled; everything else is bounded by the other fields."""

    context: Context
    known: dict[str, Any]
    allowed: dict[str, frozenset[Any]]
    ranges: dict[str, Range]
    counted: tuple[Counted, ...]
    listed: tuple[Earlier, ...] | None

    @property
    def at(self) -> date:
        return self.context.at

    @property
    def derived(self) -> dict[str, Any]:
        """What the known facts give: ages, time since the offence, days to the limit. Absent when not known."""
        return {name: value for name, value in _derived(self).items() if value is not None}


def know(facts: Facts, at: date) -> Knowledge:
    """``facts`` as they stand on ``at``. Raises FactError when they contradict each other or lie in the future."""
    known = dict(facts.known)
    given = facts.shorthands
    ranges = {name: _bounded(name, known, at) for name in DATES}
    _narrow_by_age(ranges, given, at)
    _narrow_by_time_since(ranges, given, at)
    _narrow_by_age_at_offence(ranges, given)
    for name, (first, last) in ranges.items():
        if first > last:
            raise FactError(_contradiction(name, known, given))
        if first == last:
            known[name] = first
    _check_age_at_offence(known, given)
    counted = _counted(given)
    listed = known.pop("earlier_outcomes", None)
    context = Context(at, given.get("age_at_offence"), _limit(given, at), known.get("offence_alleged") is False)
    knowledge = Knowledge(context, known, dict(facts.allowed), ranges, counted, listed)
    if listed is not None and all(_is_whole(item) for item in listed):
        known["earlier_outcomes"] = listed
    return knowledge


def _is_whole(item: Earlier) -> bool:
    """Whether nothing that matters about an earlier outcome is left out: of convictions and cautions, whether they were
    for a similar offence; of a scheme, whether somebody took part."""
    took_part = item.engaged is not None or (item.scheme is None and item.outcome != "scheme")
    similar = item.similar is not None or item.outcome not in SIMILAR_MATTERS
    return similar and item.on is not None and took_part


def _bounded(name: str, known: dict[str, Any], at: date) -> Range:
    if name not in known:
        return add_months(at, -12 * OLDEST), at
    day: date = known[name]
    if not add_months(at, -12 * OLDEST) <= day <= at:
        raise FactError(
            f"{name}: {day} is after the day of the assessment, {at}, or more than {OLDEST} years before it"
        )
    return day, day


def _narrow(ranges: dict[str, Range], name: str, first: date, last: date) -> None:
    before = ranges[name]
    ranges[name] = (max(before[0], first), min(before[1], last))


def _narrow_by_age(ranges: dict[str, Range], given: Any, at: date) -> None:
    if "age" in given:
        _check_age(given["age"])
        _narrow(
            ranges,
            "date_of_birth",
            latest_birth(at, given["age"] + 1) + timedelta(days=1),
            latest_birth(at, given["age"]),
        )


def _narrow_by_time_since(ranges: dict[str, Range], given: Any, at: date) -> None:
    if "days_since_offence" in given:
        day = at - timedelta(days=min(given["days_since_offence"], 366 * OLDEST))
        _narrow(ranges, "offence_date", day, day)
    if "months_since_offence" in given:
        months, tomorrow = min(given["months_since_offence"], 12 * OLDEST), at + timedelta(days=1)
        last = earliest_start(tomorrow, months) - timedelta(days=1)
        _narrow(ranges, "offence_date", earliest_start(tomorrow, months + 1), last)


def _narrow_by_age_at_offence(ranges: dict[str, Range], given: Any) -> None:
    """Bounds each of birth and offence by the widest the other allows; exact once either is a single day."""
    if "age_at_offence" not in given:
        return
    years = given["age_at_offence"]
    _check_age(years)
    first, last = ranges["offence_date"]
    _narrow(ranges, "date_of_birth", latest_birth(first, years + 1) + timedelta(days=1), latest_birth(last, years))
    born_first, born_last = ranges["date_of_birth"]
    _narrow(ranges, "offence_date", birthday(born_first, years), birthday(born_last, years + 1) - timedelta(days=1))


def _check_age(years: int) -> None:
    if years >= OLDEST:
        raise FactError(f"an age of {years} is not possible; give whole years")


def _contradiction(name: str, known: dict[str, Any], given: Any) -> str:
    related = ("age", "age_at_offence", "days_since_offence", "months_since_offence")
    said = [f"{word} {given[word]}" for word in related if word in given]
    said += [f"{word} {known[word]}" for word in DATES if word in known]
    return f"{name} cannot be worked out: {', '.join(said)} do not fit together"


def _check_age_at_offence(known: dict[str, Any], given: Any) -> None:
    if "age_at_offence" in given and "date_of_birth" in known and "offence_date" in known:
        age = age_on(known["offence_date"], known["date_of_birth"])
        if age != given["age_at_offence"]:
            raise FactError(f"age_at_offence {given['age_at_offence']}: the dates make it {age}")


def _limit(given: Any, at: date) -> date | Literal["none"] | None:
    days = given.get("days_to_limit", 0)
    if abs(days) > 366 * OLDEST:
        raise FactError(f"days_to_limit {days} is not possible")
    by_days = at + timedelta(days=days) if "days_to_limit" in given else None
    limit: date | Literal["none"] | None = given.get("statutory_limit_date")
    if limit is not None and by_days is not None and limit != by_days:
        raise FactError(f"statutory_limit_date {limit} and days_to_limit {given['days_to_limit']} do not agree")
    return limit if limit is not None else by_days


def _counted(given: Any) -> tuple[Counted, ...]:
    found = []
    if "previous_convictions" in given:
        found.append(Counted(HistoryFilter(("conviction",)), given["previous_convictions"]))
    if "resolutions_last_12_months" in given:
        found.append(Counted(HistoryFilter(tuple(DISPOSALS), 12), given["resolutions_last_12_months"]))
    if "similar_within_two_years" in given:
        similar = HistoryFilter(SIMILAR_MATTERS, 24, before_offence_only=True, similar_only=True)
        found.append(
            Counted(similar, int(given["similar_within_two_years"]), or_more=given["similar_within_two_years"])
        )
    return tuple(found)


def _derived(knowledge: Knowledge) -> dict[str, Any]:
    born, offence = knowledge.known.get("date_of_birth"), knowledge.known.get("offence_date")
    first, last = knowledge.ranges["date_of_birth"]
    at, limit = knowledge.at, _derived_limit(knowledge)
    ages = {age_on(at, first), age_on(at, last)}
    return {
        "age_at_disposal": next(iter(ages)) if len(ages) == 1 else None,
        "age_at_offence": age_on(offence, born) if born and offence else knowledge.context.age_at_offence,
        "days_since_offence": (at - offence).days if offence else None,
        "months_since_offence": _whole_months(offence, at) if offence else None,
        "statutory_limit_date": limit,
        "days_to_limit": (limit - at).days if isinstance(limit, date) else None,
    }


def _whole_months(start: date, end: date) -> int:
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def _derived_limit(knowledge: Knowledge) -> date | Literal["none"] | None:
    known = knowledge.known
    if knowledge.context.limit is not None or "mode_of_trial" not in known:
        return knowledge.context.limit
    if known["mode_of_trial"] != "summary":
        return "none"
    offence, statement = known.get("offence_date"), known.get("first_statement_date")
    if offence is None or "domestic_abuse" not in known or "offence_group" not in known:
        return None if known.get("domestic_abuse", True) else offence and add_months(offence, 6)
    if not (known["domestic_abuse"] and known["offence_group"] == "common_assault"):
        return add_months(offence, 6)
    return min(add_months(statement, 6), add_months(offence, 24)) if statement else None
