"""Putting right what was mistyped about a crime of an open case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Allegation, Catalogue, Offence
from diversion.design_system.forms import OPEN_AGAIN, GovDateField, required
from referrals.forms.offences import OffenceField, chosen_entry


class CorrectCrimeForm(forms.Form):
    """The crime as it stands, to be changed, and why. ``offences`` is the force's catalogue."""

    entry: Offence

    seen = forms.IntegerField(widget=forms.HiddenInput, error_messages=required(OPEN_AGAIN))
    number = forms.CharField(
        label=_("Crime number"),
        max_length=40,
        error_messages=required(_("Enter the crime number")),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    offence = OffenceField()
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

    design = {"number": {"width": 20}, "committed_on": {"width": 20}, "area": {"width": 20}, "reason": {"count": None}}

    def __init__(self, *args: Any, allegation: Allegation, seen: int, offences: Catalogue, **kwargs: Any) -> None:
        initial = {
            "seen": seen,
            "number": allegation.crime.number,
            "offence": allegation.offence.code,
            "committed_on": allegation.committed_on,
            "area": allegation.area,
        }
        super().__init__(*args, **kwargs | {"initial": initial})
        if allegation.crime.awaits_number:  # entered on a page of its own, which closes what waited for it
            del self.fields["number"]
        # An offence that has left the catalogue, or was corrected in it, since stays the offence of this crime.
        self.offences, self.recorded = offences, allegation.offence
        self.fields["offence"].offer(offences, recorded=self.recorded)

    def clean(self) -> dict[str, Any]:
        if entry := chosen_entry(self, self.offences, recorded=self.recorded):
            self.entry = entry
        return self.cleaned_data

    def corrected(self) -> dict[str, Any]:
        """The arguments of the action."""
        return {**self.cleaned_data, "offence": self.entry}
