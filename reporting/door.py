"""The door's upper part: frozen releases leave here. The door itself, and what it promises, is ``diversion.door``."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from diversion.door import (
    MARKING,
    OPERATOR,
    Audience,
    Leaving,
    NotThroughTheDoor,
    checked,
    leave,
    leave_released,
    leave_team,
    leave_victims,
    may_drill_down,
)
from reporting.models.release import may_work

if TYPE_CHECKING:
    from diversion.accounts.models import User
    from reporting.models import Release

__all__ = [
    "MARKING",
    "OPERATOR",
    "Audience",
    "Leaving",
    "NotThroughTheDoor",
    "checked",
    "drafted",
    "leave",
    "leave_team",
    "leave_victims",
    "may_drill_down",
    "may_look_at_draft",
    "released",
]


def released(release: "Release") -> Leaving:
    """The document of a release that has left and stands, as it was stored. NotThroughTheDoor for any other."""
    if release.state != "released":
        raise NotThroughTheDoor("Only what two people have checked leaves, and nothing that was withdrawn.")
    return leave_released(release.document, Audience(release.audience))


def drafted(release: "Release", *, by: "User | None" = OPERATOR) -> Leaving:
    """What would leave, for those who make and check the releases of its force. PermissionDenied for anybody else."""
    if by is not OPERATOR and not may_look_at_draft(by, release):
        raise PermissionDenied
    return leave_released(release.document, Audience(release.audience))


def may_look_at_draft(user: "User", release: "Release") -> bool:
    """Whether ``user`` makes or checks releases of the force whose release it is."""
    return may_work(user, release.force)
