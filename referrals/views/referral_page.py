"""The referral page of a provider: one page that shows the minimal pack and takes everything that is recorded on it."""

from collections.abc import Mapping
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat

from cases import legal
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, left_over
from diversion.design_system.wording import clock_time, long_date
from diversion.requests import SignedInRequest
from referrals.actions.feedback import HELPED as HAS_HELPED
from referrals.actions.partner import navigators_of
from referrals.codes import Way
from referrals.forms.breaches import AccountForm, AdviceForm, PutForm
from referrals.forms.evidence import EvidenceForm
from referrals.forms.partner import AcceptForm, AssignForm, DeclineForm, WaitForm
from referrals.forms.support import AppointmentForm, CloseForm, ConditionForm
from referrals.models import Appointment, Breach, Condition, EvidenceFile, PersonFeedback, Referral
from referrals.presenters.breaches import ladder_view, partner_rows
from referrals.presenters.check_ins import CheckInsView
from referrals.presenters.ending import feedback_rows
from referrals.presenters.growing_up import ParentsView
from referrals.presenters.needs import lacks_end, next_point
from referrals.presenters.partner import (
    Pack,
    appointment_words,
    conditions_of,
    contact_form,
    contact_key,
    due,
    reasons_form,
    waiting_change,
)
from referrals.presenters.questions import Thread
from referrals.presenters.reminders import TextsView, text_words
from referrals.presenters.rescinding import for_provider
from referrals.presenters.reviewing import for_provider as review_in_words
from referrals.presenters.undoing import to_undo
from referrals.presenters.varying import change_rows, missed_rows
from referrals.queries import needs as queries_needs
from referrals.queries import referrals as queries
from referrals.queries.breaches import breach_under, last_known
from referrals.queries.facilitating import facilitated_of
from referrals.queries.growing_up import is_young
from referrals.queries.needs import HELPED
from referrals.queries.questions import questions_of
from referrals.queries.reminders import told
from referrals.queries.rescinding import rescinded_on
from referrals.queries.reviewing import under_review
from referrals.queries.undoing import undoable_of
from referrals.schemes.missed import answer_by, is_missed

State = Referral.State
Bound = Mapping[str, Form]


def show_referral(
    request: SignedInRequest, referral: Referral, *, bound: Bound | None = None, status: int = 200
) -> HttpResponse:
    """The page of an opened referral; ``bound`` holds forms that were sent and could not be done, by key."""
    bound = bound or {}
    if referral.was_never_accepted:
        # That it was declined, when and why is the provider's own; or that police took it back before they answered.
        context = {"referral": referral, "wrong": list(bound.values()), "left_over": left_over(bound.values(), [])}
        return render(request, "referrals/referral_declined.html", context, status=status)
    today = clock.today()
    agreed = conditions_of(referral)
    elsewhere = facilitated_of(agreed)
    conditions = [ConditionRow(one, referral, bound, may_change=one.pk not in elsewhere) for one in agreed]
    appointments = _appointments(referral, bound)
    forms = _forms(request.user, referral, bound)
    rows: list[Any] = [*(one for one in conditions if one.takes_words), *appointments] if forms["may_record"] else []
    check_ins = _check_ins(request.user, referral, bound)
    shown = [*forms.values(), *(row.form for row in rows), *(row.attach for row in conditions)]
    shown += check_ins.forms if check_ins else []
    thread = _thread(request.user, referral, bound)
    shown += thread.forms if thread else []
    pack = Pack(referral, today)
    context = {
        "referral": referral,
        "pack": pack,
        "conditions": conditions,
        "settled_elsewhere": not referral.is_voluntary and any(row.is_elsewhere for row in conditions),
        "appointments": appointments,
        "missed": missed_rows(referral),
        "texts": None if pack.is_over else TextsView(referral, bound.get("texts")),
        "parents": ParentsView(referral, bound.get("parents")) if is_young(referral) and not pack.is_over else None,
        "check_ins": check_ins,
        "thread": thread,
        "answered": [one for one in referral.missed_steps.all() if one.answer],
        "contacts": referral.contacts.all(),
        **_breach(referral),
        **_feedback(request.user, referral),
        "needs": _needs(request.user, referral),
        "taken_back": for_provider(referral, rescinded_on(referral)),
        "under_review": review_in_words(referral, under_review(referral)),
        "to_undo": to_undo(filter(None, [undoable_of(referral)]), reader=request.user),
        "wrong": list(bound.values()),
        **forms,
        "left_over": left_over(bound.values(), shown),
    }
    return render(request, "referrals/referral_page.html", context, status=status)


def _appointments(referral: Referral, bound: Bound) -> list["AppointmentRow"]:
    planned = list(referral.appointments.all())
    texts = told(planned)
    return [AppointmentRow(one, bound, text_words(texts.get(one.pk))) for one in planned]


