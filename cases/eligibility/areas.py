"""Rules taken over by another force: the areas that they name, and the reasons that name them, are that force's own."""

from collections.abc import Iterator
from typing import Any

# What a reason says, by the facts that its criterion asks about.
REASONS = {
    frozenset({"home_area"}): "The person does not live in {place}.",
    frozenset({"offence_area"}): "The offence did not happen in {place}.",
}
EITHER = "The scheme works in {place}."


def moved(stored: Any, area: str) -> Any:
    """The JSON of a policy, a scheme or a criterion with every area that a test names replaced by ``area``."""
    if isinstance(stored, list | tuple):
        return [moved(part, area) for part in stored]
    if not isinstance(stored, dict):
        return stored
    found = {name: moved(part, area) for name, part in stored.items()}
    if found.get("kind") == "area":
        return found | {"any_of": [area]}
    asked = frozenset(_asked(found["test"])) if "reason" in found and "test" in found else frozenset()
    if not asked:
        return found
    place = area.replace("-", " ").replace("_", " ").title()
    return found | {"reason": REASONS.get(asked, EITHER).format(place=place)}


def _asked(part: Any) -> Iterator[str]:
    """The area facts that a test asks about, those inside others included."""
    if isinstance(part, dict):
        if part.get("kind") == "area":
            yield str(part["fact"])
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _asked(inner)
