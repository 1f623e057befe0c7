"""What the person said when they admitted it, and where that is recorded: where they sign for what needs it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.admitting import Admitted
from cases.models import WordsOfAdmission

NAMES = ("admitted_words", "admitted_in", "admitted_reference")
ELSEWHERE = WordsOfAdmission.RecordedIn.OTHER


class AdmittedForm(forms.Form):
    """A form that may ask for the words of admission; where it does not, `leave_out_admission` takes them off."""

    admitted_words = forms.CharField(
        label=gettext_lazy("What they said when they admitted it, in their own words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    admitted_in = forms.ChoiceField(
        label=gettext_lazy("Where that is recorded"),
        choices=[("", "---------"), *WordsOfAdmission.RecordedIn.choices],
        required=False,
    )
    admitted_reference = forms.CharField(
        label=gettext_lazy("Reference of the recording, if it has one"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    ADMITTED_DESIGN: dict[str, Any] = {
        "admitted_words": {"count": None, "optional": False},
        "admitted_in": {"optional": False},
        "admitted_reference": {"optional": False, "width": 20},
    }

    def leave_out_admission(self) -> None:
        """Nothing of it is asked: the resolution needs no admission."""
        for name in NAMES:
            del self.fields[name]

    def ask_admission(self) -> None:
        """Say what is missing of it."""
        data = self.cleaned_data
        if not any(letter.isalpha() for letter in data.get("admitted_words", "-")):
            self.add_error("admitted_words", _("Enter what they said when they admitted it, in their own words"))
        if not data.get("admitted_in", "-"):
            self.add_error("admitted_in", _("Choose where their words of admission are recorded"))
        if data.get("admitted_in") == ELSEWHERE and not data.get("admitted_reference", "-").strip():
            self.add_error("admitted_reference", _("Say where it is recorded: enter its reference"))

    @property
    def admitted(self) -> Admitted | None:
        """For the action; None where it is not asked."""
        data = self.cleaned_data
        return Admitted(*(data.get(name, "") for name in NAMES)) if NAMES[0] in self.fields else None
