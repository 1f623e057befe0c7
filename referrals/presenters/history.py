"""How a case went, in order: for the police's page of a case."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from cases import setting_aside
from cases.models import (
    Authorisation,
    AuthorisationQuestion,
    Case,
    Complaint,
    Correction,
    OffenceReview,
    PendingDecision,
    PersonMerge,
    ProsecutorReferral,
    Rescission,
    SpokenAuthority,
    Withdrawal,
    WordsOfAdmission,
    YouthDuty,
)
from cases.queries import HandOver
from diversion.design_system.wording import long_date
from referrals.models import (
    Agreement,
    Appointment,
    Breach,
    Condition,
    Escalation,
    MissedStep,
    ProposedAgreement,
    Referral,
    Undoable,
)
from referrals.presenters.admitting import admission_events
from referrals.presenters.breaches import breach_events
from referrals.presenters.case import SupportView, appointment_in_words
from referrals.presenters.clocks import escalation_events
from referrals.presenters.complaints import complaint_events
from referrals.presenters.prosecutors import events_of as prosecutor_events
from referrals.presenters.rescinding import rescission_events
from referrals.presenters.reviewing import review_events
from referrals.presenters.speaking import events_of
from referrals.presenters.undoing import undone_events
from referrals.presenters.varying import change_events, step_events
from referrals.presenters.withdrawing import withdrawal_events

Event = dict[str, Any]


@dataclass(frozen=True)
class Happened:
    """Everything of a case that police may know; ``with_conditions``: what came of the conditions is among it.

    ``stops``: what of it stops the decision from being withdrawn.
    """

    case: Case
    authorisation: Authorisation | None
    views: Sequence[SupportView]
    conditions: Sequence[Condition]
    with_conditions: bool
    agreement: Agreement | None
    proposed: ProposedAgreement | None
    admitted: WordsOfAdmission | None
    questions: Sequence[AuthorisationQuestion]
    spoken: Sequence[SpokenAuthority]
    prosecutors: Sequence[ProsecutorReferral]
    undoables: Sequence[Undoable]
    hand_overs: Sequence[HandOver]
    corrections: Sequence[Correction]
    complaints: Sequence[Complaint]
    withdrawals: Sequence[Withdrawal]
    stops: Collection[str]
    rescissions: Sequence[Rescission]
    reviews: Sequence[OffenceReview]
    merges: Sequence[PersonMerge]
    duties: Sequence[YouthDuty]
    steps: Sequence[MissedStep]
    with_questions: bool
    breaches: Sequence[Breach]
    escalations: Sequence[Escalation]


def timeline_of(told: Happened) -> list[Event]:
    """Everything that police may know, newest first; what happened at one moment keeps its order."""
    events = [
        *_decision_events(told.case, told.withdrawals),
        *(event for one in told.corrections for event in _correction_events(one)),
        *(event for one in told.merges for event in _merge_events(one)),
        *(_hand_over_event(given) for given in told.hand_overs),
        *admission_events(told.admitted),
        *_authority_events(told),
        *undone_events(told.undoables),
        *(event for duty in told.duties for event in _youth_events(duty)),
        *escalation_events(told.escalations),
        *complaint_events(told.complaints),
        *rescission_events(told.rescissions),
        *review_events(told.reviews),
        *breach_events(told.breaches),
        *(event for view in told.views for event in _referral_events(view)),
        *(_agreement_events(told) if told.with_conditions else ()),
    ]
    if told.case.closed_at and not any(view.is_voluntary for view in told.views):
        events.append(_event(_("Case closed"), told.case.closed_at, None))
    return sorted(events, key=lambda event: event["when"])[::-1]


def _authority_events(told: Happened) -> Iterator[Event]:
    """What was asked and said before anybody signed, who decided, and that it was explained."""
    for one in told.questions:
        yield from _question_events(one)
    yield from events_of(told.spoken)
    yield from prosecutor_events(told.prosecutors)
    given, proposed = told.authorisation, told.proposed
    if given and given.decided_at:
        yield _event(given.get_state_display(), given.decided_at, given.decider_in_words, given.why)
    if proposed and proposed.explained_at:
        title = _("Explained and signed") if proposed.signed_as else _("Explained, and declined")
        words = f"{proposed.read_aloud} {proposed.late_because}".strip()
        yield _event(title, proposed.explained_at, proposed.explained_by, words)
    for assessment in told.case.assessments.all():
        yield from (_set_aside_event(one) for one in setting_aside.given(assessment.findings))


def _agreement_events(told: Happened) -> Iterator[Event]:
    """Who signed, what came of each condition, how it was changed, and what was missed."""
    if told.agreement and told.agreement.signed_as:
        yield _event(_("Read aloud, and signed"), told.case.decision.decided_at, None, signed_in_words(told.agreement))
    for one in told.conditions:
        if one.settled_at:
            yield _event(one.get_state_display(), one.settled_at, None, one.wording)
    yield from change_events(change for one in told.conditions if one.pk for change in one.changes.all())
    yield from step_events(told.steps)


def _decision_events(case: Case, withdrawals: Sequence[Withdrawal]) -> list[Event]:
    """The decision; of a case that was left open first that, and then the decision if there is one.

    One that was withdrawn before stands with what it was.
    """
    pending: PendingDecision | None = getattr(case, "pending", None)
    if case.brought_as:
        return [_brought_event(case)]
    if withdrawals:
        return _with_withdrawn(case, withdrawals, pending)
    if pending is None:
        return [_event(_("Decision recorded"), case.recorded_at, case.decision.decided_by)]
    events = [_event(_("Recorded, not decided yet"), case.recorded_at, pending.asked_by, _waits(pending))]
    if pending.settled_at:
        events.append(_event(_("Decided"), pending.settled_at, case.decision.decided_by))
    return events


def _with_withdrawn(case: Case, withdrawals: Sequence[Withdrawal], pending: PendingDecision | None) -> list[Event]:
    events = [_event(_("Recorded"), case.recorded_at, None), *withdrawal_events(withdrawals)]
    if pending and pending.settled_at and not withdrawals[-1].closes:
        events.append(_event(_("Decided"), pending.settled_at, case.decision.decided_by))
    return events


def _brought_event(case: Case) -> Event:
    """Nobody here judged it; what was agreed goes on here."""
    words = _("Decided elsewhere on %(day)s, where it is called %(name)s. No rules were asked here.")
    told = {"day": long_date(case.decision.decided_at), "name": case.brought_as}
    return _event(_("Brought in from another system"), case.recorded_at, None, words % told)


def _waits(pending: PendingDecision) -> str:
    words = _("Decides next: %(who)s, by %(day)s")
    return words % {"who": pending.get_waits_for_display(), "day": long_date(pending.due_on)}


def _hand_over_event(given: HandOver) -> Event:
    words = _("From %(giver)s to %(taker)s") % {"giver": given.giver, "taker": given.taker}
    return _event(_("Handed over"), given.at, given.by, words)


def _question_events(one: AuthorisationQuestion) -> list[Event]:
    events = [_event(_("Returned with a question"), one.asked_at, one.asked_by, one.question)]
    if one.answered_at:
        events.append(_event(_("Question answered"), one.answered_at, one.answered_by, one.answer))
    return events


def _youth_events(duty: YouthDuty) -> list[Event]:
    """What youth justice was told of a child, and said."""
    whom = duty.service.name if duty.service else duty.told_whom
    steps = [
        (_("Youth justice told"), duty.notified_at, duty.notified_by, whom),
        (_("Youth justice acknowledged"), duty.acknowledged_at, duty.acknowledged_by, ""),
        (_("Youth justice: plan not kept"), duty.not_kept_at, duty.not_kept_by, duty.not_kept_note),
        (_("Youth justice ended"), duty.ended_at, duty.ended_by, duty.get_ended_reason_display()),
    ]
    return [_event(title, when, who, text) for title, when, who, text in steps if when]


CORRECTED = {
    "number": _lazy("number"),
    "committed_on": _lazy("date"),
    "date_of_birth": _lazy("date of birth"),
    "offence": _lazy("offence"),
    "area": _lazy("area"),
    "limit_on": _lazy("last day to prosecute"),
}


def signed_in_words(signed: Agreement | ProposedAgreement) -> str:
    """ "This is not a caution. (version 1) Signed: Kim Young, with Jo Young." """
    words = _("%(read)s Signed: %(name)s, with %(adult)s.") if signed.adult else _("%(read)s Signed: %(name)s.")
    return words % {"read": signed.read_aloud, "name": signed.signed_as, "adult": signed.adult}


def _set_aside_event(finding: setting_aside.Kept) -> Event:
    """By the finding's own record: the authority may have been asked for again since."""
    said = finding["set_aside"]
    words = setting_aside.in_words(finding)
    return _event(_("Rule set aside"), datetime.fromisoformat(said["at"]), said["by"], words)


