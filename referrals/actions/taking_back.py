"""Changes that nobody has to decide on any more: asked for in vain, or overtaken by what happened to the referral."""

from datetime import date

from django.db.models import F, QuerySet

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from referrals.actions.moving import log
from referrals.models import Condition, ConditionChange, MissedStep, Referral


def take_back(changes: QuerySet[ConditionChange], by: User) -> int:
    """Take back those of ``changes`` that wait, and return how many: what was missed is to be seen to again."""
    waiting = list(changes.waiting().select_related("condition__agreement__referral__case__person"))  # type: ignore[attr-defined]
    for change in waiting:
        settled = {"decided_at": clock.now(), "decided_by": by}
        ConditionChange.objects.filter(pk=change.pk).update(state=ConditionChange.State.TAKEN_BACK, **settled)
        reopen(change)
        log(change.condition.agreement.referral, "condition.change_taken_back", by=by)
    return len(waiting)


def reopen(change: ConditionChange) -> None:
    """The change that was asked for is not made: the step that it was asked for is to be seen to again."""
    see_to_again(change.condition, date.fromisoformat(change.before["due_on"]))


def see_to_again(condition: Condition, due_on: date) -> None:
    """What was done about its not being done by that day stands no more: the worker sees to it once more."""
    rows = MissedStep.objects.filter(condition=condition, due_on=due_on).exclude(way="")
    rows.update(way="", version=F("version") + 1)


def take_back_settled(condition: Condition, by: User) -> None:
    """What was to be changed is done or no longer needed: nobody has to decide on it."""
    if condition.state != Condition.State.OPEN:
        take_back(ConditionChange.objects.filter(condition=condition), by)


def hold_sent(case: Case, by: User) -> None:
    """Nobody answers a referral whose decision waits again; support that has begun goes on."""
    for referral in Referral.objects.filter(case=case, state=Referral.State.SENT):
        waits = Referral.objects.filter(pk=referral.pk, state=Referral.State.SENT)  # unless accepted at this moment
        if not waits.update(state=Referral.State.HELD, version=F("version") + 1):
            continue
        referral.refresh_from_db()
        log(referral, "referral.held", by=by)


def withdraw_live(case: Case, by: User) -> None:
    """End every referral of ``case`` that has not ended: nothing of the case goes on."""
    for referral in Referral.objects.filter(case=case).exclude(state__in=[*Referral.ENDED, Referral.State.CLOSED]):
        withdraw(referral, by)


def withdraw(referral: Referral, by: User) -> None:
    """End a referral that police do not go on with, and with it whatever was asked for under it."""
    Referral.objects.filter(pk=referral.pk).update(state=Referral.State.WITHDRAWN, version=F("version") + 1)
    referral.refresh_from_db()
    log(referral, "referral.withdrawn", by=by)
    take_back(ConditionChange.objects.filter(condition__agreement__referral=referral), by)
