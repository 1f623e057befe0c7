"""Closing is an explicit act. The Home Office outcome is derived from the disposal and what came of it."""

from django.db import transaction

from cases import actions as case_actions
from cases import policy
from cases.models import Authorisation, Case
from diversion import access, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from referrals.actions.moving import move
from referrals.models import Condition, Referral

State = Referral.State


@transaction.atomic
def close_referral(*, referral: Referral, result: str, note: str, version: int, by: User) -> Referral:
    """Close a referral as completed or not completed, and with it the case.

    Completed needs every condition settled, and none of them "not done". Raises Refused with what is still open.
    """
    access.check(by, Permission.SUPPORT_PEOPLE)
    if result not in Referral.Result.values:
        raise Refused("Choose whether the agreement was completed.")
    if result == Referral.Result.COMPLETED:
        _check_all_done(referral)
    move(
        referral,
        by=by,
        kind="referral.closed",
        states=(State.ACCEPTED, State.STARTED),
        version=version,
        state=State.CLOSED,
        result=result,
        closed_at=clock.now(),
        closed_by=by,
        closure_note=note,
    )
    _close_case(referral.case, completed=result == Referral.Result.COMPLETED, by=by)
    return referral


@transaction.atomic
def decide_after_failure(*, case: Case, result: str, by: User) -> Case:
    """Record what followed an agreement that was not kept (a code of cases.law.outcomes.Result), and close the case."""
    access.check(by, Permission.RECORD_DECISION)
    if not Case.objects.visible_to(by).filter(pk=case.pk, closed_at__isnull=True).exists():
        raise Outdated("This case")
    if not Referral.objects.filter(case=case, result=Referral.Result.NOT_COMPLETED).exists():
        raise Refused("The agreement has not been closed as not completed.")
    outcome = policy.outcome_after_failure(case.decision, result, on=clock.today())
    outcomes = {allegation.pk: outcome for allegation in case.allegations.all()}
    return case_actions.close(case=case, outcomes=outcomes, by=by)


def close_without_referral(*, case: Case, by: User) -> None:
    """Close at once a case in which nothing more is to be done: not offered, declined, or issued without support."""
    if Authorisation.objects.filter(case=case).exclude(state=Authorisation.State.GIVEN).exists():
        return
    if Referral.objects.filter(case=case).exists():
        return
    if Condition.objects.filter(agreement__case=case, state=Condition.State.OPEN).exists():
        return
    _close_case(case, completed=case.decision.result == "offered_accepted", by=by)


def _check_all_done(referral: Referral) -> None:
    unsettled = Condition.objects.filter(agreement__referral=referral).exclude(
        state__in=[Condition.State.DONE, Condition.State.CANCELLED]
    )
    if unsettled.exists():
        words = "; ".join(condition.wording_for_partner for condition in unsettled)
        raise Refused(f"These conditions are not done yet: {words}. Record them, or close as not completed.")


def _close_case(case: Case, *, completed: bool, by: User) -> None:
    case.refresh_from_db(fields=["closed_at", "version"])
    if case.closed_at is not None:
        return
    outcome = policy.outcome(case.decision, completed=completed, on=clock.today())
    if outcome is None:
        return  # the agreement was not kept: what follows is the officer's to decide
    outcomes = {allegation.pk: outcome for allegation in case.allegations.all()}
    case_actions.close(case=case, outcomes=outcomes, by=by)
