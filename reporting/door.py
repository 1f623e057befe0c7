"""The door's upper part: frozen releases leave here. The door itself, and what it promises, is ``diversion.door``."""

from typing import TYPE_CHECKING

from diversion.door import (
    MARKING,
    OPERATOR,
    Audience,
    Leaving,
    NotThroughTheDoor,
    checked,
    leave,
    leave_released,
    may_drill_down,
)

if TYPE_CHECKING:
    from reporting.models import Release

__all__ = [
    "MARKING",
    "OPERATOR",
    "Audience",
    "Leaving",
    "NotThroughTheDoor",
    "checked",
    "leave",
    "may_drill_down",
    "released",
]


def released(release: "Release") -> Leaving:
    """The document of a frozen release, as it was stored."""
    return leave_released(release.document, Audience(release.audience))
