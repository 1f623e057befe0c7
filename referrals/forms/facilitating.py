"""What police say of who leads it, and what a facilitator says of what came of it."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.law.codes import ConditionType
from cases.models.victim import ContactResult, VictimChannel
from diversion.accounts.models import User
from diversion.design_system.forms import OPEN_AGAIN, required
from referrals.models import Condition, Facilitation, FacilitatorContact


class NameForm(forms.Form):
    """Who leads it, of those who may."""

    facilitator = forms.ChoiceField(label=_("Who leads it"), error_messages=required(_("Choose who leads it")))

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in people}
        listed = [(key, f"{one.full_name}, {one.organisation}") for key, one in self.people.items()]
        self.fields["facilitator"].choices = [("", _("Choose one")), *listed]

    def clean_facilitator(self) -> User:
        return self.people[self.cleaned_data["facilitator"]]


class FacilitatorContactForm(forms.Form):
    """One attempt to reach one of both."""

    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    who = forms.ChoiceField(
        label=_("Whom you tried to reach"),
        choices=FacilitatorContact.Who.choices,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose whom you tried to reach")),
    )
    channel = forms.ChoiceField(
        label=_("How you tried"),
        choices=VictimChannel.choices,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose how you tried to reach them")),
    )
    result = forms.ChoiceField(
        label=_("What came of it"),
        choices=ContactResult.choices,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose what came of it")),
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    design = {
        **{name: {"inline": True, "small": True} for name in ("who", "channel")},
        "result": {"small": True},
    }


class CameForm(forms.Form):
    """What came of one letter or one meeting."""

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages=required(OPEN_AGAIN, invalid=OPEN_AGAIN))
    came = forms.ChoiceField(
        label=_("What came of it"), widget=forms.RadioSelect, error_messages=required(_("Choose what came of it"))
    )

    design = {"came": {"small": True}}

    def __init__(self, data: Any = None, *, condition: Condition) -> None:
        super().__init__(data, auto_id=f"came-{condition.pk}-%s", initial={"version": condition.version})
        is_meeting = condition.kind == ConditionType.RJ
        self.fields["came"].choices = (Facilitation.Meeting if is_meeting else Facilitation.Letter).choices
