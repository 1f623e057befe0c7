from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from diversion import clock
from diversion.accounts.models import User
from diversion.design_system.forms import OPEN_AGAIN, GovDateField, required
from referrals.forms.fields import whole_number
from reporting import codes
from reporting.actions.sampling import MOST
from reporting.codes import LIVE
from reporting.facts.sources import source_named
from reporting.measures import dimensions
from reporting.measures.declared import BY_NAME
from reporting.measures.overview import HEADLINE, IMPORTED, MEASURES, Question
from reporting.models import AloneItem, DipSample, ReportPurpose, ReportSchedule


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


MOST_TABLES = 3
AUDIENCES = (
    ("published", _("Everybody: it is published")),
    ("shared", _("Partners, panels and other forces: it is shared")),
)
UNIT_WORDS = (
    ("", _("Quarters where the period is whole quarters, else months")),
    ("month", _("Months")),
    ("quarter", _("Quarters")),
    ("year", _("Years")),
    ("pooled", _("Two years pooled, from an even one")),
)


class DeclareForm(forms.Form):
    """What is to leave the force: for whom, of which time, split by what; up to three tables by one or two groups."""

    audience = forms.ChoiceField(
        label=_("Who is it for?"),
        choices=AUDIENCES,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose who it is for")),
    )
    start = GovDateField(
        label=_("First day"),
        help_text=_("The first of a month, quarter or year"),
        earliest=EARLIEST,
        error_messages=required(_("Enter the first day")),
    )
    end = GovDateField(
        label=_("Last day"),
        help_text=_("The last of a month, quarter or year that has ended"),
        error_messages=required(_("Enter the last day")),
    )
    unit = forms.ChoiceField(label=_("Split the time by"), choices=UNIT_WORDS, required=False)
    source = forms.ChoiceField(label=_("Figures from"), error_messages=required(_("Choose the figures to count")))
    name = forms.CharField(
        label=_("Name"), help_text=_("Left empty, it says force, period and audience"), max_length=80, required=False
    )

    design = {"name": {"width": 30}}

    def __init__(self, *args: Any, sources: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, source_named(name).title) for name in sources]
        self.fields["source"].choices = choices
        if len(choices) == 1:
            self.fields["source"].widget = forms.HiddenInput()
        groups = [("", "")] + [(one.name, one.words) for one in dimensions.DIMENSIONS if one.who and not one.asked]
        for number in range(1, MOST_TABLES + 1):
            words = _("Table %(number)s: by") % {"number": number}
            self.fields[f"first_{number}"] = forms.ChoiceField(label=words, choices=groups, required=number == 1)
            and_by = _("Table %(number)s: and by") % {"number": number}
            self.fields[f"second_{number}"] = forms.ChoiceField(label=and_by, choices=groups, required=False)
        self.fields["first_1"].error_messages |= required(_("Choose what the first table is split by"))

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The two questions about each table."""
        return [(self[f"first_{number}"], self[f"second_{number}"]) for number in range(1, MOST_TABLES + 1)]

    def tables(self) -> list[list[str]]:
        """The tables chosen, each a list of one or two dimensions."""
        numbers = range(1, MOST_TABLES + 1)
        chosen = [[self.cleaned_data[f"{place}_{number}"] for place in ("first", "second")] for number in numbers]
        return [[name for name in pair if name] for pair in chosen if pair[0]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in range(1, MOST_TABLES + 1):
            first, second = cleaned.get(f"first_{number}"), cleaned.get(f"second_{number}")
            if second and not first and f"first_{number}" in cleaned:
                self.add_error(f"first_{number}", _("Choose what this table is split by first, or clear the second"))
            elif second and second == first:
                self.add_error(f"second_{number}", _("Choose two different groups for one table"))
        return cleaned

    @classmethod
    def of_tables(cls, tables: Sequence[Sequence[str]]) -> dict[str, str]:
        """Initial values for ``tables``."""
        named = [(number, place, name) for number, table in enumerate(tables, 1) for place, name in enumerate(table)]
        return {f"{('first', 'second')[place]}_{number}": name for number, place, name in named}


class SeenForm(forms.Form):
    """Carries which document was on the page: a verdict is about that one and no other."""

    seen = forms.CharField(widget=forms.HiddenInput, error_messages=required(OPEN_AGAIN))


class JudgeForm(SeenForm):
    """What a checker finds of one table of a draft."""

    agrees = forms.ChoiceField(
        label=_("May this table leave the force?"),
        choices=(("yes", _("Yes, as it stands or with more of it hidden")), ("no", _("No"))),
        widget=forms.RadioSelect,
        error_messages=required(_("Say whether this table may leave")),
    )
    why = forms.CharField(
        label=_("Why not, and what would mend it?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )
    hide = forms.MultipleChoiceField(
        label=_("Which figures shall be hidden besides?"), widget=forms.CheckboxSelectMultiple, required=False
    )

    design = {"agrees": {"reveal": {"no": "why"}}, "hide": {"small": True, "label_size": "s"}}

    def __init__(self, *args: Any, shown: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """``shown``: (value, words) of each figure that the table shows."""
        super().__init__(*args, **kwargs)
        self.fields["hide"].choices = shown

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("agrees") == "no" and not cleaned.get("why", "").strip():
            self.add_error("why", _("Say why this table may not leave: its author has to mend it"))
        return cleaned


class NoteForm(forms.Form):
    """What explains a difference, or what the force will change; who answers for it, and by when."""

    kind = forms.ChoiceField(
        label=_("Explain or reform?"),
        choices=(("explain", _("Explain: why the difference is as it is")), ("reform", _("Reform: what will change"))),
        widget=forms.RadioSelect,
        error_messages=required(_("Say whether you explain the difference or change what makes it")),
    )
    text = forms.CharField(
        label=_("What explains it, or what will change?"),
        help_text=_("Do not name anybody who was considered."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        error_messages=required(_("Write what explains it, or what will change")),
    )
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=_("Who answers for it?"),
        error_messages=required(_("Choose who answers for it")),
    )
    due_on = GovDateField(label=_("By when?"), error_messages=required(_("Enter the day by which it is due")))

    def __init__(self, *args: Any, owners: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners
        self.fields["owner"].label_from_instance = lambda user: user.full_name


class ScheduleForm(forms.Form):
    """A report that is made by itself: what it tells, how often, of which scheme, and whether it is made at all."""

    name = forms.CharField(
        label=_("What the report is called"),
        max_length=80,
        error_messages=required(_("Write what the report is called")),
    )
    every = forms.ChoiceField(
        label=_("How often is it made?"),
        choices=ReportSchedule.Every.choices,
        widget=forms.RadioSelect,
        help_text=_("It is made when the time has ended, and the last one that has ended at once."),
        error_messages=required(_("Choose how often it is made")),
    )
    purpose = forms.ChoiceField(
        label=_("What does it tell?"),
        choices=ReportPurpose.choices,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose what it tells")),
    )
    scheme = forms.ChoiceField(label=_("Of which scheme?"), required=False)
    is_on = forms.TypedChoiceField(
        label=_("Is it made?"),
        choices=(("yes", _("Yes, whenever its time has ended")), ("no", _("No: it is stopped"))),
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
        error_messages=required(_("Say whether it is made")),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, error_messages=required(OPEN_AGAIN))

    def __init__(self, *args: Any, schemes: Sequence[str], is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = [("", _("The whole force")), *((name, name) for name in schemes)]
        if is_new:
            del self.fields["is_on"], self.fields["seen"]


class DrawForm(forms.Form):
    """Of whom a dip sample is drawn, how many of each group, and by which seed."""

    of = forms.ChoiceField(
        label=_("Of whom?"),
        choices=DipSample.Of.choices,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose of whom the sample is")),
    )
    size = whole_number(
        _("How many of each group"),
        least=1,
        most=MOST,
        required=True,
        help_text=_("All of a group in which there are fewer."),
    )
    seed = forms.CharField(
        label=_("Seed"),
        help_text=_("Leave it empty, so that nobody chooses. To draw what somebody else drew, enter their seed."),
        max_length=40,
        required=False,
    )

    design = {"seed": {"width": 20}, "size": {"width": 3}}


class DipFindingForm(forms.Form):
    """What was found of one case or suspect of a dip sample."""

    finding = forms.ChoiceField(
        label=_("What do you find?"),
        widget=forms.RadioSelect,
        error_messages=required(_("Say what you find, or go back to the sample")),
    )
    WORDS = {
        "would_have_offered": _("I would have offered a resolution"),
        "otherwise": _("I would have decided otherwise"),
        "not_enough": _("There is not enough on record to say"),
    }

    def __init__(self, *args: Any, sample: DipSample, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = sample.of == DipSample.Of.OFFERED
        agree = _("I agree that a resolution was offered") if offered else _("I agree that nothing was offered")
        self.fields["finding"].choices = [(str(one), self.WORDS.get(one, agree)) for one in sample.findings]


class AloneFindingForm(forms.Form):
    """What was found of one case that a constable issued alone."""

    finding = forms.ChoiceField(
        label=_("What do you find?"),
        choices=AloneItem.Finding.choices,
        widget=forms.RadioSelect,
        error_messages=required(_("Say what you find, or go back to the sample")),
    )
    note = forms.CharField(
        label=_("Why"),
        help_text=_("Wherever it was not right, or not enough is on record."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    design = {"note": {"optional": False}}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("finding", "right") != "right" and not data.get("note", "").strip():
            self.add_error("note", _("Say why, in a sentence"))
        return data


class WithdrawForm(forms.Form):
    """Why a release is taken back."""

    why = forms.CharField(
        label=_("Why is it withdrawn?"),
        help_text=_("Its readers are told. They may keep their copies, so later releases still reckon with it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        error_messages=required(_("Say why it is withdrawn: its readers are told")),
    )
