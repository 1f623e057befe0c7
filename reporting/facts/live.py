"""The fact of a live case: what the figures see of it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from cases.codes import OFFICER_DEFINED_GROUP, EthnicityNotStated, EthnicitySaid
from cases.law.dates import age_on
from cases.legal import NO_DISPOSAL
from cases.models import Authorisation, Case, OutboxEntry, Rescission
from cases.models.case import UNDECIDED, since_decision
from diversion import clock
from referrals.models import Referral
from reporting.codes import LIVE, NO_SCHEME, NOT_DECIDED, NOT_STATED, age_band, self_group
from reporting.facts import stages
from reporting.facts.needs import referral_that_counts
from reporting.facts.stages import NO_AUTHORITY_NEEDED, authority_of
from reporting.models import Fact

# N1 to N4 are "not stated"; "to be asked" is a blank: nobody has asked yet.
NATIONAL_REASONS = ("N1", "N2", "N3", "N4")
GENDER = {"male": "Male", "female": "Female", "other": "Other", "unknown": "Unknown"}
NOT_OFFERED, DECLINED = "not_offered", "declined"
WITHOUT_AUTHORITY = {"waiting": "waiting_for_authority", "refused": "not_authorised"}
AGE_IMPOSSIBLE, ETHNICITY_CARRIED = "age_impossible", "ethnicity_carried"


def refresh(case_ids: Iterable[int]) -> None:
    """Write the facts of these cases anew, as the cases stand now; the caller's transaction makes it one step."""
    wanted = stages.cases_to_refresh(list(case_ids))
    cases = (
        counted().filter(pk__in=wanted).select_related("person", "decision", "authorisation", "proposed", "agreement")
    )
    cases = cases.prefetch_related(*stages.PREFETCHED)
    Fact.objects.filter(case_id__in=wanted).delete()
    stages.write(list(cases), Fact.objects.bulk_create([fact_of(case) for case in cases]))


def counted() -> QuerySet[Case]:
    """The cases that have a fact.

    One that was brought in has none: of its day nobody is on record who was offered nothing, and a rate would lie. Nor
    has one that was recorded in error: nobody was considered in it, or another case has it.
    """
    recorded = Case.objects.filter(brought_as="").exclude(withdrawals__closes=True)
    return recorded.exclude(pk__in=Rescission.objects.in_error().values("case"))


def forgotten() -> QuerySet[Case]:
    """Cases that should have a fact, have none, and of which no entry of the outbox tells."""
    has_one = Exists(Fact.objects.filter(source=LIVE, case_id=OuterRef("pk")))
    waits = Exists(OutboxEntry.objects.filter(case=OuterRef("pk")))
    return counted().filter(~has_one, ~waits)


def fact_of(case: Case) -> Fact:
    """One decision: *considered* is every decision recorded, *diverted* an offer accepted and not refused authority.

    A case that is not decided yet is neither: nobody can say yet whether an offer will be made.
    """
    person, decision = case.person, case.decision
    day = clock.local_date(decision.decided_at)
    age = _age(person.date_of_birth, _committed_on(case) or day)
    code = person.ethnicity_self_defined
    return Fact(
        force_id=case.force_id,
        source=LIVE,
        case_id=case.pk,
        happened_on=day,
        month=day.replace(day=1),
        age=age,
        age_band=age_band(age),
        ethnicity_self_code=code or (NOT_STATED if person.ethnicity_not_stated in NATIONAL_REASONS else ""),
        ethnicity_self_group=self_group(code),
        ethnicity_officer_group=OFFICER_DEFINED_GROUP[person.ethnicity_officer_defined],
        gender=GENDER[person.sex],
        disposal=_disposal(case),
        considered=decision.result != UNDECIDED,
        diverted=_is_diverted(case),
        quality=_marks(case, age),
        **_support(case),
    )


def _marks(case: Case, age: int | None) -> str:
    """What is doubtful in it: dates that contradict each other, and an ethnicity that the person did not confirm."""
    marks = [AGE_IMPOSSIBLE] if age is None else []
    return " ".join([*marks, *([ETHNICITY_CARRIED] if _is_carried(case) else [])])


def _is_carried(case: Case) -> bool:
    """Whether the page of the decision said so: what comes later (a correction, a referral) asks nothing of it."""
    pages = [one.answers for one in since_decision(case.assessments.all()) if "ethnicity" in one.answers]
    said = pages[-1].get("ethnicity_said") if pages else None
    return said == EthnicitySaid.CARRIED or case.person.ethnicity_not_stated == EthnicityNotStated.CARRIED


def _age(born: date, on: date) -> int | None:
    """The age at the offence; None where the dates contradict each other: doubtful, and counted all the same."""
    return age_on(born, on) if born <= on else None


def _disposal(case: Case) -> str:
    """What was issued; where nothing was, why not. A resolution that was declined was never given to anybody."""
    if case.decision.result == UNDECIDED:
        return NOT_DECIDED
    if case.decision.result == "not_offered":
        return NOT_OFFERED
    if case.decision.result == "offered_declined":
        return DECLINED
    state = _authority(case)
    return case.decision.disposal if state == Authorisation.State.GIVEN else WITHOUT_AUTHORITY[state]


def _is_diverted(case: Case) -> bool:
    """An offer accepted with authority; with no resolution issued, the referral is all there is, and it must stand."""
    if case.decision.result != "offered_accepted" or _authority(case) != Authorisation.State.GIVEN:
        return False
    stands = any(referral.state not in Referral.ENDED for referral in case.referrals.all())
    return stands or stages.is_rescinded(case) or case.decision.disposal != NO_DISPOSAL


def _committed_on(case: Case) -> date | None:
    return min((allegation.committed_on for allegation in case.allegations.all()), default=None)


def _authority(case: Case) -> str:
    """Where authority stands; given where none was needed, and waiting until what was authorised has been signed."""
    found = authority_of(case)
    return str(Authorisation.State.GIVEN) if found == NO_AUTHORITY_NEEDED else found


def _support(case: Case) -> dict[str, Any]:
    """Scheme and stage dates of the referral that counts: the one still live, else the latest."""
    referral = referral_that_counts(case)
    if referral is None:
        return {"scheme": case.decision.scheme[:50] or NO_SCHEME}
    told = {"scheme": referral.scheme_version.scheme.name[:50], "referred_on": _day(referral.sent_at)}
    if referral.is_voluntary:
        return told  # police hear nothing after the referral
    return told | {
        "started_on": _day(referral.started_at),
        "closed_on": _day(referral.closed_at),
        "result": "" if stages.is_rescinded(case) else referral.result,
    }


def _day(moment: datetime | None) -> date | None:
    return clock.local_date(moment) if moment else None
