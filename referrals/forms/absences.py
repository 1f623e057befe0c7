"""Who is away, from when until when, and who covers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diversion.accounts.models import User
from diversion.design_system.forms import GovDateField, required
from referrals.queries.absences import who_may_be_away, who_may_cover


class AbsenceForm(forms.Form):
    """``by`` says it of themselves, or of their team where they lead one."""

    user = forms.ModelChoiceField(
        label=_("Who is away"),
        queryset=User.objects.none(),
        empty_label=None,
        error_messages=required(_("Choose who is away")),
    )
    from_on = GovDateField(label=_("First day"), error_messages=required(_("Enter the first day")))
    until_on = GovDateField(label=_("Last day"), error_messages=required(_("Enter the last day")))
    cover = forms.ModelChoiceField(
        label=_("Who covers"),
        queryset=User.objects.none(),
        empty_label=_("Choose one"),
        help_text=_("Somebody of the same team, or who sees the cases of the whole force."),
        error_messages=required(_("Choose who covers")),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = who_may_be_away(by=by)
        self.fields["user"].initial = by.pk
        self.fields["cover"].queryset = who_may_cover(by=by)
        if by.is_provider:
            self.fields["cover"].help_text = _("They find your caseload from their own.")
