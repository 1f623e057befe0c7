"""What a form needs from the design system, in one place to import from."""

from typing import Any

from django.utils.functional import Promise

from diversion.design_system.dates import GovDateField, GovDateWidget
from diversion.design_system.layout import Buttons, Details, Field, LinkButton, Section, Submit, form_helper
from diversion.design_system.repeating import resized
from diversion.design_system.summary import hide_errors
from diversion.design_system.widgets import CatalogueSelect

__all__ = [
    "Buttons",
    "CatalogueSelect",
    "Details",
    "Field",
    "GovDateField",
    "GovDateWidget",
    "LinkButton",
    "Section",
    "Submit",
    "form_helper",
    "hide_errors",
    "required",
    "resized",
]


def required(message: str | Promise, **others: Any) -> dict[str, Any]:
    """``error_messages`` of a field: what to enter, said as the GOV.UK style does ("Enter the date of birth").

    Further messages go by Django's codes: ``required(_("Enter an age"), invalid=_("Age must be a number"))``.
    """
    return {"required": message, **others}
