"""A week of first appointments, day by day, for the people of a provider: what is free, and who comes."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from diversion import clock
from diversion.design_system.wording import clock_time, long_date
from referrals.models import Referral

DAYS = 7


def week_of(monday: date, slots: Iterable[Any], booked: Iterable[Referral]) -> list[dict[str, Any]]:
    """Each day of the week with its appointments. ``booked`` are the referrals that may be named."""
    people: dict[int | None, list[Referral]] = defaultdict(list)
    for referral in booked:
        people[referral.slot_id].append(referral)
    by_day: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for one in slots:
        by_day[clock.local_date(one.starts_at)].append(_slot(one, people[one.pk]))
    days = [monday + timedelta(days=number) for number in range(DAYS)]
    return [{"words": f"{day:%A} {long_date(day)}", "day": day, "slots": by_day[day]} for day in days]


def _slot(one: Any, people: list[Referral]) -> dict[str, Any]:
    return {
        "pk": one.pk,
        "at": one.starts_at,
        "time": clock_time(one.starts_at),
        "place": one.place,
        "scheme": one.version.scheme.name,
        "taken": one.taken,
        "places": one.places,
        "people": people,
        "may_withdraw": not one.taken and one.starts_at > clock.now(),
    }
