"""What a form needs from the design system, in one place to import from."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from diversion.design_system.dates import GovDateField
from diversion.design_system.layout import Buttons, Details, Field, LinkButton, Section, Submit, form_helper
from diversion.design_system.repeating import resized
from diversion.design_system.summary import hide_errors
from diversion.design_system.widgets import CatalogueSelect

__all__ = [
    "OPEN_AGAIN",
    "Buttons",
    "CatalogueSelect",
    "Details",
    "Field",
    "GovDateField",
    "LinkButton",
    "Section",
    "Submit",
    "VersionedForm",
    "form_helper",
    "hide_errors",
    "in_letters",
    "required",
    "resized",
]


def required(message: str | Promise, **others: Any) -> dict[str, Any]:
    """``error_messages`` of a field: what to enter, said as the GOV.UK style does ("Enter the date of birth").

    Further messages go by Django's codes: ``required(_("Enter an age"), invalid=_("Age must be a number"))``.
    """
    return {"required": message, **others}


def in_letters(text: str) -> None:
    """A name has a letter, of whatever script: a mark that nobody can see finds nobody again. ValidationError."""
    if not any(letter.isalpha() for letter in text):
        raise forms.ValidationError(_("Enter the name in letters; where it is not known, what the person is called"))


OPEN_AGAIN = _("Open this page again, then try once more.")


class VersionedForm(forms.Form):
    """A change to a record that somebody else may change meanwhile: it says which version the page showed.

    Templates write the hidden input themselves, from the record as it is now, so that after "has changed since you
    opened this page" the second attempt is made with open eyes.
    """

    version = forms.IntegerField(
        widget=forms.HiddenInput,
        error_messages=required(OPEN_AGAIN, invalid=OPEN_AGAIN),
    )
