"""Forms of the offence catalogue: finding an entry, adding one of the force's own, and letting it end."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.catalogue.entry import GROUPS, Entry
from cases.catalogue.reading import EntryError, read_entry
from cases.eligibility.codes import OFFENCE_GROUPS
from cases.eligibility.facts import DRUG
from cases.models import Offence
from diversion.design_system.forms import Details, GovDateField, Section, form_helper, required

ANSWERS = [("", _("Not known")), ("yes", _("Yes")), ("no", _("No"))]
OWN, SHARED = "own", "shared"


class OffenceFilterForm(forms.Form):
    text = forms.CharField(label=_("Title, other name, Act or code"), required=False, max_length=100)
    group = forms.ChoiceField(
        label=_("Group"), required=False, choices=[("", _("Any")), *((group, group) for group in GROUPS)]
    )
    whose = forms.ChoiceField(
        label=_("Whose"),
        required=False,
        choices=[("", _("Any")), (OWN, _("Our own")), (SHARED, _("Shared by all forces"))],
    )
    mark_optional = False


class OwnOffenceForm(forms.Form):
    """An entry of the force's own. What is left empty is not known, and stays so."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Your own, for example your record system’s. Letters, digits, hyphens and underscores."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages=required(_("Enter a code")),
    )
    title = forms.CharField(label=_("Title"), max_length=150, error_messages=required(_("Enter the title")))
    search = forms.CharField(
        label=_("Other names"),
        help_text=_("What officers call it, so that they find it: shoplifting; s47."),
        required=False,
        max_length=400,
    )
    act = forms.CharField(label=_("Act"), required=False, max_length=120)
    section = forms.CharField(label=_("Section"), required=False, max_length=100)
    source = forms.CharField(
        label=_("Where this comes from"),
        help_text=_("Needed where there is no Act: a byelaw, or a decision of the force."),
        required=False,
        max_length=300,
    )
    mode = forms.ChoiceField(
        label=_("How it is tried"),
        choices=Offence.Mode.choices,
        widget=forms.RadioSelect,
        error_messages=required(_("Select how it is tried")),
    )
    group = forms.ChoiceField(
        label=_("Group in figures"),
        choices=[("", "---------"), *((group, group) for group in GROUPS)],
        error_messages=required(_("Select the group in figures")),
    )
    policy_group = forms.ChoiceField(
        label=_("Group in rules"),
        help_text=_("By this the policy, the schemes and the time limits know it."),
        choices=[("", "---------"), *OFFENCE_GROUPS.items()],
        error_messages=required(_("Select the group in rules")),
    )
    drug = forms.ChoiceField(
        label=_("Drug"),
        required=False,
        choices=[("", _("Not about a drug, or not known")), *((code, words) for code, words in DRUG.items())],
    )
    specified = forms.ChoiceField(
        label=_("On the list of either-way offences for simple cautions (SI 2015/790)"), required=False, choices=ANSWERS
    )
    recordable = forms.ChoiceField(label=_("Recordable"), required=False, choices=ANSWERS)
    flags = forms.MultipleChoiceField(
        label=_("The offence itself"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("hate_variant", _("Is one of hate crime")),
            ("is_knife", _("Is about a knife or blade")),
            ("without_victim", _("Has no victim by its nature: nobody is asked for one")),
        ],
    )
    gravity_adult = forms.CharField(label=_("Gravity, adults (1 to 5)"), required=False, max_length=5)
    gravity_child = forms.CharField(label=_("Gravity, children (1 to 5)"), required=False, max_length=5)
    gravity_source = forms.CharField(label=_("Matrix that the scores come from"), required=False, max_length=200)
    valid_from = GovDateField(
        label=_("First day"), help_text=_("Of offences it is for. Leave it empty for any day."), required=False
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=400)

    mark_optional = True
    design = {
        "code": {"width": 20},
        "section": {"width": 20},
        "gravity_adult": {"width": 2},
        "gravity_child": {"width": 2},
        "flags": {"small": True, "optional": False},
        "mode": {"inline": True, "small": True},
    }
    helper = form_helper(
        Section(_("What it is"), "code", "title", "search", "act", "section", "source", "valid_from"),
        Section(_("How rules and figures see it"), "mode", "group", "policy_group", "flags"),
        Details(
            _("Drug, lists and gravity"),
            *("drug", "specified", "recordable", "gravity_adult", "gravity_child", "gravity_source", "note"),
        ),
        tag=False,
    )

    def clean(self) -> dict[str, Any]:
        try:
            self.entry = read_entry(self._words())
        except EntryError as error:
            for column, fault in error.faults.items():
                name = column if column in self.fields else "flags" if column in FLAGS else None
                if name not in self.errors:
                    said = fault.partition(": ")[2]
                    self.add_error(name, f"{said[:1].upper()}{said[1:]}")
        return self.cleaned_data

    def _words(self) -> dict[str, str]:
        """As a row of a file, so that page and file are read alike."""
        data = self.cleaned_data
        flags = data.get("flags") or []
        row = {name: _word(data.get(name)) for name in self.fields if name != "flags"}
        return row | {name: "yes" if name in flags else "no" for name in FLAGS}

    entry: Entry


FLAGS = ("hate_variant", "is_knife", "without_victim")


class EndOffenceForm(forms.Form):
    last_day = GovDateField(label=_("Last day of offences it is for"), error_messages=required(_("Enter the last day")))


def _word(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")
