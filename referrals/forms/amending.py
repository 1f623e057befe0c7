"""What was recorded of a case, to be put right: how the person is reached, the first appointment, the reasons."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.recording import CONTACT
from cases.models import Person
from referrals.forms.decision import slot_in_words
from referrals.forms.person_fields import BY_WORKER, PersonFields
from referrals.models import Slot


def _as_recorded(name: str) -> Any:
    """The question as the page that records a decision asks it."""
    return deepcopy(PersonFields.base_fields[name])


class AmendForm(forms.Form):
    """``slots`` are free appointments of the scheme, none where a partner has answered; ``reasons`` those given, None
    where they stay."""

    seen = forms.IntegerField(
        widget=forms.HiddenInput,
        max_value=2**31 - 1,
        error_messages=dict.fromkeys(
            ("required", "invalid", "max_value"), gettext_lazy("Open this page again from the case.")
        ),
    )
    slot = forms.ChoiceField(label=gettext_lazy("First appointment"), required=False)
    rationale = forms.CharField(
        label=gettext_lazy("Reasons for the decision"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    design = {"telephone": {"width": 20}, "needs_interpreter": {"width": 20}, "rationale": {"count": None}}

    def __init__(
        self, *args: Any, person: Person, slots: Sequence[Slot], booked: Slot | None, reasons: str | None, **kwargs: Any
    ) -> None:
        initial = {name: getattr(person, name) for name in CONTACT}
        kwargs["initial"] = initial | {"seen": person.version, "rationale": reasons}
        super().__init__(*args, **kwargs)
        self.slots = {str(one.pk): one for one in slots}
        for name in CONTACT:
            self.fields[name] = _as_recorded(name)
        if person.safe_contact_texts in BY_WORKER:  # what a worker heard is not undone here
            del self.fields["safe_contact_texts"]
        if reasons is None:
            del self.fields["rationale"]
        stays = _("As booked: %(slot)s") % {"slot": slot_in_words(booked)} if booked else _("None is booked")
        self.fields["slot"].choices = [("", stays), *((pk, slot_in_words(one)) for pk, one in self.slots.items())]
        self.fields["slot"].error_messages["invalid_choice"] = _(
            "That appointment has just been taken: choose another time"
        )
        if not slots:
            del self.fields["slot"]
        self.order_fields([*CONTACT, "slot", "rationale", "seen"])

    def amended(self) -> Mapping[str, Any]:
        """For the action."""
        given = self.cleaned_data
        return {
            "seen": given["seen"],
            "contact": {name: given[name] for name in CONTACT if name in given},
            "rationale": given.get("rationale"),
            "slot": self.slots.get(given.get("slot", "")),
        }
