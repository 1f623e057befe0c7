"""The officer's decision with its agreement and its referral, in one transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction

from cases import actions as case_actions
from cases import legal
from cases.actions.admitting import Admitted, keep_admission
from cases.actions.outbox import changed, told_once
from cases.codes import OFFERED, DecisionResult
from cases.details import CaseDetails, CrimeDetails, DecisionDetails, Prosecutor, Weighed
from cases.eligibility.kept import KeptOption
from cases.findings import Finding
from cases.models import Authorisation, Case, Catalogue, Person
from cases.queries import case_of_submission
from diversion import audit, clock
from diversion.accounts.models import User
from diversion.refusals import Refused
from referrals.actions.breaching import end_with
from referrals.actions.closing import close_what_waited, close_without_partner
from referrals.actions.correcting import birth_corrected
from referrals.actions.moving import log
from referrals.actions.remedies import follow_remedies
from referrals.actions.reviewing import follow_new_case
from referrals.actions.signing import Signed, check_signed, read_of
from referrals.actions.taking_back import withdraw_live
from referrals.judging.contact import answer_by
from referrals.judging.facts import CaseFacts
from referrals.judging.judge import Judged, judge, rules_in_words
from referrals.judging.options import assess_options
from referrals.judging.proposal import Plan, Proposal
from referrals.judging.recorded import earlier_on_record, stands_against
from referrals.judging.young import asks_why_formal
from referrals.models import (
    Agreement,
    Appointment,
    Condition,
    DecisionDraft,
    ProposedAgreement,
    Referral,
    SchemeVersion,
    Slot,
)
from referrals.queries.schemes import not_shared, open_schemes
from referrals.schemes import length
from referrals.schemes.adopted import not_referred
from referrals.schemes.capacity import take_place, take_slot
from referrals.schemes.condition_words import ConditionDetails, quantities
from referrals.schemes.proposed import stored


@dataclass(frozen=True)
class Support:
    """The scheme chosen, the first appointment booked, the conditions agreed and who signed; any may be absent.

    ``admitted`` is what the person said, where the resolution needs an admission. Of what a rank has to decide first
    nobody signs anything yet, and ``signed`` and ``admitted`` are not looked at.
    """

    scheme_version: SchemeVersion | None = None
    slot: Slot | None = None
    conditions: Sequence[ConditionDetails] = ()
    ends_on: date | None = None
    signed: Signed | None = None
    admitted: Admitted | None = None

    def last_day(self) -> date | None:
        """When the agreement ends: as the scheme says, and no earlier than the last condition."""
        end = length.end_of(self.scheme_version, clock.today()) if self.scheme_version else None
        return length.last_day(self.ends_on or end, self.conditions)


@transaction.atomic
def record_decision(
    *,
    submission: uuid.UUID,
    details: CaseDetails,
    support: Support,
    judged: Judged | None = None,
    is_first: bool = False,
    by: User,
) -> Case:
    """Record the decision, the agreement and the referral. A repeated ``submission`` gives the case already made;
    ``is_first``: the caller has looked whether it has made one, and answers for a twin that is recorded meanwhile.

    Who has to decide follows from what the rules say of these very answers: ``judged``, where a page has asked
    them already (and the officer, that one be set aside), else they are asked here. The referral goes to the provider
    at once, or waits (held) where the decision needs authorisation. Raises Refused where a rule stops the offer or is
    not answered, without a live sharing agreement, for a scheme that is not open or is full, and for a slot that is
    taken; and where somebody does not go to a scheme to which officers must refer, and no reason is given.
    """
    if not is_first and (earlier := case_of_submission(str(submission), by=by)):
        return earlier
    weighed = _weighed(details, support, judged, by=by)
    details = _named(details, support)
    with told_once():
        with birth_corrected(details.person, by=by):
            recorded = case_actions.record_case(submission=submission, details=details, weighed=weighed, by=by)
        case = recorded.case
        _carry_out(case, support, waits=recorded.waits, by=by)
    if details.person.existing is not None:
        follow_new_case(case, by=by)
    _forget_draft(submission, by)
    return case


@transaction.atomic
def decide_case(
    *,
    case: Case,
    seen: int,
    submission: uuid.UUID,
    details: CaseDetails,
    support: Support,
    judged: Judged | None = None,
    by: User,
) -> Case:
    """Decide a case that was left open, on the page that recorded it; the agreement and the referral follow as there.

    ``seen`` is the version of the case that the page showed. Raises what ``record_decision`` and
    ``cases.actions.decide_case`` raise.
    """
    if case_of_submission(str(submission), by=by) == case:
        return case
    weighed, details = _weighed(details, support, judged, by=by), _named(details, support)
    with told_once():
        with birth_corrected(details.person, by=by):
            case = case_actions.decide_case(
                case=case, seen=seen, submission=submission, details=details, weighed=weighed, by=by
            )
        _carry_out(case, support, waits=_waits(case), live=_live(case), by=by)
        follow_remedies(case)
    _forget_draft(submission, by)
    if details.decision.result != DecisionResult.UNDECIDED:
        # Whoever else had begun to decide it: their page can never be recorded.
        DecisionDraft.objects.filter(typed__deciding=[case.reference]).delete()
    return case


def _forget_draft(submission: uuid.UUID, by: User) -> None:
    """What was kept of the page goes with what it has become."""
    DecisionDraft.objects.filter(author=by, submission=submission).delete()


def _weighed(details: CaseDetails, support: Support, judged: Judged | None, *, by: User) -> Weighed:
    """What the rules say of the decision, as ``cases`` keeps it."""
    person, offences = details.person.existing, _catalogue(details.crimes)
    proposal = propose(details.answers, details.decision, support, person=person, offences=offences, by=by)
    said = judge(proposal, clock.today()) if judged is None else judged
    options = assess_options(
        details.answers,
        force=by.organisation,
        offences=offences,
        at=clock.today(),
        known_earlier=proposal.facts.on_record,
    )
    _check_must_refer(options, support, details.decision, by)
    _check_young(options, details)
    return Weighed(said.findings, options, rules_in_words(proposal, clock.today()), said.unknown_rank)


def _named(details: CaseDetails, support: Support) -> CaseDetails:
    """With the name of the scheme on the decision, which tells it to whoever reads the case alone."""
    version = support.scheme_version
    return replace(details, decision=replace(details.decision, scheme=version.scheme.name if version else ""))


def _waits(case: Case) -> bool:
    """Whether a rank has to decide first."""
    return Authorisation.objects.filter(case=case, state=Authorisation.State.WAITING).exists()


def _live(case: Case) -> Referral | None:
    """The referral that a case has, and that has not ended."""
    return Referral.objects.filter(case=case).exclude(state__in=Referral.ENDED).first()


def _carry_out(case: Case, support: Support, *, waits: bool, live: Referral | None = None, by: User) -> None:
    """What follows at once from a decision: the referral and the agreement, or the end of the case.

    Where a rank has to decide first (``waits``) nobody agrees to anything yet: the referral holds its place, and the
    rest waits. A case with an agreement that is still to be kept is not closed, unless its support is voluntary.
    ``live`` is a referral that it has already: none, of one that was recorded just now.
    """
    if case.decision.result == DecisionResult.OFFERED_ACCEPTED:
        version = support.scheme_version
        referral = _sent(case, version, support.slot, held=waits, by=by) if version else live
        if waits:
            _propose(case, support)
            return
        keep_admission(case, support.admitted, by)
        _begun(case, support.conditions, referral, ends_on=_end(support), signed=support.signed)
        if support.conditions and not (referral and referral.is_voluntary):
            return
    close_without_partner(case=case, by=by)


def propose(
    answers: dict[str, Any],
    decision: DecisionDetails,
    support: Support,
    *,
    person: Person | None,
    offences: Catalogue,
    by: User,
) -> Proposal:
    """What is proposed to a person who may be on record, in the terms in which the rules judge it."""
    plan = Plan(
        result=decision.result,
        disposal=decision.disposal,
        version=support.scheme_version if decision.result in OFFERED else None,
        conditions=support.conditions,
        quantities=quantities(support.conditions),
        ends_on=support.last_day(),
    )
    ours = earlier_on_record(person) if person else []
    return Proposal(plan, CaseFacts.of(answers, offences, clock.today(), ours), by.organisation)


def _catalogue(crimes: Sequence[CrimeDetails]) -> Catalogue:
    return Catalogue(crime.offence for crime in crimes)


def _check_must_refer(options: Sequence[KeptOption], support: Support, decision: DecisionDetails, by: User) -> None:
    """Settling the case of somebody eligible without a scheme to which officers must refer needs a reason."""
    if decision.result == DecisionResult.UNDECIDED:
        return
    why = decision.rationale or decision.not_offered_reason
    if why.strip():
        return
    found = list(not_referred(open_schemes(by=by), options, support.scheme_version, why))
    if found:
        raise Refused(" ".join(one.reason for one in found))


def _check_young(options: Sequence[KeptOption], details: CaseDetails) -> None:
    """A caution stays on the record of somebody who has just grown up: where less would fit, somebody says why."""
    decision, born = details.decision, details.person.date_of_birth
    if decision.result != DecisionResult.OFFERED_ACCEPTED or decision.rationale.strip():
        return
    if asks_why_formal(decision.disposal, options, born=born, on=clock.today()):
        raise Refused(
            "A community resolution would fit, and the person is 18 to 25: say under the reasons for the decision why a"
            " conditional caution is proposed."
        )


def send(case: Case, version: SchemeVersion, slot: Slot | None, *, by: User | None) -> Referral:
    """Make the referral of a case that has none live, and send it, or hold it while the decision waits.

    It takes a place of the scheme at once, held or not: Refused where none is left.
    """
    return _sent(case, version, slot, held=_waits(case), by=by)


def _sent(case: Case, version: SchemeVersion, slot: Slot | None, *, held: bool, by: User | None) -> Referral:
    _check_may_send(case, version)
    take_place(version)
    referral = Referral.objects.create(
        case=case,
        scheme_version=version,
        provider=version.provider,
        offence_category=case.allegations.select_related("offence").first().offence.group,  # type: ignore[union-attr]
        state=Referral.State.HELD if held else Referral.State.SENT,
        **({} if held else _sent_now(case)),
    )
    if slot:
        _book(referral, slot)
    _log_sent(referral, by=by)
    return referral


def _sent_now(case: Case) -> dict[str, Any]:
    """What is kept of a referral that goes to its provider at this moment."""
    return {"sent_at": clock.now(), "contact_by": answer_by(case.force, clock.today())}


def _check_may_send(case: Case, version: SchemeVersion) -> None:
    today, voluntary = clock.today(), SchemeVersion.Confidentiality.VOLUNTARY
    if version.scheme.force_id != case.force_id or not version.is_open(today):
        raise Refused(f"{version.scheme.name} is not open today: choose another scheme.")
    if why := not_shared(case.force, version.provider):
        raise Refused(f"{why}.")
    if version.confidentiality == voluntary and legal.depends_on_support(case.decision):
        raise Refused(
            f"{version.scheme.name} is voluntary: police never hear whether it was done, and this resolution depends"
            " on that. Choose another scheme or another resolution."
        )


def _book(referral: Referral, slot: Slot) -> None:
    """Book the first appointment while the person is still with the officer; Refused when the slot is full."""
    locked = take_slot(Slot.objects.get(pk=slot.pk, version__scheme=referral.scheme_version.scheme))
    if locked.starts_at <= clock.now():
        raise Refused("That appointment has passed: choose another time.")
    Referral.objects.filter(pk=referral.pk).update(slot=locked)
    Appointment.objects.create(referral=referral, starts_at=locked.starts_at, place=locked.place)


def _let_go_of_passed_slot(referral: Referral) -> None:
    if referral.slot is not None and referral.slot.starts_at <= clock.now():
        referral.appointments.filter(attendance=Appointment.Attendance.PLANNED).delete()
        Referral.objects.filter(pk=referral.pk).update(slot=None)


def _log_sent(referral: Referral, *, by: User | None) -> None:
    if referral.state == Referral.State.SENT:
        audit.record(
            "referral.sent",
            audit.Nature.DISCLOSURE,
            by=by,
            subjects=[referral, referral.case, referral.case.person],
            recipients=[referral.provider.name],
        )
        changed(referral.case)
    else:
        log(referral, "referral.held", by=by)


def _end(support: Support) -> date | None:
    """The last day of an agreement that begins today: as it was said, else as the scheme says."""
    version = support.scheme_version
    return support.ends_on or (length.end_of(version, clock.today()) if version else None)


def _propose(case: Case, support: Support) -> None:
    kept = {"conditions": stored(support.conditions), "ends_on": _end(support), "proposed_on": clock.today()}
    ProposedAgreement.objects.create(case=case, **kept)


def begin(
    case: Case,
    conditions: Sequence[ConditionDetails],
    *,
    ends_on: date | None,
    signed: Signed | None = None,
    agreed_on: date | None = None,
) -> Agreement:
    """Write the agreement that the person has made, today mostly, with the referral of the case, if it has one.

    ``signed``: with what was read to them, and who signed. Raises Refused for a child's without an adult.
    """
    return _begun(case, conditions, _live(case), ends_on=ends_on, signed=signed, agreed_on=agreed_on)


def _begun(
    case: Case,
    conditions: Sequence[ConditionDetails],
    referral: Referral | None,
    *,
    ends_on: date | None,
    signed: Signed | None = None,
    agreed_on: date | None = None,
) -> Agreement:
    said = {"read_aloud": read_of(case.decision.disposal), **vars(check_signed(case, signed))} if signed else {}
    day = agreed_on or clock.today()
    agreement = Agreement.objects.create(case=case, referral=referral, agreed_on=day, ends_on=ends_on, **said)
    Condition.objects.bulk_create(Condition(agreement=agreement, **vars(details)) for details in conditions)
    return agreement


def never_words(against: Sequence[Finding]) -> str:
    """Why nobody may authorise what a correction has made unlawful, and what can be done instead."""
    why = " ".join(dict.fromkeys(one.reason for one in against))
    return (
        f"Nobody may authorise this as it stands. {why} Do not authorise it: what was agreed then ends, its referral is"
        " withdrawn, the crimes get no outcome, and a new decision is recorded. Where the correction is the mistake,"
        " have it put right first."
    )


@transaction.atomic
def authorise(
    *,
    case: Case,
    rationale: str,
    seen: int,
    by: User,
    prosecutor: Prosecutor | None = None,
    exceptional: str = "",
    evidence_met: bool = False,
) -> None:
    """Authorise the decision that waits on ``case``: an officer may then explain it, and have it signed.

    Where the person has agreed before, and a correction had it decided once more, its referral goes on its way at once.
    ``exceptional`` says what makes the circumstances exceptional, ``evidence_met`` certifies that the evidence is
    enough to charge. Raises Refused where either is needed and missing, where nobody may be sent there any more, and
    where something that no rank may set aside stands against it since a correction. Sent twice it is done once.
    """
    decided = case_actions.authorise(
        case=case,
        rationale=rationale,
        exceptional=exceptional,
        evidence_met=evidence_met,
        by=by,
        seen=seen,
        prosecutor=prosecutor,
    )
    if decided is None:
        return
    if against := stands_against(case):
        raise Refused(never_words(against))
    for held in Referral.objects.filter(case=case, state=Referral.State.HELD):
        _check_may_send(case, held.scheme_version)
    if Agreement.objects.filter(case=case).exists():
        send_held(case, by=by)
    close_what_waited(case=case, by=by)


def send_held(case: Case, *, by: User) -> None:
    """Send the referral of ``case`` that was held, once the person has agreed to it.

    Raises Refused where nobody may be sent there any more: the scheme has closed, or its sharing agreement has ended.
    A first appointment that has passed meanwhile is let go: the partner plans another.
    """
    for referral in Referral.objects.filter(case=case, state=Referral.State.HELD):
        _check_may_send(case, referral.scheme_version)
        _let_go_of_passed_slot(referral)
        Referral.objects.filter(pk=referral.pk).update(state=Referral.State.SENT, **_sent_now(case))
        referral.refresh_from_db()
        _log_sent(referral, by=by)


@transaction.atomic
def refuse(
    *, case: Case, rationale: str, seen: int, by: User, prosecutor: Prosecutor | None = None, exceptional: str = ""
) -> None:
    """Refuse the decision that waits on ``case``: its referral is withdrawn, no provider hears of it, and it closes.

    The crimes get no outcome: what is decided instead is a decision of its own, recorded anew. Support that has begun
    (the decision went back for authority after a correction) ends with it, and its provider can see that it did. Sent
    twice it is done once.
    """
    said = {"rationale": rationale, "exceptional": exceptional}
    if case_actions.refuse(case=case, **said, by=by, seen=seen, prosecutor=prosecutor) is None:
        return
    withdraw_live(case, by)
    end_with(case, by=by)
    case_actions.close(case=case, outcomes={}, by=by)
