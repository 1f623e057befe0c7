"""Undoing what was settled or closed: for a time, by who did it, with both in the log, and nothing sent meanwhile."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.shortcuts import get_object_or_404

from cases import actions as case_actions
from cases import rulebook
from cases.actions.outbox import changed
from cases.models import Authorisation, Case
from cases.queries import open_twins
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.design_system.wording import date_and_time, long_date
from diversion.refusals import Outdated, Refused
from diversion.unit_of_work import as_service
from referrals.actions.breaching import go_on_with
from referrals.actions.remedies import let_go_is_reviewed
from referrals.actions.standing import follow
from referrals.codes import Way
from referrals.models import Breach, Condition, ConditionChange, Referral, Undoable
from referrals.schemes.capacity import take_place_again

Kind = Undoable.Kind


def keep_undoable(
    case: Case,
    by: User,
    *,
    was_open: bool,
    referral: Referral | None = None,
    condition: Condition | None = None,
    before: str = "",
) -> None:
    """Note that what ``by`` has just done can be undone, for as long as the force's policy says; inside that action.

    ``was_open``: the case was open before. Of a case that closed with it nobody is told before that time has ended.
    """
    minutes = rulebook.settings_of(case.force, clock.today()).undo_minutes
    if not minutes:
        return
    until = clock.now() + timedelta(minutes=minutes)
    closed = Case.objects.filter(pk=case.pk, closed_at__isnull=False) if was_open else Case.objects.none()
    closes = bool(closed.update(undoable_until=until))
    kind = Kind.REFERRAL if referral else Kind.CONDITION if condition else Kind.FAILURE
    Undoable.objects.create(
        case=case,
        kind=kind,
        referral=referral,
        condition=condition,
        before=before,
        closed_case=closes,
        at=clock.now(),
        by=by,
        until=until,
    )
    if closes:
        case.refresh_from_db(fields=["undoable_until"])
    follow(case.pk)  # lists tell what a partner closed once it cannot be undone


@transaction.atomic
def undo(*, undoable: Undoable, by: User) -> Undoable:
    """Put back what ``by`` settled or closed: the condition or the referral stands as before, and the case is open.

    Refused for anybody else, once the time has ended, and where something was built on it since. Sent twice it is done
    once.
    """
    return undo_held(_held(undoable, by), by)


def undo_held(done: Undoable, by: User) -> Undoable:
    """As ``undo``, for an action that holds the case and has checked that it is ``by``'s own to undo."""
    later = Undoable.objects.filter(case=done.case, undone_at=None, pk__gt=done.pk).exists()
    if done.undone_at is not None:
        if later:
            raise Refused("This was undone before, and something was settled or closed after that.")
        return done
    if not done.is_live:
        raise Refused(f"This could be undone until {date_and_time(done.until)}: what follows is decided anew.")
    if later:
        raise Refused("Something was settled or closed after this: undo that first.")
    _check_still_agreed(done)
    with let_go_is_reviewed(done.case):
        _put_back(done)
    done.undone_at = clock.now()
    done.save(update_fields=["undone_at"])
    if done.closed_case:
        case_actions.reopen(case=done.case, by=by)
    go_on_with(done.case, by=by)
    subjects = [one for one in (done.referral, done.condition, done.case, done.case.person) if one is not None]
    detail = {"what": done.kind, "done_at": done.at.isoformat()}
    audit.record("closing.undone", audit.Nature.ALTERATION, by=by, subjects=subjects, detail=detail)
    changed(done.case)
    return done


@transaction.atomic
def let_stand(*, undoable: Undoable, by: User) -> Undoable:
    """Say that what ``by`` settled or closed is right: it cannot be undone any more, and may be told at once.

    Refused where it was undone.
    """
    done = _held(undoable, by)
    if done.undone_at is not None:
        raise Refused("This was undone: what was done does not stand.")
    if done.is_live:
        done.until = clock.now()
        done.save(update_fields=["until"])
        if done.closed_case:
            Case.objects.filter(pk=done.case_id).update(undoable_until=None)
        subjects = [done.case, done.case.person]
        audit.record("closing.stands", audit.Nature.ALTERATION, by=by, subjects=subjects, detail={"what": done.kind})
        changed(done.case)
    return done


