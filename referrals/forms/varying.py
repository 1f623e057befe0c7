"""Why a step was missed, and what is changed so that the agreement can still be kept."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.accounts.confirming import ConfirmedForm
from diversion.design_system.forms import GovDateField, VersionedForm, required
from referrals.actions.varying import Change
from referrals.codes import AgreedHow, MissedReason, VictimAnswer, Way
from referrals.forms.fields import whole_number
from referrals.models import Condition, MissedStep, Referral

LATER = "later"
ESCALATE = (Way.ESCALATED.value, gettext_lazy("Put it to the police"))
NOTHING_YET = (LATER, gettext_lazy("Nothing yet: keep the reason"))


class _ReasonForm(VersionedForm):
    """The reason first: without it nobody can help."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why?"),
        choices=MissedReason.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("You can change it later; what it said before is kept."),
        error_messages=required(gettext_lazy("Choose why, or that it is not known yet")),
    )
    way = forms.ChoiceField(
        label=gettext_lazy("What do you do about it?"),
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose what you do about it")),
    )
    note = forms.CharField(
        label=gettext_lazy("What do you ask of the police?"),
        help_text=gettext_lazy("The officer and the coordinator read this and the reason. Nothing told in confidence."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, step: MissedStep | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("reason", step.reason if step else MissedReason.NOT_KNOWN.value)

    @property
    def way_code(self) -> str:
        """As the actions take it."""
        return "" if self.cleaned_data["way"] == LATER else str(self.cleaned_data["way"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("way") == Way.ESCALATED and not values.get("note", "").strip():
            self.add_error("note", _("Say what you ask of the police, in a sentence"))
        return values


class MissedForm(_ReasonForm):
    """Of an appointment."""

    design: dict[str, Any] = {
        "reason": {"small": True},
        "way": {"small": True, "reveal": {Way.ESCALATED.value: "note"}},
        "note": {"optional": False, "count": None},
    }

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        excuse = (Way.EXCUSED.value, gettext_lazy("Excuse it"))
        self.fields["way"].choices = [excuse, NOTHING_YET] + ([] if referral.is_voluntary else [ESCALATE])
        if referral.is_voluntary:
            del self.fields["note"]
            self.design = {"reason": {"small": True}, "way": {"small": True}}


class ChangeForm(_ReasonForm):
    """Of a condition: a new day, another activity, something less; of one whose day has passed also the rest."""

    condition_version = forms.IntegerField(
        widget=forms.HiddenInput, error_messages=required(gettext_lazy("Open this page again, then try once more."))
    )
    new_day = GovDateField(label=gettext_lazy("New date"), required=False)
    swap = forms.CharField(label=gettext_lazy("The other activity"), required=False, max_length=300)
    swap_day = GovDateField(label=gettext_lazy("By when, if not as before"), required=False)
    other = forms.CharField(label=gettext_lazy("What is asked instead"), required=False, max_length=300)
    other_sessions = whole_number(gettext_lazy("Sessions"), least=1, most=99)
    other_day = GovDateField(label=gettext_lazy("By when, if not as before"), required=False)
    agreed_on = GovDateField(label=gettext_lazy("When did the person agree to it?"), past=True, required=False)
    agreed_how = forms.ChoiceField(
        label=gettext_lazy("How did they agree?"), choices=AgreedHow.choices, widget=forms.RadioSelect, required=False
    )
    adult = forms.CharField(
        label=gettext_lazy("Appropriate adult, who signs too: name"), required=False, max_length=150
    )
    because = forms.CharField(
        label=gettext_lazy("What do the police need to know?"),
        help_text=gettext_lazy("Whoever decides reads this and the reason. Nothing told in confidence."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    FOR_POLICE = ("agreed_on", "agreed_how", "adult", "because")

    def __init__(
        self, *args: Any, condition: Condition, referral: Referral, missed: bool, child: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        voluntary, may_wait = referral.is_voluntary, missed and not referral.is_voluntary
        ways = [(Way.NEW_DAY.value, gettext_lazy("A new date"))]
        ways.append((Way.SWAPPED.value, gettext_lazy("Another activity of the same kind")))
        if not voluntary:
            ways.append((Way.OTHER.value, gettext_lazy("Something else, or less")))
            ways.append((Way.LET_GO.value, gettext_lazy("It is no longer needed")))
        self.fields["way"].choices = ways + ([NOTHING_YET, ESCALATE] if may_wait else [])
        for name in self._unneeded(condition, voluntary=voluntary, may_wait=may_wait, child=child):
            del self.fields[name]
        reveal = {
            Way.NEW_DAY.value: ("new_day",),
            Way.SWAPPED.value: ("swap", "swap_day"),
            Way.OTHER.value: ("other", "other_sessions", "other_day"),
            Way.ESCALATED.value: ("note",),
        }
        kept = {way: tuple(name for name in names if name in self.fields) for way, names in reveal.items()}
        self.design = {
            "agreed_on": {"optional": False},
            "adult": {"optional": False},
            "reason": {"small": True},
            "way": {"small": True, "reveal": {way: names for way, names in kept.items() if names}},
            "agreed_how": {"small": True, "optional": False},
            **{name: {"optional": False, "count": None} for name in ("note", "because")},
            "other_sessions": {"width": 3},
        }
        if "other_sessions" in self.fields:
            self.fields["other_sessions"].label = _("Sessions, of %(n)d agreed") % {"n": condition.sessions}

    def _unneeded(self, condition: Condition, *, voluntary: bool, may_wait: bool, child: bool) -> list[str]:
        names = [] if may_wait else ["note"]
        names += ["other", "other_day", *self.FOR_POLICE] if voluntary else [] if child else ["adult"]
        return [*names, *(["other_sessions"] if voluntary or not condition.sessions else [])]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        asked = {
            Way.NEW_DAY.value: ("new_day", _("Enter the new date")),
            Way.SWAPPED.value: ("swap", _("Enter the other activity")),
            Way.OTHER.value: ("other", _("Enter what is asked instead")),
        }
        name, message = asked.get(values.get("way", ""), ("", ""))
        if name and not values.get(name) and name not in self.errors:
            self.add_error(name, message)
        return values

    def change(self) -> Change:
        """What is asked for."""
        given, way = self.cleaned_data, self.way_code
        words = {Way.SWAPPED.value: "swap", Way.OTHER.value: "other"}.get(way, "")
        day = {Way.NEW_DAY.value: "new_day"}.get(way, f"{words}_day")
        asked = {name: given.get(name) or "" for name in ("agreed_how", "adult", "because")}
        sessions = given.get("other_sessions") if way == Way.OTHER else None
        return Change(
            way=way,
            reason=given["reason"],
            due_on=given.get(day),
            wording=given.get(words) or "",
            sessions=sessions,
            agreed_on=given.get("agreed_on"),
            **asked,
        )

    @property
    def police_are_asked(self) -> bool:
        """Whether anything was typed, or found wrong, in what the police are told."""
        names = [name for name in self.FOR_POLICE if name in self.fields]
        return self.is_bound and (bool(self.non_field_errors()) or any(self.errors.get(name) for name in names))


class DecideChangeForm(ConfirmedForm):
    """The decision on a variation."""

    AUTHORISE, REFUSE = "authorise", "refuse"

    decision = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=[(AUTHORISE, gettext_lazy("Authorise")), (REFUSE, gettext_lazy("Do not authorise"))],
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose whether you authorise this")),
    )
    rationale = forms.CharField(
        label=gettext_lazy("Your reason"),
        help_text=gettext_lazy("Only police read it: the partner is told whether it was authorised, and no more."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages=required(gettext_lazy("Say why, in a sentence")),
    )
    design = {"decision": {"inline": True}, "rationale": {"count": None}}


class VictimForm(forms.Form):
    """What the victim says to it."""

    answer = forms.ChoiceField(
        label=gettext_lazy("What does the victim say to it?"),
        choices=VictimAnswer.choices,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose what the victim said, or that they could not be reached")),
    )
    design = {"answer": {"small": True}}

    def __init__(self, *args: Any, alone: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [one for one in VictimAnswer.choices if (one[0] == VictimAnswer.LEFT_ALONE) == alone]
        cast(forms.ChoiceField, self.fields["answer"]).choices = offered


class EscalationForm(forms.Form):
    """What police tell the worker about a step that was put to them."""

    answer = forms.CharField(
        label=gettext_lazy("Your answer to the worker"),
        help_text=gettext_lazy("The partner reads this: nothing about a victim or about earlier dealings with police."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
        error_messages=required(gettext_lazy("Write what the worker is to do, in a sentence")),
    )
    design = {"answer": {"count": None}}
