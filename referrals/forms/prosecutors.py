"""A case that goes to a prosecutor: what they are asked, what they decided, and taking it back."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import legal
from cases.actions.prosecutors import AskedOfProsecutor
from cases.details import Prosecutor, ProsecutorsAnswer
from cases.models import ProsecutorReferral
from diversion import clock
from diversion.design_system.forms import GovDateField, required

Decision = ProsecutorReferral.Decision


class ReferToProsecutorForm(forms.Form):
    """Why, what is asked, and by when."""

    reason = forms.CharField(
        label=gettext_lazy("Why a prosecutor is to decide"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages=required(gettext_lazy("Say why a prosecutor is to decide, in a sentence")),
    )
    question = forms.CharField(
        label=gettext_lazy("What they are asked"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        error_messages=required(gettext_lazy("Say what the prosecutor is asked, in a sentence")),
    )
    due_on = GovDateField(
        label=gettext_lazy("Answer needed by"),
        error_messages=required(gettext_lazy("Enter the day by which an answer is needed")),
    )

    design = {"reason": {"count": None}, "question": {"count": None}}

    def asked(self) -> AskedOfProsecutor:
        """What a valid form says."""
        data = self.cleaned_data
        return AskedOfProsecutor(data["reason"].strip(), data["question"].strip(), data["due_on"])


class ProsecutorsAnswerForm(forms.Form):
    """What the prosecutor decided; ``corrects``: it was entered before, and is put right."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What the prosecutor decided"),
        choices=Decision.choices,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose what the prosecutor decided")),
    )
    disposal = forms.ChoiceField(label=gettext_lazy("Which resolution, if they said"), required=False)
    prosecutor = forms.CharField(
        label=gettext_lazy("Prosecutor who decided"),
        max_length=150,
        error_messages=required(gettext_lazy("Enter the name of the prosecutor who decided")),
    )
    decided_on = GovDateField(
        label=gettext_lazy("When they decided"),
        past=True,
        error_messages=required(gettext_lazy("Enter the day on which the prosecutor decided")),
    )
    reference = forms.CharField(
        label=gettext_lazy("Their reference"),
        help_text=gettext_lazy("Of the prosecution service."),
        max_length=60,
        error_messages=required(gettext_lazy("Enter the prosecution service’s reference")),
    )
    words = forms.CharField(
        label=gettext_lazy("What they said, if anything more"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
    )
    because = forms.CharField(
        label=gettext_lazy("Why what was entered is put right"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
        error_messages=required(gettext_lazy("Say why it is put right, in a sentence")),
    )

    design: dict[str, Any] = {
        "decision": {"small": True, "reveal": {Decision.AGREED.value: "disposal"}},
        "words": {"count": None},
        "because": {"count": None},
    }

    def __init__(self, *args: Any, corrects: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(one.code), one.label) for one in legal.disposals_on(clock.today())]
        self.fields["disposal"].choices = [("", _("They did not say which")), *named]
        if not corrects:
            del self.fields["because"]

    def answer(self) -> ProsecutorsAnswer:
        """What a valid form says; a resolution counts only where one was agreed."""
        data = self.cleaned_data
        told = Prosecutor(data["prosecutor"].strip(), data["decided_on"], data["reference"].strip())
        disposal = data["disposal"] if data["decision"] == Decision.AGREED else ""
        return ProsecutorsAnswer(told, data["decision"], disposal, data["words"].strip())


class TakeBackForm(forms.Form):
    """Why it is decided here after all."""

    because = forms.CharField(
        label=gettext_lazy("Why it is taken back"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        error_messages=required(gettext_lazy("Say why it is taken back, in a sentence")),
    )

    design = {"because": {"count": None}}
