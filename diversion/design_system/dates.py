"""A date asked for in one box, in which it may be written as people write it, and shown again as typed."""

import re
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from diversion import clock
from diversion.months import month_number

EXAMPLE = gettext_lazy("For example, 14 6 2026")


class DateParts(NamedTuple):
    """The parts of what was typed; a part that is not there is empty."""

    day: str = ""
    month: str = ""
    year: str = ""


class DateWidget(forms.TextInput):
    """One box that shows what was typed, or the date in words that the box takes back ("14 June 2001")."""

    def format_value(self, value: Any) -> str:
        day = _iso_day(value)
        return f"{day:%-d %B %Y}" if day else str(value or "")


class GovDateField(forms.DateField):
    """A date: "14 6 2001", "14/06/2001", "14 Jun 2001", "14062001" and ISO dates. Errors say how to mend it.

    An example says how a date may be written, unless the box begins with one or the form has a hint of its own.
    ``earliest`` and ``latest`` are dates; ``past=True`` refuses days after today, in London (`diversion.clock`).
    Error wording: https://design-system.service.gov.uk/components/date-input/#error-messages
    """

    widget: type[forms.Widget] = DateWidget
    default_error_messages = {"required": gettext_lazy("Enter a date")}

    def __init__(
        self, *, past: bool = False, earliest: date | None = None, latest: date | None = None, **kwargs: Any
    ) -> None:
        self.past, self.earliest, self.latest = past, earliest, latest
        super().__init__(**{"help_text": "" if "initial" in kwargs else EXAMPLE, **kwargs})

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return value or None
        typed = _split(str(value))
        self._refuse_missing(typed)
        return self._real_date(typed)

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is None:
            return
        if self.past and value > clock.today():
            raise self._wrong("future", _("%(what)s must be today or in the past"))
        if self.earliest and value < self.earliest:
            raise self._wrong("early", _("%(what)s must be on or after %(day)s"), day=_spoken(self.earliest))
        if self.latest and value > self.latest:
            raise self._wrong("late", _("%(what)s must be on or before %(day)s"), day=_spoken(self.latest))

    def _refuse_missing(self, typed: DateParts) -> None:
        words = {"day": _("a day"), "month": _("a month"), "year": _("a year")}
        if missing := [word for part, word in words.items() if not getattr(typed, part)]:
            listed = pgettext("two parts of a date", " and ").join(missing)
            raise self._wrong("incomplete", _("%(what)s must include %(parts_missing)s"), parts_missing=listed)

    def _real_date(self, typed: DateParts) -> date:
        if typed.year.isdigit() and len(typed.year) != 4:
            raise self._wrong("year", _("Year must include 4 numbers"))
        try:
            return date(int(typed.year), month_number(typed.month), int(typed.day))
        except (ValueError, OverflowError) as error:
            raise self._wrong("unreal", _("%(what)s must be a real date")) from error

    def _wrong(self, code: str, message: str, **params: str) -> ValidationError:
        return ValidationError(message, code=code, params={"what": str(self.label or _("Date")), **params})


_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_TOGETHER = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")


def _split(typed: str) -> DateParts:
    text = typed.strip()
    if found := _ISO.fullmatch(text):
        return DateParts(*reversed(found.groups()))
    if found := _TOGETHER.fullmatch(text):
        return DateParts(*found.groups())
    day, month, *rest = [*re.split(r"[\s./,-]+", text, maxsplit=2), "", ""]
    return DateParts(re.sub(r"(?<=[0-9])(st|nd|rd|th)$", "", day.lower()), month, rest[0])


def _iso_day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _spoken(day: date) -> str:
    from diversion.design_system.wording import long_date

    return long_date(day)
