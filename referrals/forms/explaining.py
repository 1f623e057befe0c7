"""Explaining what was authorised: what the person is told, what they say, and who signs."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.codes import DeclinedReason
from diversion.design_system.forms import GovDateField, required
from referrals.forms.admitting import NAMES, AdmittedForm
from referrals.schemes.condition_words import ConditionDetails

SIGNED, DECLINED = "signed", "declined"
RESULTS = [(SIGNED, gettext_lazy("They agree, and sign")), (DECLINED, gettext_lazy("They do not agree"))]
ADMITS = [("yes", gettext_lazy("Yes, they admit it to me now")), ("no", gettext_lazy("No"))]


class ExplainForm(AdmittedForm):
    """``conditions`` are those to be agreed as they begin today; ``asks_admission`` where the law asks it again before
    anybody signs, and ``asks_words`` where it wants nothing less, so that what they say is kept; ``is_child`` where an
    appropriate adult signs too; ``asks_why_late`` where a sergeant explains what runs past the latest safe day."""

    read_aloud = forms.BooleanField(
        label=gettext_lazy("I have read this to the person, and they can follow it"),
        error_messages=required(gettext_lazy("Read it to the person first, and tick that they can follow it")),
    )
    admits = forms.ChoiceField(
        label=gettext_lazy("Do they admit the offence?"), choices=ADMITS, widget=forms.RadioSelect, required=False
    )
    result = forms.ChoiceField(
        label=gettext_lazy("What they say to it"),
        choices=RESULTS,
        widget=forms.RadioSelect,
        error_messages=required(gettext_lazy("Choose whether the person agrees")),
    )
    signed_as = forms.CharField(
        label=gettext_lazy("Signature of the person: their name, typed by them or beside their mark"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    adult = forms.CharField(
        label=gettext_lazy("Appropriate adult, who signs too: name"), max_length=150, required=False
    )
    late_because = forms.CharField(
        label=gettext_lazy("Why it may run past the latest safe day"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    declined_reason = forms.ChoiceField(
        label=gettext_lazy("Why the person declined"),
        choices=[("", "---------"), *DeclinedReason.choices],
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        conditions: Sequence[ConditionDetails],
        asks_admission: bool,
        asks_words: bool,
        is_child: bool,
        asks_why_late: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.conditions, self.asks_admission, self.is_child = conditions, asks_admission, is_child
        for place, one in enumerate(conditions):
            self.fields[f"due_{place}"] = GovDateField(
                label=one.wording,
                initial=one.due_on,
                error_messages=required(_("Enter the day by which this is done")),
            )
        if not asks_why_late:
            del self.fields["late_because"]
        if not asks_admission:
            del self.fields["admits"]
        if not asks_words:
            self.leave_out_admission()
        if not is_child:
            del self.fields["adult"]
        self.design = self._design()

    def _design(self) -> dict[str, Any]:
        """What opens under an answer is what is asked there."""
        signs = tuple(name for name in ("signed_as", "adult") if name in self.fields)
        words = tuple(name for name in NAMES if name in self.fields)
        return self.ADMITTED_DESIGN | {
            "admits": {"small": True, "optional": False, "reveal": {"yes": words}},
            "result": {"small": True, "reveal": {SIGNED: signs, DECLINED: "declined_reason"}},
        }

    @property
    def due_fields(self) -> Iterator[BoundField]:
        """The day of each condition, for the page."""
        return (self[f"due_{place}"] for place in range(len(self.conditions)))

    @property
    def due_on(self) -> list[date]:
        return [self.cleaned_data[f"due_{place}"] for place in range(len(self.conditions))]

    @property
    def is_signed(self) -> bool:
        return bool(self.cleaned_data["result"] == SIGNED)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("result") == DECLINED and not data.get("declined_reason"):
            self.add_error("declined_reason", _("Choose why the person declined"))
        if data.get("result") == SIGNED:
            self._clean_signature(data)
        return data

    def _clean_signature(self, data: dict[str, Any]) -> None:
        if self.asks_admission and data.get("admits") != "yes":
            self.add_error("admits", _("This resolution needs the person to admit the offence now, before they sign"))
        elif NAMES[0] in self.fields:
            self.ask_admission()
        if not data.get("signed_as", "").strip():
            self.add_error("signed_as", _("Enter the name that the person signs"))
        if self.is_child and not data.get("adult", "").strip():
            self.add_error("adult", _("Name the appropriate adult who signs with the child"))
