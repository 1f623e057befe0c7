"""Reading the pages that an officer has not finished; whoever shows one logs it."""

import uuid

from django.db.models import QuerySet, UUIDField, Value
from django.db.models.functions import Cast

from diversion.accounts.models import User
from diversion.written import written
from referrals.models import DecisionDraft


def unfinished(*, by: User) -> list[DecisionDraft]:
    """``by``'s own, the latest first."""
    return list(DecisionDraft.objects.visible_to(by))


def draft_of(submission: str, *, by: User) -> DecisionDraft | None:
    """What ``by`` typed on this page, if it is kept still."""
    try:
        number = str(uuid.UUID(submission))
    except ValueError:
        return None
    return next(iter(_drafts(by=by, submission=number)), None)


@written(submission=str)
def _drafts(*, by: User, submission: str) -> QuerySet[DecisionDraft]:
    number = Cast(Value(submission), UUIDField())
    return DecisionDraft.objects.visible_to(by).filter(submission=number)[:1]
