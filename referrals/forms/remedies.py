"""The community remedy document as its planner types it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.remedies import CODE, MOST_ACTIONS, RemedyDetails
from cases.models import RemedyDocument
from diversion import clock
from diversion.design_system.forms import OPEN_AGAIN, GovDateField, required
from referrals.schemes.condition_words import ADDED_BY_OFFICERS, LABELS


class RemedyDocumentForm(forms.Form):
    """What the document is called, and from which day victims choose from it."""

    seen = forms.IntegerField(widget=forms.HiddenInput, error_messages=required(OPEN_AGAIN))
    title = forms.CharField(
        label=gettext_lazy("What the document is called"),
        max_length=150,
        error_messages=required(gettext_lazy("Enter what the document is called")),
    )
    valid_from = GovDateField(
        label=gettext_lazy("First day"),
        help_text=gettext_lazy("Victims choose from it from this day on. What was chosen before stays."),
        error_messages=required(gettext_lazy("Enter the first day")),
    )

    def __init__(self, data: Any = None, *, newest: RemedyDocument | None) -> None:
        initial = {"seen": newest.pk if newest else 0, "title": newest.title if newest else ""}
        super().__init__(data, initial=initial | {"valid_from": clock.today()})


class RemedyActionForm(forms.Form):
    """One action; a form left empty is passed over."""

    words = forms.CharField(
        label=gettext_lazy("What the victim is asked"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("In plain words: “A letter that says sorry”"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("The condition that does it"),
        choices=[(code.value, LABELS[code]) for code in ADDED_BY_OFFICERS],
        help_text=gettext_lazy("A scheme’s condition of this kind is shown as what the victim asked for."),
    )
    code = forms.CharField(
        label=gettext_lazy("Short name"),
        required=False,
        max_length=CODE,
        help_text=gettext_lazy("Keep it in later documents for the same action. Empty: made from the words."),
    )

    design = {"words": {"optional": False}, "code": {"width": 20, "optional": False}}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("code") and not values.get("words"):
            self.add_error("words", _("Enter the words, or remove this action"))
        return values


RemedyActionFormSet = forms.formset_factory(
    RemedyActionForm, extra=0, min_num=1, max_num=MOST_ACTIONS, absolute_max=MOST_ACTIONS + 10
)


def typed_actions(forms_of_actions: Any) -> Sequence[RemedyDetails]:
    """The actions with words, in order."""
    given = [one.cleaned_data for one in forms_of_actions.forms]
    return [RemedyDetails(one["words"], one["kind"], one["code"]) for one in given if one.get("words")]
