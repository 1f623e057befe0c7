"""What the force's live policy says of a proposed resolution, beside what the law says."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from cases.eligibility.assess import assess
from cases.eligibility.policy import DisposalRules, Policy
from cases.eligibility.reading import FactError
from cases.eligibility.results import Finding
from cases.rulebook import live_policy
from referrals.judging.finding import Judgement
from referrals.judging.proposal import Proposal
from referrals.judging.rules import WORST_FIRST, crime_facts

ABOUT = {
    "age": "date_of_birth",
    "admission": "admission",
    "evidence": "evidence",
    "consent": "result",
    "appropriate_adult": "appropriate_adult",
}


def judge_policy(proposal: Proposal, at: date, person: dict[str, Any], said: Iterable[Judgement]) -> list[Judgement]:
    """Every finding of the policy about the resolution proposed; none where there is no resolution, or no force.

    ``person`` holds the facts that do not differ from crime to crime. What the law has refused already (``said``) is
    not refused a second time in the policy's words: those findings are kept as warnings.
    """
    if proposal.force is None or not proposal.has_disposal:
        return []
    policy, label = live_policy(proposal.force, at)
    rules = next((each for each in policy.disposals if each.disposal == proposal.disposal), None)
    if rules is None:
        return []
    refused = {judgement.about for judgement in said if judgement.blocks}
    try:
        found = _worst_findings(policy, rules, proposal, person, at)
    except FactError:
        return []
    kinds = {criterion.id: criterion.test.kind for criterion in rules.criteria}
    return [_judgement(finding, ABOUT.get(kinds[finding.criterion], "disposal"), label, refused) for finding in found]


def _worst_findings(
    policy: Policy, rules: DisposalRules, proposal: Proposal, person: dict[str, Any], at: date
) -> list[Finding]:
    """The worst result over the crimes is that of the case."""
    alone = policy.model_copy(update={"disposals": (rules,), "schemes": ()})
    found: dict[str, list[Finding]] = {}
    for crime in proposal.crimes:
        result = assess({**crime_facts(crime), **person}, alone, at).options[0]
        for finding in result.findings:
            found.setdefault(finding.criterion, []).append(finding)
    return [min(each, key=lambda finding: WORST_FIRST.index(str(finding.result))) for each in found.values()]


def _judgement(finding: Finding, about: str, label: str, refused: set[str]) -> Judgement:
    repeats = finding.result == "not_met" and finding.severity == "blocks" and about in refused
    return Judgement(
        criterion=f"policy.{finding.criterion}",
        result=str(finding.result),
        severity="warns" if repeats else str(finding.severity),
        reason=finding.question if finding.result == "unknown" else finding.reason,
        source=f"{label}: {', '.join(source.key for source in finding.sources)}",
        rank=str(finding.rank or ""),
        override_by=str(finding.override_by or ""),
        unsure=finding.unsure,
        about=about,
    )
