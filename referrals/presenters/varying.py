"""What was changed of an agreement, and what was missed, in words: for the partner's pages and for the police's.

A partner reads whether a change was authorised, and never why, nor anything of a victim.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from diversion import clock
from diversion.design_system.tables import Column, Table, link, tag, under
from diversion.design_system.wording import date_and_time, long_date
from referrals.codes import Way
from referrals.judging.variation import Clocks, is_conditional, is_fixed
from referrals.models import Appointment, Condition, ConditionChange, MissedStep, Referral
from referrals.presenters.partner import appointment_words, conditions_of, waiting_change
from referrals.queries.facilitating import facilitated_of
from referrals.schemes.missed import is_missed, is_to_do
from referrals.schemes.proposed import read_back

State = ConditionChange.State
COLOURS = {State.MADE: "grey", State.WAITING: "yellow", State.GIVEN: "green", State.REFUSED: "orange"}


class StepRow:
    """A step that was missed: what it was, what was said of it, and the way to its page."""

    def __init__(self, missed: Condition | Appointment, step: MissedStep | None, referral: Referral) -> None:
        self.step = step
        is_appointment = isinstance(missed, Appointment)
        self.what = appointment_words(missed) if isinstance(missed, Appointment) else missed.wording_for_partner
        self.on = clock.local_date(missed.starts_at) if isinstance(missed, Appointment) else missed.due_on
        name = "appointment_missed" if is_appointment else "condition_change"
        self.href = reverse(name, args=[referral.reference, missed.pk])
        self.reason = step.get_reason_display() if step else _("Not asked yet")
        self.is_to_do = is_to_do(missed, step)
        self.waits = step is not None and step.waits_for_police


def missed_rows(referral: Referral) -> list[StepRow]:
    """What is to be seen to, or waits for police, the longest ago first; nothing under a voluntary scheme."""
    if referral.is_voluntary:
        return []
    steps = list(referral.missed_steps.all())
    by_appointment = {one.appointment_id: one for one in steps if one.appointment_id}
    by_condition = {(one.condition_id, one.due_on): one for one in steps if one.condition_id}
    rows = [StepRow(one, by_appointment.get(one.pk), referral) for one in referral.appointments.all() if is_missed(one)]
    with_worker = [one for one in conditions_of(referral) if one.is_with_worker]
    overdue = [one for one in with_worker if is_missed(one) and waiting_change(one) is None]
    elsewhere = facilitated_of(overdue)  # police see to those in another way
    overdue = [one for one in overdue if one.pk not in elsewhere]
    rows += [StepRow(one, by_condition.get((one.pk, one.due_on)), referral) for one in overdue]
    return sorted((row for row in rows if row.is_to_do or row.waits), key=lambda row: row.on)


@dataclass(frozen=True)
class ChangeRow:
    """One change of a condition in words."""

    change: ConditionChange
    for_partner: bool

    @property
    def state(self) -> str:
        return self.change.get_state_display()

    @property
    def colour(self) -> str:
        return COLOURS.get(State(self.change.state), "grey")

    @property
    def lines(self) -> list[str]:
        """ "By 1 July 2026, instead of 10 June 2026." What is not changed is not said."""
        if not self.change.after:
            return [_("It is no longer needed.")]
        before, after = read_back(self.change.before), read_back(self.change.after)
        found = []
        if after.wording != before.wording:
            old = before.partner_wording or before.wording if self.for_partner else before.wording
            words = _("“%(new)s” instead of “%(old)s”.")
            found.append(words % {"new": after.wording, "old": old})
        if after.sessions != before.sessions:
            words = _("%(new)s sessions instead of %(old)s.")
            found.append(words % {"new": after.sessions, "old": before.sessions})
        if after.due_on != before.due_on:
            words = _("By %(new)s, instead of %(old)s.")
            found.append(words % {"new": long_date(after.due_on), "old": long_date(before.due_on)})
        return found

    @property
    def when(self) -> datetime:
        return self.change.decided_at or self.change.asked_at


def change_rows(condition: Condition, *, for_partner: bool) -> list[ChangeRow]:
    """The changes of a condition, newest first; they are prefetched with who asked."""
    shown = [one for one in condition.changes.all() if one.state != State.TAKEN_BACK]
    return [ChangeRow(one, for_partner) for one in shown]


def rules_in_words(condition: Condition) -> list[str]:
    """What of this condition the worker may change alone, and what the police decide, for the head of the form."""
    agreement = condition.agreement
    if is_conditional(agreement.case):
        return [
            _(
                "This is a conditional caution: every change, dates included, has to be signed by the person and is"
                " decided by the police (Criminal Justice Act 2003, section 23B)."
            )
        ]
    last = Clocks.of(agreement).last_day
    if condition.lasts:
        return [_("It is kept for as long as was agreed: every change to it is for the police to decide.")]
    words = _("You set a new date yourself.")
    if last is not None and last >= clock.today():
        words = _("You set a new date until %(day)s yourself; a later one is for the police to decide.")
        words %= {"day": long_date(last)}
    elif last is not None:
        words = _("Its last safe day has passed: a new date is for the police to decide.")
    swap = _("You swap it for another activity of the same kind yourself.")
    fixed = _("What it asks is for the police to change.")
    less = _("Anything else, or less, is for the police to decide too.")
    return [words, fixed if is_fixed(condition) else swap, less]


def decision_rows(change: ConditionChange) -> list[dict[str, Any]]:
    """Old and new, why, and how the person agreed, for whoever decides."""
    agreed = {"day": long_date(change.agreed_on), "how": change.get_agreed_how_display()}
    rows = [
        {"key": _("As agreed"), "value": _in_words(change.before)},
        {"key": _("Instead"), "value": _in_words(change.after) if change.after else _("It is no longer needed.")},
        {"key": _("Agreement ends"), "value": long_date(change.ends_on) if change.ends_on else ""},
        {"key": _("Reason"), "value": change.get_reason_display()},
        {"key": _("The worker says"), "value": change.because},
        {"key": _("The person agreed"), "value": _("%(day)s: %(how)s") % agreed},
        {"key": _("Appropriate adult"), "value": change.adult},
        {"key": _("Asked by"), "value": f"{change.asked_by}, {date_and_time(change.asked_at)}"},
        {"key": _("Rank needed"), "value": _("%(rank)s or above") % {"rank": change.get_rank_display()}},
        {"key": _("Why it needs that rank"), "value": " ".join(change.needs)},
    ]
    if change.asks_victim:
        rows.append({"key": _("The victim says"), "value": _victim(change)})
    if change.decided_by and change.state != State.TAKEN_BACK:
        words = f"{change.get_state_display()}, {change.decided_by}, {date_and_time(change.decided_at)}"
        rows.append({"key": _("Decision"), "value": f"{words}: {change.rationale}"})
    return [row for row in rows if row["value"]]


def _in_words(kept: dict[str, Any]) -> str:
    one = read_back(kept)
    return _("%(wording)s By %(day)s") % {"wording": one.wording, "day": long_date(one.due_on)}


def _victim(change: ConditionChange) -> str:
    if not change.victim_answer:
        return _("Not asked yet: the coordinator asks first. They have no veto.")
    when = long_date(change.victim_asked_at)
    return f"{change.get_victim_answer_display()} ({change.victim_asked_by}, {when})"


def watch_rows(changes: Iterable[ConditionChange], late_before: datetime) -> list[dict[str, Any]]:
    """What waits on a coordinator: the late ones first, then those of which a victim is to be asked."""
    rows = [
        {"change": one, "person": one.case.person, "case": one.case.reference, "late": one.asked_at < late_before}
        for one in changes
    ]
    return sorted(rows, key=lambda row: not row["late"])


def changes_table(changes: Iterable[ConditionChange], late_before: datetime) -> Table:
    """The variations that wait, the longest first."""
    columns = [_("Person"), _("What is asked"), _("Rank needed"), _("Asked")]
    return Table(
        caption=_("Changes to agreements that wait"),
        columns=[Column(one) for one in columns],
        rows=[_row(one, is_late=one.asked_at < late_before) for one in changes],
        stacked=True,
    )


def _row(change: ConditionChange, *, is_late: bool) -> list[Any]:
    case = change.case
    asked: Any = date_and_time(change.asked_at)
    if is_late:
        asked = under(asked, tag(_("More than two working days"), "red"))
    elif change.waits_for_victim:
        asked = under(asked, tag(_("victim to be asked"), "yellow"))
    return [
        under(link(case.person, reverse("change_page", args=[change.pk])), case.reference),
        change.get_way_display(),
        _("%(rank)s or above") % {"rank": change.get_rank_display()},
        asked,
    ]


def change_events(changes: Iterable[ConditionChange]) -> list[dict[str, Any]]:
    """For the police's history of a case: what was changed or asked, from what to what, and what came of it."""
    events = []
    for one in changes:
        text = " ".join(ChangeRow(one, for_partner=False).lines)
        title = _("Condition changed by the worker") if one.state == State.MADE else _("Change of a condition asked")
        events.append({"title": title, "when": one.asked_at, "by": str(one.asked_by), "text": text})
        if one.decided_at:
            title = _("Change of a condition: %(state)s") % {"state": one.get_state_display().lower()}
            events.append({"title": title, "when": one.decided_at, "by": str(one.decided_by), "text": one.rationale})
    return events


def step_events(steps: Iterable[MissedStep]) -> list[dict[str, Any]]:
    """What was put to police, and what they answered; the reasons of other steps are the partner's."""
    events = []
    for one in (step for step in steps if step.way == Way.ESCALATED):
        text = f"{one.get_reason_display()}: {one.note}"
        asked = {"when": one.recorded_at, "by": str(one.recorded_by), "text": text}
        events.append({"title": _("Put to the police"), **asked})
        if one.answered_at:
            said = {"when": one.answered_at, "by": str(one.answered_by), "text": one.answer}
            events.append({"title": _("Answered"), **said})
    return events
