"""What is asked and kept of a victim."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.codes import VictimKind, VictimStance
from cases.models import VictimRecord
from cases.models.victim import CONTACT_BY, ContactResult, DutyKind, VictimChannel, Wish
from cases.remedies import NO_PREFERENCE, offered_to
from diversion.design_system.forms import OPEN_AGAIN, required

NOT_ASKED: list[Any] = [("", _("Not asked"))]
SMALL = {"inline": True, "small": True, "optional": False}


class VictimFilterForm(forms.Form):
    """Narrows what victims are owed."""

    q = forms.CharField(label=_("Case reference or crime number"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("What is owed"), choices=[("", _("All")), *DutyKind.choices], required=False)

    mark_optional = False


class ViewForm(forms.Form):
    """What the victim thinks of settling it out of court, now."""

    seen = forms.CharField(widget=forms.HiddenInput, error_messages=required(OPEN_AGAIN))
    stance = forms.ChoiceField(
        label=_("What they think of settling it out of court"),
        choices=[one for one in VictimStance.choices if one[0] != VictimStance.NOT_ASKED],
        widget=forms.RadioSelect,
        help_text=_("They have no veto. An objection after the decision goes to a sergeant."),
        error_messages=required(_("Choose what the victim thinks, or that they could not be reached")),
    )

    design = {"stance": {"small": True}}


class ContactForm(forms.Form):
    """One attempt to reach the victim."""

    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
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

    design = {"channel": {"inline": True, "small": True}, "result": {"small": True}}


class WishesForm(forms.Form):
    """How the victim is reached and what they wish, each by itself."""

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages=required(OPEN_AGAIN))
    contact_name = forms.CharField(label=_("Who speaks for the business"), max_length=150, required=False)
    telephone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    contact_by = forms.ChoiceField(label=_("How to contact them"), choices=NOT_ASKED + CONTACT_BY, required=False)
    contact_when = forms.CharField(label=_("When to contact them"), max_length=150, required=False)
    updates = forms.ChoiceField(label=_("Updates on the case"), choices=NOT_ASKED + Wish.choices, required=False)
    letter = forms.ChoiceField(label=_("A letter of apology"), choices=NOT_ASKED + Wish.choices, required=False)
    meeting = forms.ChoiceField(label=_("A meeting"), choices=NOT_ASKED + Wish.choices, required=False)
    sharing = forms.ChoiceField(
        label=_("A facilitator is told of them and how to reach them, for the letter or the meeting"),
        choices=NOT_ASKED + Wish.choices,
        required=False,
    )
    compensation = forms.ChoiceField(label=_("Compensation"), choices=NOT_ASKED + Wish.choices, required=False)
    remedies = forms.MultipleChoiceField(
        label=_("What they would like, of the community remedy document"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Ask them. Nothing ticked: not asked yet."),
        error_messages={"invalid_choice": _("The community remedy document has changed: choose again")},
    )
    is_enhanced = forms.BooleanField(
        label=_("Enhanced rights: told within one working day"),
        required=False,
        help_text=_("Of a most serious crime, persistently targeted, vulnerable or intimidated."),
    )

    design = {
        **{name: {"width": 20, "optional": False} for name in ("telephone", "contact_when", "contact_name")},
        **{
            name: {"optional": False}
            for name in ("contact_by", "updates", "letter", "meeting", "sharing", "compensation")
        },
        "is_enhanced": {"optional": False},
        "remedies": {"small": True, "optional": False},
    }

    def __init__(self, *args: Any, record: VictimRecord, **kwargs: Any) -> None:
        names = ("contact_name", "telephone", "is_enhanced", "remedies", *VictimRecord.WISHES)
        kwargs["initial"] = {name: getattr(record, name) for name in names} | {"version": record.version}
        super().__init__(*args, **kwargs)
        victim = record.allegation.victim
        if victim is None or victim.kind != VictimKind.BUSINESS:
            del self.fields["contact_name"]
        if listed := offered_to(record):
            nothing = [(NO_PREFERENCE, _("They were asked, and have no preference"))]
            self.fields["remedies"].choices = [(one.code, one.words) for one in listed] + nothing
        else:
            del self.fields["remedies"]

    def clean_remedies(self) -> list[str]:
        said: list[str] = self.cleaned_data["remedies"]
        if NO_PREFERENCE in said and len(said) > 1:
            raise forms.ValidationError(_("Choose what they would like, or that they have no preference, not both"))
        return said

    def said(self) -> dict[str, Any]:
        """The arguments of the action."""
        data = dict(self.cleaned_data)
        return {"seen": data.pop("version"), "said": data}


class TellForm(forms.Form):
    """How the victim was told."""

    channel = forms.ChoiceField(
        label=_("How they were told"),
        choices=[("", _("Choose one")), *VictimChannel.choices, ("none", _("Not told: they want no updates"))],
        error_messages=required(_("Choose how they were told")),
    )

    def chosen(self) -> dict[str, str]:
        """The arguments of the action."""
        channel = self.cleaned_data["channel"]
        return {"channel": "" if channel == "none" else channel}


class ReviewForm(forms.Form):
    """What a sergeant makes of an objection that came after the decision, or of what was asked for and not agreed."""

    note = forms.CharField(
        label=_("What you make of it, and why it goes on as it is"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages=required(_("Say what you make of it, in a sentence")),
    )

    design = {"note": {"count": None}}
