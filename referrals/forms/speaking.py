"""Authority by radio or telephone: who gave it and when, and what the named officer says to that."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import SpokenAuthority
from diversion import clock
from diversion.accounts.confirming import ConfirmedForm
from diversion.accounts.models import User
from diversion.design_system.forms import required
from referrals.actions.speaking import Spoken
from referrals.forms.authorising import NOT_CERTIFIED, evidence_field
from referrals.forms.moments import ClockTimeField


class WhoGaveIt(forms.ModelChoiceField):
    """ "Carol Singh, sergeant 1310"."""

    def label_from_instance(self, obj: Any) -> str:
        return " ".join(filter(None, (f"{obj.full_name}, {obj.rank_in_words.lower()}", obj.collar_number)))


class SpokenForm(forms.Form):
    """``authorisers``: who may have given it."""

    named = WhoGaveIt(
        label=gettext_lazy("Who gave you authority"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Choose one"),
        help_text=gettext_lazy("Only those who hold the rank and had no part in the case. Your own team comes first."),
        error_messages=required(gettext_lazy("Choose who gave you authority")),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=SpokenAuthority.Channel.choices,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose whether it was by radio or by telephone")),
    )
    time = ClockTimeField(
        label=gettext_lazy("When they said it"),
        help_text=gettext_lazy("The time, at most 12 hours ago. For example, 2:30pm"),
    )
    words = forms.CharField(
        label=gettext_lazy("What they said"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        error_messages=required(gettext_lazy("Write what they said, in a sentence")),
    )

    design = {"channel": {"inline": True, "small": True}, "time": {"width": 10}}

    def __init__(self, *args: Any, authorisers: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["named"].queryset = authorisers

    def spoken(self) -> Spoken:
        """What a valid form says."""
        data = self.cleaned_data
        return Spoken(data["named"], data["channel"], data["time"], data["words"])

    def clean_time(self) -> datetime:
        """The last moment at which clocks in London showed it: shortly after midnight that was yesterday."""
        at, today = self.cleaned_data["time"], clock.today()
        days = (today - timedelta(days=1), today)
        past = [one for day in days for one in clock.moments_at(day, at) if one <= clock.now()]
        if not past:
            raise forms.ValidationError(_("Clocks did not show this time: enter another"))
        return max(past)


class StopSpokenForm(ConfirmedForm):
    """Why a higher rank stops an offer before the authority that was entered for it is confirmed."""

    reason = forms.CharField(
        label=gettext_lazy("Why you stop this offer"),
        help_text=gettext_lazy("The officer reads it. What was signed ends, and the crimes get no outcome."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages=required(gettext_lazy("Say why, in a sentence")),
    )

    design = {"reason": {"count": None}}
    done = gettext_lazy("Stopped: %(name)s, %(case)s. The officer records a new decision.")


class AnswerSpokenForm(ConfirmedForm):
    """What the named officer says, or whoever decides instead once their time has ended (``instead``)."""

    CONFIRM, DENY = "confirm", "deny"

    answer = forms.ChoiceField(
        label=gettext_lazy("Did you give this authority?"),
        choices=[(CONFIRM, gettext_lazy("Yes, I authorised this")), (DENY, gettext_lazy("No, or not for this"))],
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose whether you gave this authority")),
    )
    reason = forms.CharField(
        label=gettext_lazy("Your reason"),
        help_text=gettext_lazy("Why it is right to offer this, or what is not as it was entered."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages=required(gettext_lazy("Say why, in a sentence")),
    )

    evidence_met = evidence_field()

    design = {"reason": {"count": None}}

    def __init__(self, *args: Any, instead: bool, certifies: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not certifies:
            del self.fields["evidence_met"]
        if instead:
            answer = self.fields["answer"]
            answer.label = _("It was not confirmed in time. Do you authorise it?")
            answer.choices = [(self.CONFIRM, _("Yes, in my own name")), (self.DENY, _("No: back to the queue"))]
            answer.error_messages["required"] = _("Choose whether you authorise this")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("answer") == self.CONFIRM and not data.get("evidence_met", True):
            self.add_error("evidence_met", NOT_CERTIFIED)
        return data

    @property
    def is_confirmed(self) -> bool:
        return bool(self.cleaned_data["answer"] == self.CONFIRM)

    @property
    def done(self) -> str:
        """What is said once it is done."""
        return _("Confirmed: %(name)s, %(case)s.") if self.is_confirmed else _("Not confirmed: %(name)s, %(case)s.")
