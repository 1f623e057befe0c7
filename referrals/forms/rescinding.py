"""Asking that a decision be rescinded, and deciding it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cases.details import Prosecutor
from cases.models import Rescission
from diversion.accounts.confirming import ConfirmedForm
from diversion.design_system.forms import OneBoxDateField, VersionedForm, required
from referrals.actions.rescinding import AskedBack
from referrals.forms.authorising import AuthoriseForm


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


class DecideRescissionForm(ConfirmedForm):
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
    prosecutor = forms.CharField(label=gettext_lazy("Prosecutor who decided"), max_length=150, required=False)
    prosecutor_on = OneBoxDateField(label=gettext_lazy("When they decided"), past=True, required=False)
    prosecutor_reference = forms.CharField(label=gettext_lazy("Their reference"), max_length=60, required=False)

    design: dict[str, Any] = {
        "decision": {"small": True},
        "rationale": {"count": None},
        **{name: {"optional": False} for name in AuthoriseForm.PROSECUTORS},
    }

    def __init__(self, *args: Any, is_prosecutors: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in () if is_prosecutors else AuthoriseForm.PROSECUTORS:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name, words in AuthoriseForm.PROSECUTORS.items():
            if name in self.fields and not data.get(name) and name not in self.errors:
                self.add_error(name, words)
        return data

    @property
    def agrees(self) -> bool:
        return bool(self.cleaned_data["decision"] == self.RESCIND)

    @property
    def by_prosecutor(self) -> Prosecutor | None:
        """Who decided it, where only a prosecutor may."""
        given = self.cleaned_data
        if "prosecutor" not in self.fields:
            return None
        return Prosecutor(given["prosecutor"], given["prosecutor_on"], given["prosecutor_reference"])
