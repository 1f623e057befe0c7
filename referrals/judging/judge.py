"""Everything that the law, the force's policy and the scheme say about a proposal on a day.

Judging reads no database beyond the force's live policy and the scheme's version it is given, and writes nothing: the
form asks it on every submission, and what it answered is kept with the decision.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from cases import legal
from cases.codes import HISTORY, VictimKind, VictimStance
from cases.law import checks, clocks, dates, disposals
from cases.law.codes import Circumstance
from cases.law.conditions import ContractLimits, ProposedCondition
from cases.rulebook import live_policy
from referrals.judging.finding import Judgement, from_law
from referrals.judging.policy_rules import judge_policy
from referrals.judging.proposal import ACCEPTED, CHARGE_STANDARD, OFFENCE_MADE_OUT, Proposal
from referrals.judging.scheme_rules import judge_entry, person_facts
from referrals.models import SchemeVersion

LAW_ABOUT = {
    "under_10": "date_of_birth",
    "admission": "admission",
    "evidence": "evidence",
    "consent": "result",
    "appropriate_adult": "appropriate_adult",
    "youth_justice": "youth_justice",
    "contract_too_few": "scheme",
    "contract_too_many": "scheme",
}


def judge(proposal: Proposal, at: date) -> list[Judgement]:
    """Every finding about the proposal on the day ``at``.

    What stops an offer that was accepted is only said of one that was declined or not made: what happened has to be
    recorded even where it should not have happened.
    """
    found = [*_age(proposal, at), *_law(proposal, at), *_resolution(proposal, at), *judge_entry(proposal, at)]
    found += _plan(proposal, at, found)
    found += judge_policy(proposal, at, person_facts(proposal, at), found)
    return found if proposal.result == ACCEPTED else [_only_said(judgement) for judgement in found]


def rules_in_words(proposal: Proposal, at: date) -> str:
    """Which version of the force's policy, of the law and of the scheme's rules was applied."""
    words = [live_policy(proposal.force, at)[1]] if proposal.force else []
    words.append(f"Law as it stood on {dates.long_date(at)}")
    if proposal.disposal and proposal.disposal != legal.NO_DISPOSAL:
        disposal = disposals.get(proposal.disposal, at)
        since = f" (rules from {dates.long_date(disposal.valid_from)})" if disposal.valid_from else ""
        words.append(f"{disposal.label}{since}")
    if proposal.version:
        version = proposal.version
        words.append(f"{version.scheme.name[:70]} (rules from {dates.long_date(version.valid_from)})")
    return "; ".join(words)[:400]


def _only_said(judgement: Judgement) -> Judgement:
    keeps = judgement.criterion == "law.under_10"
    return judgement if keeps else replace(judgement, severity="warns", rank="")


def _age(proposal: Proposal, at: date) -> list[Judgement]:
    """The age of responsibility, whatever was decided; disposals add their own ages."""
    if proposal.has_disposal:
        return []
    found = dates.age_at_disposal(proposal.date_of_birth, proposal.first_offence, at).findings
    return from_law(found, LAW_ABOUT)


def _law(proposal: Proposal, at: date) -> list[Judgement]:
    if not proposal.has_disposal:
        return []
    facts = checks.DisposalFacts(
        disposal=proposal.disposal,
        at=at,
        date_of_birth=proposal.date_of_birth,
        offence_date=proposal.first_offence,
        modes=tuple(crime.offence.mode for crime in proposal.crimes),
        admission=proposal.admission,
        evidence_sufficient=_enough(proposal, at),
        consents=proposal.result == ACCEPTED,
        conditions=tuple(_proposed(proposal)),
        contract=_contract(proposal.version),
        circumstances=tuple(_circumstances(proposal)),
        appropriate_adult=proposal.appropriate_adult,
        youth_justice_consulted=proposal.youth_justice,
    )
    found = checks.check_disposal(facts)
    return from_law((finding for finding in found if _matters(finding.code, proposal)), LAW_ABOUT)


def _matters(code: str, proposal: Proposal) -> bool:
    # An offer that was declined has, of course, no consent and no conditions.
    return proposal.result == ACCEPTED or code not in ("consent", "no_conditions")


def _enough(proposal: Proposal, at: date) -> bool:
    asked = disposals.get(proposal.disposal, at).evidence
    return proposal.evidence == CHARGE_STANDARD or (asked != "charge" and proposal.evidence == OFFENCE_MADE_OUT)


def _proposed(proposal: Proposal) -> Iterable[ProposedCondition]:
    quantities = proposal.quantities or {}
    for place, condition in enumerate(proposal.conditions):
        amount = quantities.get(place)
        hours = amount if condition.kind == "unpaid_work" else None
        pence = amount if condition.kind == "financial_penalty" else None
        yield ProposedCondition(condition.kind, condition.object, hours=hours, pence=pence)


def _contract(version: SchemeVersion | None) -> ContractLimits | None:
    if version is None:
        return None
    return ContractLimits(
        version.scheme.name,
        f"rules of {version.scheme.name}",
        min_conditions=version.min_conditions,
        max_conditions=version.max_conditions,
    )


def _circumstances(proposal: Proposal) -> set[Circumstance]:
    found = {Circumstance.HISTORY} if proposal.earlier_outcomes in HISTORY else set()
    for crime in proposal.crimes:
        found |= {Circumstance.HATE_CRIME} if crime.counts_as_hate else set()
        found |= {Circumstance.DOMESTIC_ABUSE} if crime.is_domestic_abuse else set()
        found |= {Circumstance.SPECIFIED_EITHER_WAY} if crime.offence.is_specified else set()
        if crime.victim_kind != VictimKind.NONE and crime.victim_stance == VictimStance.OBJECTS:
            found.add(Circumstance.VICTIM_DISAGREES)
    return found


def _resolution(proposal: Proposal, at: date) -> list[Judgement]:
    """What our own record needs of a resolution: support where the law expects an activity, and a victim's view."""
    found = []
    if proposal.disposal == legal.NO_DISPOSAL and proposal.version is None:
        found.append(_ours("no_scheme", "Choose the scheme, or the resolution that was offered.", "scheme"))
    if _needs_activity(proposal, at) and proposal.version is None and not proposal.conditions:
        words = "Say what the person agreed to do: choose a scheme, or add a condition."
        found.append(_ours("no_activity", words, "scheme"))
    if any(crime.victim_stance == VictimStance.NOT_ASKED for crime in proposal.crimes):
        words = "A victim has not been asked yet: ask before the resolution is carried out, and record the answer."
        found.append(_ours("victim_not_asked", words, "crimes", severity="warns", source="Victims' Code; YJLC-CR"))
    return found


