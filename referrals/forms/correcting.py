"""Putting right what was mistyped about a crime of an open case."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Allegation, Offence
from diversion.design_system.forms import CatalogueSelect, GovDateField, required
from referrals.forms.crimes import offence_choices


class CorrectCrimeForm(forms.Form):
    """The crime as it stands, to be changed, and why. ``offences`` is the catalogue by code."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    offence = forms.ChoiceField(
        label=_("Offence"), widget=CatalogueSelect, error_messages=required(_("Choose the offence"))
    )
    committed_on = GovDateField(
        label=_("Date of the offence"), past=True, error_messages=required(_("Enter the date of the offence"))
    )
    area = forms.CharField(label=_("Area"), max_length=100, required=False)
    reason = forms.CharField(
        label=_("Why is this corrected?"),
        help_text=_("For example: mistyped; the crime record was corrected on 3 June"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages=required(_("Say why this is corrected, in a sentence")),
    )

    design = {"area": {"width": 20}, "reason": {"count": None}}

    def __init__(
        self, *args: Any, allegation: Allegation, seen: int, offences: Mapping[str, Offence], **kwargs: Any
    ) -> None:
        initial = {
            "seen": seen,
            "offence": allegation.offence.code,
            "committed_on": allegation.committed_on,
            "area": allegation.area,
        }
        super().__init__(*args, **kwargs | {"initial": initial})
        # An offence that has left the catalogue since stays the offence of this crime.
        self.offences = {**offences, allegation.offence.code: allegation.offence}
        self.fields["offence"].choices = offence_choices(self.offences)

    def corrected(self) -> dict[str, Any]:
        """The arguments of the action."""
        return {**self.cleaned_data, "offence": self.offences[self.cleaned_data["offence"]]}
