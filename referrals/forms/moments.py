"""A moment that is planned: a day, and a time as people write it, on the clock of the wall in London.

Twice a year that clock is no plain matter. The hour that it skips in spring does not exist, and is refused; of the hour
that it shows twice in autumn the form asks which is meant.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion import clock
from diversion.design_system.forms import GovDateField, required
from diversion.design_system.wording import long_date, wall_time, weekday_date

# Of bare hours these alone are read: those of a working day, of which nobody means the other half of the day.
BARE_HOURS = range(8, 19)
FAR_AHEAD = timedelta(days=366)
FIRST, SECOND = "first", "second"
Planned = list[tuple[date, time]]

_CLOCK = re.compile(r"(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2}))?(?P<half>am|pm)?|(?P<four>[0-9]{4})")
_WORDS = {"midday": "12:00", "noon": "12:00"}


class ClockTimeField(forms.TimeField):
    """A time of day as people write it: 2:30pm, 2.30 pm, 9am, 14:30, 1430, midday, and 14 for 2pm.

    A bare hour outside 8 to 18 is refused, with the ways to write it: "7" may be either half of the day.
    """

    default_error_messages = {"invalid": gettext_lazy("Enter a time, like 2:30pm or 14:30")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"required": gettext_lazy("Enter a time")})
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> time | None:
        if value in self.empty_values or isinstance(value, time):
            return value or None
        # Django's own formats are not used: strptime takes one digit for an hour or a minute, so that "12" is 1:02am.
        bare = _bare(str(value))
        found = _CLOCK.fullmatch(_WORDS.get(bare, bare))
        if found is None:
            raise self._invalid()
        hour, minute, half = _parts(found)
        _refuse_bare(found, hour)
        try:
            return time(_on_24_hours(hour, half), minute)
        except ValueError as error:
            raise self._invalid() from error

    def _invalid(self) -> ValidationError:
        return ValidationError(self.error_messages["invalid"], code="invalid")


class MomentForm(forms.Form):
    """What each form that plans something begins with: the day, the time, and which of two where that is a question."""

    day = GovDateField(label=gettext_lazy("Date"), error_messages=required(gettext_lazy("Enter the date")))
    time = ClockTimeField(label=gettext_lazy("Time"), help_text=gettext_lazy("For example, 2:30pm"))
    which = forms.ChoiceField(
        choices=[
            (FIRST, gettext_lazy("The first, before the clocks go back")),
            (SECOND, gettext_lazy("The second, an hour later")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].latest = clock.today() + FAR_AHEAD
        twice = next((day for day, at in self._typed() if len(clock.moments_at(day, at)) > 1), None)
        if twice is None:
            del self.fields["which"]  # asked only of a time that comes twice
        else:
            self._ask_which(twice)

    def days(self, first: date) -> list[date]:
        """The days on which it is planned, from the ``first``."""
        return [first]

    def moments(self) -> list[datetime]:
        """The aware moments that a valid form plans."""
        at, place = self.cleaned_data["time"], -1 if self.cleaned_data.get("which") == SECOND else 0
        return [clock.moments_at(day, at)[place] for day in self.days(self.cleaned_data["day"])]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        skipped = next((day for day, at in self._given(values) if not clock.moments_at(day, at)), None)
        if skipped is not None:
            words = _("There is no %(time)s on %(day)s, because the clocks go forward: enter another time")
            self.add_error("time", words % {"time": wall_time(values["time"]), "day": long_date(skipped)})
        return values

    def _ask_which(self, day: date) -> None:
        typed = dict(self._typed())
        words = {"time": wall_time(typed[day]), "day": weekday_date(day)}
        which = self.fields["which"]
        which.label = _("%(time)s comes twice on %(day)s, when the clocks go back. Which is meant?") % words
        which.error_messages["required"] = _("Choose which %(time)s is meant") % words

    def _typed(self) -> Planned:
        """The days and their time as typed, before anything is found right or wrong; none where they make no sense."""
        if not self.is_bound:
            return []
        values: dict[str, Any] = {}
        for name in ("day", "time"):
            try:
                values[name] = self.fields[name].clean(self[name].data)
            except ValidationError:
                return []
        return self._given(values)

    def _given(self, values: dict[str, Any]) -> Planned:
        first, at = values.get("day"), values.get("time")
        return [] if first is None or at is None else [(day, at) for day in self.days(first)]


def _bare(typed: str) -> str:
    words = "".join(typed.lower().split())
    return words.replace("a.m.", "am").replace("p.m.", "pm").replace("a.m", "am").replace("p.m", "pm").replace(".", ":")


def _parts(found: "re.Match[str]") -> tuple[int, int, str]:
    """The hour as written, the minute, and "am", "pm" or nothing."""
    if four := found["four"]:
        return int(four[:2]), int(four[2:]), ""
    return int(found["hour"]), int(found["minute"] or 0), found["half"] or ""


def _refuse_bare(found: "re.Match[str]", hour: int) -> None:
    if found["four"] or found["minute"] or found["half"] or hour in BARE_HOURS or hour > 23:
        return
    if 1 <= hour <= 12:
        words = _("Say which half of the day: enter %(hour)dam or %(hour)dpm")
    else:
        words = _("Enter the minutes too: %(hour)02d:00")
    raise ValidationError(words % {"hour": hour}, code="bare")


def _on_24_hours(hour: int, half: str) -> int:
    """ValueError for an hour that the half of the day does not have."""
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("With am or pm the hours are 1 to 12.")
    return hour % 12 + (12 if half == "pm" else 0)
