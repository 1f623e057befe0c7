"""Reading the pages that an officer has not finished; whoever shows one logs it."""

import uuid

from diversion.accounts.models import User
from referrals.models import DecisionDraft


def unfinished(*, by: User) -> list[DecisionDraft]:
    """``by``'s own, the latest first."""
    return list(DecisionDraft.objects.visible_to(by))


def draft_of(submission: str, *, by: User) -> DecisionDraft | None:
    """What ``by`` typed on this page, if it is kept still."""
    try:
        number = uuid.UUID(submission)
    except ValueError:
        return None
    return DecisionDraft.objects.visible_to(by).filter(submission=number).first()
