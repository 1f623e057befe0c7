"""What the clock board is narrowed by, and what is said of a time limit that comes near."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.accounts.models import Team
from diversion.searching import SearchField
from referrals.codes import Clock


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
