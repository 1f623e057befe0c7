"""A date asked for in three boxes (day, month, year), as GOV.UK asks for dates that people know by heart.

Or in one box, where somebody types many of them.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from diversion import clock
from diversion.months import month_number

PARTS = ("day", "month", "year")


class DateParts(NamedTuple):
    """What was typed into the three boxes, kept as typed so that it can be shown again."""

    day: str = ""
    month: str = ""
    year: str = ""


class GovDateWidget(forms.Widget):
    """Reads ``<name>_day``, ``<name>_month`` and ``<name>_year``, or one ISO string under ``<name>`` itself."""

    use_fieldset = True
    template_name = "govuk/widgets/date.html"

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> "DateParts | str | None":
        typed = DateParts(*(str(data.get(f"{name}_{part}", "")).strip() for part in PARTS))
        return typed if any(typed) else data.get(name)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> bool:
        return not any(key in data for key in (name, *(f"{name}_{part}" for part in PARTS)))

    def format_value(self, value: Any) -> DateParts:
        return parts_of(value)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-day" if id_ else ""


class GovDateField(forms.DateField):
    """A date in three boxes. Errors say which box is wrong and how to mend it.

    ``earliest`` and ``latest`` are dates; ``past=True`` refuses days after today, in London (`diversion.clock`).
    Error wording: https://design-system.service.gov.uk/components/date-input/#error-messages
    """

    widget: type[forms.Widget] = GovDateWidget
    default_error_messages = {"required": gettext_lazy("Enter a date")}

    def __init__(
        self, *, past: bool = False, earliest: date | None = None, latest: date | None = None, **kwargs: Any
    ) -> None:
        self.past, self.earliest, self.latest = past, earliest, latest
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return value or None
        typed = parts_of(value)
        self._refuse_missing(typed)
        return self._real_date(typed)

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is None:
            return
        if self.past and value > clock.today():
            raise self._wrong(PARTS, "future", _("%(what)s must be today or in the past"))
        if self.earliest and value < self.earliest:
            raise self._wrong(PARTS, "early", _("%(what)s must be on or after %(day)s"), day=_spoken(self.earliest))
        if self.latest and value > self.latest:
            raise self._wrong(PARTS, "late", _("%(what)s must be on or before %(day)s"), day=_spoken(self.latest))

    def _refuse_missing(self, typed: DateParts) -> None:
        missing = [part for part in PARTS if not getattr(typed, part)]
        if missing:
            words = {"day": _("a day"), "month": _("a month"), "year": _("a year")}
            listed = pgettext("two parts of a date", " and ").join(words[part] for part in missing)
            raise self._wrong(missing, "incomplete", _("%(what)s must include %(parts_missing)s"), parts_missing=listed)

    def _real_date(self, typed: DateParts) -> date:
        if typed.year.isdigit() and len(typed.year) != 4:
            raise self._wrong(["year"], "year", _("Year must include 4 numbers"))
        try:
            day, month, year = int(typed.day), month_number(typed.month), int(typed.year)
        except ValueError as error:
            raise self._wrong(_not_numbers(typed), "unreal", _("%(what)s must be a real date")) from error
        try:
            return date(year, month, day)
        except (ValueError, OverflowError) as error:
            wrong = ["month"] if not 1 <= month <= 12 else ["day"] if year >= 1 else ["year"]
            raise self._wrong(wrong, "unreal", _("%(what)s must be a real date")) from error

    def _wrong(self, parts: Iterable[str], code: str, message: str, **params: str) -> ValidationError:
        # The boxes travel with the error itself: nothing is kept on the field, which requests would share.
        what = str(self.label or _("Date"))
        return ValidationError(message, code=code, params={"what": what, "parts": list(parts), **params})


class OneBoxDateWidget(forms.TextInput):
    """One box that shows what was typed, or the date in words that the box takes back ("14 June 2001")."""

    def format_value(self, value: Any) -> str:
        day = _iso_day(value)
        return f"{day:%-d %B %Y}" if day else str(value or "")


class OneBoxDateField(GovDateField):
    """A date in one box: "14 6 2001", "14/06/2001", "14 Jun 2001", "14062001" and ISO dates. Errors as with three."""

    widget = OneBoxDateWidget

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return value or None
        return super().to_python(_split(str(value)))


_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_TOGETHER = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")


def _split(typed: str) -> DateParts:
    """The three parts of what was typed into one box; a part that is not there is empty."""
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


def parts_of(value: Any) -> DateParts:
    """The three boxes for a date, an ISO string, or what was typed."""
    if isinstance(value, DateParts):
        return value
    if isinstance(value, date):
        return DateParts(str(value.day), str(value.month), str(value.year))
    year, _dash, rest = str(value or "").strip().partition("-")
    month, _dash, day = rest.partition("-")
    return DateParts(day.lstrip("0") or day, month.lstrip("0") or month, year)


def wrong_parts(bound: BoundField) -> list[str]:
    """The boxes that this field's errors are about; all three when an error names none."""
    errors = bound.form.errors.as_data().get(bound.name, []) if bound.form.is_bound else []
    named = [part for error in errors for part in (error.params or {}).get("parts", PARTS)]
    return [part for part in PARTS if part in named]


def date_boxes(bound: BoundField, errors: list[str]) -> list[dict[str, Any]]:
    """The three boxes of a field as drawn: label, id, name, value, width and whether it is wrong."""
    typed, wrong = parts_of(bound.value()), wrong_parts(bound) if errors else []
    birthday = bound.field.widget.attrs.get("autocomplete") == "bday"
    labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
    return [
        {
            "part": part,
            "label": labels[part],
            "id": f"{bound.auto_id}-{part}",
            "name": f"{bound.html_name}_{part}",
            "value": getattr(typed, part),
            "width": 4 if part == "year" else 2,
            "wrong": part in wrong,
            "autocomplete": f"bday-{part}" if birthday else "",
        }
        for part in PARTS
    ]


def _not_numbers(typed: DateParts) -> list[str]:
    def readable(part: str) -> bool:
        try:
            return bool(month_number(typed.month) if part == "month" else int(getattr(typed, part)))
        except ValueError:
            return False

    return [part for part in PARTS if not readable(part)] or ["day"]


def _spoken(day: date) -> str:
    from diversion.design_system.wording import long_date

    return long_date(day)
