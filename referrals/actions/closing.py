"""Closing is an explicit act. The Home Office outcome is derived from the disposal and what came of it."""

from django.db import transaction
from django.db.models import QuerySet

from cases import actions as case_actions
from cases import legal, rulebook
from cases.codes import DecisionResult, VictimStance
from cases.law.dates import long_date
from cases.law.outcomes import NO_TERMS, Result, SchemeTerms
from cases.models import Authorisation, Case
from cases.models.crime import NO_NUMBER
from diversion import access, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from diversion.unit_of_work import as_service
from referrals.actions.breaching import end_with, follow_end
from referrals.actions.moving import move
from referrals.actions.undoing import keep_undoable, said_after_failure
from referrals.codes import ENDED_BUT_OPEN, BreachTrigger
from referrals.models import Condition, ConditionChange, ProposedAgreement, Referral
from referrals.models.agreement import FOR_POLICE
from referrals.queries.breaches import breach_of, is_to_be_heard, may_follow
from referrals.queries.cases import VOLUNTARY, CaseStatus, may_decide, scheme_of, status_of
from referrals.queries.facilitating import facilitated_of
from referrals.queries.undoing import ended_just_now
from referrals.schemes.document import terms_of
from referrals.schemes.missed import waits_for_worker
from referrals.schemes.sessions import sessions_of

State = Referral.State
COMMUNITY_RESOLUTION = "8"  # the Home Office outcome of which the victim's view is part


@transaction.atomic
def close_referral(*, referral: Referral, result: str, note: str, version: int, by: User) -> Referral:
    """Close a referral as completed or not completed, and with it the case; a voluntary one closed it when it was sent.

    Completed needs every condition of the partner's settled, none of them "not done", and as many sessions attended as
    were agreed. Raises Refused with what is still open. What police or a facilitator settle holds no partner up: the
    case waits for them. What police ask the worker is answered first, while they wait for it.
    """
    access.check(by, Permission.SUPPORT_PEOPLE)
    case_actions.lock(referral.case)
    if _is_decided_again(referral.case):
        raise Refused("The police are deciding again whether this support goes on: close it once they have.")
    if result not in Referral.Result.values:
        raise Refused("Choose whether the agreement was completed.")
    if result == Referral.Result.COMPLETED:
        _check_all_done(referral)
        _check_sessions(referral)
        _check_answered(referral)
    elif ConditionChange.objects.waiting().filter(condition__agreement__referral=referral).exists():
        raise Refused("A change to a condition waits for the police: until they decide, nothing counts as not kept.")
    is_repeated = not Referral.objects.filter(pk=referral.pk, version=version).exists()
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
    if is_repeated:
        return referral  # sent again by a browser that had no answer
    was_open = referral.case.closed_at is None
    if not referral.is_voluntary:
        if result == Referral.Result.NOT_COMPLETED:
            follow_end(referral, by=by)
        _close_after(referral, referral.case, by=by)
    keep_undoable(referral.case, by, was_open=was_open, referral=referral)
    return referral


@transaction.atomic
def decide_after_failure(*, case: Case, result: str, by: User, outcome: str = "", reason: str = "") -> Case:
    """Record what followed an agreement that was not kept (a code of cases.law.outcomes.Result), and close the case.

    What can be enforced was broken only where a rank has decided so, once the person was heard (`breaching`).
    Where the law leaves the outcome open, ``outcome`` is the number that the officer chose, and ``reason`` why; the
    reason is kept with those of the decision. Raises Refused without them, and while the agreement may still be kept.
    """
    access.check(by, Permission.RECORD_DECISION)
    case_actions.lock(case)
    _check_not_kept(case, by)
    _check_decided(case, result)
    today = clock.today()
    if legal.outcomes_without_action(case.decision, on=today) and result == Result.FAILED_NO_ACTION:
        _keep_reason(case, reason, by)
    terms = terms_of(scheme_of(case))
    code = legal.outcome_after_failure(case.decision, result, on=today, chosen=outcome, terms=terms)
    outcomes = {allegation.pk: code for allegation in case.allegations.all()}
    end_with(case, by=by)
    case = case_actions.close(case=case, outcomes=outcomes, by=by)
    keep_undoable(case, by, was_open=True)
    return case


