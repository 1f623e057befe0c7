"""What the police's pages of a case show: words and shapes, and of a partner's notes only why it declined.

`SupportView` is the one place through which police see a referral: under an enforceable agreement attendance and the
result, under a voluntary scheme that the person was referred and no more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import legal
from cases.codes import DecisionResult
from cases.law.dates import age_on
from cases.law.settings import LawSettings
from cases.models import Allegation, Case, PendingDecision, Person
from diversion import clock
from diversion.design_system.wording import clock_time, long_date, short_weekday, weekday_date
from referrals.models import Appointment, Condition, NeedReview, Referral
from referrals.presenters.options import what_was_open

Row = dict[str, Any]
SOON, VERY_SOON = 42, 14  # days before a limit from which the list stresses it (our default: 42, 28, 14)
STATUS_COLOURS = {
    "question": "orange",
    "waiting": "yellow",
    "prosecutor": "yellow",
    "to_sign": "orange",
    "refused": "red",
    "undecided": "yellow",
    "returned": "orange",
    "unnumbered": "orange",
    "unasked": "orange",
    "unconfirmed": "orange",
    "not_kept": "red",
    "in_error": "grey",
    "rescinded": "grey",
    "closed": "grey",
    "sent": "blue",
    "with_partner": "blue",
    "referred": "blue",
    "conditions": "teal",
}


def limit_in_words(limit: date | None, today: date) -> str:
    """ "29 days left", "today is the last day", "passed 3 days ago", or that there is none."""
    if limit is None:
        return _("No time limit")
    days = (limit - today).days
    if days < 0:
        return ngettext("Passed %(n)d day ago", "Passed %(n)d days ago", -days) % {"n": -days}
    if days == 0:
        return _("Today is the last day")
    return ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}


def limit_colour(limit: date | None, today: date) -> str:
    """The colour beside those words, which only repeats them."""
    if limit is None or (limit - today).days > SOON:
        return ""
    return "red" if (limit - today).days <= VERY_SOON else "yellow"


def ethnicity_in_words(person: Person) -> str:
    """As the person stated it, where it was carried from, or why there is none; never the officer's view."""
    if not person.ethnicity_self_defined:
        return person.get_ethnicity_not_stated_display()
    if not person.ethnicity_source:
        return person.get_ethnicity_self_defined_display()
    words = _("%(answer)s (carried from %(source)s, %(day)s)")
    return words % {
        "answer": person.get_ethnicity_self_defined_display(),
        "source": person.ethnicity_source,
        "day": long_date(person.ethnicity_recorded_on),
    }


def identity_items(person: Person, today: date, *, with_ethnicity: bool = True) -> list[Row]:
    """For the bar that says whose record it is, on every page of it.

    ``with_ethnicity`` where the page is about the whole record; not where somebody decides, and has no use for it.
    """
    age = age_on(person.date_of_birth, today)
    items = [
        {"label": _("Born"), "value": _("%(born)s (%(age)s)") % {"born": long_date(person.date_of_birth), "age": age}},
        {"label": _("Sex"), "value": person.get_sex_display()},
    ]
    if with_ethnicity:
        items.append({"label": _("Ethnicity, self-defined"), "value": ethnicity_in_words(person)})
    if person.needs_interpreter:
        items.append({"label": _("Interpreter"), "value": person.needs_interpreter})
    return items


class CrimeView:
    """One crime of a case as police read it."""

    def __init__(self, allegation: Allegation, today: date, settings: LawSettings) -> None:
        self.allegation, self.crime, self.offence = allegation, allegation.crime, allegation.offence
        self.limit = limit_in_words(allegation.limit_on, today)
        self.limit_colour = limit_colour(allegation.limit_on, today) if not allegation.outcome else ""
        limit = legal.statutory_limit(
            allegation.offence,
            allegation.committed_on,
            domestic_abuse=allegation.is_domestic_abuse,
            first_statement=allegation.first_statement_on,
            settings=settings,
        )
        self.explanation, self.note = limit.explanation.removesuffix(limit.note), limit.note
        flags = [(allegation.is_domestic_abuse, _("Domestic abuse")), (allegation.counts_as_hate, _("Hate crime"))]
        self.flags = [words for is_set, words in flags if is_set]


def crime_notes(crimes: Sequence[CrimeView]) -> list[str]:
    """What is to be said of the time limits of several crimes, once each, with the crimes that it is about."""
    found: dict[str, list[str]] = {}
    for one in crimes:
        if one.note:
            found.setdefault(one.note, []).append(str(one.crime.number))
    every = len(crimes)
    return [note if len(numbers) == every else f"{', '.join(numbers)}: {note}" for note, numbers in found.items()]