def _merge_events(merge: PersonMerge) -> list[Event]:
    """That the record of the person was put together with another, and parted from it."""
    names = {"merged": merge.merged, "kept": merge.kept}
    title = _("The record of %(merged)s put together with that of %(kept)s") % names
    events = [_event(title, merge.merged_at, merge.merged_by, merge.reason)]
    if merge.split_at:
        title = _("The records of %(merged)s and %(kept)s parted") % names
        events.append(_event(title, merge.split_at, merge.split_by, merge.split_because))
    return events


def _correction_events(correction: Correction) -> list[Event]:
    """What was put right, from what to what; and the authority that it undid, which the case itself no longer shows.

    That records were put together or parted is told by those (`_merge_events`).
    """
    words = _("%(field)s: %(old)s, now %(new)s")
    put_right = {name: change for name, change in correction.changes.items() if name != "person"}
    changes = [
        words % {"field": CORRECTED.get(name, name), "old": _as_read(old), "new": _as_read(new)}
        for name, (old, new) in sorted(put_right.items(), key=lambda one: [*CORRECTED, one[0]].index(one[0]))
    ]
    title = _("Crime %(number)s corrected") % {"number": correction.allegation.crime}
    if "date_of_birth" in correction.changes:
        title = _("Date of birth corrected")
    text = f"{'; '.join(changes)}. {correction.reason}"
    found = [_event(title, correction.corrected_at, correction.corrected_by, text)] if changes else []
    if before := correction.authorised_before:
        when = datetime.fromisoformat(before["at"])
        state = Authorisation.State(before.get("state", Authorisation.State.GIVEN))
        found.insert(0, _event(state.label, when, before["by"], before["rationale"]))
    return found


