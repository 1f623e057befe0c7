"""Doing what a form asks, and saying in the form why it cannot be done."""

from collections.abc import Callable, Iterable
from typing import Any

from django.forms import BaseForm, CharField, Field, PasswordInput

from diversion.refusals import Refused
from diversion.unit_of_work import current, read_again

INVALID = 422  # what was sent is understood and cannot be done: RFC 9110, 15.5.21

#: Django's codes of such a fault.
NOT_OFFERED = frozenset({"invalid_choice", "invalid_pk_value"})


def attempt(form: BaseForm, action: Callable[[], object]) -> bool:
    """Do ``action`` if the form is valid; a refusal becomes an error of the form. Whether it was done."""
    if not form.is_valid():
        current().not_offered += _not_offered(form)
        return False
    try:
        action()
    except Refused as refusal:
        read_again()  # what was read while it was done may have been undone
        form.add_error(None, str(refusal))
        return False
    return True


def _not_offered(form: BaseForm) -> list[str]:
    """The fields for which a choice was sent that the page does not offer: nobody types one by mistake.

    The access log has them (diversion/middleware.py). Seldom a colleague has taken the choice away meanwhile.
    """
    faults = form.errors.as_data().items()
    return [name for name, errors in faults if any(one.code in NOT_OFFERED for one in errors)]


def left_over(sent: Iterable[BaseForm], shown: Iterable[Any]) -> list[dict[str, str]]:
    """The words typed into forms that were ``sent`` and are not ``shown`` any more: nobody should write them twice.

    A form goes from its page where a colleague has settled meanwhile what it was for.
    """
    on_page = [id(form) for form in shown]
    gone = [form for form in sent if id(form) not in on_page]
    fields = [field for form in gone for field in form.visible_fields() if _is_words(field.field)]
    return [{"key": str(field.label), "value": str(field.value())} for field in fields if field.value()]


def too_late(form: BaseForm, why: str) -> None:
    """Say of a form that was sent and is not shown any more only what became of it: nobody can mend its fields."""
    others = form.non_field_errors()
    form.errors.clear()
    form.add_error(None, [*others, why])


def _is_words(field: Field) -> bool:
    return isinstance(field, CharField) and not isinstance(field.widget, PasswordInput)
