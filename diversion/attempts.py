"""Doing what a form asks, and saying in the form why it cannot be done."""

from collections.abc import Callable

from django.forms import BaseForm

from diversion.refusals import Refused

INVALID = 422  # what was sent is understood and cannot be done: RFC 9110, 15.5.21


def attempt(form: BaseForm, action: Callable[[], object]) -> bool:
    """Do ``action`` if the form is valid; a refusal becomes an error of the form. Whether it was done."""
    if not form.is_valid():
        return False
    try:
        action()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True
