"""The proposal behind a recorded case: what was answered then, as corrected since, for the rules of a day."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from cases.findings import Finding
from cases.legal import NO_DISPOSAL
from cases.models import Allegation, Case, Decision, Offence, Person
from cases.models.case import since_decision
from diversion import clock
from diversion.unit_of_work import as_service
from referrals.judging.facts import ACCEPTED, Answers, CaseFacts, fold
from referrals.judging.judge import Judged, judge
from referrals.judging.proposal import Plan, Proposal
from referrals.models import Agreement, Condition, ProposedAgreement, Referral, SchemeVersion
from referrals.schemes import length
from referrals.schemes.condition_words import ConditionDetails, quantities
from referrals.schemes.earlier import earlier_schemes
from referrals.schemes.proposed import proposed_conditions

# What the law said of the resolution was settled when it was issued; these depend on the scheme and on its length.
OF_THE_SCHEME = ("law.plan", "law.code_end", "law.contract")


def proposal_of(case: Case, version: SchemeVersion, added: Sequence[ConditionDetails]) -> Proposal:
    """What is proposed: the case as recorded, with ``version`` and the conditions it adds."""
    conditions = [*_conditions_in(case), *added]
    return _proposal(
        case, version, conditions, length.end_of(version, clock.today()), on=clock.today(), before=case.recorded_at
    )


def proposal_as_recorded(case: Case, *, said: Sequence[Answers] = ()) -> Proposal:
    """What was proposed when ``case`` was recorded, as corrected since, with the scheme it is with.

    ``said`` are answers that are not on record yet: those of a correction that is being made.
    """
    live = Referral.objects.filter(case=case).exclude(state__in=Referral.ENDED).select_related("scheme_version__scheme")
    referral = live.first()
    agreed = Agreement.objects.filter(case=case).first() or ProposedAgreement.objects.filter(case=case).first()
    conditions = _conditions_in(case)
    version, end = (referral.scheme_version if referral else None), (agreed.ends_on if agreed else None)
    decided = clock.local_date(case.decision.decided_at)
    return _proposal(case, version, conditions, end, on=decided, before=case.recorded_at, said=said)


def judge_begun(case: Case, conditions: Sequence[ConditionDetails], end: date | None) -> Judged:
    """What limits an agreement by its length and its day says of one that begins today."""
    live = Referral.objects.filter(case=case).exclude(state__in=Referral.ENDED).select_related("scheme_version__scheme")
    referral, today = live.first(), clock.today()
    version = referral.scheme_version if referral else None
    proposal = _proposal(case, version, list(conditions), end, on=today, before=case.recorded_at)
    judged = judge(proposal, today)
    return judged.with_findings(one for one in judged.findings if one.rule.startswith(OF_THE_SCHEME))


@as_service()  # a partner who changes an agreement reads none of the answers, and is held to the rules all the same
def findings_of_change(case: Case, conditions: Sequence[ConditionDetails], end: date | None) -> list[Finding]:
    """What stands against the agreement of ``case`` with these conditions and this end, and does not as it is now."""
    day, proposal = clock.local_date(case.decision.decided_at), proposal_as_recorded(case)
    plan = replace(proposal.plan, conditions=list(conditions), quantities=quantities(conditions))
    plan = replace(plan, ends_on=length.last_day(end, conditions))
    known = {one.identity for one in judge(proposal, day).findings if one.result == "not_met"}
    found = judge(replace(proposal, plan=plan), day).findings
    return [one for one in found if one.result == "not_met" and one.severity != "warns" and one.identity not in known]


def judge_as_recorded(case: Case, *, said: Sequence[Answers] = ()) -> Judged | None:
    """What the rules of the day of the decision say of it; nothing where no offer was accepted, or none of our rules
    was asked because it was decided elsewhere.
    """
    if case.decision.result != ACCEPTED or case.brought_as:
        return None
    return judge(proposal_as_recorded(case, said=said), clock.local_date(case.decision.decided_at))


def never_authorised(findings: Iterable[Finding]) -> list[Finding]:
    """What no rank may set aside: a decision against which it stands is not authorised, but ended."""
    return [one for one in findings if one.blocks and not one.may_be_set_aside]


def stands_against(case: Case) -> list[Finding]:
    """What the rules of the day of the decision of ``case``, as corrected since, say that nobody may authorise.

    None where nothing was corrected: no decision is recorded against such a rule. It is read anew: a page may have
    loaded the person before they were corrected.
    """
    corrected = Case.objects.filter(pk=case.pk, corrections__isnull=False)
    found = corrected.select_related("person", "decision", "force").first()
    judged = judge_as_recorded(found) if found else None
    return never_authorised(judged.findings) if judged else []


def judge_again(proposal: Proposal, at: date) -> Judged:
    """What the scheme, the force's policy and the time limits say of it on the day ``at``."""
    judged = judge(proposal, at)
    settled = ("law.", "record.")
    kept = (one for one in judged.findings if one.rule.startswith(OF_THE_SCHEME) or not one.rule.startswith(settled))
    return judged.with_findings(kept)


