"""What police owe youth justice about a child: made and ended with the record, told, taken, reported on, ended."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from cases import legal
from cases.actions.locking import lock
from cases.actions.outbox import changed
from cases.law import youth
from cases.models import Case, ChildAssessment, YouthDuty, YouthJusticeLink
from diversion import access, audit, clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused

End = YouthDuty.End


def begin(*, case: Case, by: User | None) -> None:
    """Make the duties that ``case``, recorded just now, calls for. Called in the transaction that records it."""
    for duty in legal.youth_duties(case):
        _make(case, duty, by)


def follow(*, case: Case, by: User) -> None:
    """Make the duties that ``case`` calls for as it stands, and end those it calls for no more.

    One that a service had taken on, and that a correction ended by mistake, goes on as it was.

    Called by whatever decides or corrects a case, in its transaction, which has checked the permission. The clock of a
    duty that a correction brings to light counts from the correction: nobody could have told youth justice before.
    """
    owed = {duty.code: duty for duty in legal.youth_duties(case)}
    live = {duty.kind: duty for duty in YouthDuty.objects.live().filter(case=case)}
    for code in owed.keys() - live.keys():
        if not _taken_on_before(case, code, by):
            _make(case, owed[code], by)
    for kind in live.keys() - owed.keys():
        _end(live[kind], End.CORRECTED, by)


def end_in_error(case: Case, by: User) -> None:
    """End what youth justice was told of a case that was recorded in error: it was of another child, or is elsewhere.

    Called by whatever closes it so, in its transaction.
    """
    for duty in YouthDuty.objects.live().filter(case=case):
        _end(duty, End.CORRECTED, by)


@transaction.atomic
def tell(
    *, duty: YouthDuty, version: int, by: User, service: Organisation | None = None, told_whom: str = ""
) -> YouthDuty:
    """Tell a ``service`` with sign-ins here of a child, or note who was told in another way (``told_whom``).

    Raises Refused for none or both of them, and for a service that does not serve the force.
    """
    access.check(by, Permission.RECORD_DECISION)
    told = told_whom.strip()
    if (service is None) == (not told):
        raise Refused("Choose the youth justice service, or say who was told: one of the two.")
    if service is not None and service not in services_of(duty.case.force):
        raise Refused(f"{service} does not serve your force: choose another service, or say who was told.")
    values = {"notified_at": clock.now(), "notified_by": by, "service": service, "told_whom": told}
    moved = _move(duty, "youth_duty.told", by, version, notified_at__isnull=True, values=values)
    if moved and service is not None:
        _log_sent(duty, by)
    return duty


@transaction.atomic
def acknowledge(*, duty: YouthDuty, version: int, by: User) -> YouthDuty:
    """Take a child on as a worker of the service: the clock of the referral stops."""
    access.check(by, Permission.ANSWER_YOUTH_DUTIES)
    values = {"acknowledged_at": clock.now(), "acknowledged_by": by}
    _move(duty, "youth_duty.acknowledged", by, version, acknowledged_at__isnull=True, values=values)
    return duty


@transaction.atomic
def report_not_kept(*, duty: YouthDuty, note: str, version: int, by: User) -> YouthDuty:
    """Report that the plan is not kept; the officer and the hub read the ``note`` on the page of the case.

    The service reports it, which takes the child on with that if nobody had; or police note what a service without
    sign-ins here has told them.
    """
    _check_may_report(duty, by)
    if not note.strip():
        raise Refused("Say what was not kept, in a sentence.")
    if duty.notified_at is None:
        raise Refused("Say first who in youth justice was told.")
    values: dict[str, Any] = {"not_kept_at": clock.now(), "not_kept_by": by, "not_kept_note": note.strip()}
    if duty.service_id and duty.acknowledged_at is None:
        values |= {"acknowledged_at": clock.now(), "acknowledged_by": by}
    _move(duty, "youth_duty.not_kept", by, version, not_kept_at__isnull=True, values=values)
    return duty


@transaction.atomic
def finish(*, duty: YouthDuty, reason: str, version: int, by: User) -> YouthDuty:
    """End a duty for one of the reasons of YouthDuty.SAID: from then on the service does not see the child any more."""
    _check_may_report(duty, by)
    if reason not in YouthDuty.SAID:
        raise Refused("Choose what came of it.")
    if reason == End.NOT_KEPT and duty.not_kept_at is None:
        raise Refused("Report first what was not kept: the officer decides on it.")
    if duty.notified_at is None or (duty.service_id and duty.acknowledged_at is None):
        raise Refused("Nobody in youth justice has taken this child on yet.")
    values = {"ended_at": clock.now(), "ended_by": by, "ended_reason": reason}
    _move(duty, "youth_duty.ended", by, version, values=values)
    return duty


@transaction.atomic
def record_assessment(
    *, case: Case, done_on: date, done_by: str, reference: str, version: int, by: User
) -> ChildAssessment:
    """Note that youth justice assessed the child of ``case`` (PDAT), in place of what was noted before.

    ``version`` 0: nothing was noted. By police, or by the service that was told of the child. Raises Refused for an
    adult, without a name or a reference, and for a day that has not come.
    """
    access.check(by, Permission.RECORD_DECISION, Permission.ANSWER_YOUTH_DUTIES)
    if not (Case.objects.visible_to(by).filter(pk=case.pk).exists() or _is_told_of(case, by)):
        raise Outdated("This case")
    _check_assessment(case, done_on, done_by, reference)
    lock(case)
    kept = ChildAssessment.objects.filter(case=case).first()
    said = {"done_on": done_on, "done_by": done_by.strip(), "reference": reference.strip()}
    if kept is not None and all(getattr(kept, name) == value for name, value in said.items()):
        return kept
    if version != (kept.version if kept else 0):
        raise Outdated("What is noted of the assessment")
    values = {**said, "recorded_at": clock.now(), "recorded_by": by, "version": version + 1}
    kept, _made = ChildAssessment.objects.update_or_create(case=case, defaults=values)
    audit.record("child_assessment.noted", audit.Nature.COLLECTION, by=by, subjects=[case, case.person])
    changed(case)
    return kept


@transaction.atomic
def link_service(*, service: Organisation, valid_from: date, by: User) -> YouthJusticeLink:
    """Have a youth justice service told of the children of ``by``'s force from a day on."""
    access.check(by, Permission.MANAGE_SCHEMES)
    if service.kind != Organisation.Kind.YOUTH_JUSTICE:
        raise Refused(f"{service} is no youth justice service.")
    links = YouthJusticeLink.objects.filter(force=by.organisation, service=service)
    if links.filter(valid_to__isnull=True).exists() or links.live(valid_from).exists():
        raise Refused(f"{service} serves your force already.")
    link = YouthJusticeLink.objects.create(force=by.organisation, service=service, valid_from=valid_from)
    _log_link("youth_service.linked", link, by)
    return link


