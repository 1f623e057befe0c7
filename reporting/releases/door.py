"""The one door: every number that leaves, for a page, a file, a chart or its words, is taken through ``leave``.

What comes out is a ``Leaving`` and carries its audience and its marking; presenters and files take nothing else.
*Operational* figures are true counts, for those who may drill down in that force. *Shared* and *published* ones exist
only as frozen releases, whose small counts were hidden once, all tables together.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NoReturn

from django.core.exceptions import PermissionDenied

from diversion.accounts.permissions import Permission

if TYPE_CHECKING:
    from diversion.accounts.models import Organisation, User
    from reporting.models import Release


class Audience(StrEnum):
    OPERATIONAL = "operational"
    SHARED = "shared"
    PUBLISHED = "published"


MARKING = "operational: exact counts, not for release"
#: The command line and the worker: the service itself, for somebody who has been checked already.
OPERATOR = None
_THROUGH = object()


class NotThroughTheDoor(TypeError):
    """Figures were about to leave without an audience. Take them through ``reporting.releases.door.leave``."""


class Leaving(dict[str, Any]):
    """Figures that have an audience. They read like any dict and cannot be altered; what is made of them anew is a
    plain dict again, and no page or file takes it."""

    def __init__(self, content: Mapping[str, Any], audience: Audience, *, key: object = None) -> None:
        if key is not _THROUGH:
            raise NotThroughTheDoor("Figures leave through reporting.releases.door.leave, which names their audience.")
        super().__init__(content)
        self.audience = audience

    def _fixed(self, *args: object, **kwargs: object) -> NoReturn:
        raise NotThroughTheDoor("Figures that have left are not altered: change them before the door.")

    __setitem__ = __delitem__ = __ior__ = update = pop = popitem = clear = setdefault = _fixed


def leave(
    figures: Mapping[str, Any], *, audience: Audience, force: "Organisation", by: "User | None" = OPERATOR
) -> Leaving:
    """Exact figures of ``force`` for operational use, marked as such. PermissionDenied unless ``by`` may drill down.

    For another audience there is no way here: make a release (``actions.releases``) and take ``released``.
    """
    if audience is not Audience.OPERATIONAL:
        raise NotThroughTheDoor(f"Figures for the audience '{audience}' exist only as a release: make one.")
    if by is not OPERATOR and not may_drill_down(by, force):
        raise PermissionDenied
    return Leaving({**figures, "audience": str(audience), "marking": MARKING}, audience, key=_THROUGH)


def released(release: "Release") -> Leaving:
    """The document of a frozen release, as it was stored."""
    return Leaving(release.document, Audience(release.audience), key=_THROUGH)


def may_drill_down(user: "User", force: "Organisation") -> bool:
    """Whether exact counts of ``force`` may be shown to ``user``: their own force's, with a role that monitors."""
    own = user.is_active and user.is_police and user.organisation_id == force.pk
    return bool(own and user.can(Permission.VIEW_MONITORING, Permission.RUN_REPORTS))


def checked(figures: object, *audiences: Audience) -> Leaving:
    """``figures`` if they came through the door for one of the audiences (any if none is named).

    Raises NotThroughTheDoor: whoever writes a page or a file calls it first.
    """
    if not isinstance(figures, Leaving):
        raise NotThroughTheDoor("These figures have no audience: take them through reporting.releases.door.leave.")
    if audiences and figures.audience not in audiences:
        raise NotThroughTheDoor(f"These figures are {figures.audience}; here go {' or '.join(audiences)} ones only.")
    return figures
