"""What the rules say of a decision only since the date of birth of its person was corrected."""

from datetime import date, datetime

from django.db.models import QuerySet

from cases.findings import Finding
from cases.models import Authorisation, Case, Correction
from referrals.judging.judge import Judged
from referrals.judging.recorded import judge_as_recorded

BIRTH_FIELD = "date_of_birth"


def births_corrected(case_id: int, since: datetime) -> "QuerySet[Correction]":
    """The corrections of a birth in a case from the moment ``since``, the first of them first."""
    rows = Correction.objects.filter(case=case_id, changes__has_key=BIRTH_FIELD, corrected_at__gte=since)
    return rows.select_related("corrected_by")


def judge_as_born_before(case: Case, correction: Correction) -> Judged | None:
    """What the rules of the day of the decision say of ``case`` with the birth that stood before ``correction``."""
    found = Case.objects.select_related("person", "decision", "force").get(pk=case.pk)
    found.person.date_of_birth = date.fromisoformat(correction.changes[BIRTH_FIELD][0])
    return judge_as_recorded(found)


def stopped_by_birth(case: Case, since: datetime) -> list[Finding]:
    """What would stop the decision of ``case`` today, and did not with the birth that stood at the moment ``since``.

    None where no birth was corrected since.
    """
    first = births_corrected(case.pk, since).first()
    before = judge_as_born_before(case, first) if first else None
    after = judge_as_recorded(case) if before else None
    if before is None or after is None:
        return []
    known = {one.identity for one in before.findings if one.blocks}
    return [one for one in after.findings if one.blocks and one.identity not in known]


def stopped_since_closed(case: Case) -> list[Finding]:
    """The same of a case that was closed when the birth was corrected, for whoever has opened it.

    Nobody asked a rank then, since nothing was left to be decided. None where a rank has ended the case, and none while
    its closing can be undone: police hear of that end later, and a case that is opened again is asked at once.
    """
    if case.closed_at is None or case.can_be_undone:
        return []
    refused = Authorisation.objects.filter(case=case, state=Authorisation.State.REFUSED)
    return [] if refused.exists() else stopped_by_birth(case, case.closed_at)
