"""What is asked of the figures: which days, which measure, and of whom."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion import clock
from diversion.design_system.forms import GovDateField, required
from reporting import codes
from reporting.codes import LIVE
from reporting.facts.sources import source_named
from reporting.measures import dimensions
from reporting.measures.declared import BY_NAME
from reporting.measures.overview import HEADLINE, IMPORTED, MEASURES, Question


def last_twelve_months(today: date) -> tuple[date, date]:
    """The twelve whole months before this one, and this one so far: from the first of a month to today."""
    first = today.replace(day=1)
    return first.replace(year=first.year - 1), today


EARLIEST = date(2000, 1, 1)
MOST_YEARS = 10  # every month is a row of the report


class PeriodForm(forms.Form):
    """Which facts: from one day to another, both included, of one source."""

    start = GovDateField(
        label=_("From"), help_text="", earliest=EARLIEST, error_messages=required(_("Enter the first day"))
    )
    end = GovDateField(label=_("To"), help_text="", error_messages=required(_("Enter the last day")))
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


#: What the dashboard compares people by, of live decisions and of an imported file.
COMPARED = ("ethnicity", "ethnicity_apart", "gender", "age_band", "age_18_25")
COMPARED_IMPORTED = ("ethnicity", "ethnicity_officer", "gender", "age_band")
#: Field of the form -> dimension that it confines.
FILTERS = {
    "ethnicity": "ethnicity",
    "gender": "gender",
    "age": "age_band",
    "offence": "offence_group",
    "scheme": "scheme",
}
LIVE_ONLY = ("offence", "scheme")
ANYBODY = ("", _("Everybody"))


def _measured(name: str) -> str:
    """What is measured and of whom: two measures may count the same of different people."""
    return f"{_(BY_NAME[name].words)} ({_('of')} {_(BY_NAME[name].of)})"


class UsualChoiceField(forms.ChoiceField):
    """One of the choices, which depend on another field; anything else is as if nothing had been chosen."""

    def clean(self, value: Any) -> str:
        return str(value) if value and self.valid_value(value) else ""


class DashboardForm(PeriodForm):
    """What the dashboard is asked, in its address: a period, a comparison, and whom it is confined to."""

    mark_optional = False
    measure = UsualChoiceField(label=_("What happened"), required=False)
    by = UsualChoiceField(label=_("Compare people by"), required=False)
    reference = UsualChoiceField(label=_("Against"), required=False)
    ethnicity = forms.ChoiceField(label=_("Ethnicity"), required=False)
    gender = forms.ChoiceField(label=_("Gender"), required=False)
    age = forms.ChoiceField(label=_("Age"), required=False)
    offence = forms.ChoiceField(label=_("Offence"), required=False)
    scheme = forms.ChoiceField(label=_("Scheme"), required=False)

    def __init__(self, *args: Any, offences: list[str], schemes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_live = self.data.get("source", LIVE) == LIVE
        compared = COMPARED if self.is_live else COMPARED_IMPORTED
        self.compared_by = next((name for name in compared if name == self.data.get("by")), compared[0])
        compared_with = dimensions.BY_NAME[self.compared_by]
        groups = dict.fromkeys([compared_with.reference, *compared_with.order])  # the usual one first
        self._choose("measure", [(name, _measured(name)) for name in (MEASURES if self.is_live else [IMPORTED])])
        self._choose("by", [(name, _(dimensions.BY_NAME[name].words)) for name in compared])
        self._choose("reference", [(group, group) for group in groups if group != codes.UNKNOWN])
        self._choose("ethnicity", [ANYBODY, *((group, group) for group in codes.ETHNIC_GROUPS)])
        self._choose("gender", [ANYBODY, *((group, group) for group in codes.GENDERS)])
        self._choose("age", [ANYBODY, *((band, band) for band in (*codes.AGE_BANDS, codes.UNKNOWN))])
        self._choose("offence", [ANYBODY, *((group, group) for group in offences)])
        named = [(name, name) for name in schemes]
        self._choose("scheme", [ANYBODY, *named, (codes.NO_SCHEME, _("No scheme"))])
        if not self.is_live:
            for name in LIVE_ONLY:
                del self.fields[name]

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices

    def by_words(self) -> str:
        """What people are compared by, in words."""
        return str(dict(self.fields["by"].choices)[self.compared_by])

    def question(self) -> Question:
        """What a valid form asks. A comparison not named is the usual one, and a group not named its own reference."""
        given = self.cleaned_data
        return Question(
            start=given["start"],
            end=given["end"],
            source=given["source"],
            by=self.compared_by,
            measure=given["measure"] or (HEADLINE if self.is_live else IMPORTED),
            reference=given["reference"] or dimensions.BY_NAME[self.compared_by].reference,
            where={FILTERS[name]: [given[name]] for name in FILTERS if given.get(name)},
        )

    def question_of(self, group: str) -> Question:
        """The same of one group of the comparison alone; of everybody where no group is named."""
        asked = self.question()
        return replace(asked, where={**asked.where, asked.by: [group]}) if group else asked

    def in_force(self) -> list[dict[str, str]]:
        """Each filter in force: ``name`` of its field, ``label`` and ``text``."""
        return [
            {"name": name, "label": str(self.fields[name].label), "text": self.cleaned_data[name]}
            for name in FILTERS
            if self.cleaned_data.get(name)
        ]

    def parameters(self, *without: str) -> dict[str, str]:
        """The address of what a valid form asks, but for some of its fields; what is as usual is left out."""
        given = {name: value for name, value in self.cleaned_data.items() if value and name not in without}
        return {name: value.isoformat() if isinstance(value, date) else str(value) for name, value in given.items()}
