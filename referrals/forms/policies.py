"""The small forms around a version of the rules: its name and review date, signing it, and copying it."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion import clock
from diversion.accounts.confirming import ConfirmedForm
from diversion.accounts.models import Organisation, User
from diversion.design_system.forms import GovDateField, required
from diversion.design_system.wording import long_date
from referrals.forms.criteria import RevisionForm


class DescribeForm(RevisionForm):
    """What the version is called, what changed and why, and when it is to be looked at again."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, error_messages=required(gettext_lazy("Enter a name"))
    )
    label = forms.CharField(
        label=gettext_lazy("Version"),
        max_length=20,
        error_messages=required(gettext_lazy("Enter the version, such as 2")),
    )
    review_date = GovDateField(
        label=gettext_lazy("Review it by"), error_messages=required(gettext_lazy("Enter the review date"))
    )
    notes = forms.CharField(
        label=gettext_lazy("What changed, and why"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        error_messages=required(gettext_lazy("Say what changed and why: whoever signs will read it")),
    )

    design = {"label": {"width": 10}, "notes": {"count": None}}

    def clean_review_date(self) -> Any:
        day = self.cleaned_data["review_date"]
        if day <= clock.today():
            raise forms.ValidationError(_("The review date must be a day to come"))
        return day


class SignForm(ConfirmedForm, RevisionForm):
    """The first signature, with the day from which the version is to apply."""

    starts_on = GovDateField(
        label=gettext_lazy("It applies from"), error_messages=required(gettext_lazy("Enter the first day"))
    )
    agreed = forms.BooleanField(
        label=gettext_lazy("I have read this version and its preview, and I answer for it"),
        error_messages=required(gettext_lazy("Tick the box to sign")),
    )

    def __init__(self, *args: Any, first_day: date, **kwargs: Any) -> None:
        """``first_day`` is the first from which the version can apply: said, and offered, before anybody signs."""
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].earliest = first_day
        self.initial.setdefault("starts_on", first_day)
        if first_day > clock.today():
            words = _("Other rules begin on %(began)s: these can apply from %(first)s on.")
            days = {"began": long_date(first_day - timedelta(days=1)), "first": long_date(first_day)}
            self.fields["starts_on"].help_text = words % days


class SecondSignForm(ConfirmedForm, RevisionForm):
    """The second signature: the version is then live from its first day."""

    agreed = forms.BooleanField(
        label=gettext_lazy("I have read this version and its preview, and I answer for it"),
        error_messages=required(gettext_lazy("Tick the box to sign")),
    )


class CopyForm(forms.Form):
    """Which other force gets a copy."""

    force = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=gettext_lazy("Force"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages=required(gettext_lazy("Choose the force to copy it to")),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        forces = Organisation.objects.filter(kind=Organisation.Kind.POLICE_FORCE).exclude(pk=by.organisation_id)
        self.fields["force"].queryset = forces.order_by("name")
