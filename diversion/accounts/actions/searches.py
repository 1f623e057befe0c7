"""Keeping what a user searched for, and forgetting it."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction

from diversion import audit, clock
from diversion.accounts.models import Search, User

LASTS = timedelta(hours=12)  # a long shift


@transaction.atomic
def keep_search(*, page: str, typed: Mapping[str, str], by: User) -> Search:
    """Keep what ``by`` typed, by field, to find somebody on ``page``. The log says where and by what, not for whom.

    Whom it found stands in the log when they are shown.
    """
    search = Search.objects.create(user=by, page=page, typed=dict(typed))
    detail = {"page": page, "asked": sorted(typed)}
    audit.record("search.made", audit.Nature.CONSULTATION, by=by, detail=detail)
    return search


@transaction.atomic
def forget_searches() -> int:
    """Remove the searches that are over; how many."""
    count, _by_model = Search.objects.filter(made_at__lte=clock.now() - LASTS).delete()
    return count
