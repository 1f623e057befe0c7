"""Authorising a decision that waits: what is decided and why, and what whoever decides says in fields of their own."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.asking import TYPED
from cases.authority_asks import Asks
from diversion.accounts.confirming import ConfirmedForm
from diversion.design_system.forms import required
from referrals.forms.naming_prosecutor import DESIGN, NamesProsecutor, prosecutor_fields

NOT_CERTIFIED = gettext_lazy("Tick that the evidence is enough to charge: without it nobody may authorise this")


def evidence_field() -> forms.BooleanField:
    """What whoever authorises certifies where the resolution needs it; never ticked for them."""
    return forms.BooleanField(
        label=gettext_lazy("I certify that the evidence is enough to charge"),
        help_text=gettext_lazy("The evidential stage of the Full Code Test."),
        required=False,
    )


class AuthoriseForm(ConfirmedForm, NamesProsecutor):
    """The authoriser's decision, or a question before it: one case at a time, in words."""

    AUTHORISE, REFUSE, ASK = "authorise", "refuse", "ask"

    decision = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=[
            (AUTHORISE, gettext_lazy("Authorise")),
            (REFUSE, gettext_lazy("Do not authorise")),
            (ASK, gettext_lazy("Return with a question")),
        ],
        widget=forms.RadioSelect,
        error_messages=required(
            gettext_lazy("Choose whether you authorise this"),
            invalid_choice=gettext_lazy("Choose one of the answers: nobody may authorise this as it stands"),
        ),
    )
    rationale = forms.CharField(
        label=gettext_lazy("Your reason, or your question"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        error_messages=required(gettext_lazy("Say why, in a sentence")),
    )
    exceptional = forms.CharField(
        label=gettext_lazy("What makes the circumstances exceptional"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
    )

    evidence_met = evidence_field()

    prosecutor, prosecutor_on, prosecutor_reference = prosecutor_fields()

    design: dict[str, Any] = {
        "decision": {"inline": True, "small": True},
        "rationale": {"count": None},
        "exceptional": {"count": None, "optional": False},
        "evidence_met": {"small": True},
        **DESIGN,
    }

    def __init__(
        self,
        *args: Any,
        asks: Asks,
        sets_aside: bool = False,
        never: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._asks = asks
        self.fields["evidence_met"].help_text = ""  # the button has to stay on the screen
        if not asks.exceptional and not asks.may_be_exceptional:
            del self.fields["exceptional"]
        elif not asks.exceptional:
            words = _("Where there are such: it is not known yet whether they are needed.")
            self.fields["exceptional"].help_text = words
        if not asks.evidence:
            del self.fields["evidence_met"]
        if sets_aside:  # one decision with the rest: what is not set aside cannot be offered
            self.fields["decision"].choices = [
                (self.AUTHORISE, _("Set aside, and authorise")),
                (self.REFUSE, _("Do not set aside: refuse")),
                (self.ASK, _("Return with a question")),
            ]
        if never:  # something that no rank may set aside stands against it
            left = [one for one in self.fields["decision"].choices if one[0] != self.AUTHORISE]
            self.fields["decision"].choices = left

    def needs_password(self) -> bool:
        return self.cleaned_data.get("decision") != self.ASK

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("decision") != self.ASK:
            self.need_prosecutor()
        given = data.get("decision") == self.AUTHORISE
        if given and self._asks.exceptional and not data.get("exceptional", True):
            self.add_error("exceptional", _("Say what makes the circumstances exceptional, in a sentence"))
        if given and not data.get("evidence_met", True):
            self.add_error("evidence_met", NOT_CERTIFIED)
        return data

    @property
    def typed(self) -> dict[str, str]:
        """What stands in the other fields of a decision that is not made yet: for whoever asks first."""
        data = self.cleaned_data
        return {name: str(data[name]) for name in TYPED if data.get(name)}
