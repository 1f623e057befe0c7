"""The proposal behind a recorded case, for another scheme: what was answered then, judged by the rules of today."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from cases.codes import EarlierOutcomes, Sex, VictimKind
from cases.details import CrimeDetails
from cases.models import Allegation, Case, Person
from diversion import clock
from referrals.judging import judge
from referrals.judging.finding import Judgement
from referrals.judging.proposal import ACCEPTED, Proposal
from referrals.models import Agreement, Condition, Referral, SchemeVersion
from referrals.schemes import length
from referrals.schemes.condition_words import ConditionDetails, quantity_in

# What the law said of the resolution was settled when it was issued; these depend on the scheme and on its length.
OF_THE_SCHEME = ("law.plan", "law.code_end", "law.contract")


def proposal_of(case: Case, version: SchemeVersion, added: Sequence[ConditionDetails]) -> Proposal:
    """What is proposed: the case as recorded, with ``version`` and the conditions it adds."""
    answers, decision = answers_of(case), case.decision
    conditions = [*(_details(one) for one in conditions_of(case)), *added]
    end = length.end_of(version, clock.today())
    return Proposal(
        date_of_birth=case.person.date_of_birth,
        crimes=[_crime(one) for one in case.allegations.select_related("crime", "offence", "victim")],
        admission=decision.admission,
        result=decision.result,
        evidence=str(answers.get("evidence", "")),
        earlier_outcomes=case.earlier_outcomes,
        disposal=decision.disposal,
        version=version,
        conditions=conditions,
        quantities=_quantities(conditions),
        appropriate_adult=bool(answers.get("appropriate_adult")),
        youth_justice=bool(answers.get("youth_justice")),
        ends_on=end or max((one.due_on for one in conditions), default=None),
        person_facts=_person_facts(case, answers),
        known_earlier=earlier_schemes(case.person),
        force=case.force,
    )


def proposal_as_recorded(case: Case) -> Proposal:
    """What was proposed when ``case`` was recorded, with its crimes as they stand now and the scheme it is with."""
    live = Referral.objects.filter(case=case).exclude(state__in=Referral.ENDED).select_related("scheme_version__scheme")
    referral = live.first()
    agreement = Agreement.objects.filter(case=case).first()
    answers, conditions = answers_of(case), [_details(one) for one in conditions_of(case)]
    end = agreement.ends_on if agreement else None
    return Proposal(
        date_of_birth=case.person.date_of_birth,
        crimes=[_crime(one) for one in case.allegations.select_related("crime", "offence", "victim")],
        admission=case.decision.admission,
        result=case.decision.result,
        evidence=str(answers.get("evidence", "")),
        earlier_outcomes=case.earlier_outcomes,
        disposal=case.decision.disposal,
        version=referral.scheme_version if referral else None,
        conditions=conditions,
        quantities=_quantities(conditions),
        appropriate_adult=bool(answers.get("appropriate_adult")),
        youth_justice=bool(answers.get("youth_justice")),
        ends_on=end or max((one.due_on for one in conditions), default=None),
        person_facts=_person_facts(case, answers),
        known_earlier=earlier_schemes(case.person, before=case.recorded_at),
        force=case.force,
    )


def judge_as_recorded(case: Case) -> list[Judgement]:
    """What the rules of the day of the decision say of it; nothing where no offer was accepted."""
    if case.decision.result != ACCEPTED:
        return []
    return judge.judge(proposal_as_recorded(case), clock.local_date(case.decision.decided_at))


def crime_answers(allegation: Allegation) -> dict[str, Any]:
    """A crime as the answers of an assessment hold it."""
    return {
        "number": allegation.crime.number,
        "offence": allegation.offence.code,
        "committed_on": allegation.committed_on.isoformat(),
        **({"area": allegation.area} if allegation.area else {}),
    }


def judge_again(proposal: Proposal, at: date) -> list[Judgement]:
    """What the scheme, the force's policy and the time limits say of it on the day ``at``."""
    found = judge.judge(proposal, at)
    settled = ("law.", "record.")
    return [one for one in found if one.criterion.startswith(OF_THE_SCHEME) or not one.criterion.startswith(settled)]


def answers_of(case: Case) -> dict[str, Any]:
    """The answers as they were given when the decision was recorded."""
    first = case.assessments.order_by("assessed_at", "pk").first()
    return dict(first.answers) if first else {}


def conditions_of(case: Case) -> "QuerySet[Condition]":
    """The conditions that still stand in the agreement."""
    return Condition.objects.filter(agreement__case=case).exclude(state=Condition.State.CANCELLED)


def _details(condition: Condition) -> ConditionDetails:
    names = ("kind", "object", "wording", "due_on", "partner_wording")
    return ConditionDetails(**{name: getattr(condition, name) for name in names})


def _quantities(conditions: Sequence[ConditionDetails]) -> dict[int, int]:
    """Hours, or pence, by the place of the condition, as its wording holds them."""
    found = ((place, quantity_in(one.wording, one.kind)) for place, one in enumerate(conditions))
    return {place: quantity for place, quantity in found if quantity is not None}


def _crime(allegation: Allegation) -> CrimeDetails:
    crime, victim = allegation.crime, allegation.victim
    return CrimeDetails(
        number=crime.number,
        committed_on=allegation.committed_on,
        offence=allegation.offence,
        area=allegation.area,
        victim_kind=victim.kind if victim else VictimKind.NONE,
        victim_stance=allegation.victim_stance,
        is_domestic_abuse=allegation.is_domestic_abuse,
        is_hate_crime=allegation.is_hate_crime,
        first_statement_on=allegation.first_statement_on,
    )


def _person_facts(case: Case, answers: dict[str, Any]) -> dict[str, Any]:
    facts = {"ethnicity": answers.get("ethnicity", ""), "origin": case.origin}
    if case.person.sex != Sex.UNKNOWN:
        facts["sex"] = case.person.sex
    if case.earlier_outcomes == EarlierOutcomes.NONE:
        facts["earlier_outcomes"] = []
    return facts


def earlier_schemes(person: Person, *, before: datetime | None = None) -> list[dict[str, object]]:
    """The schemes that somebody the caller has opened was referred to before, in the terms of cases.eligibility."""
    rows = Referral.objects.filter(case__person=person).exclude(state__in=Referral.ENDED)
    rows = rows.filter(case__recorded_at__lt=before) if before else rows
    return [
        {"outcome": "scheme", "scheme": slug, "date": clock.local_date(made)}
        for slug, made in rows.order_by("made_at").values_list("scheme_version__scheme__slug", "made_at")
    ]
