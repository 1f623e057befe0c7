"""Dates, times, money and counts as people read them, in the GOV.UK style (https://www.gov.uk/guidance/style-guide).

Moments are shown in London time, whatever they are stored in.
"""

from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.formats import number_format as localised
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diversion.clock import LONDON, moments_at, today


def long_date(day: date | datetime | None) -> str:
    """ "5 June 2026"; nothing for None. A moment (aware datetime) gives its London date."""
    return "" if day is None else _dated(_day(day), "j F Y", get_language())


def short_date(day: date | datetime | None) -> str:
    """ "5 Jun 2026", for narrow tables."""
    return "" if day is None else _dated(_day(day), "j M Y", get_language())


def weekday_date(day: date | datetime | None) -> str:
    """ "Friday 5 June 2026", where the day of the week helps: appointments."""
    return "" if day is None else _dated(_day(day), "l j F Y", get_language())


def short_weekday(day: date) -> str:
    """ "Fri 27 Nov", with the year where it is not this one."""
    return _dated(day, "D j M" if day.year == today().year else "D j M Y", get_language())


@lru_cache(maxsize=4096)
def _dated(day: date, written: str, language: str | None) -> str:
    """A list says the same few days over and over."""
    return date_format(day, written)


def clock_time(moment: datetime | None) -> str:
    """ "2:30pm", "9am", "midday", "midnight", in London; "1:30am BST" or "1:30am GMT" when the clocks show it twice."""
    if moment is None:
        return ""
    local = _local(moment)
    is_shown_twice = len(moments_at(local.date(), local.time())) > 1
    return f"{wall_time(local.time())} {local.tzname()}" if is_shown_twice else wall_time(local.time())


def wall_time(at: time) -> str:
    """ "2:30pm", "9am", "midday", "midnight"."""
    if at.minute == 0 and at.hour in (0, 12):
        return _("midday") if at.hour else _("midnight")
    minutes = f":{at.minute:02d}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'pm' if at.hour >= 12 else 'am'}"


def date_and_time(moment: datetime | None) -> str:
    """ "5 June 2026 at 2:30pm"."""
    if moment is None:
        return ""
    return _("%(date)s at %(time)s") % {"date": long_date(moment), "time": clock_time(moment)}


def iso(moment: date | datetime | None) -> str:
    """For ``<time datetime="…">``."""
    return "" if moment is None else (_local(moment) if isinstance(moment, datetime) else moment).isoformat()


def money(pounds: Decimal | float | int | str | None) -> str:
    """ "£1,250" or "£99.50": pence only when there are some, to the nearest penny."""
    if pounds is None or pounds == "":
        return ""
    amount = _rounded(pounds, 2)
    sign = "−" if amount < 0 else ""
    whole = amount == amount.to_integral_value()
    return f"{sign}£{localised(abs(amount), 0 if whole else 2, use_l10n=True, force_grouping=True)}"


def percent(share: float | None, places: int = 1) -> str:
    """ "66.7%" for 2/3; an en dash for None, because no rate is not a rate of nought."""
    return "–" if share is None else f"{localised(_rounded(share, places + 2) * 100, places, use_l10n=True)}%"


def count(number: int | None) -> str:
    """ "1,234"; an en dash for None."""
    return "–" if number is None else localised(number, 0, use_l10n=True, force_grouping=True)


def _rounded(number: Decimal | float | int | str, places: int) -> Decimal:
    """To the nearest, a half away from nought: Django's own `number_format` cuts off what does not fit."""
    return Decimal(str(number)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("A time is shown in London time: give an aware datetime, from diversion.clock.")
    return moment.astimezone(LONDON)


def _day(day: date | datetime) -> date:
    return _local(day).date() if isinstance(day, datetime) else day
