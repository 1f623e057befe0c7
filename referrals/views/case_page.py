"""The police's page of a case: everything that they may know of it, and what to do next."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render

from cases import legal, rulebook
from cases.models import Authorisation, AuthorisationQuestion, Case, Correction
from cases.queries import duties_of, hand_overs_of, open_case
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, left_over
from diversion.home import Shown
from diversion.requests import SignedInRequest
from referrals.actions.deciding import never_words
from referrals.actions.letting_go import bar_to_letting_go
from referrals.actions.speaking import why_not_spoken
from referrals.forms.cases import (
    NOTHING_SIGNED,
    AfterFailureForm,
    AnswerForm,
    ReferAgainForm,
    SettleForm,
    Signing,
    schemes_that_fit,
)
from referrals.forms.varying import EscalationForm
from referrals.judging.changed import changed_since
from referrals.judging.recorded import stands_against
from referrals.judging.variation import is_conditional
from referrals.learning import lessons_of
from referrals.models import Condition, MissedStep, Question, Referral
from referrals.models.facilitation import FACILITATED
from referrals.presenters import case as presenters
from referrals.presenters.admitting import with_admission
from referrals.presenters.assessment import AssessmentView, marked
from referrals.presenters.births import closed_warning
from referrals.presenters.changed import changed_rows
from referrals.presenters.clocks import watched as limits_watched
from referrals.presenters.help import on_duty_in_words
from referrals.presenters.history import Happened, timeline_of
from referrals.presenters.on_call import now_in_words
from referrals.presenters.prosecutors import rows_of as prosecutor_rows
from referrals.presenters.questions import Thread
from referrals.presenters.rescinding import rescission_rows, waits_in_words
from referrals.presenters.reviewing import review_rows
from referrals.presenters.speaking import home_items
from referrals.presenters.speaking import rows_of as spoken_rows
from referrals.presenters.undoing import to_undo
from referrals.presenters.victims import remedy_rows, wishes_in
from referrals.presenters.withdrawing import withdrawn_rows
from referrals.queries import cases as case_queries
from referrals.queries import schemes as scheme_queries
from referrals.queries.breaches import breaches_of, is_to_be_heard
from referrals.queries.cases import CaseStatus
from referrals.queries.complaints import complaints_of
from referrals.queries.escalations import Waiting, escalations_of, waiting_in
from referrals.queries.facilitating import facilitated_of, once_led
from referrals.queries.help import on_duty
from referrals.queries.merging import merges_with
from referrals.queries.present import (
    ADMITTED,
    ALLEGED,
    AUTHORITY,
    BREACHES,
    COMPLAINTS,
    CORRECTED,
    DUTIES,
    ESCALATED,
    HANDED_OVER,
    MERGED,
    PROPOSED,
    QUESTIONS,
    RESCINDED,
    STEPS,
    UNDOABLE,
    WITHDRAWN,
    present_in,
    stops_in,
)
from referrals.queries.prosecutors import asked_of_prosecutors
from referrals.queries.questions import questions_in
from referrals.queries.remedies import asked_in
from referrals.queries.rescinding import rescissions_of
from referrals.queries.reviewing import reviews_of
from referrals.queries.speaking import spoken_of
from referrals.queries.undoing import undoables_of
from referrals.queries.varying import conditions_for_police, steps_of
from referrals.queries.withdrawing import is_left_open, is_theirs, why_not_withdrawn
from referrals.schemes.capacity import full
from referrals.schemes.proposed import as_shown
from referrals.views.case_complaints import complaint_forms_in, complaints_context
from referrals.views.case_youth import forms_in, youth_context

Bound = Mapping[str, Form]
#: For how long after somebody was sent the officer sees who is on duty there (our own default: a shift).
HANDED_OVER_WITHIN = timedelta(hours=12)
# Where the police may settle what no partner looks after.
ASKED = ("asked_by", "answered_by")
#: Nothing is decided for good, or nothing of it stands: there is nothing to rescind.
UNSETTLED = (
    *(CaseStatus.QUESTION, CaseStatus.WAITING, CaseStatus.PROSECUTOR, CaseStatus.REFUSED),
    *(CaseStatus.UNDECIDED, CaseStatus.IN_ERROR, CaseStatus.RESCINDED),
)
OWN_CONDITIONS = (CaseStatus.CONDITIONS, CaseStatus.RETURNED, CaseStatus.NOT_KEPT)
WITH_PARTNERS = (CaseStatus.SENT, CaseStatus.WITH_PARTNER)


def show_case(request: SignedInRequest, case: Case, *, bound: Bound | None = None, status: int = 200) -> HttpResponse:
    """The page of an opened case; ``bound`` holds forms that were sent and could not be done, by key."""
    bound, wishes = bound or {}, wishes_in(case, by=request.user)
    context = {
        "case": case,
        "wrong": list(bound.values()),
        "may_record": request.user.can(Permission.RECORD_DECISION),
        "may_take_off_list": request.user.can(Permission.MANAGE_SCHEMES),
        "may_merge": request.user.can(Permission.MANAGE_SCHEMES),
        "may_open_prosecutor": request.user.can(Permission.AUTHORISE, Permission.MANAGE_SCHEMES),
        "knows_victims": wishes,
        "remedies": remedy_rows(asked_in(case, among=wishes)) if wishes else [],
        "lessons": lessons_of(case, by=request.user),
        **case_context(case),
    }
    context["born_otherwise"] = closed_warning(case) if context["corrected"] else ""
    waiting = context["authorisation"] if context["case_status"] == CaseStatus.WAITING else None
    against = stands_against(case) if waiting else []
    context["never"] = never_words(against) if against else ""
    context["on_call"] = now_in_words(case=case, rank=waiting.rank) if waiting else None
    context["may_enter_spoken"] = waiting is not None and context["may_record"] and not why_not_spoken(waiting)
    context["to_undo"] = to_undo(context["undoables"], reader=request.user)
    unconfirmed = [one["spoken"] for one in context["spoken"] if one["spoken"].is_waiting]
    context["spoken_items"] = home_items(unconfirmed, reader=request.user)
    for crime in context["crimes"]:
        crime.unwanted = wishes.get(crime.allegation.pk, "")
    context |= _taking_back(case, context, request.user)
    forms = _next_steps(case, context, request.user, bound)
    context["threads"] = _threads(case, context, request.user, bound)
    context |= forms | youth_context(case, context["duties"], request.user, bound)
    context |= complaints_context(case, context["complaints"], request.user, bound)
    context["left_over"] = left_over(
        bound.values(),
        [
            *forms.values(),
            *(row.get("form") for row in context["conditions"]),
            *forms_in(context),
            *complaint_forms_in(context),
            *(form for one in context["threads"] for form in one.forms),
        ],
    )
    return render(request, "referrals/case_page.html", context, status=status)


def _taking_back(case: Case, context: dict[str, Any], user: User) -> dict[str, Any]:
    """Which way the decision is taken back: withdrawn while nobody has acted on it, rescinded afterwards."""
    waits, authorisation = context["rescission"], context["authorisation"]
    acted_on = bool(why_not_withdrawn(case, context["stops"]))
    unsettled = context["case_status"] in UNSETTLED or (waits is not None and waits.is_waiting)
    spoken = authorisation is not None and authorisation.state == Authorisation.State.SPOKEN
    return {
        "may_withdraw": not acted_on and is_theirs(case, user),
        "left_open": is_left_open(case),
        "may_rescind": acted_on and context["may_record"] and not unsettled and not spoken,
        "may_decide_rescission": user.can(Permission.AUTHORISE),
        "may_tell_offence": _is_kept(case, context) and user.can(Permission.RECORD_DECISION, Permission.MANAGE_SCHEMES),
        "rescission_waits": waits_in_words(waits) if waits is not None and waits.is_waiting else "",
    }


def _threads(case: Case, context: dict[str, Any], user: User, bound: Bound) -> list[Thread]:
    """What partner and police ask each other, by referral; none of voluntary support, of which police hear nothing."""
    asked = questions_in(case.pk, by=user) if context["with_questions"] else []
    given = bound if user.can(Permission.RECORD_DECISION) else None
    found = []
    for referral in (view.referral for view in context["views"] if not view.referral.is_voluntary):
        own, is_live = [one for one in asked if one.referral_id == referral.pk], referral.state in Question.LIVE
        if own or is_live:
            found.append(Thread(own, referral, reader=user, bound=given))
    return [one for one in found if one.is_shown]


def _is_kept(case: Case, context: dict[str, Any]) -> bool:
    """Whether something agreed with police runs, that a new offence could touch."""
    runs = case.closed_at is None and context["agreement"] is not None
    return runs and legal.disposal_of(case.decision) is not None


def show_case_again(request: SignedInRequest, reference: str, **bound: Form) -> HttpResponse:
    """The page as it is now, with what was typed and what is wrong with it. A GET has typed nothing."""
    if request.method != "POST":
        return redirect("case_page", reference)
    return show_case(request, open_case(reference=reference, by=request.user), bound=bound, status=INVALID)


def case_context(case: Case) -> dict[str, Any]:
    """What the page of a case and the page that authorises it both show."""
    told, today = _happened(case), clock.today()
    decided = _decided(told, today)
    scheme = next((one.referral.scheme_version for one in told.views if one.is_live), None)
    changed = changed_rows(changed_since(case, scheme))
    supported = _supported(told, today, decided["case_status"])
    return {**decided, **supported, "rules_changed": changed, "timeline": timeline_of(told)}


def _happened(case: Case) -> Happened:
    """Everything of the case that police may know: what kinds there are is asked once, then each of those."""
    there = present_in(case)
    views = [presenters.SupportView(referral) for referral in case_queries.referrals_of(case, there=there)]
    agreement = case_queries.agreement_of(case, there=there)
    proposed = case_queries.proposal_of(case) if PROPOSED in there else None
    authorisation = case_queries.authorisation_in(case) if AUTHORITY in there else None
    questions = AuthorisationQuestion.objects.filter(authorisation=authorisation).select_related(*ASKED)
    corrections = Correction.objects.filter(case=case).select_related("corrected_by", "allegation__crime")
    return Happened(
        case=case,
        authorisation=authorisation,
        questions=list(questions) if authorisation else [],
        spoken=spoken_of(case) if authorisation else [],
        prosecutors=asked_of_prosecutors(case) if authorisation else [],
        views=views,
        agreement=agreement,
        proposed=proposed,
        admitted=case_queries.admission_in(case) if ADMITTED in there else None,
        conditions=conditions_for_police(agreement) if agreement else as_shown(proposed) if proposed else [],
        with_conditions=presenters.may_show_conditions(views),
        undoables=list(undoables_of(case)) if UNDOABLE in there else [],
        duties=duties_of(case) if DUTIES in there else [],
        hand_overs=hand_overs_of(case) if HANDED_OVER in there else [],
        corrections=list(corrections) if CORRECTED in there else [],
        complaints=complaints_of(case) if COMPLAINTS in there else [],
        stops=stops_in(there),
        withdrawals=list(case.withdrawals.select_related("decided_by", "by")) if WITHDRAWN in there else [],
        rescissions=rescissions_of(case) if RESCINDED in there else [],
        reviews=reviews_of(case) if ALLEGED in there else [],
        merges=merges_with(case) if MERGED in there else [],
        steps=steps_of(case) if STEPS in there else [],
        with_questions=QUESTIONS in there,
        breaches=breaches_of(case) if BREACHES in there else [],
        escalations=escalations_of(case) if ESCALATED in there else [],
    )


def _decided(told: Happened, today: date) -> dict[str, Any]:
    """The decision: what it is about, what it rests on, and who has to decide."""
    case = told.case
    status = case_queries.told_status_of(case)
    settings = rulebook.settings_of(case.force, clock.local_date(case.decision.decided_at))
    crimes = [presenters.CrimeView(allegation, today, settings) for allegation in case.allegations.all()]
    pending = [case.pending] if status == CaseStatus.UNDECIDED else []
    assessments = [AssessmentView(one) for one in sorted(case.assessments.all(), key=lambda one: one.pk)]
    return {
        "case_status": status,
        "status_colour": presenters.STATUS_COLOURS.get(status, ""),
        "identity": presenters.identity_items(case.person, today),
        "crimes": crimes,
        "crime_notes": presenters.crime_notes(crimes),
        "admitted": told.admitted,
        "decision_rows": _decision_rows(told, status),
        "pending": next(iter(presenters.pending_items(pending, today)), None),
        "duties": told.duties,
        "complaints": told.complaints,
        "stops": told.stops,
        "rescission": told.rescissions[-1] if told.rescissions else None,
        "rescissions": [rescission_rows(one) for one in told.rescissions[::-1]],
        "reviews": [(one, review_rows(one)) for one in told.reviews[::-1]],
        "withdrawn": [withdrawn_rows(one) for one in told.withdrawals[::-1]],
        "authorisation": told.authorisation,
        "questions": told.questions,
        "spoken": spoken_rows(told.spoken),
        "put_to_prosecutors": prosecutor_rows(told.prosecutors),
        "authority_reasons": marked(told.authorisation.reasons if told.authorisation else [], assessments),
        "assessments": assessments,
        **limits_watched(waiting_in(case) if told.escalations else Waiting(Shown(), Shown()), today),
    }


def _decision_rows(told: Happened, status: CaseStatus) -> list[presenters.Row]:
    """The decision; none of a case that was recorded in error."""
    if status == CaseStatus.IN_ERROR:
        return []
    return with_admission(presenters.decision_rows(told.case), told.admitted)


def _supported(told: Happened, today: date, status: CaseStatus) -> dict[str, Any]:
    """The agreement and its support, as far as police may know. Of what was refused, or is over, nothing is to do."""
    shown, kept = told.with_conditions, presenters.is_all_done(told.conditions)
    is_over = shown and status in (CaseStatus.REFUSED, CaseStatus.CLOSED, CaseStatus.IN_ERROR, CaseStatus.RESCINDED)
    return {
        "is_over": is_over,
        "is_refused": status == CaseStatus.REFUSED,
        "agreement": told.agreement,
        "is_signed_today": _is_signed_today(told, status, today) and not is_over,
        "proposed": told.proposed,
        "all_done": shown and told.agreement is not None and kept,
        "conditions": presenters.condition_rows(
            told.conditions, force=told.case.force_id, with_state=shown, today=today, is_over=is_over
        ),
        "views": told.views,
        "steps": told.steps,
        "with_questions": told.with_questions,
        "on_duty": _on_duty(told.views),
        "undoables": told.undoables,
        "breach": told.breaches[-1] if told.breaches else None,
        "corrected": bool(told.corrections),
    }


def _is_signed_today(told: Happened, status: CaseStatus, today: date) -> bool:
    """Whether the officer hands the agreement over now, and writes up the occurrence: then that comes first."""
    return told.agreement is not None and told.agreement.agreed_on == today and status not in UNSETTLED


def _on_duty(views: Sequence[presenters.SupportView]) -> list[dict[str, Any]]:
    """Whom the officer can ring at the partner for a hand-over in person, in the hours after the person was sent.

    It goes by the clock, and never by what the partner did: of voluntary support that would tell police.
    """
    since = clock.now() - HANDED_OVER_WITHIN
    sent = (one.referral for one in views if one.referral.state not in Referral.ENDED)
    provider = next((one.provider for one in sent if one.sent_at and one.sent_at > since), None)
    return on_duty_in_words(on_duty(provider)) if provider else []


def refer_again_form(case: Case, user: User, data: Any = None) -> ReferAgainForm:
    """The schemes that this case fits, with their free appointments."""
    versions = schemes_that_fit(case, scheme_queries.open_schemes(by=user))
    slots = list(scheme_queries.free_slots(versions))
    return ReferAgainForm(data, auto_id="refer-%s", versions=versions, slots=slots, full=full(versions))


def step_key(step: MissedStep) -> str:
    return f"step-{step.pk}"


def settle_key(condition: Condition) -> str:
    return f"condition-{condition.pk}"


def signing(case: Case, user: User) -> Signing:
    """What the person signs before ``user`` lets a condition of ``case`` go."""
    if not is_conditional(case):
        return NOTHING_SIGNED
    return Signing(is_signed=True, is_child=legal.is_child(case), bar=bar_to_letting_go(case, user))


def settle_form(condition: Condition, data: Any = None, **how: Any) -> SettleForm:
    """``how`` it may be settled: see `SettleForm`."""
    initial, auto_id = {"version": condition.version}, f"{settle_key(condition)}-%s"
    return SettleForm(data, auto_id=auto_id, initial=initial, condition=condition, **how)


def after_failure_form(case: Case, data: Any = None) -> AfterFailureForm:
    return AfterFailureForm(data, auto_id="decide-%s", case=case)


def _next_steps(case: Case, context: dict[str, Any], user: User, bound: Bound) -> dict[str, Any]:
    """The forms that the case asks for as it stands now, for a user who may use them."""
    if not user.can(Permission.RECORD_DECISION):
        return {}
    status = context["case_status"]
    forms: dict[str, Any] = {}
    asked = [one for one in context["questions"][-1:] if one.answered_at is None and one.asked_by != user]
    if status in (CaseStatus.QUESTION, CaseStatus.PROSECUTOR) and asked:
        forms["answer"] = bound.get("answer") or AnswerForm(auto_id="answer-%s")
    forms |= _step_forms(context["steps"], bound)
    if status == CaseStatus.RETURNED:
        forms["refer"] = bound.get("refer") or refer_again_form(case, user)
    if status in (CaseStatus.NOT_KEPT, CaseStatus.RETURNED) and case.closed_at is None:
        context["to_hear"] = status == CaseStatus.NOT_KEPT and is_to_be_heard(case)
        if not context["to_hear"]:
            forms["decide"] = bound.get("decide") or after_failure_form(case)
    if case.closed_at is None:
        is_own = status in OWN_CONDITIONS and not _has_live_referral(context["views"])
        beside = [] if is_own else _beside_a_partner(context)
        may_ask = status == CaseStatus.WITH_PARTNER  # before it is accepted there is no worker
        how = {"may_ask": may_ask, "signing": signing(case, user)}
        _settle_forms(context["conditions"], bound, is_own=is_own, beside=beside, how=how)
    return forms


def _beside_a_partner(context: dict[str, Any]) -> list[Condition]:
    """What police settle although a partner helps, or has: once its day has come, or the partner has done its part;
    then what a facilitator led as well, who leads it no longer."""
    status, results = context["case_status"], {one.referral.result for one in context["views"] if one.is_live}
    has_ended = status in (CaseStatus.CONDITIONS, CaseStatus.NOT_KEPT)
    if not (has_ended or status in WITH_PARTNERS) or (has_ended and Referral.Result.NOT_COMPLETED in results):
        return []
    agreed = [row["condition"] for row in context["conditions"]]
    left = [one for one in agreed if has_ended and one.kind in FACILITATED]
    return left + [one for one in agreed if one.is_for_police and (has_ended or one.can_be_done)]


def _settle_forms(
    rows: list[dict[str, Any]], bound: Bound, *, is_own: bool, beside: Sequence[Condition], how: dict[str, Any]
) -> None:
    """A form beside each condition that is police's own to settle, and none beside what a facilitator settles.

    ``beside``: what is theirs although a partner helps, or has; ``how``: what is the same for all (`SettleForm`). What
    a facilitator said who leads it no longer is police's to put right, whatever they said.
    """
    agreed = [row["condition"] for row in rows]
    facilitated, left = facilitated_of(agreed), once_led(agreed) if is_own else {one.pk for one in beside}
    for row in rows:
        one = row["condition"]
        unsettled = (is_own or one in beside) and one.state in (Condition.State.OPEN, Condition.State.NOT_DONE)
        if (unsettled or one.by_facilitator) and one.pk not in facilitated:
            is_left = one.pk in left and one.kind in FACILITATED and not one.by_facilitator
            row["form"] = bound.get(settle_key(one)) or settle_form(one, beside=one in beside, is_left=is_left, **how)


def _step_forms(steps: Sequence[MissedStep], bound: Bound) -> dict[str, Form]:
    """An answer to each step that was put to police; the page finds it beside the step."""
    forms: dict[str, Form] = {}
    for step in (one for one in steps if one.waits_for_police):
        key = step_key(step)
        forms[key] = bound.get(key) or EscalationForm(auto_id=f"{key}-%s")
        step.form = forms[key]  # type: ignore[attr-defined]
    return forms


def _has_live_referral(views: Sequence[presenters.SupportView]) -> bool:
    return any(view.is_live for view in views)
