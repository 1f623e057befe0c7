"""Filters of a list: a GET form, and one chip for each filter in force."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import HttpRequest, QueryDict

from diversion.design_system.wording import long_date

SEARCH = "search"  # the parameter with the id of a search that is kept (diversion.searching)


def chips_of(form: forms.BaseForm, request: HttpRequest) -> list[dict[str, str]]:
    """``name`` (the filter), ``text`` (its value) and ``href`` (the list without it) of each filter in force."""
    if not form.is_bound:
        return []
    return [chip for bound in form.visible_fields() for chip in _chips(bound, request.GET)]


def other_parameters(form: forms.BaseForm, query: QueryDict) -> list[tuple[str, str]]:
    """Parameters to carry along when the filter is applied, such as the order; never the page."""
    own = {key for bound in form for key in _keys(bound)} | {"page", SEARCH}
    return [(key, value) for key, values in query.lists() if key not in own for value in values]


def _chips(bound: BoundField, query: QueryDict) -> Iterator[dict[str, str]]:
    if bound.errors:
        return
    for typed, text in _values(bound):
        yield {"name": str(bound.label), "text": text, "href": _without(query, bound, typed)}


def _values(bound: BoundField) -> Iterator[tuple[str | None, str]]:
    cleaned = bound.form.cleaned_data.get(bound.name)
    if cleaned in (None, "", [], False):
        return
    if isinstance(bound.field, forms.MultipleChoiceField):
        yield from ((value, _choice_text(bound, value)) for value in bound.value())
    elif isinstance(bound.field, forms.ChoiceField | forms.ModelChoiceField):
        yield None, _choice_text(bound, bound.value())
    else:
        yield None, long_date(cleaned) if isinstance(bound.field, forms.DateField) else str(cleaned)


def _choice_text(bound: BoundField, value: Any) -> str:
    flat = _flattened(bound.field.choices)  # type: ignore[attr-defined]
    return next((str(text) for key, text in flat if str(key) == str(value)), str(value))


def _flattened(choices: Any) -> Iterator[tuple[Any, Any]]:
    for key, text in choices:
        if isinstance(text, list | tuple):
            yield from text
        else:
            yield key, text


def _keys(bound: BoundField) -> list[str]:
    name = bound.html_name
    return [name, SEARCH] if name in getattr(bound.form, "kept", ()) else [name]


def _without(query: QueryDict, bound: BoundField, value: str | None) -> str:
    left = query.copy()
    left.pop("page", None)
    kept = [one for one in left.getlist(bound.html_name) if value is not None and one != str(value)]
    for key in _keys(bound):
        left.pop(key, None)
    left.setlist(bound.html_name, kept)
    return f"?{left.urlencode()}"
