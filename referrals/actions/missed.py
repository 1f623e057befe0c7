"""A step that was missed: why, and what is done before anybody speaks of a breach."""

from typing import Any

from django.db import transaction
from django.db.models import F

from cases import actions as case_actions
from cases.models import Case
from diversion import access, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from referrals.actions.moving import log
from referrals.actions.support import check_open, check_own_case, record_attendance
from referrals.actions.taking_back import see_to_again
from referrals.codes import MissedReason, Way
from referrals.models import Appointment, Condition, ConditionChange, MissedStep, Referral
from referrals.schemes.missed import is_missed, is_to_do, step_of

Missed = Condition | Appointment


@transaction.atomic
def answer_missed(*, missed: Missed, reason: str, way: str = "", note: str = "", version: int, by: User) -> MissedStep:
    """Keep why a step was missed, and excuse it or put it to police where ``way`` says so; "" keeps the reason alone.

    ``version`` is that of the step on the page, 0 where nothing was said of it yet. The reason may be changed at any
    time while the referral is open. Refused for what was not missed, and for excusing what nobody asked about. The
    same answer sent twice is one.
    """
    referral = referral_of(missed)
    check_open(referral, by)
    missed.refresh_from_db()
    step = step_of(missed)
    values = {"reason": reason, **({"way": way, "note": note.strip()} if way else {})}
    if step is not None and step.version == version + 1 and all(getattr(step, key) == values[key] for key in values):
        return step
    if (step.version if step else 0) != version:
        raise Outdated("This step")
    _check_answer(missed, step, values)
    step = _keep(referral, missed, step, values, by)
    if way == Way.EXCUSED and isinstance(missed, Appointment):
        _excuse(missed, by)
    log(referral, f"step.{way or 'reason_kept'}", by=by)
    return step


@transaction.atomic
def ask_worker(*, condition: Condition, version: int, by: User) -> Condition:
    """Ask the worker why something that police settle was not done by its day. From then on it is the worker's to see
    to, until it has another day, and police wait for the answer (`schemes.missed.answer_by`). Asked twice is once.
    What the worker told police of this day before is no answer to it: it was of another question.

    Refused for what is settled, has not come to its day or waits for a decision, and where no partner helps.
    """
    case_actions.lock(condition.agreement.case)
    check_own_case(condition, by)
    condition.refresh_from_db()
    _check_to_ask(condition)
    if condition.was_asked:
        return condition
    rows = Condition.objects.filter(pk=condition.pk, version=version)
    if not rows.update(version=F("version") + 1, asked_for=F("due_on"), asked_at=clock.now()):
        raise Outdated("This condition")
    see_to_again(condition, condition.due_on)
    log(referral_of(condition), "step.asked", by=by)
    condition.refresh_from_db()
    return condition


def _check_to_ask(condition: Condition) -> None:
    referral = Referral.objects.open().filter(agreement=condition.agreement_id).first()
    helped = referral is not None and not referral.is_voluntary  # of that police hear not even whether it goes on
    if not helped or not condition.is_for_police or not is_missed(condition):
        raise Refused("There is nothing to ask here: it is settled, its day has not passed, or no partner helps.")
    if ConditionChange.objects.waiting().filter(condition=condition).exists():
        raise Refused("A change to this condition waits for the police: decide on that first.")


@transaction.atomic
def answer_escalation(*, step: MissedStep, answer: str, by: User) -> MissedStep:
    """Tell the worker what police make of a step that was put to them."""
    access.check(by, Permission.RECORD_DECISION)
    case_actions.lock(step.referral.case)
    if not answer.strip():
        raise Refused("Write what the worker is to do, in a sentence.")
    rows = MissedStep.objects.put_to_police().filter(pk=step.pk, referral__case__in=Case.objects.visible_to(by))
    if not rows.update(version=F("version") + 1, answer=answer.strip(), answered_at=clock.now(), answered_by=by):
        raise Outdated("This question")
    log(step.referral, "step.answered", by=by)
    step.refresh_from_db()
    return step


def referral_of(missed: Missed) -> Referral:
    """The referral under which a step is looked after. Refused for a condition that police look after themselves."""
    referral = missed.referral if isinstance(missed, Appointment) else missed.agreement.referral
    if referral is None:
        raise Refused("No partner looks after this condition: the police settle it themselves.")
    return referral


def follow_change(condition: Condition, *, reason: str, way: str, by: User) -> None:
    """Note on the missed step what was done about it: a change of a condition that went past its day."""
    if not is_missed(condition):
        return
    referral, step = referral_of(condition), step_of(condition)
    if step is not None and step.waits_for_police:
        raise Refused("This was put to the police: wait for their answer, or ask them to give it.")
    _keep(referral, condition, step, {"reason": reason, "way": way}, by)


def _check_answer(missed: Missed, step: MissedStep | None, values: dict[str, Any]) -> None:
    reason, way = values["reason"], values.get("way", "")
    if reason not in MissedReason.values:
        raise Refused("Choose why it was missed, or that it is not known yet.")
    if (way or step is None) and not is_to_do(missed, step):
        raise Refused("Nothing was missed here, or it is seen to already.")
    if step is not None and step.waits_for_police:
        raise Refused("This was put to the police: what you told them stays as it is until they answer.")
    if way not in ("", Way.EXCUSED, Way.ESCALATED) or (way == Way.EXCUSED and isinstance(missed, Condition)):
        raise Refused("Choose what to do: excusing a condition is giving it a new date.")
    if way == Way.EXCUSED and reason in (MissedReason.NOT_KNOWN, MissedReason.NONE):
        raise Refused("Ask for the reason before you excuse it, or keep it as not known yet.")
    if way == Way.ESCALATED:
        _check_escalation(referral_of(missed), missed, values["note"])


def _check_escalation(referral: Referral, missed: Missed, note: str) -> None:
    if referral.is_voluntary:
        raise Refused("This support is voluntary: nothing of it is put to the police.")
    if not note:
        raise Refused("Say what you ask of the police, in a sentence.")
    if isinstance(missed, Condition) and ConditionChange.objects.waiting().filter(condition=missed).exists():
        raise Refused("A change to this condition waits for the police already.")


def _keep(referral: Referral, missed: Missed, step: MissedStep | None, values: dict[str, Any], by: User) -> MissedStep:
    if step is None:
        of = {"appointment": missed} if isinstance(missed, Appointment) else {"condition": missed}
        due = clock.local_date(missed.starts_at) if isinstance(missed, Appointment) else missed.due_on
        return MissedStep.objects.create(referral=referral, **of, due_on=due, **values, recorded_by=by)
    for name, value in values.items():
        setattr(step, name, value)
    if "way" in values:  # what police answered was to what was put to them before; the history keeps it
        step.answer, step.answered_at, step.answered_by = "", None, None
    step.recorded_by, step.recorded_at, step.version = by, clock.now(), step.version + 1
    step.save()
    return step


def _excuse(appointment: Appointment, by: User) -> None:
    """Who did not come for a good reason was absent acceptably; who came and took no part still came."""
    if appointment.attendance == Appointment.Attendance.UNACCEPTABLE_ABSENCE:
        excused = Appointment.Attendance.ACCEPTABLE_ABSENCE
        record_attendance(appointment=appointment, attendance=excused, version=appointment.version, by=by)