def decision_rows(case: Case) -> list[Row]:
    """The decision and its reasons, in the words of the day on which it was made."""
    decision = case.decision
    day = clock.local_date(decision.decided_at)
    rows = [
        {"key": _("Decision"), "value": decision.get_result_display()},
        *_waiting_rows(case),
        {"key": _("Why nothing was offered"), "value": decision.get_not_offered_reason_display()},
        {"key": _("Rules allowed"), "value": what_was_open(case)},
        {"key": _("Why the person declined"), "value": decision.get_declined_reason_display()},
        {
            "key": _("Resolution"),
            "value": legal.disposal_label(decision.disposal, day) if decision.disposal else "",
        },
        {"key": _("Without the scheme"), "value": decision.get_without_scheme_display()},
        {"key": _("What the person says"), "value": decision.get_admission_display()},
        {"key": _("Earlier outcomes"), "value": case.get_earlier_outcomes_display()},
        {"key": _("Where"), "value": case.get_origin_display()},
        {"key": _("Reasons"), "value": decision.rationale},
    ]
    if decision.result != DecisionResult.UNDECIDED:
        who = _("Elsewhere") if case.brought_as else decision.decided_by
        rows.append({"key": _("Decided by"), "value": f"{who}, {long_date(decision.decided_at)}"})
    always = (_("Decision"), _("Reasons"))
    return [row for row in rows if row["value"] or row["key"] in always]


def _waiting_rows(case: Case) -> list[Row]:
    """Who decides next on what is not decided yet, and by when; of a decision that waited, for whom."""
    pending: PendingDecision | None = getattr(case, "pending", None)
    if pending is None:
        return []
    if not pending.is_open:
        return [{"key": _("Had waited for"), "value": pending.get_waits_for_display()}]
    return [
        {"key": _("Decides next"), "value": pending.get_waits_for_display()},
        {"key": _("By"), "value": long_date(pending.due_on)},
        {"key": _("Left open by"), "value": f"{pending.asked_by}, {long_date(pending.asked_at)}"},
    ]


def pending_items(pending: Iterable[PendingDecision], today: date) -> list[Row]:
    """What is not decided yet, for the list above the cases: whose, for whom it waits, and until when."""
    return [
        {
            "person": one.case.person,
            "case": one.case.reference,
            "address": f"{reverse('record_decision')}?case={one.case.reference}",
            "words": one.get_waits_for_display(),
            "clock": due_in_words(one.due_on, today),
            "colour": "red" if one.is_late(today) else "yellow",
        }
        for one in pending
    ]


def due_in_words(due: date, today: date) -> str:
    """ "By Mon 30 Nov", "Today", "2 days overdue"."""
    days = (due - today).days
    if days < 0:
        return ngettext("%(n)d day overdue", "%(n)d days overdue", -days) % {"n": -days}
    return _("Today") if days == 0 else _("By %(day)s") % {"day": short_weekday(due)}


@dataclass(frozen=True)
class SupportView:
    """A referral as police may see it."""

    referral: Referral

    @property
    def is_voluntary(self) -> bool:
        return self.referral.is_voluntary

    @property
    def is_live(self) -> bool:
        return self.referral.state not in Referral.ENDED

    @property
    def scheme(self) -> str:
        return self.referral.scheme_version.scheme.name

    @property
    def state(self) -> str:
        """Its state in words; of a voluntary one only whether it has been sent, and whether it came back."""
        State = Referral.State  # noqa: N806 - the codes, named as they are
        if self.is_voluntary and self.referral.state in (State.ACCEPTED, State.STARTED, State.CLOSED):
            return str(State.SENT.label)
        if self.is_on_list:
            return _("On the partner’s waiting list")
        if self.referral.decline_reason == Referral.DeclineReason.WAITED and not self.is_voluntary:
            return _("Back from the partner’s waiting list")
        return self.referral.get_state_display()

    @property
    def is_on_list(self) -> bool:
        """Whether it waits for a place, as police may know it: of voluntary support they hear nothing."""
        return self.referral.is_on_list and not self.is_voluntary

    @property
    def latest(self) -> str:
        """The last thing that police heard of it, and when: "Completed, 3 November 2026"."""
        referral = self.referral
        at = max(filter(None, (referral.decided_at, referral.started_at, referral.closed_at)), default=None)
        words = referral.get_result_display() if referral.closed_at and referral.result else self.state
        return _("%(what)s, %(day)s") % {"what": words, "day": long_date(at)} if at else words

    @property
    def why_declined(self) -> str:
        declined = self.referral.state == Referral.State.DECLINED and not self.is_voluntary
        return self.referral.get_decline_reason_display() if declined else ""

    @property
    def decline_note(self) -> str:
        """What the partner wrote for the officer and the coordinator about why; of a voluntary scheme nothing."""
        return self.referral.decline_note if self.why_declined else ""

    @property
    def appointments(self) -> list[Appointment]:
        """Attendance: only under an agreement that can be enforced, and the first one, which the officer booked."""
        return [] if self.is_voluntary else list(self.referral.appointments.all())

    @property
    def need_reviews(self) -> list[NeedReview]:
        """That needs were reviewed, and when: never what was found, and of a voluntary scheme not even that."""
        return [] if self.is_voluntary else list(self.referral.need_reviews.all())

    @property
    def feedback(self) -> list[str]:
        """What the officer who referred is told: started, attended, completed or not. Nobody refers into silence."""
        if self.is_voluntary:
            return [_("This support is voluntary: nothing that happens in it is shared with police.")]
        lines = [self._started(), self._attended(), self._result()]
        return [line for line in lines if line]

    def _started(self) -> str:
        if self.referral.started_at:
            return _("Started on %(day)s.") % {"day": long_date(self.referral.started_at)}
        if self.is_on_list:
            return wait_in_words(self.referral)
        waiting = {
            Referral.State.HELD: _("Held until the decision is authorised, explained and signed."),
            Referral.State.SENT: _("The partner has not answered yet."),
            Referral.State.ACCEPTED: _("Accepted; not started yet."),
        }
        return waiting.get(Referral.State(self.referral.state), "")

    def _attended(self) -> str:
        not_theirs = (Appointment.Attendance.PLANNED, Appointment.Attendance.CANCELLED_BY_PROVIDER)
        past = [one for one in self.appointments if one.attendance not in not_theirs]
        if not past:
            return ""
        attended = sum(one.attendance in Appointment.ATTENDED_STATES for one in past)
        words = ngettext(
            "Attended %(attended)d of %(n)d appointment.", "Attended %(attended)d of %(n)d appointments.", len(past)
        )
        return words % {"attended": attended, "n": len(past)}

    @property
    def has_ended_just_now(self) -> bool:
        """Whether it was closed and that can still be undone: what came of it is told afterwards."""
        return any(one.is_live for one in self.referral.undoables.all())

    def _result(self) -> str:
        if self.referral.state != Referral.State.CLOSED:
            return ""
        if self.has_ended_just_now:
            return _("Ended just now. What came of it is told here once that cannot be undone any more.")
        words = _("%(result)s on %(day)s.")
        return words % {"result": self.referral.get_result_display(), "day": long_date(self.referral.closed_at)}