def _thread(user: User, referral: Referral, bound: Bound) -> Thread | None:
    """What is asked between the partner and police; nothing of voluntary support, of which police hear nothing."""
    if referral.is_voluntary:
        return None
    may_write = user.can(Permission.SUPPORT_PEOPLE)
    return Thread(questions_of(referral, by=user), referral, reader=user, bound=bound if may_write else None)


def _check_ins(user: User, referral: Referral, bound: Bound) -> CheckInsView | None:
    """What the person is asked between appointments, once the support is accepted; for whoever helps people."""
    if referral.state == State.SENT or not user.can(Permission.SUPPORT_PEOPLE):
        return None
    is_open = referral.state in (State.ACCEPTED, State.STARTED)
    return CheckInsView(referral, by=user, is_open=is_open, bound=bound)


def show_again(request: SignedInRequest, reference: str, **bound: Form) -> HttpResponse:
    """The page as it is now, with what was typed and what is wrong with it. A GET has typed nothing."""
    if request.method != "POST":
        return redirect("referral_page", reference)
    referral = queries.open_referral(reference=reference, by=request.user)
    return show_referral(request, referral, bound=bound, status=INVALID)


def navigator_choices(user: User, referral: Referral) -> dict[str, Any]:
    """What a form that chooses a navigator needs."""
    return {
        "colleagues": navigators_of(user),
        "load": queries.open_counts(by=user),
        "title": referral.scheme_version.worker_title,
    }


def decline_form(referral: Referral, data: Any = None) -> DeclineForm:
    return DeclineForm(data, auto_id="decline-%s", with_note=not referral.is_voluntary, waits=referral.is_on_list)


def _forms(user: User, referral: Referral, bound: Bound) -> dict[str, Any]:
    """The forms that this user may use on a referral in this state."""
    decides, supports = user.can(Permission.DECIDE_REFERRALS), user.can(Permission.SUPPORT_PEOPLE)
    is_open = referral.state in (State.ACCEPTED, State.STARTED)
    forms: dict[str, Any] = {"may_record": is_open and supports}
    if decides and referral.state == State.SENT:
        choices = navigator_choices(user, referral)
        forms["accept"] = bound.get("accept") or AcceptForm(auto_id="accept-%s", by=user, **choices)
        forms["decline"] = bound.get("decline") or decline_form(referral)
        if not referral.is_on_list:
            forms["wait"] = bound.get("wait") or WaitForm(auto_id="wait-%s")
    if decides and is_open:
        choices = navigator_choices(user, referral) | {"current": referral.navigator}
        forms["assign"] = bound.get("assign") or AssignForm(auto_id="assign-%s", **choices)
    if supports and is_open:
        forms["plan"] = bound.get("plan") or AppointmentForm(auto_id="plan-%s", referral=referral)
        forms["contact"] = bound.get(contact_key(referral)) or contact_form(referral)
        forms["close"] = bound.get("close") or CloseForm(auto_id="close-%s")
    return forms | (_breach_forms(referral, bound) if supports else {})


def _feedback(user: User, referral: Referral) -> dict[str, Any]:
    """What the person says of the help: that they did for whoever supports people, and what for who decides."""
    supports = user.can(Permission.SUPPORT_PEOPLE)
    said = PersonFeedback.objects.filter(referral=referral).first()
    readable = PersonFeedback.objects.visible_to(user).filter(referral=referral).first()
    return {
        "may_support": supports,
        "asks_feedback": supports and referral.state in HAS_HELPED,
        "has_said": said is not None,
        "feedback_rows": feedback_rows(readable) if readable else [],
    }


def _breach(referral: Referral) -> dict[str, Any]:
    """Where the agreement stands on its scheme's ladder, and the breach that is or was looked into."""
    breach = breach_under(referral)
    is_open = referral.state in (State.ACCEPTED, State.STARTED)
    return {
        "ladder": ladder_view(referral) if is_open else None,
        "breach": breach,
        "breach_rows": partner_rows(breach) if breach else [],
    }


def _breach_forms(referral: Referral, bound: Bound) -> dict[str, Form]:
    """Both sides of a breach that is looked into, also once the support has ended; or the way to ask for it."""
    breach = breach_under(referral)
    if breach is not None and breach.state == Breach.State.OPEN:
        account = {"version": breach.version, "how": breach.account_how, "account": breach.account}
        account["adult"], is_child = breach.account_adult, legal.is_child(referral.case)
        advice = {"version": breach.version, "advice": breach.advice, "why": breach.advice_why}
        return {
            "account": bound.get("account") or AccountForm(auto_id="account-%s", initial=account, is_child=is_child),
            "advice": bound.get("advice") or AdviceForm(auto_id="advice-%s", initial=advice),
        }
    is_open = referral.state in (State.ACCEPTED, State.STARTED)
    if is_open and not (breach and breach.is_live) and ladder_view(referral) is not None:
        return {"put": bound.get("put") or PutForm(auto_id="put-%s", initial={"seen": last_known(referral)})}
    return {}


