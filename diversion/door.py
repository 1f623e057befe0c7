"""The one door: every number that leaves, for a page, a file, a chart or its words, is taken through it.

What comes out is a ``Leaving`` and carries its audience and its marking; presenters and files take nothing else.
*Operational* figures are true counts, for those who may drill down in that force (``leave``); whoever works there
without that right gets them rounded (``leave_rounded``), but for the team whose every case they may open
(``leave_team``), as does a provider's manager of the people whom it helps (``leave_own``), and a victim coordinator of
the force's victims (``leave_victims``). *Shared* and *published*
ones exist only as frozen releases, whose small counts were hidden once, all tables together: ``reporting.door`` hands
those out.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NoReturn

from django.core.exceptions import PermissionDenied

from diversion.accounts.permissions import Permission

if TYPE_CHECKING:
    from diversion.accounts.models import Organisation, Team, User


class Audience(StrEnum):
    OPERATIONAL = "operational"
    SHARED = "shared"
    PUBLISHED = "published"


MARKING = "operational: exact counts, not for release"
ROUNDED = "operational: rounded to the nearest 10, not for release"
BASE = 10
#: The command line and the worker: the service itself, for somebody who has been checked already.
OPERATOR = None
_THROUGH = object()


class NotThroughTheDoor(TypeError):
    """Figures were about to leave without an audience. Take them through ``diversion.door.leave``."""


class Leaving(dict[str, Any]):
    """Figures that have an audience. They read like any dict and cannot be altered; what is made of them anew is a
    plain dict again, and no page or file takes it."""

    def __init__(self, content: Mapping[str, Any], audience: Audience, *, key: object = None) -> None:
        if key is not _THROUGH:
            raise NotThroughTheDoor("Figures leave through diversion.door.leave, which names their audience.")
        super().__init__(content)
        self.audience = audience

    @property
    def exact(self) -> bool:
        """Whether the counts are true ones, and not rounded or suppressed."""
        return self.get("marking") == MARKING

    def _fixed(self, *args: object, **kwargs: object) -> NoReturn:
        raise NotThroughTheDoor("Figures that have left are not altered: change them before the door.")

    __setitem__ = __delitem__ = __ior__ = update = pop = popitem = clear = setdefault = _fixed


def leave(
    figures: Mapping[str, Any], *, audience: Audience, force: "Organisation", by: "User | None" = OPERATOR
) -> Leaving:
    """Exact figures of ``force`` for operational use, marked as such. PermissionDenied unless ``by`` may drill down.

    For another audience there is no way here: make a release (``reporting.actions.releases``) and take ``released``.
    """
    if audience is not Audience.OPERATIONAL:
        raise NotThroughTheDoor(f"Figures for the audience '{audience}' exist only as a release: make one.")
    if by is not OPERATOR and not may_drill_down(by, force):
        raise PermissionDenied
    return Leaving({**figures, "audience": str(audience), "marking": MARKING}, audience, key=_THROUGH)


def leave_team(figures: Mapping[str, Any], *, team: "Team", by: "User") -> Leaving:
    """Exact figures of one team's own cases, for somebody who may open each of these cases: they could count them.

    PermissionDenied for anybody else, a colleague of another team of the force among them.
    """
    own = by.is_active and by.is_police and by.organisation_id == team.organisation_id
    each = by.can(Permission.VIEW_FORCE_CASES) or (by.can(Permission.VIEW_TEAM_CASES) and by.team_id == team.pk)
    if not (own and each):
        raise PermissionDenied
    told = {"audience": str(Audience.OPERATIONAL), "marking": MARKING}
    return Leaving({**figures, **told}, Audience.OPERATIONAL, key=_THROUGH)


def leave_own(figures: Mapping[str, Any], *, provider: "Organisation", by: "User") -> Leaving:
    """Exact figures of the people whom ``provider`` helps, for whoever decides on its referrals: they may open each.

    PermissionDenied for anybody else, police among them, and whoever works there and decides on no referrals.
    """
    if not (by.is_active and by.organisation_id == provider.pk and by.can(Permission.DECIDE_REFERRALS)):
        raise PermissionDenied
    told = {"audience": str(Audience.OPERATIONAL), "marking": MARKING}
    return Leaving({**figures, **told}, Audience.OPERATIONAL, key=_THROUGH)


def leave_victims(figures: Mapping[str, Any], *, force: "Organisation", by: "User") -> Leaving:
    """Exact figures of the victims in cases of ``force``, for its victim coordinators, who open each victim's record.

    And for whoever may drill down in that force. PermissionDenied for anybody else.
    """
    own = by.is_active and by.is_police and by.organisation_id == force.pk
    if not (own and by.can(Permission.VIEW_VICTIMS)) and not may_drill_down(by, force):
        raise PermissionDenied
    told = {"audience": str(Audience.OPERATIONAL), "marking": MARKING}
    return Leaving({**figures, **told}, Audience.OPERATIONAL, key=_THROUGH)


def leave_rounded(
    figures: Mapping[str, Any], *, force: "Organisation", by: "User", settings: Collection[str] = ()
) -> Leaving:
    """Figures of ``force`` for somebody who works there and may not drill down: every count to the nearest 10.

    0 stands for "fewer than 10". ``settings``: keys whose numbers count nobody (a scheme's places) and stay as they
    are. PermissionDenied for whoever works elsewhere.
    """
    if not (by.is_active and by.is_police and by.organisation_id == force.pk):
        raise PermissionDenied
    content = _rounded(dict(figures), frozenset(settings))
    told = {"audience": str(Audience.OPERATIONAL), "marking": ROUNDED}
    return Leaving({**content, **told}, Audience.OPERATIONAL, key=_THROUGH)


def _rounded(value: Any, settings: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        return {key: each if key in settings else _rounded(each, settings) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each, settings) for each in value]
    if isinstance(value, float):
        raise NotThroughTheDoor("A share or an average tells the counts behind it: round those, and divide after.")
    if isinstance(value, int) and not isinstance(value, bool):
        return 0 if value < BASE else (value + BASE // 2) // BASE * BASE
    return value


def leave_released(document: Mapping[str, Any], audience: Audience) -> Leaving:
    """The document of a frozen release. Only ``reporting.door.released`` calls it, with what was stored."""
    if audience is Audience.OPERATIONAL:
        raise NotThroughTheDoor("A release is shared or published; exact figures are never released.")
    return Leaving(document, audience, key=_THROUGH)


def may_drill_down(user: "User", force: "Organisation") -> bool:
    """Whether exact counts of ``force`` may be shown to ``user``: their own force's, with a role that monitors."""
    own = user.is_active and user.is_police and user.organisation_id == force.pk
    return bool(own and user.can(Permission.VIEW_MONITORING, Permission.RUN_REPORTS))


def checked(figures: object, *audiences: Audience) -> Leaving:
    """``figures`` if they came through the door for one of the audiences (any if none is named).

    Raises NotThroughTheDoor: whoever writes a page or a file calls it first.
    """
    if not isinstance(figures, Leaving):
        raise NotThroughTheDoor("These figures have no audience: take them through diversion.door.leave.")
    if audiences and figures.audience not in audiences:
        raise NotThroughTheDoor(f"These figures are {figures.audience}; here go {' or '.join(audiences)} ones only.")
    return figures
