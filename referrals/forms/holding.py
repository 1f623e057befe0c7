"""What only an agreement asks, kept on the page while what came of it says that there is none.

Whoever changes the answer and changes it back finds everything as it was typed, without JavaScript too. Under a name of
its own it is no answer: nothing of it is checked, recorded or stops a page that does not show it.
"""

import re
from collections.abc import Iterator

from django.http import QueryDict

from cases.codes import OFFERED, DecisionResult

HELD = "held-"
_OFFERED = ("option",)
_AGREED = re.compile(
    r"slot|shown_scheme|telephone|safe_contact|safe_contact_texts|texts_of|needs_interpreter|(template|conditions)-.+"
)


def is_held(name: str) -> bool:
    """Whether a field of this name is one that may be kept so, without the mark."""
    return name in _OFFERED or _AGREED.fullmatch(name) is not None


def to_hold(data: QueryDict, *, offer: bool, agreement: bool) -> Iterator[tuple[str, str]]:
    """Names, marked, and values of what was typed and is not asked: ``offer``, ``agreement`` say what is shown."""
    for name, values in data.lists():
        plain = name.removeprefix(HELD)
        is_asked = offer if plain in _OFFERED else agreement
        waits = plain not in data if name != plain else not is_asked
        if is_held(plain) and waits:
            yield from ((f"{HELD}{plain}", value) for value in values if value)


def brought_back(data: QueryDict) -> QueryDict:
    """What was sent, with what was held where it is asked again and nothing else was sent for it."""
    held = {name.removeprefix(HELD): values for name, values in data.lists() if name.startswith(HELD)}
    waits = {name for name in held if is_held(name) and name not in data and _is_asked(name, data)}
    again = {name: held[name] for name in held if name in waits}
    if not again:
        return data
    found = data.copy()
    for name, values in again.items():
        found.setlist(name, values)
    return found


def _is_asked(name: str, data: QueryDict) -> bool:
    result = data.get("result")
    return result in OFFERED if name in _OFFERED else result == DecisionResult.OFFERED_ACCEPTED