def _needs(user: User, referral: Referral) -> dict[str, Any] | None:
    """That needs were reviewed, and the ways to them; what was found stands on a page of its own."""
    if referral.state not in HELPED:
        return None
    return {
        "reviews": referral.need_reviews.all(),
        "next": next_point(referral),
        "end": lacks_end(referral),
        "readable": user.can(Permission.SUPPORT_PEOPLE),
        "answered": queries_needs.is_answered(referral),
    }


class ConditionRow:
    """A condition in the partner's wording, how soon it is due, and its form."""

    COLOURS = {Condition.State.DONE: "green", Condition.State.NOT_DONE: "red"}

    def __init__(self, condition: Condition, referral: Referral, bound: Bound, *, may_change: bool) -> None:
        self.files = [FileRow(one) for one in referral.evidence_files.all() if one.condition_id == condition.pk]
        attached = evidence_key(condition)
        self.attach = bound.get(attached) or EvidenceForm(auto_id=f"{attached}-%s")
        self.may_change = may_change
        self.is_own = may_change and not condition.is_for_police  # theirs to settle
        self.is_elsewhere = _is_elsewhere(referral, condition, facilitated=not may_change)
        self.condition, self.evidence = condition, condition.evidence_for(referral.provider_id)
        self.is_open = condition.state == Condition.State.OPEN
        self.colour = self.COLOURS.get(Condition.State(condition.state), "grey")
        self.due = due("", condition.due_on, today=clock.today())
        self.waiting = waiting_change(condition)
        self.came_due_on_list = condition.due_on < clock.today() and condition.fell_due_on_list
        self.is_late = may_change and condition.is_with_worker and is_missed(condition)
        is_heard = referral.state in (State.ACCEPTED, State.STARTED)  # later nobody answers police any more
        self.is_asked = is_heard and condition.is_for_police and self.is_elsewhere and self.is_late
        self.answer_by = answer_by(condition) if self.is_asked and not _is_put_to_police(referral, condition) else None
        self.changes = [row for row in change_rows(condition, for_partner=True) if not row.change.is_waiting]
        # Elsewhere there are buttons alone: what was typed before a colleague settled it is left over.
        self.takes_words = self.is_own and self.is_open and condition.can_be_done
        key = condition_key(condition)
        self.form = bound.get(key) or ConditionForm(auto_id=f"{key}-%s")


def _is_elsewhere(referral: Referral, condition: Condition, *, facilitated: bool) -> bool:
    """Whether it is not the partner's to settle, and nothing is said to it of what came of it. Of a facilitator it
    reads no more than of the police."""
    if condition.is_for_police:
        return not _is_said_to(referral, condition)
    return facilitated and condition.state == Condition.State.OPEN


def _is_said_to(referral: Referral, condition: Condition) -> bool:
    """Whether a partner reads what came of a condition that police settle: that nobody has to keep it any more, and
    what its own worker said when they were still asked."""
    said = condition.settled_by is not None and condition.settled_by.organisation_id == referral.provider_id
    return said or condition.state == Condition.State.CANCELLED


def _is_put_to_police(referral: Referral, condition: Condition) -> bool:
    """Whether the worker has answered police why the condition was not done by its day."""
    steps = referral.missed_steps.all()
    return any(
        one.condition_id == condition.pk and one.due_on == condition.due_on and one.way == Way.ESCALATED
        for one in steps
    )


class FileRow:
    """A file that shows that a condition was kept, in words: "PDF, 120 KB, 10 June 2026, George Tate"."""

    def __init__(self, file: EvidenceFile) -> None:
        self.pk = file.pk
        day = long_date(file.added_at)
        self.words = f"{file.get_kind_display()}, {filesizeformat(file.size)}, {day}, {file.added_by.full_name}"
        self.is_removed, self.until = file.is_removed, clock_time(file.kept_until) if file.kept_until else ""


class AppointmentRow:
    """An appointment, what came of it, and the form that says so or takes it back."""

    def __init__(self, appointment: Appointment, bound: Bound, text: str = "") -> None:
        self.appointment, self.words, self.text = appointment, appointment_words(appointment), text
        self.is_planned = appointment.attendance == Appointment.Attendance.PLANNED
        self.has_begun = appointment.has_begun
        self.is_missed = is_missed(appointment) or any(
            one.appointment_id == appointment.pk for one in appointment.referral.missed_steps.all()
        )
        self.is_past = appointment.starts_at < clock.now()
        self.colour = "green" if appointment.attendance in Appointment.ATTENDED_STATES else "yellow"
        self.form = reasons_form(appointment, bound)


def condition_key(condition: Condition) -> str:
    return f"condition-{condition.pk}"


def evidence_key(condition: Condition) -> str:
    return f"evidence-{condition.pk}"