def _needs_activity(proposal: Proposal, at: date) -> bool:
    if proposal.result != ACCEPTED or not proposal.has_disposal:
        return False
    disposal = disposals.get(proposal.disposal, at)
    return disposal.activity_required or disposal.is_deferral


def _plan(proposal: Proposal, at: date, found: Sequence[Judgement]) -> list[Judgement]:
    """Whether the agreement can still be enforced when it ends (the statutory limit of each crime)."""
    said_already = any(one.result == "not_met" and one.criterion.startswith("scheme.time-limit") for one in found)
    if proposal.result != ACCEPTED or proposal.ends_on is None or not proposal.has_disposal or said_already:
        return []
    disposal = disposals.get(proposal.disposal, at)
    limits = [
        legal.statutory_limit(
            crime.offence,
            crime.committed_on,
            domestic_abuse=crime.is_domestic_abuse,
            first_statement=crime.first_statement_on,
        )
        for crime in proposal.crimes
    ]
    plan = clocks.check_case_plan(proposal.ends_on, limits, enforceable=disposal.enforceable)
    return [*_plan_judgement(plan), *_code_end(proposal, at)]


def _plan_judgement(plan: clocks.PlanCheck) -> list[Judgement]:
    if plan.verdict is clocks.PlanVerdict.WITHIN:
        late = plan.spare_days is not None and plan.spare_days < 0
        said = Judgement("law.plan", "not_met", "warns", plan.explanation, plan.source, about="scheme")
        return [said] if late else []
    refused = plan.verdict is clocks.PlanVerdict.REFUSED
    other = f" Consider: {'; '.join(plan.suggestions)}." if plan.suggestions and refused else ""
    return [
        Judgement(
            "law.plan",
            "not_met",
            "blocks" if refused else "needs_authority",
            plan.explanation + other,
            plan.source,
            rank="" if refused else "sergeant",
            about="scheme",
        )
    ]


def _code_end(proposal: Proposal, at: date) -> list[Judgement]:
    """The codes of practice for cautions with conditions say how long one may run; from when is not settled."""
    if proposal.disposal not in ("conditional_caution", "youth_conditional_caution") or proposal.ends_on is None:
        return []
    mode = checks.most_serious([crime.offence.mode for crime in proposal.crimes])
    end = clocks.plan_end(mode, issued_on=at, offence_date=proposal.first_offence, is_child=proposal.is_child(at))
    if proposal.ends_on <= end.on:
        return []
    words = f"The agreement runs past the code of practice: {end.explanation}"
    return [Judgement("law.code_end", "not_met", "warns", words, end.source, unsure=True, about="scheme")]


def _ours(code: str, reason: str, about: str, *, severity: str = "blocks", source: str = "this service") -> Judgement:
    return Judgement(f"record.{code}", "not_met", severity, reason, source, about=about)