@transaction.atomic
def end_link(*, link: YouthJusticeLink, last_day: date, by: User) -> YouthJusticeLink:
    """Let a service serve ``by``'s force until ``last_day``: after it, it sees none of the force's children."""
    access.check(by, Permission.MANAGE_SCHEMES)
    if last_day < link.valid_from:
        raise Refused("The last day is before the first: check both.")
    own = YouthJusticeLink.objects.visible_to(by).filter(pk=link.pk, valid_to__isnull=True)
    if not own.update(valid_to=last_day):
        raise Outdated("This service")
    link.refresh_from_db()
    _log_link("youth_service.ended", link, by)
    return link


def services_of(force: Organisation) -> list[Organisation]:
    """The youth justice services that serve ``force`` today, by name."""
    links = YouthJusticeLink.objects.live(clock.today()).filter(force=force).select_related("service")
    return [link.service for link in links]


def _make(case: Case, rule: youth.Duty, by: User | None) -> None:
    """Write a duty; where one service serves the force it is told at once, where several do the officer chooses."""
    services = services_of(case.force)
    told: dict[str, Any] = {}
    if len(services) == 1:
        told = {"service": services[0], "notified_at": clock.now(), "notified_by": by}
    due = youth.due(rule, clock.today())
    duty = YouthDuty.objects.create(case=case, kind=rule.code, made_at=clock.now(), due_on=due.on, **told)
    _log(duty, "youth_duty.made", by)
    if told:
        _log_sent(duty, by)


