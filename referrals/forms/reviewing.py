"""Telling of a new offence, saying whose it is, and deciding what follows."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cases.models import Catalogue, Offence, OffenceReview
from cases.models.crime import MOST_OF_NUMBER
from diversion.accounts.confirming import ConfirmedForm
from diversion.design_system.forms import GovDateField, required
from referrals.actions.reviewing import NewOffence
from referrals.forms.offences import OffenceField, chosen_entry

SURE = (
    ("yes", gettext_lazy("Yes: it was confirmed that it is this person")),
    ("no", gettext_lazy("Not yet: somebody confirms it first")),
)


class NewOffenceForm(forms.Form):
    """What is alleged. ``offences`` is the force's catalogue."""

    entry: Offence

    offence = OffenceField()
    committed_on = GovDateField(
        label=gettext_lazy("Date of the offence"),
        past=True,
        error_messages=required(gettext_lazy("Enter the date of the offence")),
    )
    number = forms.CharField(
        label=gettext_lazy("Crime number"),
        max_length=MOST_OF_NUMBER,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    sure = forms.ChoiceField(
        label=gettext_lazy("Is it certain that it is this person?"),
        help_text=gettext_lazy("It is an allegation either way. The partner is told only once it is confirmed."),
        choices=SURE,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Say whether it is certain that it is this person")),
    )

    design = {"number": {"width": 20}, "sure": {"small": True}}

    def __init__(self, *args: Any, offences: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offences = offences
        self.fields["offence"].offer(offences)

    def clean(self) -> dict[str, Any]:
        if entry := chosen_entry(self, self.offences):
            self.entry = entry
        return self.cleaned_data

    def told(self) -> NewOffence:
        """For the action."""
        given = self.cleaned_data
        return NewOffence(self.entry, given["committed_on"], given["number"], is_sure=given["sure"] == "yes")


class WhoseForm(forms.Form):
    """Whether the new offence is alleged of this person."""

    them = forms.ChoiceField(
        label=gettext_lazy("Is it alleged of this person?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No, it was somebody else"))],
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Say whether it is this person")),
    )

    design = {"them": {"small": True}}


class DecideReviewForm(ConfirmedForm):
    """What follows, with the password again, of the ways that may follow here."""

    way = forms.ChoiceField(
        label=gettext_lazy("What follows?"),
        choices=OffenceReview.Way.choices,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose what follows")),
    )
    rationale = forms.CharField(
        label=gettext_lazy("Your reason"),
        help_text=gettext_lazy("Police alone read this. The partner reads that the support goes on."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=required(gettext_lazy("Say why, in a sentence")),
    )

    design: dict[str, Any] = {"way": {"small": True}, "rationale": {"count": None}}

    def __init__(self, *args: Any, ways: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["way"].choices = [one for one in OffenceReview.Way.choices if one[0] in ways]
