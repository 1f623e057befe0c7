"""Closing a case: each crime gets its Home Office outcome."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from cases.actions.outbox import changed
from cases.models import Case
from cases.signals import case_reopened
from diversion import audit, clock
from diversion.accounts.models import User
from diversion.refusals import Outdated
from diversion.unit_of_work import as_service


@transaction.atomic
def close(*, case: Case, outcomes: Mapping[int, str], by: User) -> Case:
    """Close ``case``; ``outcomes`` maps the id of each allegation to its outcome code, "" where none is final yet.

    Called by the action that settles the support or the disposal, which has checked the permission. Raises Outdated for
    a case that is closed already: it closes once.
    """
    still_open = Case.objects.filter(pk=case.pk, closed_at__isnull=True)
    if not still_open.update(closed_at=clock.now(), version=F("version") + 1):
        raise Outdated("This case")
    today = clock.today()
    for allegation in case.allegations.all():
        code = outcomes.get(allegation.pk, "")
        allegation.outcome, allegation.outcome_on = code, today if code else None
        allegation.save(update_fields=["outcome", "outcome_on"])
    audit.record("case.closed", audit.Nature.ALTERATION, by=by, subjects=[case, case.person])
    changed(case)
    case.refresh_from_db()
    return case


def end_without_outcome(case: Case, by: User) -> None:
    """Leave the crimes of ``case`` without an outcome, also where it had one, and the case closed for good.

    Called by the action whose end it is, which has checked who may and tells the figures.
    """
    if case.closed_at is None:
        close(case=case, outcomes={}, by=by)
        return
    Case.objects.filter(pk=case.pk).update(undoable_until=None, version=F("version") + 1)
    for allegation in case.allegations.all():
        allegation.outcome, allegation.outcome_on = "", None
        allegation.save(update_fields=["outcome", "outcome_on"])


@transaction.atomic
def reopen(*, case: Case, by: User) -> Case:
    """Open again a case whose closing is undone: its crimes have no outcome any more, nor is its end to be told.

    Called by the action that undoes, which has checked who may. Raises Outdated for a case that is open.
    """
    closed = Case.objects.filter(pk=case.pk, closed_at__isnull=False)
    closed_at = closed.values_list("closed_at", flat=True).first()
    if not closed.update(closed_at=None, undoable_until=None, version=F("version") + 1):
        raise Outdated("This case")
    for allegation in case.allegations.all():
        allegation.outcome, allegation.outcome_on = "", None
        allegation.save(update_fields=["outcome", "outcome_on"])
    audit.record("case.reopened", audit.Nature.ALTERATION, by=by, subjects=[case, case.person])
    changed(case)
    with as_service():  # a partner opens it again, and reads nothing of what police are asked
        case_reopened.send(sender=Case, case_id=case.pk, closed_at=closed_at)
    case.refresh_from_db()
    return case
