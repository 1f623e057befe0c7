"""Forms of a scheme that runs: its appointments, its sharing agreement, its end, and taking one over."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.accounts.models import Organisation
from diversion.design_system.forms import GovDateField, required
from referrals.codes import PlacesReason, Regime
from referrals.forms.fields import whole_number
from referrals.forms.moments import MomentForm
from referrals.forms.telephone import DialledField
from referrals.forms.weekly import left_out, repeated
from referrals.queries.schemes import providers

MOST_WEEKS = 26


class EndForm(forms.Form):
    last_day = GovDateField(
        label=gettext_lazy("Last day on which anybody is referred"),
        error_messages=required(gettext_lazy("Enter the last day")),
    )


class CapacityForm(forms.Form):
    capacity = whole_number(gettext_lazy("People on the scheme at one time"), most=100_000, required=True)
    reason = forms.ChoiceField(
        label=gettext_lazy("Why?"),
        choices=PlacesReason,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose why")),
    )

    design = {"capacity": {"width": 4}}


class TelephoneForm(forms.Form):
    telephone = DialledField(
        label=gettext_lazy("Telephone number that people ring"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("It is printed on the agreement that the person takes home."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    money_until = GovDateField(
        label=gettext_lazy("Last day for which the support is paid"),
        help_text=gettext_lazy("Officers and the provider are told whose agreement would run beyond it."),
        required=False,
    )

    design = {"telephone": {"width": 20}}


class SharingForm(forms.Form):
    provider = forms.ModelChoiceField(queryset=Organisation.objects.none(), widget=forms.HiddenInput)
    document = forms.CharField(
        label=gettext_lazy("Document"),
        max_length=200,
        help_text=gettext_lazy("Its title or number, and where it is kept."),
        error_messages=required(gettext_lazy("Enter the title or number of the document")),
    )
    regime = forms.ChoiceField(
        label=gettext_lazy("Under which law is data shared?"),
        choices=Regime,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose under which law data is shared")),
    )
    purpose = forms.CharField(
        label=gettext_lazy("For what purpose"),
        max_length=300,
        error_messages=required(gettext_lazy("Enter the purpose that the document names")),
    )
    controllers = forms.CharField(
        label=gettext_lazy("Who is the controller, alone or jointly"),
        max_length=300,
        error_messages=required(gettext_lazy("Enter who is the controller")),
    )
    from_day = GovDateField(
        label=gettext_lazy("In force from"), error_messages=required(gettext_lazy("Enter the first day"))
    )
    to_day = GovDateField(label=gettext_lazy("In force until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = providers()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("from_day"), values.get("to_day")
        if first and last and last < first:
            self.add_error("to_day", _("The last day must be on or after the first day"))
        return values


class SlotForm(MomentForm):
    """Appointments at one place and time of day, once or weekly by the clock on the wall."""

    place = forms.CharField(
        label=gettext_lazy("Place"), max_length=150, error_messages=required(gettext_lazy("Enter the place"))
    )
    places = whole_number(gettext_lazy("How many people"), least=1, most=200, required=True, initial=1)
    weeks = whole_number(
        gettext_lazy("For how many weeks"),
        least=1,
        most=MOST_WEEKS,
        required=True,
        initial=1,
        help_text=gettext_lazy("1 for this day only; 8 for the same time on eight weeks, bank holidays left out."),
    )
    design = {
        "time": {"width": 10},
        "which": {"small": True},
        "place": {"width": 30},
        "places": {"width": 3},
        "weeks": {"width": 3},
    }

    def days(self, first: date) -> list[date]:
        return repeated([first], self._weeks())

    @property
    def left_out(self) -> list[date]:
        """The bank holidays of later weeks, on which a valid form publishes nothing."""
        return left_out([self.cleaned_data["day"]], self.cleaned_data["weeks"])

    def _weeks(self) -> int:
        """How many weeks are asked for; one where that is not said rightly: the first day is judged all the same."""
        try:
            weeks: int = self.fields["weeks"].clean(self["weeks"].data)
        except ValidationError:
            return 1
        return weeks


class AdoptForm(forms.Form):
    provider = forms.ModelChoiceField(
        label=gettext_lazy("Provider"),
        queryset=Organisation.objects.none(),
        empty_label=gettext_lazy("Choose one"),
        error_messages=required(gettext_lazy("Choose who delivers the scheme")),
    )
    area = forms.SlugField(
        label=gettext_lazy("Area"),
        max_length=60,
        help_text=gettext_lazy("One word for the area in which it runs, as your officers record it."),
        error_messages=required(
            gettext_lazy("Enter the area"), invalid=gettext_lazy("Area must be letters, numbers and hyphens only")
        ),
    )
    capacity = whole_number(
        gettext_lazy("Capacity"), most=100_000, help_text=gettext_lazy("People on the scheme at one time.")
    )
    design = {"area": {"width": 20}, "capacity": {"width": 4}}

    def clean_area(self) -> str:
        given = str(self.cleaned_data["area"])
        if not re.search(r"[a-zA-Z0-9]", given):
            raise ValidationError(_("Area must hold letters or numbers"))
        return given

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = providers()