def _taken_on_before(case: Case, kind: str, by: User) -> bool:
    """Have a duty go on that was acknowledged, and that a correction ended: nobody has to take the child on twice."""
    ended = YouthDuty.objects.filter(case=case, kind=kind, ended_reason=End.CORRECTED, acknowledged_at__isnull=False)
    duty = ended.order_by("-ended_at", "-pk").first()
    if duty is None:
        return False
    going_on = {"ended_at": None, "ended_by": None, "ended_reason": ""}
    YouthDuty.objects.filter(pk=duty.pk).update(**going_on, version=F("version") + 1)
    _log(duty, "youth_duty.made", by)
    if duty.service_id:
        _log_sent(duty, by)
    return True


def _end(duty: YouthDuty, reason: YouthDuty.End, by: User) -> None:
    ended = YouthDuty.objects.live().filter(pk=duty.pk)
    ended.update(ended_at=clock.now(), ended_by=by, ended_reason=reason, version=F("version") + 1)
    _log(duty, "youth_duty.ended", by)


def _move(duty: YouthDuty, kind: str, by: User, version: int, *, values: dict[str, Any], **where: Any) -> bool:
    """Change a live duty that ``by`` may see, at ``version``: of two people who act at once the second is told.

    The same step sent twice (a double click, a retry) is one step, and False is returned.
    """
    lock(duty.case)
    rows = YouthDuty.objects.visible_to(by).live().filter(pk=duty.pk, version=version, **where)
    moved = bool(rows.update(version=F("version") + 1, **values))
    if not moved:
        same = {name: value for name, value in values.items() if not isinstance(value, datetime)}
        own = Q(service=by.organisation) | Q(case__force=by.organisation)
        if not YouthDuty.objects.filter(own, pk=duty.pk, version=version + 1, **same).exists():
            raise Outdated("This child’s referral to youth justice")
    duty.refresh_from_db()
    if moved:
        _log(duty, kind, by)
    return moved


def _check_may_report(duty: YouthDuty, by: User) -> None:
    """The service itself; police only where it has no sign-ins here."""
    access.check(by, Permission.ANSWER_YOUTH_DUTIES, Permission.RECORD_DECISION)
    if by.is_police and duty.service_id is not None:
        raise Refused(f"{duty.service} says this itself.")


def _is_told_of(case: Case, by: User) -> bool:
    return by.is_youth_justice and YouthDuty.objects.visible_to(by).filter(case=case).exists()


def _check_assessment(case: Case, done_on: date, done_by: str, reference: str) -> None:
    if legal.child_assessment(case) is None:
        raise Refused("This assessment is for children: the person was an adult when it was decided.")
    if not done_by.strip() or not reference.strip():
        raise Refused("Say who made the assessment, and under what reference it is found.")
    if done_on > clock.today():
        raise Refused("The day of the assessment is in the future: check it.")
    if done_on < case.person.date_of_birth:
        raise Refused("The child was born after that day: check it.")


def _log(duty: YouthDuty, kind: str, by: User | None) -> None:
    audit.record(kind, audit.Nature.ALTERATION, by=by, subjects=[duty, duty.case, duty.case.person])
    changed(duty.case)


def _log_sent(duty: YouthDuty, by: User | None) -> None:
    audit.record(
        "youth_duty.sent",
        audit.Nature.DISCLOSURE,
        by=by,
        subjects=[duty, duty.case, duty.case.person],
        recipients=[duty.service.name if duty.service else ""],
    )


def _log_link(kind: str, link: YouthJusticeLink, by: User) -> None:
    audit.record(kind, audit.Nature.ADMINISTRATION, by=by, subjects=[link], recipients=[link.service.name])