def _held(undoable: Undoable, by: User) -> Undoable:
    """It, with its case held until the transaction ends; refused to anybody but who did it."""
    access.check(by, Permission.SUPPORT_PEOPLE, Permission.RECORD_DECISION)
    case_actions.lock(undoable.case)
    seen = Q(case__in=Case.objects.visible_to(by)) | Q(referral__in=Referral.objects.visible_to(by))
    rows = Undoable.objects.filter(seen).select_related(
        "case__decision", "referral__scheme_version", "referral__slot", "condition", "by"
    )
    done = get_object_or_404(rows, pk=undoable.pk)
    if done.by_id != by.pk:
        raise Refused(f"Only {done.by} can undo this: tell them.")
    return done


def _check_still_agreed(done: Undoable) -> None:
    """Nobody goes back to work on what was refused, closed by something else or recorded anew since.

    A voluntary referral closed its case when it was sent, which says nothing of the support.
    """
    is_voluntary = done.referral is not None and done.referral.is_voluntary
    closed = done.case.closed_at is not None and not (done.closed_case or is_voluntary)
    with as_service():  # a partner reads neither what a rank decided nor another case of the person
        refused = Authorisation.objects.filter(case=done.case, state=Authorisation.State.REFUSED).exists()
        is_anew = done.closed_case and open_twins(done.case).exists()
    if refused or closed or is_anew:
        raise Refused("The case was decided otherwise since: what you closed stands as it is.")


def _put_back(done: Undoable) -> None:
    if done.referral is not None:
        _reopen_referral(done.referral, done)
    elif done.condition is not None:
        _reopen_condition(done.condition, done)
    else:
        _take_back_reason(done)


def _take_back_reason(done: Undoable) -> None:
    """Why nothing more was to be done is no reason of the decision any more: the history keeps it."""
    decision = done.case.decision
    kept, found, _reason = decision.rationale.rpartition(said_after_failure(clock.local_date(done.at), done.by))
    if found:
        decision.rationale = kept.strip()
        decision.save(update_fields=["rationale"])


def said_after_failure(day: date, by: User) -> str:
    """How the reason begins that is kept with those of the decision once an agreement was not kept."""
    return f"After the agreement was not kept ({long_date(day)}, {by}): "


def _reopen_referral(referral: Referral, done: Undoable) -> None:
    """The support goes on. The person had been asked for their side, where it was closed as not completed.

    It takes its place of the scheme and its first appointment again: Refused where somebody else has them.
    """
    if referral.state != Referral.State.CLOSED:
        raise Outdated("This referral")
    asked = Breach.objects.live().filter(referral=referral, opened_at__gte=referral.closed_at)
    if asked.exclude(account_how="", advice="").exists():
        raise Refused("The person has been heard since about the agreement not being kept: it stands as it was closed.")
    asked.delete()
    _take_place_again(referral)
    state = Referral.State.STARTED if referral.started_at else Referral.State.ACCEPTED
    again = {"result": "", "closed_at": None, "closed_by": None, "closure_note": ""}
    rows = Referral.objects.filter(pk=referral.pk, state=Referral.State.CLOSED, closed_by=done.by_id)
    if not rows.update(version=F("version") + 1, state=state, **again):
        raise Outdated("This referral")


def _take_place_again(referral: Referral) -> None:
    try:
        take_place_again(referral)
    except Refused as refusal:
        raise Refused(
            "Its place, or its first appointment, was given to somebody else since: it stands as it was closed."
        ) from refusal


def _reopen_condition(condition: Condition, done: Undoable) -> None:
    rows = Condition.objects.filter(pk=condition.pk, settled_by=done.by_id)
    values: dict[str, Any] = {"state": done.before}
    if done.before == Condition.State.OPEN:
        values |= {"settled_by": None, "settled_at": None, "by_facilitator": False}
    if not rows.update(version=F("version") + 1, **values):
        raise Outdated("This condition")
    if condition.state == Condition.State.CANCELLED:  # what was signed for it stands no more
        let_go = ConditionChange.objects.filter(condition=condition, way=Way.LET_GO, state=ConditionChange.State.GIVEN)
        let_go.filter(decided_by=done.by_id).update(state=ConditionChange.State.TAKEN_BACK)
