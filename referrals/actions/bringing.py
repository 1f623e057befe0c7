"""Bringing in cases that were decided elsewhere and are not over, with their agreement and their referral."""

from dataclasses import replace

from django.db import transaction
from django.db.models import Q

from cases import actions as case_actions
from cases.actions.outbox import told_once
from cases.models import Case
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused
from referrals.actions.deciding import begin, send
from referrals.intake.open_cases import OpenCase
from referrals.models import SchemeVersion
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
