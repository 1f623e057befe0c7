"""Bringing in what goes on: a force's cases that were decided elsewhere, and a provider's people and appointments."""

from dataclasses import replace

from django.db import transaction
from django.db.models import Q

from cases import actions as case_actions
from cases.actions.outbox import told_once
from cases.models import Case
from diversion import access, clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused
from referrals.actions import partner, support
from referrals.actions.deciding import begin, send
from referrals.intake.open_caseload import Helped, Meeting
from referrals.intake.open_cases import OpenCase
from referrals.models import Appointment, Referral, SchemeVersion
from referrals.schemes import length


@transaction.atomic
def bring_open_case(*, found: OpenCase, force: Organisation, by: User | None) -> Case:
    """Have a case go on here that was decided elsewhere; its partner gets the referral, and accepts it as any other.

    ``by`` None is the operator. Raises Refused for an officer or a scheme that is not there, and for what
    ``cases.actions.bring_case`` and ``send`` refuse.
    """
    officers = User.objects.who_may(Permission.RECORD_DECISION).filter(organisation=force, email=found.officer)
    if (officer := officers.first()) is None:
        raise Refused("Its officer is no user of the force who records decisions: add them first, or name another.")
    version = _scheme(found.scheme, force) if found.scheme else None
    decision = replace(found.details.decision, scheme=version.scheme.name if version else "")
    details = replace(found.details, decision=decision)
    with told_once():
        case = case_actions.bring_case(
            brought_as=found.reference,
            details=details,
            decided_on=found.decided_on,
            force=force,
            officer=officer,
            by=by,
        )
        if version:
            send(case, version, None, by=by)
        ends_on = length.last_day(found.ends_on, found.conditions)
        begin(case, found.conditions, ends_on=ends_on, agreed_on=found.decided_on)
    return case


def _scheme(told: str, force: Organisation) -> SchemeVersion:
    rows = SchemeVersion.objects.open_on(clock.today()).filter(scheme__force=force).select_related("scheme", "provider")
    found = list(rows.filter(Q(scheme__slug=told.lower()) | Q(scheme__name__iexact=told)))
    if len(found) != 1:
        raise Refused("Its scheme is none of the force that is open today: name it as the page Schemes does.")
    return found[0]


@transaction.atomic
def take_on(*, helped: Helped, by: User) -> bool:
    """Go on here with somebody whom ``by``'s service helps already; False where nothing of it is new.

    They join the referral that police have sent: accepted where nobody has, with the worker and the appointments of the
    table. What stands here already stays as it is. Raises Refused where police have sent nobody of that reference whom
    the service still helps, where that could be several, and for a worker who is not one.
    """
    access.check(by, Permission.DECIDE_REFERRALS)
    referral = _sent_as(helped.reference, by)
    worker = User.objects.who_may(Permission.SUPPORT_PEOPLE).filter(organisation=by.organisation, email=helped.worker)
    if (navigator := worker.first()) is None:
        raise Refused("Its worker is nobody of your service who helps people: add them first, or name another.")
    is_new = _with(referral, navigator, by)
    return any([_met(referral, one, by) for one in helped.meetings]) or is_new


def _sent_as(reference: str, by: User) -> Referral:
    """By the reference of the referral, of the case, or under which the force brought the case in."""
    named = Q(reference__iexact=reference) | Q(case__reference__iexact=reference)
    rows = Referral.objects.visible_to(by).filter(named | Q(case__brought_as__iexact=reference))
    found = list(rows.filter(state__in=[Referral.State.SENT, *Referral.OPEN]).select_related("case__person"))
    if not found:
        raise Refused(
            "Nobody of that reference was sent to you whom you still help: have the hub of the force refer them, or"
            " bring the case in, and then take them on"
        )
    if len(found) > 1:
        raise Refused("Several people have that reference: use the one that the referral has here")
    return found[0]


def _with(referral: Referral, navigator: User, by: User) -> bool:
    if referral.state == Referral.State.SENT:
        partner.accept(referral=referral, navigator=navigator, version=referral.version, by=by)
    elif referral.navigator_id != navigator.pk:
        partner.assign(referral=referral, navigator=navigator, version=referral.version, by=by)
    else:
        return False
    return True


def _met(referral: Referral, one: Meeting, by: User) -> bool:
    """Whether the appointment is new; one that is here already keeps what was recorded of it."""
    if Appointment.objects.filter(referral=referral, starts_at=one.starts_at, place__iexact=one.place).exists():
        return False
    made = support.plan_appointment(referral=referral, starts_at=one.starts_at, place=one.place, by=by)
    if one.attendance != Appointment.Attendance.PLANNED:
        support.record_attendance(appointment=made, attendance=one.attendance, version=made.version, by=by)
    return True
