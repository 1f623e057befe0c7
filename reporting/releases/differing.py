"""How a release differs from an earlier one of the same time: what somebody who holds both can lay side by side.

Pure: two documents in, a few words and numbers of cells out; no count of people is in it.
"""

from collections.abc import Mapping
from typing import Any

from reporting.suppression.family import Key, key

Document = Mapping[str, Any]
Told = dict[Key, Any]


def differences(document: Document, earlier: Document) -> dict[str, Any]:
    """``same``: figures that both show; ``shown_anew``: shown here and not told there; ``no_longer``: shown there and
    not told here; ``hidden_there``: shown here although the earlier one hides it; ``changed``: told differently."""
    here, there = told(document), told(earlier)
    both = here.keys() & there.keys()
    shown, shown_there = _shown(here), _shown(there)
    return {
        "release": earlier["name"],
        "same": len([cell for cell in shown & shown_there if here[cell] == there[cell]]),
        "changed": len([cell for cell in shown & shown_there if here[cell] != there[cell]]),
        "shown_anew": len(shown - there.keys()),
        "no_longer": len(shown_there - here.keys()),
        "hidden_there": len((shown & both) - shown_there),
        "hidden_here": len((shown_there & both) - shown),
    }


def told(document: Document) -> Told:
    """Each cell's value, or the mark in its place."""
    return {
        key(table["measure"], cell["at"]): cell.get("value", 0 if cell.get("mark") == "[z]" else cell.get("mark"))
        for table in document["tables"]
        for cell in table["cells"]
    }


def _shown(found: Told) -> set[Key]:
    return {cell for cell, value in found.items() if not isinstance(value, str)}


#: Where less than this share of the counts that are not nought is shown, little is left.
LITTLE = 0.5


def told_of(document: Document) -> tuple[int, int]:
    """(shown, all) of the document's counts that are not nought: how much of it tells something."""
    values = [value for value in told(document).values() if value != 0]
    return len([value for value in values if not isinstance(value, str)]), len(values)


def is_little(document: Document) -> bool:
    """Whether so much is hidden that the release tells hardly anything."""
    shown, every = told_of(document)
    return shown < LITTLE * every
