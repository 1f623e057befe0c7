"""Forms of releases: what is declared, and what a checker judges."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diversion.design_system.forms import OPEN_AGAIN, GovDateField, required
from reporting.codes import OWN
from reporting.facts.sources import source_named
from reporting.forms.asking import EARLIEST
from reporting.measures import dimensions
from reporting.releases.tables import OWN_DIMENSIONS

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


def _of_whom(dimension: dimensions.Dimension) -> str:
    """What a dimension is called where it is chosen; of a result that it tells of whoever accepted alone."""
    return (
        gettext("%(result)s, of those who accepted") % {"result": dimension.words}
        if dimension.result
        else dimension.words
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
        label=_("What is it called?"),
        help_text=_(
            "Its readers find it in the list by this name. Left empty, the name says whose figures these are, of which "
            "days, and whether they are shared or published"
        ),
        max_length=80,
        required=False,
    )

    anew = forms.BooleanField(
        label=_("Count these days anew, from the records as they now stand"),
        help_text=_(
            "Late records and corrections are told where that tells of nobody. Where a change is so small that it "
            "would, the figure that was first told stands. Left out, all counts stay as they were first told."
        ),
        required=False,
    )

    design = {"name": {"width": 30}}

    def __init__(self, *args: Any, sources: list[str], revises: bool = False, **kwargs: Any) -> None:
        """``revises``: whether it is declared in place of one that has left, whose days can be counted anew."""
        super().__init__(*args, **kwargs)
        if not revises:
            del self.fields["anew"]
        told = [one for one in dimensions.DIMENSIONS if (one.who or one.result) and not one.asked]
        if sources == [OWN]:  # of a provider: there is one source, and one audience
            del self.fields["source"], self.fields["audience"]
            told = [one for one in told if one.name in OWN_DIMENSIONS]
        else:
            self._choose_source([(name, source_named(name).title) for name in sources])
        groups = [("", ""), *((one.name, _of_whom(one)) for one in told)]
        for number in range(1, MOST_TABLES + 1):
            words = _("Table %(number)s: by") % {"number": number}
            self.fields[f"first_{number}"] = forms.ChoiceField(label=words, choices=groups, required=number == 1)
            and_by = _("Table %(number)s: and by") % {"number": number}
            self.fields[f"second_{number}"] = forms.ChoiceField(label=and_by, choices=groups, required=False)
        self.fields["first_1"].error_messages |= required(_("Choose what the first table is split by"))

    def _choose_source(self, choices: Sequence[tuple[str, str]]) -> None:
        self.fields["source"].choices = choices
        if len(choices) == 1:
            self.fields["source"].widget = forms.HiddenInput()

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
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start:
            self.add_error("end", _("The last day is before the first: change one of them"))
        for number in range(1, MOST_TABLES + 1):
            first, second = cleaned.get(f"first_{number}"), cleaned.get(f"second_{number}")
            if second and not first and f"first_{number}" in cleaned:
                self.add_error(f"first_{number}", _("Choose what this table is split by first, or clear the second"))
            elif {first, second} == dimensions.RESULTS:
                self.add_error(
                    f"second_{number}", _("Choose one of scheme and disposal for a table, beside who people are")
                )
            elif second and second == first:
                self.add_error(f"second_{number}", _("Choose two different groups for one table"))
        return cleaned

    @classmethod
    def of_tables(cls, tables: Sequence[Sequence[str]]) -> dict[str, str]:
        """Initial values for ``tables``."""
        named = [(number, place, name) for number, table in enumerate(tables, 1) for place, name in enumerate(table)]
        return {f"{('first', 'second')[place]}_{number}": name for number, place, name in named}


class CompareForm(forms.Form):
    """Of which time the forces are laid side by side."""

    time = forms.ChoiceField(
        label=_("Of which time?"),
        required=False,
        error_messages={"invalid_choice": _("Choose one of the times of which two forces have released figures")},
    )

    def __init__(self, *args: Any, times: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """``times``: (name, words), the usual one first."""
        super().__init__(*args, **kwargs)
        self.fields["time"].choices = times

    def chosen(self) -> str:
        return self.cleaned_data["time"] or self.fields["time"].choices[0][0]


class SeenForm(forms.Form):
    """Carries which document was on the page: a verdict is about that one and no other."""

    seen = forms.CharField(widget=forms.HiddenInput, error_messages=required(OPEN_AGAIN))


class JudgeForm(SeenForm):
    """What a checker finds of one table of a draft."""

    agrees = forms.ChoiceField(
        label=_("May this table leave?"),
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


class WithdrawForm(forms.Form):
    """Why a release is taken back."""

    why = forms.CharField(
        label=_("Why is it withdrawn?"),
        help_text=_("Its readers are told. They may keep their copies, so later releases still reckon with it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        error_messages=required(_("Say why it is withdrawn: its readers are told")),
    )
