"""Changing what somebody agreed to so that it can still be kept: the worker alone, or a rank that decides."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F

from cases import actions as case_actions
from cases import legal
from cases.actions.authorising import check_authoriser
from cases.actions.outbox import changed
from cases.findings import highest
from cases.models import Authorisation, Case
from cases.models.victim import left_alone
from cases.trained import lacks_training
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from referrals.actions.missed import follow_change, referral_of
from referrals.actions.moving import log
from referrals.actions.remedies import let_go_is_reviewed
from referrals.actions.support import OPEN, check_not_facilitated, check_open
from referrals.actions.taking_back import reopen, take_back
from referrals.codes import AgreedHow, MissedReason, VictimAnswer, Way
from referrals.judging.variation import Ruling, after_change, rule_on
from referrals.judging.waiting import days_after_wait
from referrals.models import Agreement, Condition, ConditionChange, Referral
from referrals.queries.facilitating import facilitated_of
from referrals.schemes.proposed import details_of, read_back, stored

State = ConditionChange.State
WAYS = (Way.NEW_DAY, Way.SWAPPED, Way.OTHER, Way.LET_GO)


@dataclass(frozen=True)
class Change:
    """What the worker asks for: one of ``WAYS``, why (MissedReason), and the new day, words or number of sessions.

    ``because``, the day and the way in which the person agreed, and the adult who was with a child, are asked where a
    rank decides.
    """

    way: str
    reason: str
    due_on: date | None = None
    wording: str = ""
    sessions: int | None = None
    because: str = ""
    agreed_on: date | None = None
    agreed_how: str = ""
    adult: str = ""


@transaction.atomic
def change_condition(*, condition: Condition, change: Change, version: int, by: User) -> ConditionChange:
    """Change what was agreed, where that is the worker's own; else ask the rank that decides it (a variation).

    Raises Refused where nobody may, without the person's agreement to a variation, and while another one waits;
    ``version`` is that of the condition on the page, so that the same page sent twice changes it once.
    """
    referral = referral_of(condition)
    check_open(referral, by)
    condition.refresh_from_db()
    check_not_facilitated(condition)
    _check_free(condition, version)
    if change.way not in WAYS or change.reason not in MissedReason.values:
        raise Refused("Choose what is to change, and why.")
    after = after_change(condition, change.way, due_on=change.due_on, wording=change.wording, sessions=change.sessions)
    ruling = rule_on(condition, after, change.way)
    asked: dict[str, Any] = {} if ruling.is_own else _variation(condition, change, ruling)
    follow_change(condition, reason=change.reason, way=change.way, by=by)
    made = ConditionChange.objects.create(
        condition=condition,
        state=State.MADE if ruling.is_own else State.WAITING,
        way=change.way,
        reason=change.reason,
        before=stored([details_of(condition)])[0],
        after=stored([after])[0] if after else {},
        asked_by=by,
        **asked,
    )
    if ruling.is_own:
        with let_go_is_reviewed(made.case):
            _apply(made, by)
    else:  # a page from before it was asked for is out of date
        Condition.objects.filter(pk=condition.pk).update(version=F("version") + 1)
        condition.refresh_from_db()
    log(referral, "condition.changed" if ruling.is_own else "condition.change_asked", by=by)
    return made


def follow_wait(referral: Referral, *, by: User) -> None:
    """Give somebody who is taken on from the waiting list the days back that they waited (`days_after_wait`).

    What a facilitator leads has its own days.
    """
    moved = days_after_wait(referral)
    led = facilitated_of(list(moved))
    for condition, day in moved.items():
        if condition.pk not in led:
            _move(condition, day, by)
            log(referral, "condition.changed", by=by)


def _move(condition: Condition, day: date, by: User) -> None:
    before = details_of(condition)
    said: dict[str, Any] = {"way": Way.NEW_DAY, "reason": MissedReason.CANCELLED}
    kept = {"before": stored([before])[0], "after": stored([replace(before, due_on=day)])[0]}
    made = ConditionChange.objects.create(condition=condition, state=State.MADE, asked_by=by, **said, **kept)
    _apply(made, by)


@transaction.atomic
def take_back_change(*, change: ConditionChange, by: User) -> ConditionChange:
    """Take back a variation that waits: the condition stands as it was."""
    check_open(referral_of(change.condition), by)
    if not take_back(ConditionChange.objects.filter(pk=change.pk), by):
        raise Outdated("This change")
    change.refresh_from_db()
    return change


#: What the hub is told where the record of the victim, which it does not read, says so.
NOBODY_ASKS = "The victim wants no contact: ask nothing, and record that they were not asked."


@transaction.atomic
def note_victim_answer(*, change: ConditionChange, answer: str, by: User) -> ConditionChange:
    """Keep what the victim says to a change of what they are owed. They have no veto, and the partner reads nothing."""
    access.check(by, Permission.MANAGE_SCHEMES)
    case_actions.lock(change.case)
    if answer not in VictimAnswer.values:
        raise Refused("Choose what the victim said, or that they could not be reached.")
    if left_alone(change.case) != (answer == VictimAnswer.LEFT_ALONE):
        raise Refused(NOBODY_ASKS if answer != VictimAnswer.LEFT_ALONE else "They have not said so: ask them.")
    rows = ConditionChange.objects.of_force(by).waiting().filter(pk=change.pk, asks_victim=True)
    if not rows.update(victim_answer=answer, victim_asked_at=clock.now(), victim_asked_by=by):
        raise Outdated("This change")
    _log(change, "condition.change_victim_asked", by)
    return change


@transaction.atomic
def authorise_change(*, change: ConditionChange, rationale: str, by: User) -> ConditionChange:
    """Authorise a variation: the condition changes now.

    Refused below its rank and that which the rules ask for today, in one's own case, before a victim was asked whom it
    touches, once the support has ended or while police decide on it again, and where the clocks of the case have
    meanwhile run past it. Sent twice it is done once.
    """
    _check_authoriser(change, by)
    if _is_repeated(change, State.GIVEN, rationale, by):
        return change
    _check_goes_on(change)
    if words := lacks_training(change.case, by, clock.today()):
        raise Refused(words)
    if change.waits_for_victim:
        raise Refused("It changes what is owed to a victim: the coordinator asks them first. They have no veto.")
    condition = change.condition
    if condition.state != Condition.State.OPEN or stored([details_of(condition)])[0] != change.before:
        raise Outdated("This condition")
    ruling = rule_on(condition, read_back(change.after) if change.after else None, change.way)
    _check_ruling(change, ruling, by)
    change.ends_on = ruling.ends_on  # others may have moved the end of the agreement since it was asked for
    change.save(update_fields=["ends_on"])
    _settle(change, State.GIVEN, rationale, by)
    with let_go_is_reviewed(change.case):
        _apply(change, by)
    _log(change, "condition.change_given", by)
    return change


@transaction.atomic
def refuse_change(*, change: ConditionChange, rationale: str, by: User) -> ConditionChange:
    """Refuse a variation: what was agreed stands, and the step that it was asked for is to be seen to again.

    Sent twice it is done once.
    """
    _check_authoriser(change, by)
    if _is_repeated(change, State.REFUSED, rationale, by):
        return change
    _settle(change, State.REFUSED, rationale, by)
    _log(change, "condition.change_refused", by)
    return change


def _check_free(condition: Condition, version: int) -> None:
    """Refuse a condition that is settled, has changed since, or waits for a decision; or whose case does."""
    if condition.version != version or condition.state != Condition.State.OPEN:
        raise Outdated("This condition")
    if ConditionChange.objects.waiting().filter(condition=condition).exists():
        raise Refused("A change to this condition waits for the police already: take it back to ask for another.")
    _check_not_decided_again(condition.agreement.case)


def _check_not_decided_again(case: Case) -> None:
    if Authorisation.objects.filter(case=case, state=Authorisation.State.WAITING).exists():
        raise Refused("The police are deciding again whether this support goes on: change it once they have.")


def _check_goes_on(change: ConditionChange) -> None:
    """Refuse to change what somebody agreed to once nothing comes of it any more, or while a rank decides on that."""
    _check_not_decided_again(change.case)
    if change.case.closed_at is not None or referral_of(change.condition).state not in OPEN:
        raise Refused("This support has ended: what was agreed stays as it was.")


def _check_ruling(change: ConditionChange, ruling: Ruling, by: User) -> None:
    """Refuse what the rules ask more for today than on the day on which it was asked for."""
    if not ruling.is_own:
        check_authoriser(change.case, highest([change.rank, ruling.rank]), by)
    if ruling.asks_victim and not change.victim_answer:
        raise Refused(
            "It changes what is owed to a victim, and nobody has asked them: do not authorise it, and have the worker"
            " ask for it again. The coordinator then asks the victim."
        )


def _is_repeated(change: ConditionChange, state: State, rationale: str, by: User) -> bool:
    """Whether this very decision stands already: a browser that had no answer sends the same once more."""
    return (change.state, change.rationale, change.decided_by_id) == (state, rationale.strip(), by.pk)


def _variation(condition: Condition, change: Change, ruling: Ruling) -> dict[str, Any]:
    """What is kept of a change that a rank decides. Refused without the person's agreement to it."""
    why = f"The police decide on this: {' '.join(ruling.why)}"
    if change.agreed_on is None or change.agreed_how not in AgreedHow.values or not change.because.strip():
        raise Refused(f"{why} Say when and how the person agreed to it, and what the police need to know.")
    if change.agreed_on > clock.today():
        raise Refused("The person agrees before it is asked: enter the day on which they did.")
    if change.agreed_on < condition.agreement.agreed_on:
        raise Refused("The person cannot agree to a change before the agreement itself: check the day.")
    if ruling.is_signed and change.agreed_how != AgreedHow.SIGNED:
        raise Refused("It is a conditional caution: the person signs the change before it can be decided.")
    if ruling.is_signed and legal.is_child(condition.agreement.case) and not change.adult.strip():
        raise Refused("Name the appropriate adult who was there and signed with the child.")
    return {
        "because": change.because.strip(),
        "agreed_on": change.agreed_on,
        "agreed_how": change.agreed_how,
        "adult": change.adult.strip(),
        "rank": ruling.rank,
        "needs": list(dict.fromkeys(one.reason for one in ruling.needs)),
        "ends_on": ruling.ends_on,
        "asks_victim": ruling.asks_victim,
    }


