"""The error summary: every mistake on the page in one list, each linked to the box that is wrong."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import DELETION_FIELD_NAME, BaseFormSet

from diversion.design_system.rendering import errors_of, kind_of


class Mistake(NamedTuple):
    """One message, and the id of the input to mend ("" when it concerns the whole form)."""

    message: str
    input_id: str


def mistakes_in(*checked: Any) -> list[Mistake]:
    """All mistakes of forms and formsets, and lists of them, in the order given; None is passed over."""
    return [mistake for one in checked for mistake in _mistakes(one)]


def target_id(bound: BoundField) -> str:
    """The input that a link should reach: that with the field's own id; none where it is hidden."""
    return "" if kind_of(bound) == "hidden" else bound.auto_id


def hide_errors(*forms_and_formsets: Any) -> None:
    """Show these again as typed, without a word about mistakes: after "Add another", nothing has been submitted yet."""
    for one in forms_and_formsets:
        one.hide_errors = True
        if isinstance(one, BaseFormSet):
            hide_errors(*one.forms)


def _mistakes(one: Any) -> Iterator[Mistake]:
    if isinstance(one, list | tuple):
        yield from mistakes_in(*one)
    elif not getattr(one, "is_bound", False) or getattr(one, "hide_errors", False):
        return
    elif isinstance(one, BaseFormSet):
        yield from (Mistake(str(message), "") for message in one.non_form_errors())
        yield from mistakes_in(*(form for form in one.forms if not _deleted(one, form)))
    elif isinstance(one, forms.BaseForm):
        yield from _form_mistakes(one)


def _form_mistakes(form: forms.BaseForm) -> Iterator[Mistake]:
    yield from (Mistake(str(message), "") for message in form.non_field_errors())
    for bound in _in_page_order(form):
        yield from (Mistake(message, target_id(bound)) for message in errors_of(bound))


def _in_page_order(form: forms.BaseForm) -> Iterable[BoundField]:
    return (form[name] for name in form.fields if name in form.errors)


def _deleted(formset: "BaseFormSet[Any]", form: forms.BaseForm) -> bool:
    return bool(formset.can_delete and getattr(form, "cleaned_data", {}).get(DELETION_FIELD_NAME))