def crime_answers(allegation: Allegation) -> dict[str, Any]:
    """What a correction says of a crime, as answers hold it: the rest of what was said of it stands."""
    return {
        "number": allegation.crime.number,
        "offence": allegation.offence.code,
        "committed_on": allegation.committed_on.isoformat(),
        **({"area": allegation.area} if allegation.area else {}),
    }


def answers_of(case: Case) -> dict[str, Any]:
    """All that was answered about ``case`` when it was decided or left open, with what was corrected since."""
    return fold(one.answers for one in since_decision(case.assessments.only("answers", "assessed_at")))


def facts_of(case: Case, at: date, *, before: datetime | None = None, said: Sequence[Answers] = ()) -> CaseFacts:
    """The facts of ``case`` on a day, by its answers; earlier schemes are those begun ``before`` a moment."""
    answers = {"result": case.decision.result, "origin": case.origin, **fold([answers_of(case), *said])}
    answers |= {"date_of_birth": case.person.date_of_birth.isoformat(), "sex": case.person.sex}
    return CaseFacts.of(
        answers, Offence.objects.catalogue(case.force), at, earlier_on_record(case.person, before=before)
    )


def _proposal(
    case: Case,
    version: SchemeVersion | None,
    conditions: list[ConditionDetails],
    end: date | None,
    *,
    on: date,
    before: datetime | None = None,
    said: Sequence[Answers] = (),
) -> Proposal:
    plan = Plan(
        result=case.decision.result,
        disposal=case.decision.disposal,
        version=version,
        conditions=conditions,
        quantities=quantities(conditions),
        ends_on=length.last_day(end, conditions),
    )
    return Proposal(plan, facts_of(case, on, before=before, said=said), case.force)


def conditions_of(case: Case) -> "QuerySet[Condition]":
    """The conditions that still stand in the agreement."""
    return Condition.objects.filter(agreement__case=case).exclude(state=Condition.State.CANCELLED)


def _conditions_in(case: Case) -> list[ConditionDetails]:
    """Those that still stand in the agreement, or of one that is only proposed."""
    proposal = ProposedAgreement.objects.filter(case=case, explained_at__isnull=True).first()
    return proposed_conditions(proposal) if proposal else [_details(one) for one in conditions_of(case)]


def _details(condition: Condition) -> ConditionDetails:
    names = ("kind", "object", "wording", "due_on", "partner_wording")
    return ConditionDetails(**{name: getattr(condition, name) for name in names})


def earlier_on_record(person: Person, *, before: datetime | None = None) -> list[dict[str, Any]]:
    """The resolutions and schemes of somebody the caller has opened, in this force's own records, oldest first.

    In the terms of ``cases.eligibility``. Nobody has said whether an offence was similar, and there may be more
    elsewhere.
    """
    accepted = Decision.objects.filter(case__person=person, result=ACCEPTED).exclude(disposal=NO_DISPOSAL)
    accepted = accepted.exclude(case__authorisation__state="refused").exclude(case__rescissions__state="given")
    accepted = accepted.filter(case__recorded_at__lt=before) if before else accepted
    given = [
        {"outcome": disposal, "date": clock.local_date(decided)}
        for disposal, decided in accepted.values_list("disposal", "decided_at")
    ]
    return sorted([*given, *earlier_schemes(person, before=before)], key=lambda one: one["date"])
