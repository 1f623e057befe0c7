"""Asking that a decision be rescinded, and deciding it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cases.models import Rescission
from diversion.accounts.confirming import ConfirmedForm
from diversion.design_system.forms import VersionedForm, required
from referrals.actions.rescinding import AskedBack
from referrals.forms.naming_prosecutor import DESIGN, NamesProsecutor, prosecutor_fields


class RescindForm(VersionedForm):
    """Why, in a code and in words."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why?"),
        choices=Rescission.Reason.choices,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose why")),
    )
    words = forms.CharField(
        label=gettext_lazy("In your words"),
        help_text=gettext_lazy("Whoever decides it reads this. The partner and the person do not."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=required(gettext_lazy("Say why, in a sentence")),
    )

    design = {"words": {"count": None}}

    def why(self) -> AskedBack:
        """For the action."""
        return AskedBack(self.cleaned_data["reason"], self.cleaned_data["words"])


class DecideRescissionForm(ConfirmedForm, NamesProsecutor):
    """The decision, with the password again; with the prosecutor's name where only one may decide it."""

    RESCIND, STANDS = "rescind", "stands"

    decision = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=[(RESCIND, gettext_lazy("Rescind it")), (STANDS, gettext_lazy("Do not rescind it: it stands"))],
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose whether it is rescinded")),
    )
    rationale = forms.CharField(
        label=gettext_lazy("Your reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=required(gettext_lazy("Say why, in a sentence")),
    )
    prosecutor, prosecutor_on, prosecutor_reference = prosecutor_fields()

    design: dict[str, Any] = {
        "decision": {"small": True},
        "rationale": {"count": None},
        **DESIGN,
    }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.need_prosecutor()
        return data

    @property
    def agrees(self) -> bool:
        return bool(self.cleaned_data["decision"] == self.RESCIND)
