"""Explaining what a rank has authorised, and beginning it once it is signed (Criminal Justice Act 2003 s.23)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction

from cases import actions as case_actions
from cases import legal, setting_aside
from cases.actions.admitting import Admitted, keep_admission
from cases.actions.outbox import changed
from cases.codes import DecisionResult, DeclinedReason
from cases.law.rehabilitation import Told
from cases.models import Case, Decision
from cases.models.case import since_decision
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from referrals.actions.closing import close_without_partner
from referrals.actions.deciding import begin, send_held
from referrals.actions.signing import Signed, check_signed, read_of, told_of
from referrals.actions.speaking import end_spoken
from referrals.actions.taking_back import withdraw
from referrals.judging import recorded
from referrals.judging.judge import Judged
from referrals.models import ProposedAgreement, Referral
from referrals.queries.cases import CaseStatus, scheme_of, status_of
from referrals.schemes import length
from referrals.schemes.condition_words import ConditionDetails
from referrals.schemes.proposed import begun_on

LATE = "law.plan"  # it runs past the day that leaves time to charge


def told_to(case: Case) -> Told | None:
    """What is read to the person before they sign: what the resolution means for them later; None for no resolution."""
    return told_of(case.decision.disposal)


@transaction.atomic
def explain_and_sign(
    *,
    case: Case,
    admits: bool | None,
    signed_as: str,
    adult: str = "",
    due_on: Sequence[date] | None = None,
    late_because: str = "",
    admitted: Admitted | None = None,
    by: User,
) -> Case:
    """Begin what was authorised on ``case``, today: the person has been told what it means, admits, and has signed.

    ``due_on`` are the days of the conditions in order, where they were changed. The agreement, its length and its
    clocks run from today, and the referral goes to the provider only now. ``late_because`` is why it may run past the
    latest safe day, where it was not authorised to: a sergeant's to say. ``admitted`` is what the person said when they
    admitted it, and where that is recorded: of a resolution that needs no admission it is not kept. Raises Refused
    before it is authorised, without the admission that the resolution asks for or those words of it, without a
    signature (a child's appropriate adult signs too), and where the rules stop it on the day.
    """
    proposal = _proposal(case, by)
    disposal = legal.disposal_of(case.decision)
    if disposal is not None and not disposal.accepts("not_asked") and not admits:
        raise Refused("This resolution needs the person to admit it now, to you: without that nobody may sign it.")
    keep_admission(case, admitted, by)
    signed = check_signed(case, Signed(signed_as, adult))
    conditions, end = _conditions(case, proposal, due_on)
    late = _check_today(case, conditions, end)
    if late and not (late_because.strip() and may_say_why_late(case, by)):
        raise Refused(
            f"{late} It was authorised before that was so: give earlier days, or let a sergeant who is not the officer"
            " in the case explain it and say why."
        )
    proposal.late_because = late_because.strip() if late else ""
    _keep(proposal, by, admits=admits, signed_as=signed.signed_as, adult=signed.adult)
    begin(case, conditions, ends_on=end)
    send_held(case, by=by)
    audit.record("agreement.signed", audit.Nature.COLLECTION, by=by, subjects=[case, case.person])
    changed(case)
    close_without_partner(case=case, by=by)
    return case


@transaction.atomic
def decline_when_explained(*, case: Case, reason: str, by: User) -> Case:
    """Note that the person, told what it means, does not agree: nothing begins, and the case closes.

    Authority that was given by radio or telephone need not be confirmed any more.
    """
    proposal = _proposal(case, by)
    if reason not in DeclinedReason.values:
        raise Refused("Choose why the person declined.")
    _keep(proposal, by, admits=None, signed_as="", adult="")
    Decision.objects.filter(case=case).update(result=DecisionResult.OFFERED_DECLINED, declined_reason=reason)
    for referral in Referral.objects.filter(case=case, state=Referral.State.HELD):
        withdraw(referral, by)
    end_spoken(case, by)
    audit.record("agreement.declined", audit.Nature.ALTERATION, by=by, subjects=[case, case.person])
    changed(case)
    case.refresh_from_db()
    close_without_partner(case=case, by=by)
    return case


def _proposal(case: Case, by: User) -> ProposedAgreement:
    """What is to be explained, held until the transaction ends."""
    access.check(by, Permission.RECORD_DECISION)
    case_actions.lock(case)
    if not Case.objects.visible_to(by).filter(pk=case.pk).exists() or status_of(case) != CaseStatus.TO_SIGN:
        raise Outdated("This case")
    return ProposedAgreement.objects.get(case=case)


def _conditions(
    case: Case, proposal: ProposedAgreement, due_on: Sequence[date] | None
) -> tuple[list[ConditionDetails], date | None]:
    """The conditions as they begin today, and the last day of the agreement."""
    today, version = clock.today(), scheme_of(case)
    end = length.end_of(version, today) if version else proposal.ends_on
    conditions = begun_on(proposal, today, end)
    if due_on is not None:
        if len(due_on) != len(conditions):
            raise Outdated("This agreement")
        conditions = [replace(one, due_on=day) for one, day in zip(conditions, due_on, strict=True)]
    late = [one.wording for one in conditions if one.due_on < today or (end and one.due_on > end)]
    if late:
        raise Refused(f"Give each condition a day to come, within the agreement: {'; '.join(late)}")
    return conditions, end


def may_say_why_late(case: Case, by: User) -> bool:
    """Whether ``by`` may let the agreement run past the latest safe day: nobody does in their own case."""
    return legal.outranks(by.authorising_rank, "sergeant") and case.officer_id != by.pk


def late_today(case: Case, conditions: Sequence[ConditionDetails], end: date | None) -> str:
    """Why a sergeant has to say that it may begin today, "" where nobody has to or whoever authorised knew it."""
    return _late(case, recorded.judge_begun(case, conditions, end))


def _late(case: Case, judged: Judged) -> str:
    said = since_decision(case.assessments.all())  # of a decision that was withdrawn nobody has decided it here
    known = {one["rule"] for kept in said for one in kept.findings if one["result"] == "not_met"}
    late = [one for one in judged.findings if one.rule == LATE and one.severity == "needs_authority"]
    return "" if LATE in known else " ".join(one.reason for one in late)


def _check_today(case: Case, conditions: Sequence[ConditionDetails], end: date | None) -> str:
    """What limits an agreement by its length is asked again: it begins later than was proposed. As `late_today`."""
    judged = recorded.judge_begun(case, conditions, end)
    aside = {str(one["rule"]) for kept in case.assessments.all() for one in setting_aside.given(kept.findings)}
    blocked = list(dict.fromkeys(one.reason for one in judged.findings if one.blocks and one.rule not in aside))
    if blocked:
        raise Refused(" ".join(blocked))
    return _late(case, judged)


def _keep(proposal: ProposedAgreement, by: User, *, admits: bool | None, signed_as: str, adult: str) -> None:
    proposal.read_aloud = read_of(proposal.case.decision.disposal)
    proposal.explained_at, proposal.explained_by = clock.now(), by
    proposal.admits, proposal.signed_as, proposal.adult = admits, signed_as, adult
    proposal.save()
