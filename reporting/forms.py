from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion import clock
from diversion.design_system.forms import GovDateField, required
from reporting.facts.sources import source_named


def last_twelve_months(today: date) -> tuple[date, date]:
    """The twelve whole months before this one, and this one so far: from the first of a month to today."""
    first = today.replace(day=1)
    return first.replace(year=first.year - 1), today


EARLIEST = date(2000, 1, 1)
MOST_YEARS = 10  # every month is a row of the report


class PeriodForm(forms.Form):
    """Which facts: from one day to another, both included, of one source."""

    start = GovDateField(label=_("From"), earliest=EARLIEST, error_messages=required(_("Enter the first day")))
    end = GovDateField(label=_("To"), error_messages=required(_("Enter the last day")))
    source = forms.ChoiceField(label=_("Figures from"), error_messages=required(_("Choose the figures to count")))

    def __init__(self, *args: Any, sources: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, source_named(name).title) for name in sources]
        self.fields["source"].choices = choices
        if len(choices) == 1:
            self.fields["source"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start:
            self.add_error("end", _("The last day is before the first: change one of them"))
        elif start and end and end.year - start.year > MOST_YEARS:
            self.add_error("start", _("A period has at most ten years: begin later, or make two reports"))
        if end and end > clock.today() + timedelta(days=366):
            self.add_error("end", _("The last day is more than a year ahead: check the year"))
        return cleaned
