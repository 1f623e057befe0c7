"""What may become of a release, as one table; and, apart from it, who may do each step."""

from collections.abc import Callable
from enum import StrEnum

from django.utils.translation import gettext as _

from diversion.accounts.models import Organisation, User
from diversion.refusals import Outdated
from reporting.models import Release
from reporting.models.release import may_check, may_make

S = Release.State


class Step(StrEnum):
    WORK_OUT = "work out"  # the worker's: suppress, and attack
    FAIL = "fail"  # the worker's: it cannot be made
    COUNT_AGAIN = "count again"
    FREEZE = "freeze"
    DISCARD = "discard"
    JUDGE = "judge"
    HIDE_MORE = "hide more"  # both agree, and somebody wants more hidden
    SEND_BACK = "send back"  # they do not both agree
    RELEASE = "release"  # both agree to what they saw
    WITHDRAW = "withdraw"


#: (state, step): the state after it. What is not here cannot be done.
TRANSITIONS: dict[tuple[Release.State, Step], Release.State] = {
    (S.DECLARED, Step.WORK_OUT): S.PREVIEW,
    (S.DECLARED, Step.FAIL): S.IMPOSSIBLE,
    (S.DECLARED, Step.DISCARD): S.DISCARDED,
    (S.IMPOSSIBLE, Step.COUNT_AGAIN): S.DECLARED,
    (S.IMPOSSIBLE, Step.DISCARD): S.DISCARDED,
    (S.PREVIEW, Step.COUNT_AGAIN): S.DECLARED,
    (S.PREVIEW, Step.FREEZE): S.DRAFT,
    (S.PREVIEW, Step.DISCARD): S.DISCARDED,
    (S.DRAFT, Step.JUDGE): S.DRAFT,
    (S.DRAFT, Step.HIDE_MORE): S.HIDING,
    (S.DRAFT, Step.SEND_BACK): S.RETURNED,
    (S.DRAFT, Step.RELEASE): S.RELEASED,
    (S.DRAFT, Step.DISCARD): S.DISCARDED,
    (S.HIDING, Step.WORK_OUT): S.DRAFT,
    (S.HIDING, Step.FAIL): S.RETURNED,
    (S.RETURNED, Step.COUNT_AGAIN): S.DECLARED,
    (S.RETURNED, Step.DISCARD): S.DISCARDED,
    (S.RELEASED, Step.WITHDRAW): S.WITHDRAWN,
}

#: Who may do it, in whatever state. What is not here nobody does: it follows from what others did.
WHO: dict[Step, Callable[[User, Organisation], bool]] = {
    Step.COUNT_AGAIN: may_make,
    Step.FREEZE: may_make,
    Step.DISCARD: may_make,
    Step.WITHDRAW: may_make,
    Step.JUDGE: may_check,
}


def after(state: str, step: Step) -> Release.State:
    """The state to which ``step`` leads. Outdated where it cannot be taken from ``state``."""
    found = TRANSITIONS.get((S(state), step))
    if found is None:
        raise Outdated(_("This release"))
    return found


def may(user: User, step: Step, release: Release) -> bool:
    """Whether this is somebody of the release's organisation whose role lets them take the step, its state apart."""
    return WHO[step](user, release.force)


def can(user: User, step: Step, release: Release) -> bool:
    """Whether ``user`` may take the step, and the release's state allows it."""
    return (S(release.state), step) in TRANSITIONS and may(user, step, release) and not conflict(user, step, release)


def conflict(user: User, step: Step, release: Release) -> str:
    """Why somebody who may check releases may not check this one; "" where they may."""
    if step is Step.JUDGE and release.made_by_id == user.pk:
        return _("You made this release: two other people check it.")
    return ""
