"""Who is put on call, from when until when, and by what number they are reached."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion import clock
from diversion.accounts.models import Team, User
from diversion.design_system.forms import GovDateField, required
from referrals.forms.moments import ClockTimeField
from referrals.queries.on_call import who_may_be_on_call


class WithRank(forms.ModelChoiceField):
    """ "Carol Singh, sergeant"."""

    def label_from_instance(self, obj: Any) -> str:
        return ", ".join(filter(None, (obj.full_name, obj.rank_in_words.lower())))


class OnCallForm(forms.Form):
    """``by`` keeps the rota of their force."""

    user = WithRank(
        label=gettext_lazy("Who is on call"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Choose one"),
        help_text=gettext_lazy("Those who authorise. Being on call gives nobody a rank."),
        error_messages=required(gettext_lazy("Choose who is on call")),
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("For which team"),
        queryset=Team.objects.none(),
        empty_label=gettext_lazy("The whole force"),
        required=False,
    )
    from_on = GovDateField(
        label=gettext_lazy("From: day"), error_messages=required(gettext_lazy("Enter the first day"))
    )
    from_at = ClockTimeField(label=gettext_lazy("From: time"), help_text=gettext_lazy("For example, 6pm"))
    until_on = GovDateField(
        label=gettext_lazy("Until: day"), error_messages=required(gettext_lazy("Enter the last day"))
    )
    until_at = ClockTimeField(label=gettext_lazy("Until: time"), help_text=gettext_lazy("For example, 6:30am"))
    telephone = forms.CharField(
        label=gettext_lazy("Telephone at work"),
        max_length=40,
        help_text=gettext_lazy("Officers of the force see it while this lasts."),
        error_messages=required(gettext_lazy("Enter the telephone number by which officers reach them")),
    )

    design = {
        "team": {"optional": False},
        "from_at": {"width": 10},
        "until_at": {"width": 10},
        "telephone": {"width": 20},
    }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = who_may_be_on_call(by=by)
        self.fields["team"].queryset = Team.objects.filter(organisation=by.organisation_id).order_by("name")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for name, place in (("from", 0), ("until", -1)):  # of an hour that comes twice, the whole of it is covered
            day, at = data.get(f"{name}_on"), data.get(f"{name}_at")
            if day and at:
                data[name] = self._moment(f"{name}_at", day, at, place)
        return data

    def turn(self) -> dict[str, Any]:
        """What a valid form says, as the action takes it."""
        data = self.cleaned_data
        given = {name: data[name] for name in ("user", "team", "telephone")}
        return given | {"starts_at": data["from"], "until": data["until"]}

    def _moment(self, name: str, day: date, at: time, place: int) -> datetime | None:
        moments = clock.moments_at(day, at)
        if not moments:
            self.add_error(name, _("Clocks do not show this time on that day: enter another"))
            return None
        return moments[place]
