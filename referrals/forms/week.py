"""First appointments that a worker publishes for a week: on which days, at which times, and for how many weeks."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion import clock
from diversion.design_system.forms import required
from diversion.design_system.wording import long_date, wall_time
from referrals.forms.fields import whole_number
from referrals.forms.moments import ClockTimeField
from referrals.forms.running import MOST_WEEKS
from referrals.forms.weekly import left_out, repeated
from referrals.models import SchemeVersion

WEEK = 7
#: Published at once: more is a slip of the hand, and nobody would look through it.
MOST_AT_ONCE = 200


class WeekForm(forms.Form):
    """Several days and times at once, in one week or in several that follow. Days that have passed are not offered.

    Of an hour that comes twice, when the clocks go back in the night, the first is meant.
    """

    scheme = forms.TypedChoiceField(
        label=gettext_lazy("Scheme"), error_messages=required(gettext_lazy("Choose the scheme"))
    )
    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"),
        coerce=date.fromisoformat,
        widget=forms.CheckboxSelectMultiple,
        error_messages=required(
            gettext_lazy("Choose at least one day"),
            invalid_choice=gettext_lazy("A day that you chose has passed, or is of another week: choose again"),
        ),
    )
    times = forms.CharField(
        label=gettext_lazy("Times"),
        help_text=gettext_lazy("One or more, like 9am, 10:30am, 2pm"),
        max_length=200,
        error_messages=required(gettext_lazy("Enter at least one time")),
    )
    place = forms.CharField(
        label=gettext_lazy("Place"), max_length=150, error_messages=required(gettext_lazy("Enter the place"))
    )
    places = whole_number(gettext_lazy("How many people at each"), least=1, most=200, required=True, initial=1)
    weeks = whole_number(
        gettext_lazy("For how many weeks"),
        least=1,
        most=MOST_WEEKS,
        required=True,
        initial=1,
        help_text=gettext_lazy(
            "1 for this week only; 8 for the same days and times in eight weeks, bank holidays left out."
        ),
    )
    design = {
        "days": {"small": True},
        "times": {"width": 20},
        "place": {"width": 30},
        "places": {"width": 3},
        "weeks": {"width": 3},
    }

    def __init__(self, *args: Any, versions: Sequence[SchemeVersion], monday: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = versions
        by_pk = {str(one.pk): one for one in versions}
        self.fields["scheme"].choices = [(pk, one.scheme.name) for pk, one in by_pk.items()]
        self.fields["scheme"].coerce = by_pk.__getitem__
        week = [monday + timedelta(days=day) for day in range(WEEK)]
        self.fields["days"].choices = [
            (day.isoformat(), f"{day:%A} {long_date(day)}") for day in week if day >= clock.today()
        ]

    def clean_times(self) -> list[time]:
        """Each once, in order. Raises ValidationError that names the one that cannot be read."""
        found = set()
        for typed in filter(None, re.split(r"[,;\n]\s*|\s+and\s+", self.cleaned_data["times"].strip())):
            try:
                found.add(ClockTimeField().clean(typed))
            except ValidationError as error:
                raise ValidationError(f"“{typed}”: {error.messages[0]}") from error
        if not found:
            raise ValidationError(_("Enter at least one time"))
        return sorted(found)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "days" in values and "times" in values and "weeks" in values:
            self._check_moments(values)
        return values

    def _check_moments(self, values: dict[str, Any]) -> None:
        planned = self._planned(values)
        if len(planned) > MOST_AT_ONCE:
            too_many = _("That is %(n)d appointments: publish %(most)d at most at once")
            self.add_error("weeks", too_many % {"n": len(planned), "most": MOST_AT_ONCE})
        for day, at in planned:
            words = {"time": wall_time(at), "day": f"{day:%A} {long_date(day)}"}
            moments = clock.moments_at(day, at)
            if not moments:
                self.add_error("times", _("There is no %(time)s on %(day)s: the clocks go forward") % words)
            elif moments[0] <= clock.now():
                self.add_error("times", _("%(time)s on %(day)s has passed: leave the day out, or the time") % words)

    @staticmethod
    def _planned(values: dict[str, Any]) -> list[tuple[date, time]]:
        return [(day, at) for day in repeated(values["days"], values["weeks"]) for at in values["times"]]

    @property
    def left_out(self) -> list[date]:
        """The bank holidays of later weeks, on which a valid form publishes nothing."""
        return left_out(self.cleaned_data["days"], self.cleaned_data["weeks"])

    @property
    def moments(self) -> list[datetime]:
        """The aware moments that a valid form publishes."""
        return [clock.moments_at(day, at)[0] for day, at in self._planned(self.cleaned_data)]
