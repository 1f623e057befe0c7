"""The form of a report that is made again and again."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.design_system.forms import OPEN_AGAIN, required
from reporting.models import ReportPurpose, ReportSchedule


class ScheduleForm(forms.Form):
    """A report that is made by itself: what it tells, how often, of which scheme, and whether it is made at all."""

    name = forms.CharField(
        label=_("What the report is called"),
        max_length=80,
        error_messages=required(_("Write what the report is called")),
    )
    every = forms.ChoiceField(
        label=_("How often is it made?"),
        choices=ReportSchedule.Every.choices,
        widget=forms.RadioSelect,
        help_text=_("It is made when the time has ended, and the last one that has ended at once."),
        error_messages=required(_("Choose how often it is made")),
    )
    purpose = forms.ChoiceField(
        label=_("What does it tell?"),
        choices=ReportPurpose.choices,
        widget=forms.RadioSelect,
        error_messages=required(_("Choose what it tells")),
    )
    scheme = forms.ChoiceField(label=_("Of which scheme?"), required=False)
    is_on = forms.TypedChoiceField(
        label=_("Is it made?"),
        choices=(("yes", _("Yes, whenever its time has ended")), ("no", _("No: it is stopped"))),
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
        error_messages=required(_("Say whether it is made")),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, error_messages=required(OPEN_AGAIN))

    def __init__(self, *args: Any, schemes: Sequence[str], is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = [("", _("The whole force")), *((name, name) for name in schemes)]
        if is_new:
            del self.fields["is_on"], self.fields["seen"]
