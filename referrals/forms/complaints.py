"""What somebody complains of about a case, and what they were answered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cases.actions.complaints import Complained
from cases.models import Complaint
from diversion.design_system.forms import GovDateField, VersionedForm, required

REFERENCE_MAX = 60


def _reference() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Reference of professional standards, where they have it"),
        max_length=REFERENCE_MAX,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class ComplaintForm(VersionedForm):
    """A complaint as it came; ``version`` is how many the page showed."""

    who = forms.ChoiceField(
        label=gettext_lazy("Who complains?"),
        choices=Complaint.Who.choices,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose who complains")),
    )
    about = forms.ChoiceField(
        label=gettext_lazy("About what?"),
        choices=Complaint.About.choices,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose what the complaint is about")),
    )
    received_on = GovDateField(
        label=gettext_lazy("When did it come?"),
        past=True,
        error_messages=required(gettext_lazy("Enter the day on which the complaint came")),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("How did it come?"),
        choices=Complaint.Channel.choices,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose how the complaint came")),
    )
    words = forms.CharField(
        label=gettext_lazy("What they say, in their own words"),
        help_text=gettext_lazy("Police who see this case read it. No name or address of a victim."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    standards_reference = _reference()

    design = {
        "who": {"small": True},
        "about": {"small": True},
        "channel": {"small": True},
        "words": {"count": None},
        "standards_reference": {"width": 20},
    }

    def said(self) -> Complained:
        """For the action."""
        return Complained(**{name: value for name, value in self.cleaned_data.items() if name != "version"})


class AnswerComplaintForm(VersionedForm):
    """What whoever complains was answered."""

    answer = forms.CharField(
        label=gettext_lazy("What were they answered?"),
        help_text=gettext_lazy("What you found, and what follows from it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=required(gettext_lazy("Say what was answered, in a sentence")),
    )
    standards_reference = _reference()

    design = {"answer": {"count": None}, "standards_reference": {"width": 20}}

    @classmethod
    def of(cls, complaint: Complaint, data: Any = None) -> "AnswerComplaintForm":
        """Under the complaint that it answers, with the reference that is known already."""
        initial = {"standards_reference": complaint.standards_reference}
        return cls(data, auto_id=f"complaint-{complaint.pk}-%s", initial=initial)
