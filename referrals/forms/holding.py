"""What only an agreement asks, kept on the page while what came of it says that there is none.

Whoever changes the answer and changes it back finds everything as it was typed, without JavaScript too. Under a name of
its own it is no answer: nothing of it is checked, recorded or stops a page that does not show it.
"""

import re
from collections.abc import Collection, Iterator

from django.http import QueryDict

from cases.codes import OFFERED, DecisionResult
from diversion.design_system.repeating import typed_number
from referrals.models import ConditionTemplate

HELD, TEMPLATE = "held-", "template-"
_OFFERED = ("option",)
_AGREED = re.compile(
    r"slot|shown_scheme|telephone|safe_contact|safe_contact_texts|texts_of|needs_interpreter|(template|conditions)-.+"
)


def is_held(name: str) -> bool:
    """Whether a field of this name is one that may be kept so, without the mark."""
    return name in _OFFERED or _AGREED.fullmatch(name) is not None


def to_hold(
    data: QueryDict, *, offer: bool, agreement: bool, templates: Collection[int] = ()
) -> Iterator[tuple[str, str]]:
    """Names, marked, and values of what was typed and is not asked: ``offer``, ``agreement`` say what is shown, and
    ``templates`` of which conditions of a scheme: those of another wait for it to be chosen again."""
    for name, values in data.lists():
        plain = name.removeprefix(HELD)
        is_asked = offer if plain in _OFFERED else agreement and _is_shown(plain, templates)
        waits = plain not in data if name != plain else not is_asked
        if is_held(plain) and waits:
            yield from ((f"{HELD}{plain}", value) for value in values if value)


def _is_shown(name: str, templates: Collection[int]) -> bool:
    """Whether a field of an agreement stands on the page: of a scheme's condition only where it is one of these."""
    number = typed_number(name.split("-")[1]) if name.startswith(TEMPLATE) else None
    return number is None or number in templates


def _templates_of(option: str) -> set[int]:
    """The conditions of the scheme in an option ("community_resolution:7")."""
    version = typed_number(option.partition(":")[2])
    return set(ConditionTemplate.objects.filter(version=version).values_list("pk", flat=True)) if version else set()


def brought_back(data: QueryDict) -> QueryDict:
    """What was sent, with what was held where it is asked again and nothing else was sent for it."""
    held = {name.removeprefix(HELD): values for name, values in data.lists() if name.startswith(HELD)}
    waits = {name for name in held if is_held(name) and name not in data and _is_asked(name, data)}
    if any(name.startswith(TEMPLATE) for name in waits):
        chosen = _templates_of(data.get("option") or held.get("option", [""])[0])
        waits = {name for name in waits if _is_shown(name, chosen)}
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
