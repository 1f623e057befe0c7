"""A sergeant's review of what a victim chose from the community remedy document and is not agreed."""

from collections.abc import Iterator
from contextlib import contextmanager

from cases.actions.outbox import changed
from cases.actions.victims import review_remedies
from cases.models import Allegation, Authorisation, Case
from diversion.unit_of_work import as_service
from referrals.actions.standing import follow
from referrals.queries.remedies import asked_in


def follow_remedies(case: Case, *, only: Allegation | None = None) -> None:
    """Ask a sergeant why what a victim chose is not agreed, where a decision was made by nobody of rank.

    Whoever authorised it has read what the victim chose, and their reasons stand: asked again is what was chosen since,
    which is ``only``'s. Called inside an action that holds the case.
    """
    if only is None and Authorisation.objects.filter(case=case).exists():
        return
    asked = {one.allegation.pk: bool(one.unmet) for one in asked_in(case)}
    if only is None and not asked:
        return
    for allegation in [only] if only else Allegation.objects.filter(pk__in=asked).select_related("case"):
        review_remedies(allegation, is_unmet=asked.get(allegation.pk, False))
    changed(case)
    follow(case.pk)


@contextmanager
def let_go_is_reviewed(case: Case) -> Iterator[None]:
    """Ask a sergeant about what a victim chose and the block lets go; no more, where it takes all of it up again.

    Also where somebody of rank authorised the case: what they read was agreed then. Called inside an action that holds
    the case and notes afterwards that it changed. A partner whose change this is learns nothing of it.
    """
    before = _unmet(case)
    yield
    after = _unmet(case)
    moved = [key for key, unmet in after.items() if unmet != before.get(key)]
    with as_service():
        for allegation in Allegation.objects.filter(pk__in=moved).select_related("case") if moved else ():
            unmet = after[allegation.pk]
            if not unmet or unmet - before[allegation.pk]:
                review_remedies(allegation, is_unmet=bool(unmet))


@as_service()
def _unmet(case: Case) -> dict[int, set[str]]:
    """The codes of what each victim chose and nothing agreed does, by the crime."""
    return {one.allegation.pk: {action.code for action in one.unmet} for one in asked_in(case)}