def wait_in_words(referral: Referral) -> str:
    """Since when somebody waits for a place and why, when one is expected, and by when the support has to begin."""
    words = _("Waits for a place since %(day)s: %(why)s.")
    lines = [words % {"day": long_date(referral.waits_since), "why": referral.get_wait_reason_display().lower()}]
    if referral.place_on:
        lines.append(_("A place is expected on %(day)s.") % {"day": long_date(referral.place_on)})
    if referral.start_by:
        lines.append(_("The support has to begin by %(day)s.") % {"day": long_date(referral.start_by)})
    return " ".join(lines)


def appointment_in_words(appointment: Appointment) -> str:
    """ "Wednesday 10 June 2026 at 2:30pm, Harbour House"."""
    words = {"day": weekday_date(appointment.starts_at), "time": clock_time(appointment.starts_at)}
    return _("%(day)s at %(time)s") % words + f", {appointment.place}"


def may_show_conditions(views: Iterable[SupportView]) -> bool:
    """What came of conditions is shared unless the support is voluntary."""
    return not any(view.is_voluntary and view.referral.state != Referral.State.DECLINED for view in views)


def condition_rows(
    conditions: Iterable[Condition], *, force: int, with_state: bool, today: date, is_over: bool = False
) -> list[Row]:
    """Conditions in the police's wording, ``force`` (an id). Its own evidence is shown, and no partner's.

    ``is_over``: they bind nobody any more, so that what is open has no day.
    """
    return [_condition_row(one, force, with_state=with_state, today=today, is_over=is_over) for one in conditions]


def _condition_row(condition: Condition, force: int, *, with_state: bool, today: date, is_over: bool) -> Row:
    is_open = condition.state == Condition.State.OPEN
    is_void = is_open and is_over
    state = _("Not to be done") if is_void else condition.get_state_display()
    return {
        "condition": condition,
        "is_open": is_open and not is_void,
        "is_void": is_void,
        "state": state if with_state else "",
        "when": _when(condition, today) if is_open and not is_void else "",
        "evidence": condition.evidence_for(force),
        "is_beside": with_state and is_open and not is_void and _is_beside(condition),
    }


def _is_beside(condition: Condition) -> bool:
    """Whether police settle it although a partner helps with the rest."""
    return condition.is_for_police and bool(condition.pk and condition.agreement.referral_id)


def is_all_done(conditions: Iterable[Condition]) -> bool:
    """Whether everything that was agreed is recorded as done; what is no longer needed counts for nothing."""
    states = {one.state for one in conditions} - {Condition.State.CANCELLED}
    return states == {Condition.State.DONE}


def _came_due_on_list(condition: Condition) -> bool:
    """As police may know it: of a waiting list of voluntary support they hear nothing."""
    referral = condition.agreement.referral
    return referral is not None and not referral.is_voluntary and condition.fell_due_on_list


def _when(condition: Condition, today: date) -> str:
    """How soon it is due; while a change to it waits for a decision it is not overdue."""
    if condition.pk and any(change.is_waiting for change in condition.changes.all()):
        return _("A change to it waits")
    if condition.pk and condition.due_on < today and _came_due_on_list(condition):
        return _("Came due while they waited for a place")
    return limit_in_words(condition.due_on, today)
