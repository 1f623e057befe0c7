"""Fields that several forms of this app share."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _


def whole_number(label: Any, *, most: int = 999, least: int = 0, **kwargs: Any) -> forms.IntegerField:
    """A number in a short box, whose errors say what is asked."""
    messages = {
        "required": format_lazy(_("Enter a number: {label}"), label=label),
        "invalid": format_lazy(_("{label} must be a whole number"), label=label),
        "min_value": format_lazy(_("{label} must be {least} or more"), label=label, least=least),
        "max_value": format_lazy(_("{label} must be {most} or less"), label=label, most=most),
    }
    kwargs.setdefault("required", False)
    return forms.IntegerField(label=label, min_value=least, max_value=most, error_messages=messages, **kwargs)
