"""What the clock board is narrowed by, and what is said of a time limit that comes near."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.law.dates import long_date
from diversion.accounts.models import Team
from diversion.design_system.forms import GovDateField, required
from diversion.searching import SearchField
from referrals.codes import Clock
from referrals.models import Escalation


class ClockFilterForm(forms.Form):
    """Narrows the board; teams are offered to whoever sees more than one."""

    kept = ("q",)
    q = SearchField(
        label=gettext_lazy("Case reference, crime number or name"),
        help_text=gettext_lazy("The beginning of a crime number is enough."),
    )
    clock = forms.ChoiceField(
        label=gettext_lazy("Which clock"), choices=[("", gettext_lazy("All")), *Clock.choices], required=False
    )
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)

    mark_optional = False

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = {str(one.pk): one for one in teams}
        if not teams:
            del self.fields["team"]
            return
        self.fields["team"].choices = [("", _("All")), *((key, one.name) for key, one in self.teams.items())]

    def chosen(self) -> dict[str, Any]:
        """The arguments of the query; nothing where what was asked cannot be read."""
        given = self.cleaned_data if self.is_valid() else {}
        team = self.teams.get(given.get("team", ""))
        return {"text": given.get("q", ""), "clock": given.get("clock", ""), "team": team}


class AfterLimitForm(forms.Form):
    """What came of a case whose time limit has passed. ``seen`` is the warning that the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    what = forms.CharField(
        label=gettext_lazy("What was done"),
        help_text=gettext_lazy("For example: charged on 3 June; or that it went out of time, and why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=required(gettext_lazy("Say what was done, or that it went out of time")),
    )

    design: dict[str, Any] = {"what": {"count": None}}

    def __init__(self, *args: Any, escalation: Escalation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": {"seen": escalation and escalation.pk}})

    def said(self) -> dict[str, Any]:
        """The arguments of the action."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class TimeLimitForm(AfterLimitForm):
    """What is being done before a time limit, by whom and by when."""

    what = forms.CharField(
        label=gettext_lazy("What is being done"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=required(gettext_lazy("Say what is being done, in a sentence")),
    )
    who = forms.CharField(
        label=gettext_lazy("Who does it"),
        max_length=150,
        error_messages=required(gettext_lazy("Say who does it")),
    )
    by_day = GovDateField(
        label=gettext_lazy("By when"), error_messages=required(gettext_lazy("Give the day by which it is done"))
    )

    design = {"what": {"count": None}, "who": {"width": 20}}

    def __init__(self, *args: Any, escalation: Escalation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, escalation=escalation, **kwargs)
        if escalation:
            words = _("No later than %(day)s, the limit.")
            self.fields["by_day"].help_text = words % {"day": long_date(escalation.limit_on)}


def form_of(escalation: Escalation) -> type[AfterLimitForm]:
    """What is asked today of a warning."""
    return AfterLimitForm if escalation.has_passed else TimeLimitForm