def _check_not_kept(case: Case, by: User) -> None:
    rows = Case.objects.visible_to(by).filter(pk=case.pk)
    live = Referral.objects.filter(case=case).exclude(state__in=Referral.ENDED)
    if rows.exists() and live.filter(scheme_version__confidentiality=VOLUNTARY).exists():
        # The same words whatever came of the support: an answer must not tell police what is not shared with them.
        raise Refused("This support is voluntary: nothing that happens in it comes back to police to decide.")
    if not rows.filter(closed_at__isnull=True).exists():
        raise Outdated("This case")
    if status_of(case) in ENDED_BUT_OPEN:
        raise Refused(
            "Everything agreed has ended here: nothing else follows, and the case closes once it is complete."
        )
    if awaits_confirmation(case):
        raise Refused("The authority given by radio or telephone is not confirmed yet: have it confirmed first.")
    if awaits_number(case):
        raise Refused("A crime of this case has no number yet: enter it on the page of the case, then close it.")
    if not may_decide(case) or ended_just_now(case):
        raise Refused("The agreement can still be kept: nothing is to be decided yet.")


def _check_decided(case: Case, result: str) -> None:
    """Refuse what no rank has decided where the agreement could be enforced, and what nobody has broken."""
    if is_to_be_heard(case):
        raise Refused("Hear the person first: a supervisor then decides whether the agreement was broken.")
    if result in may_follow(case):
        return
    if status_of(case) == CaseStatus.RETURNED:
        raise Refused("The partner declined, and the person broke nothing: find other support, or take no action.")
    breach = breach_of(case)
    raise Refused(f"It was decided otherwise: {breach.get_decision_display().lower() if breach else result}.")


def _keep_reason(case: Case, reason: str, by: User) -> None:
    if not reason.strip():
        raise Refused("Say why nothing more is done, in a sentence.")
    said = said_after_failure(clock.today(), by) + reason.strip()
    decision = case.decision
    decision.rationale = f"{decision.rationale}\n\n{said}".strip()
    decision.save(update_fields=["rationale"])


def close_without_partner(*, case: Case, by: User) -> None:
    """Close at once a case in which police wait for nothing more, unless a person has to decide what follows.

    That is: nothing offered, or declined; every condition settled that no partner looks after; or a voluntary referral
    sent, of which police hear no more. A referral that came back counts as none.
    """
    if not _is_settled(case):
        return
    referrals = Referral.objects.filter(case=case).exclude(state__in=Referral.ENDED)
    live = list(referrals.values_list("scheme_version__confidentiality", flat=True))
    if VOLUNTARY in live:
        _close_case(case, completed=True, by=by)
    elif not live and not _conditions(case).filter(state=Condition.State.OPEN).exists():
        _close_case(case, completed=_all_kept(case), by=by)


def close_what_waited(*, case: Case, by: User) -> None:
    """Close a case that waited for police alone (a number, authority, their conditions), as it would have without.

    Authority that was spoken has to be confirmed. A case that waits for another of them stays open, and is closed by
    that.
    """
    if not _is_settled(case):
        return
    referrals = Referral.objects.filter(case=case).select_related("scheme_version")
    ended = referrals.filter(state=State.CLOSED).order_by("closed_at", "pk").last()
    is_live = referrals.exclude(state__in=[*Referral.ENDED, State.CLOSED]).exists()
    if ended is None or ended.is_voluntary or is_live:
        close_without_partner(case=case, by=by)
    else:
        _close_after(ended, case, by=by)


def _close_after(ended: Referral, case: Case, *, by: User) -> None:
    """Close ``case``, whose support has ended. What was completed waits for what others than the partner settle, and is
    kept with it: of the partner's own nothing is open then, nor not done."""
    completed = ended.result == Referral.Result.COMPLETED
    states = set(_conditions(case).order_by().values_list("state", flat=True))
    if completed and Condition.State.OPEN in states:
        end_with(case, by=by, but=(BreachTrigger.OFFENCE,))  # a new offence is no partner's to settle
        return
    kept = completed and Condition.State.NOT_DONE not in states
    _close_case(case, completed=kept, by=by, terms=terms_of(ended.scheme_version))


@as_service()  # a partner who closes reads no authorisation, and the rule holds all the same; so below
def _is_decided_again(case: Case) -> bool:
    """Whether police decide once more on what is under way, after a correction."""
    return Authorisation.objects.filter(case=case, state=Authorisation.State.WAITING).exists()


