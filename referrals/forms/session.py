"""What became of each person's place in a group session: one row each, and nobody ticked beforehand."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.design_system.forms import VersionedForm
from referrals.actions.support import Attended
from referrals.forms.support import OTHER_RESULTS
from referrals.models import Appointment

ATTENDED, OTHER = Appointment.Attendance.ATTENDED.value, "other"


class SessionRow(VersionedForm):
    """One person. Left empty it stays as it is: to be recorded later."""

    came = forms.ChoiceField(
        choices=[(ATTENDED, gettext_lazy("Attended")), (OTHER, gettext_lazy("Something else"))],
        widget=forms.RadioSelect,
        required=False,
    )
    result = forms.ChoiceField(label=gettext_lazy("What happened?"), choices=[("", "---------")], required=False)

    design = {
        "came": {"inline": True, "small": True, "optional": False, "reveal": {OTHER: "result"}},
        "result": {"optional": False},
    }

    def __init__(self, data: Any = None, *, appointment: Appointment) -> None:
        super().__init__(data, prefix=f"of-{appointment.pk}")
        self.appointment = appointment
        self.fields["came"].label = str(appointment.referral.case.person)
        self.fields["result"].choices = [("", "---------"), *OTHER_RESULTS]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("came") == OTHER and not data.get("result") and "result" not in self.errors:
            self.add_error("result", _("Choose what happened, or leave the person for later"))
        return data

    @property
    def attended(self) -> Attended | None:
        """What is to be recorded; None where nothing was chosen."""
        data = self.cleaned_data
        if not data["came"]:
            return None
        attendance = ATTENDED if data["came"] == ATTENDED else data["result"]
        return Attended(self.appointment, attendance, data["version"])


class SessionForm:
    """The rows of a session. Valid once each row is, and somebody is recorded."""

    def __init__(self, appointments: Iterable[Appointment], data: Any = None) -> None:
        self.rows = [SessionRow(data, appointment=one) for one in appointments]
        self.page = forms.Form(data)  # what is wrong with all of them
        often = Counter(row.fields["came"].label for row in self.rows)
        for row in self.rows:
            if often[row.fields["came"].label] > 1:  # two people of one name
                row.fields["came"].help_text = row.appointment.referral.reference

    def is_valid(self) -> bool:
        if not all([row.is_valid() for row in self.rows]):
            return False
        if self.page.is_valid() and not self.attended:
            self.page.add_error(None, _("Choose what happened for one person at least"))
        return self.page.is_valid()

    @property
    def attended(self) -> list[Attended]:
        return [one for row in self.rows if (one := row.attended) is not None]

    @property
    def forms(self) -> list[forms.Form]:
        return [self.page, *self.rows]
