"""Groups of fields that repeat (crimes of a case, conditions of an agreement), added and removed without JavaScript."""

import re
from typing import Any

from django.http import QueryDict


def typed_number(text: Any, digits: int = 6) -> int | None:
    """A whole number of at most so many digits as sent, or None: "²" is a digit to Python, and no number."""
    typed = str(text or "")
    return int(typed) if len(typed) <= digits and re.fullmatch("[0-9]+", typed, re.ASCII) else None


def resized(data: QueryDict, prefix: str) -> tuple[QueryDict, bool]:
    """What was posted, after "Add another" or "Remove" of the formset ``prefix`` was pressed, and whether one was.

    ::

        data, changed = resized(request.POST, "crimes")
        crimes = CrimeFormSet(data, prefix="crimes")
        if changed:
            hide_errors(form, crimes)  # and show the page again: nothing has been submitted yet
    """
    total = _total(data, prefix)
    if f"{prefix}-add" in data:
        return _with_total(data.copy(), prefix, total + 1), True
    removed = typed_number(data.get(f"{prefix}-remove"))
    if removed is not None and removed < total:
        return _with_total(_closed_up(data, prefix, removed, total), prefix, total - 1), True
    return data, False


def _closed_up(data: QueryDict, prefix: str, removed: int, total: int) -> QueryDict:
    """Without the keys of one form, and with those after it moved up by one."""
    moved = QueryDict(mutable=True)
    for key, values in data.lists():
        number, rest = _number(key, prefix)
        if number is None or number < removed or number >= total:
            moved.setlist(key, values)
        elif number > removed:
            moved.setlist(f"{prefix}-{number - 1}-{rest}", values)
    return moved


def _number(key: str, prefix: str) -> tuple[int | None, str]:
    typed, _dash, rest = key.removeprefix(f"{prefix}-").partition("-")
    number = typed_number(typed) if key.startswith(f"{prefix}-") else None
    return (number, rest) if number is not None else (None, "")


def _with_total(data: QueryDict, prefix: str, total: int) -> QueryDict:
    data[f"{prefix}-TOTAL_FORMS"] = str(total)
    return data


def _total(data: QueryDict, prefix: str) -> int:
    return typed_number(data.get(f"{prefix}-TOTAL_FORMS")) or 0
