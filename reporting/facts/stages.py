"""How far a live case went, and what its figures may be adjusted for: the part of a fact that only live cases have."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet

from cases.eligibility.kept import KeptOption
from cases.models import Allegation, Authorisation, Case, Decision, Rescission
from cases.models.case import UNDECIDED
from diversion import clock
from referrals.models import Appointment, Condition, Referral
from referrals.schemes.length import end_of
from reporting.codes import NOT_TOLD, SPARE_WEEKS
from reporting.facts import needs, victims
from reporting.models import Fact, NeedFact, StageFact, VictimFact

UNKNOWN = "unknown"
ELIGIBLE, INELIGIBLE = "eligible", "ineligible"
NO_AUTHORITY_NEEDED = "none"
#: Outcome 1 of the Home Office's framework, and its form for an alternate offence.
CHARGED_OUTCOMES = ("1", "1A")
#: The most a condition gives comes first: what somebody received is named by it.
INTERVENTIONS = (
    *("treatment_appt", "course", "attend_navigator", "rj", "apology", "repair", "compensation", "unpaid_work"),
    *("financial_penalty", "exclusion", "curfew_youth", "gps_tag", "departure_uk", "no_reoffending", "other"),
)
NONE_RECEIVED = "none"
PREFETCHED = (
    Prefetch("allegations", Allegation.objects.select_related("crime", "offence")),
    Prefetch("referrals", Referral.objects.select_related("scheme_version__scheme")),
    *("assessments", "referrals__appointments", "agreement__conditions", "withdrawals", "rescissions"),
    *needs.PREFETCHED,
    *victims.PREFETCHED,
)


def write(cases: Sequence[Case], facts: Sequence[Fact]) -> None:
    """What stands beside the facts of ``cases``, just written: stages, needs, victims. PREFETCHED spares queries."""
    following = next_decisions({case.person_id for case in cases})
    fact_of = {fact.case_id: fact for fact in facts}
    StageFact.objects.bulk_create(
        [StageFact(fact=fact_of[case.pk], **stages_of(case, following)) for case in cases if case.pk in fact_of]
    )
    NeedFact.objects.bulk_create(
        [need for case in cases if case.pk in fact_of for need in needs.need_facts(case, fact_of[case.pk].pk)]
    )
    VictimFact.objects.bulk_create(
        [one for case in cases if case.pk in fact_of for one in victims.victim_facts(case, fact_of[case.pk].pk)]
    )


def stages_of(case: Case, following: Mapping[int, Sequence[date]]) -> dict[str, Any]:
    """The columns of a StageFact. ``following``: the days of every decision about each person, in order."""
    decision = case.decision
    decided_on = clock.local_date(decision.decided_at)
    later = [day for day in _following(case, following) if day > decided_on]
    first = next(iter(case.allegations.all()), None)
    return {
        "decision": decision.result,
        "authority": authority_of(case),
        "eligibility": eligibility_of(case),
        **support_of(case),
        "next_decision_on": later[0] if later else None,
        "origin": case.origin,
        "offence_group": first.offence.group if first else "",
        "area": first.area if first else "",
        "history": UNKNOWN if case.earlier_outcomes == "not_checked" else case.earlier_outcomes,
        "gravity": gravity_of(case),
        "without_scheme": decision.without_scheme,
        **needs.answers_of(case),
    }


def support_of(case: Case) -> dict[str, Any]:
    """What came of the referral that counts, as far as police are told."""
    referral = needs.referral_that_counts(case)
    if referral is not None and referral.is_voluntary:
        return {"ending": NOT_TOLD, "intervention": NONE_RECEIVED}
    return {
        "charged": charged(case),
        "first_appointment_on": first_attended(case),
        "intervention": intervention(case),
        "ending": ending_of(case, referral) if referral else "",
        "ended_on": ended_on(case, referral) if referral else None,
        "due_by": due_by(referral) if referral else None,
    }


def is_rescinded(case: Case) -> bool:
    """Whether the decision was rescinded: it was an offer, and police ended it, whatever the person had done."""
    return any(one.state == Rescission.State.GIVEN for one in case.rescissions.all())


def ending_of(case: Case, referral: Referral) -> str:
    """completed, not_completed, declined (by the partner) or withdrawn, also by rescission; empty while it is open."""
    if is_rescinded(case):
        return str(Referral.State.WITHDRAWN)
    return str(referral.state) if referral.state in Referral.ENDED else referral.result


def ended_on(case: Case, referral: Referral) -> date | None:
    """The day of that: when the decision was rescinded, the support closed, or the partner declined; None while it is
    open. Any other referral that police withdrew was under a decision that nobody acts on, and is in no figure."""
    given = [one.decided_at for one in case.rescissions.all() if one.state == Rescission.State.GIVEN]
    declined = referral.decided_at if referral.state == Referral.State.DECLINED else None
    at = given[0] if given else referral.closed_at or declined
    return clock.local_date(at) if at else None


def due_by(referral: Referral) -> date | None:
    """The day by which what came of the referral should be known: as long as the scheme takes, and SPARE_WEEKS; None
    for an open-ended scheme, and for a referral that was never sent."""
    if referral.sent_at is None:
        return None
    last = end_of(referral.scheme_version, clock.local_date(referral.sent_at))
    return last + timedelta(weeks=SPARE_WEEKS) if last else None


def authority_of(case: Case) -> str:
    """none, waiting, given or refused; what was authorised and is not signed or not confirmed yet waits still.

    None is needed any more of an offer that was declined before its authority was confirmed.
    """
    authorisation = getattr(case, "authorisation", None)
    if authorisation is None or authorisation.state == Authorisation.State.LAPSED:
        return NO_AUTHORITY_NEEDED
    unsigned = authorisation.state == Authorisation.State.GIVEN and is_unsigned(case)
    waits = unsigned or authorisation.state == Authorisation.State.SPOKEN
    return str(Authorisation.State.WAITING if waits else authorisation.state)


def is_unsigned(case: Case) -> bool:
    """Whether an offer that a rank decides has not been explained to the person yet, so that nobody has agreed."""
    proposed = getattr(case, "proposed", None)
    return proposed is not None and proposed.is_open


def eligibility_of(case: Case) -> str:
    """eligible, ineligible or unknown: by every option that was kept, or by the findings where none was."""
    assessment = case.first_assessment
    if assessment is None:
        return UNKNOWN
    if assessment.options:
        return by_options(assessment.kept_options)
    return eligibility(assessment.findings)


def by_options(options: Sequence[KeptOption]) -> str:
    """Whether the force's rules left anything open, whatever was proposed; every disposal and every scheme diverts.

    An option of which only the rank is not known is open: somebody could have offered it.
    """
    if any(option.is_open for option in options):
        return ELIGIBLE
    return INELIGIBLE if options and all(option.is_closed for option in options) else UNKNOWN


def eligibility(findings: Iterable[Mapping[str, Any]]) -> str:
    """Of a case whose options were not kept, whether the rules allowed what was proposed; unknown where nobody can
    tell. No findings: no rule was applied."""
    found = list(findings)
    unmet = [one for one in found if one.get("result") == "not_met"]
    if any(one.get("severity") == "blocks" for one in unmet):
        return INELIGIBLE
    open_questions = any(one.get("result") == "unknown" and one.get("severity") == "blocks" for one in found)
    return UNKNOWN if not found or open_questions else ELIGIBLE


def charged(case: Case) -> bool | None:
    """Whether a charge followed an agreement that was not kept; None where none was broken, or nobody has decided."""
    if is_rescinded(case):
        return None
    failed = any(referral.result == Referral.Result.NOT_COMPLETED for referral in case.referrals.all())
    if not failed or case.closed_at is None:
        return None
    return any(allegation.outcome in CHARGED_OUTCOMES for allegation in case.allegations.all())


def first_attended(case: Case) -> date | None:
    """The day of the first appointment that the person came to, at whichever service."""
    attended = [
        appointment.came_at
        for referral in case.referrals.all()
        for appointment in referral.appointments.all()
        if appointment.attendance in Appointment.ATTENDED_STATES
    ]
    return clock.local_date(min(attended)) if attended else None


def gravity_of(case: Case) -> int | None:
    """The gravity score that the officer gave, if one stands among the answers."""
    assessment = case.first_assessment
    score = assessment.answers.get("facts", {}).get("gravity_score") if assessment else None
    return int(str(score)) if str(score) in ("1", "2", "3", "4", "5") else None


def intervention(case: Case) -> str:
    """What the person received, by the kinds of the conditions recorded as done: the disposal alone does not say it."""
    agreement = getattr(case, "agreement", None)
    done = {one.kind for one in agreement.conditions.all() if one.state == Condition.State.DONE} if agreement else set()
    return next((kind for kind in INTERVENTIONS if kind in done), "other" if done else NONE_RECEIVED)


def _following(case: Case, following: Mapping[int, Sequence[date]]) -> Sequence[date]:
    """The days of the decisions about the person; where this one was rescinded, none over the same crimes: what is
    decided in its place is no return."""
    if not is_rescinded(case):
        return following.get(case.person_id, ())
    again = Allegation.objects.filter(crime__in=[one.crime_id for one in case.allegations.all()]).values("case")
    rows = _decisions().filter(case__person=case.person_id).exclude(case__in=again)
    return [clock.local_date(moment) for moment in rows.order_by("decided_at").values_list("decided_at", flat=True)]


def _decisions() -> QuerySet[Decision]:
    """What was decided, but for what was recorded on the wrong person, or twice: that is nobody's return."""
    return Decision.objects.exclude(result=UNDECIDED).exclude(case__in=Rescission.objects.in_error().values("case"))


def next_decisions(person_ids: Iterable[int]) -> dict[int, list[date]]:
    """The days of every decision about these people in this service, in order."""
    found = _decisions().filter(case__person__in=list(person_ids)).order_by("decided_at")
    days: dict[int, list[date]] = {}
    for person, moment in found.values_list("case__person_id", "decided_at"):
        days.setdefault(person, []).append(clock.local_date(moment))
    return days


def cases_to_refresh(case_ids: Sequence[int]) -> list[int]:
    """These cases and the other cases of their people: a new decision is the return of whoever was decided before."""
    people = Case.objects.filter(pk__in=case_ids).values("person_id")
    others = Case.objects.filter(person_id__in=people).values_list("pk", flat=True)
    return sorted({*case_ids, *others})