@as_service()
def _is_settled(case: Case) -> bool:
    """Whether it is decided, by whoever had to, and was explained to the person where it had to be."""
    if case.decision.result == DecisionResult.UNDECIDED:
        return False
    settled = (Authorisation.State.GIVEN, Authorisation.State.LAPSED)
    undecided = Authorisation.objects.filter(case=case).exclude(state__in=settled).order_by().values("case")
    untold = ProposedAgreement.objects.filter(case=case, explained_at__isnull=True).order_by().values("case")
    return not undecided.union(untold).exists()


def awaits_number(case: Case) -> bool:
    """Whether a crime of the case has no number yet: its outcome could not be matched to the force's record."""
    return case.allegations.filter(crime__number__startswith=NO_NUMBER).exists()


def awaits_view(case: Case) -> bool:
    """Whether a victim was not asked, and no efforts to ask them are on record: outcome 8 does not close without."""
    return case.allegations.filter(victim__isnull=False, victim_stance=VictimStance.NOT_ASKED).exists()


@as_service()
def awaits_confirmation(case: Case) -> bool:
    """Whether the authority was given by radio or telephone, and whoever gave it has not confirmed it yet."""
    return Authorisation.objects.filter(case=case, state=Authorisation.State.SPOKEN).exists()


def _all_kept(case: Case) -> bool:
    """Whether what was agreed without a partner was done. Conditions of which all were cancelled were not."""
    states = set(_conditions(case).values_list("state", flat=True))
    return case.decision.result == DecisionResult.OFFERED_ACCEPTED and Condition.are_kept(states)


def _conditions(case: Case) -> "QuerySet[Condition]":
    return Condition.objects.filter(agreement__case=case)


def _check_all_done(referral: Referral) -> None:
    """Refuse while something of the partner's own is to be done: what police or a facilitator settle is none of it."""
    rows = Condition.objects.filter(agreement__referral=referral, by_facilitator=False).exclude(kind__in=FOR_POLICE)
    undone = list(rows.exclude(state__in=[Condition.State.DONE, Condition.State.CANCELLED]))
    elsewhere = facilitated_of(undone)
    unsettled = [one for one in undone if one.pk not in elsewhere]
    if unsettled:
        words = "; ".join(condition.wording_for_partner for condition in unsettled)
        raise Refused(f"These conditions are not done yet: {words}. Record them, or close as not completed.")


def _check_sessions(referral: Referral) -> None:
    """Somebody who came to five of six sessions has not kept the agreement yet."""
    sessions = sessions_of(referral)
    if sessions.are_enough:
        return
    verb = "is" if sessions.attended == 1 else "are"
    raise Refused(
        f"{sessions.asked} sessions were agreed, and {sessions.attended} of them {verb} recorded as attended. Record"
        " those that took place, or close as not completed."
    )


def _check_answered(referral: Referral) -> None:
    """Nobody answers once the support is closed: that somebody could not pay, say, would be held against them."""
    rows = Condition.objects.filter(agreement__referral=referral, state=Condition.State.OPEN, asked_at__isnull=False)
    for one in rows:
        if day := waits_for_worker(one):
            raise Refused(
                f"The police ask why this was not done: {one.wording_for_partner} Answer them first, or give it another"
                f" day: they wait for it until {long_date(day)}."
            )


def _close_case(case: Case, *, completed: bool, by: User, terms: SchemeTerms = NO_TERMS) -> None:
    case.refresh_from_db(fields=["closed_at", "version"])
    if case.closed_at is not None:
        return
    if completed:
        end_with(case, by=by)  # also where the case still waits for a number or for authority: it was kept
    if awaits_confirmation(case):
        return  # not confirmed: it closes once that is done (`close_what_waited`)
    settings = rulebook.settings_of(case.force, clock.local_date(case.decision.decided_at))
    outcome = legal.outcome(case.decision, completed=completed, on=clock.today(), terms=terms, settings=settings)
    if outcome is None:
        return  # the agreement was not kept: what follows is the officer's to decide
    if outcome and awaits_number(case):
        return  # it closes once the number is entered (`close_what_waited`)
    if outcome == COMMUNITY_RESOLUTION and awaits_view(case):
        return  # it closes once the victim was asked (`close_what_waited`)
    outcomes = {allegation.pk: outcome for allegation in case.allegations.all()}
    end_with(case, by=by)
    case_actions.close(case=case, outcomes=outcomes, by=by)