def _as_read(value: str) -> str:
    try:
        return long_date(date.fromisoformat(value))
    except ValueError:
        return value or _("none")


def _referral_events(view: SupportView) -> list[Event]:
    referral = view.referral
    found = []
    if referral.sent_at:
        words = _("Sent to %(provider)s: %(scheme)s")
        title = words % {"provider": referral.provider, "scheme": view.scheme}
        found.append(_event(title, referral.sent_at, None))
    if referral.waits_since and not view.is_voluntary:
        why = referral.get_wait_reason_display()
        found.append(_event(_("Put on the partner’s waiting list"), referral.waits_since, None, why))
    if referral.state == Referral.State.DECLINED:
        waited = referral.decline_reason == Referral.DeclineReason.WAITED and not view.is_voluntary
        title = _("Back from the partner’s waiting list") if waited else _("Declined by the partner")
        found.append(_event(title, referral.decided_at, None, view.why_declined))
    elif referral.decided_at and not view.is_voluntary:
        found.append(_event(_("Accepted by the partner"), referral.decided_at, None))
    for appointment in view.appointments:
        if appointment.attendance != Appointment.Attendance.PLANNED:
            title = appointment.get_attendance_display()
            found.append(_event(title, appointment.starts_at, None, appointment_in_words(appointment)))
    found += [_event(_("Needs reviewed by the partner"), review.recorded_at, None) for review in view.need_reviews]
    if referral.closed_at and not view.is_voluntary and not any(one.is_live for one in referral.undoables.all()):
        found.append(_event(referral.get_result_display(), referral.closed_at, None))
    return found


def _event(title: Any, when: datetime | None, by: Any, text: str = "") -> Event:
    return {"title": str(title), "when": when, "by": str(by) if by else "", "text": text}
