"""The fact of a live case: what the figures see of it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from cases.codes import OFFICER_DEFINED_GROUP
from cases.law.dates import age_on
from cases.models import Authorisation, Case
from diversion import clock
from referrals.models import Referral
from reporting.facts import stages
from reporting.facts.codes import LIVE, NO_SCHEME, NOT_STATED, age_band, self_group
from reporting.models import Fact

# N1 to N4 are "not stated"; "to be asked" is a blank: nobody has asked yet.
NATIONAL_REASONS = ("N1", "N2", "N3", "N4")
GENDER = {"male": "Male", "female": "Female", "other": "Other", "unknown": "Unknown"}
NOT_OFFERED = "not_offered"


def refresh(case_ids: Iterable[int]) -> None:
    """Write the facts of these cases anew, as the cases stand now; the caller's transaction makes it one step."""
    wanted = stages.cases_to_refresh(list(case_ids))
    cases = Case.objects.filter(pk__in=wanted).select_related("person", "decision", "authorisation")
    cases = cases.prefetch_related("allegations__crime", "referrals__scheme_version__scheme", *stages.PREFETCHED)
    Fact.objects.filter(case_id__in=wanted).delete()
    stages.write(list(cases), Fact.objects.bulk_create([fact_of(case) for case in cases]))


def fact_of(case: Case) -> Fact:
    """One decision: *considered* is every decision recorded, *diverted* an offer accepted and not refused authority."""
    person, decision = case.person, case.decision
    day = clock.local_date(decision.decided_at)
    age = age_on(person.date_of_birth, _committed_on(case) or day)
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
        disposal=decision.disposal or NOT_OFFERED,
        considered=True,
        diverted=decision.result == "offered_accepted" and _has_authority(case),
        **_support(case),
    )


def _committed_on(case: Case) -> date | None:
    return min((allegation.crime.committed_on for allegation in case.allegations.all()), default=None)


def _has_authority(case: Case) -> bool:
    authorisation = getattr(case, "authorisation", None)
    return authorisation is None or authorisation.state == Authorisation.State.GIVEN


def _support(case: Case) -> dict[str, Any]:
    """Scheme and stage dates of the referral that counts: the one still live, else the latest."""
    referrals = sorted(case.referrals.all(), key=lambda each: (each.state not in ENDED, each.made_at))
    if not referrals:
        return {"scheme": case.decision.scheme[:50] or NO_SCHEME}
    referral = referrals[-1]
    return {
        "scheme": referral.scheme_version.scheme.name[:50],
        "referred_on": _day(referral.sent_at),
        "started_on": _day(referral.started_at),
        "closed_on": _day(referral.closed_at),
        "result": referral.result,
    }


ENDED = (Referral.State.DECLINED, Referral.State.WITHDRAWN)


def _day(moment: datetime | None) -> date | None:
    return clock.local_date(moment) if moment else None
