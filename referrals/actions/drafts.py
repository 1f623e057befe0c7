"""Keeping what an officer types of a decision, and letting it go."""

import uuid
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Model

from cases.queries import case_of_submission
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated
from referrals.models import DecisionDraft


@transaction.atomic
def keep_draft(
    *,
    submission: uuid.UUID,
    typed: Mapping[str, Sequence[str]],
    window: str,
    seen: int,
    insists: bool = False,
    about: Sequence[Model] = (),
    by: User,
) -> DecisionDraft:
    """Keep what stands on ``by``'s page, in place of what was kept of it before.

    ``window`` and ``seen`` say which browser window sends it, and which revision it showed: Outdated where another has
    written since, unless the officer ``insists``, and where the page has been recorded. The entry in the log is the one
    that says the page was shown, with the records that it is ``about``.
    """
    access.check(by, Permission.RECORD_DECISION)
    # Two requests of one page may be under way at once: the second waits for the first, and goes on from it.
    begun = {"typed": {}, "window": window, "revision": 0}
    DecisionDraft.objects.get_or_create(author=by, submission=submission, defaults=begun)
    draft = DecisionDraft.objects.select_for_update().filter(author=by, submission=submission).first()
    # Recorded while this request was on its way: the draft has gone, or must not be there again.
    if draft is None or case_of_submission(str(submission), by=by):
        raise Outdated("This page")
    if draft.is_elsewhere(window, seen) and not insists:
        raise Outdated("This page")
    draft.typed = {_held(name): [_held(value) for value in values] for name, values in typed.items()}
    draft.window, draft.revision, draft.kept_at = window, draft.revision + 1, clock.now()
    draft.save()
    audit.record("decision.drafted", audit.Nature.COLLECTION, by=by, subjects=list(about))
    return draft


def _held(text: str) -> str:
    """As the database can hold it: no box of the page holds a NUL character, and PostgreSQL has none."""
    return text.replace("\x00", "")


@transaction.atomic
def let_go(*, draft: DecisionDraft, by: User) -> None:
    """Remove a draft of ``by``'s own for good."""
    access.check(by, Permission.RECORD_DECISION)
    if not DecisionDraft.objects.visible_to(by).filter(pk=draft.pk).delete()[0]:
        raise Outdated("This page")
    audit.record("decision.draft_let_go", audit.Nature.ERASURE, by=by)


@transaction.atomic
def forget_drafts() -> int:
    """Remove the drafts that nobody has gone on with for as long as they are kept; how many."""
    count, _by_model = DecisionDraft.objects.over().delete()
    return count