def _check_authoriser(change: ConditionChange, by: User) -> None:
    """Refuse who may not decide it; the case is held, and the change read again, until the transaction ends."""
    access.check(by, Permission.AUTHORISE)
    case_actions.lock(change.case)
    ConditionChange.objects.of_force(by).get(pk=change.pk)
    change.refresh_from_db()
    change.condition.refresh_from_db()
    check_authoriser(change.case, change.rank, by)


def _settle(change: ConditionChange, state: State, rationale: str, by: User) -> None:
    """End the waiting: once, by whoever is first."""
    if not rationale.strip():
        raise Refused("Say why, in a sentence.")
    rows = ConditionChange.objects.waiting().filter(pk=change.pk)
    if not rows.update(state=state, rationale=rationale.strip(), decided_at=clock.now(), decided_by=by):
        raise Outdated("This change")
    change.refresh_from_db()
    if state == State.REFUSED:
        reopen(change)


def _apply(change: ConditionChange, by: User) -> None:
    """The condition becomes what was decided, and the agreement lasts as long as it asks."""
    rows = Condition.objects.filter(pk=change.condition_id)
    if change.after:
        after = read_back(change.after)
        rows.update(version=F("version") + 1, **vars(after))
    else:
        cancelled = {"state": Condition.State.CANCELLED, "settled_by": by, "settled_at": clock.now()}
        rows.update(version=F("version") + 1, **cancelled)
    if change.ends_on:
        agreement = Agreement.objects.filter(pk=change.condition.agreement_id)
        agreement.update(version=F("version") + 1, ends_on=change.ends_on)
    change.condition.refresh_from_db()


def _log(change: ConditionChange, kind: str, by: User) -> None:
    """The event of what police do with a change, and its row in the outbox."""
    case = change.case
    subjects = [change.condition, case, case.person]
    audit.record(kind, audit.Nature.ALTERATION, by=by, subjects=subjects, detail=by.acting_detail)
    changed(case)
