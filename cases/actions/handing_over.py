"""Giving an officer's open cases to another officer of the force."""

from collections.abc import Collection

from django.db import transaction

from cases.actions.locking import lock
from cases.actions.outbox import changed
from cases.models import Case
from diversion import access, audit
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused

MAY_HAND_OVER = (Permission.AUTHORISE, Permission.MANAGE_SCHEMES)  # whoever leads a team, and who coordinates


@transaction.atomic
def hand_over(*, references: Collection[str], holder: User, to: User, by: User) -> list[Case]:
    """Make ``to`` the officer in these cases of ``holder``, and theirs the team: all of them, or none.

    Who decided stays on the record, and may not authorise what they decided. Raises Outdated where one of the cases is
    not ``holder``'s any more. Sent twice (a double click, a retry) it is done once.
    """
    access.check(by, *MAY_HAND_OVER)
    _check_officer(to, by)
    chosen = Case.objects.visible_to(by).filter(reference__in=references)
    cases = list(chosen.filter(officer__in=[holder, to]).select_related("person").order_by("pk"))
    if len(cases) != len(set(references)):
        raise Outdated("What you chose")
    return [case for case in cases if _given(case, holder, to, by)]


def _given(case: Case, holder: User, to: User, by: User) -> bool:
    """Whether the case was handed over just now; not where it is ``to``'s already."""
    lock(case)
    case.refresh_from_db(fields=["officer"])
    if case.officer_id == to.pk:
        return False
    if case.officer_id != holder.pk:
        raise Outdated("What you chose")
    Case.objects.filter(pk=case.pk).update(officer=to, team=to.team)
    audit.record(
        "case.handed_over",
        audit.Nature.ALTERATION,
        by=by,
        subjects=[case, case.person],
        recipients=[to.full_name],
        detail={"holder": holder.pk},
    )
    changed(case)
    return True


def _check_officer(to: User, by: User) -> None:
    if to.organisation_id != by.organisation_id or not to.can(Permission.RECORD_DECISION):
        raise Refused("Choose an officer of your own force who records decisions.")
