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
from referrals.models.facilitation import NOTHING_YET


class NameForm(forms.Form):
    """Who leads it, of those who may; and where several were harmed, what is for this victim of what was agreed."""

    facilitator = forms.ChoiceField(label=_("Who leads it"), error_messages=required(_("Choose who leads it")))
    conditions = forms.MultipleChoiceField(
        label=_("What of this is for this victim"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Who leads it reads and settles only what you tick. The rest is settled in the ordinary way."),
        error_messages={"invalid_choice": _("What was agreed has changed: choose again")},
    )

    design = {"conditions": {"small": True, "optional": False}}

    def __init__(self, *args: Any, people: Sequence[User], conditions: Sequence[Condition] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in people}
        listed = [(key, f"{one.full_name}, {one.organisation}") for key, one in self.people.items()]
        self.fields["facilitator"].choices = [("", _("Choose one")), *listed]
        self.listed = {str(one.pk): one for one in conditions}
        self.fields["conditions"].choices = [(key, one.wording) for key, one in self.listed.items()]
        if not conditions:
            del self.fields["conditions"]

    def clean_conditions(self) -> list[Condition]:
        return [self.listed[key] for key in self.cleaned_data["conditions"]]

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
        choices = list((Facilitation.Meeting if is_meeting else Facilitation.Letter).choices)
        if condition.by_facilitator:
            choices.append((NOTHING_YET, _("Nothing yet: what I recorded was a mistake")))
        self.fields["came"].choices = choices
