"""A scheme's stored criteria, read with the answers of the form. What nobody was asked stays unknown and stops nothing.

The criteria stand on the scheme's version as JSON, in the terms of ``cases.eligibility``; here they become a policy of
one option, and its findings become judgements to show and to keep.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from cases.codes import VictimKind
from cases.details import CrimeDetails
from cases.eligibility.assess import assess
from cases.eligibility.criteria import Criterion
from cases.eligibility.policy import Policy, SchemeEntry
from cases.eligibility.reading import FactError
from cases.eligibility.results import Finding
from cases.eligibility.schemes import SchemeRules
from referrals.judging.finding import Judgement
from referrals.models import SchemeVersion

# The worst answer over the crimes of a case is the answer of the case.
WORST_FIRST = ("not_met", "unknown", "met")
ABOUT = {
    "age": "scheme",
    "admission": "admission",
    "evidence": "evidence",
    "appropriate_adult": "appropriate_adult",
    "consent": "result",
}


def crime_facts(crime: CrimeDetails) -> dict[str, Any]:
    """What one crime tells of the facts of ``cases.eligibility.facts``."""
    no_victim = crime.victim_kind == VictimKind.NONE
    facts = {
        **crime.offence.rule_facts(),
        "offence_date": crime.committed_on,
        "hate_crime": crime.counts_as_hate,
        "domestic_abuse": crime.is_domestic_abuse,
        "victim_view": "no_victim" if no_victim else crime.victim_stance,
    }
    if crime.first_statement_on:
        facts["first_statement_date"] = crime.first_statement_on
    return facts


def criterion_kinds(version: SchemeVersion) -> frozenset[str]:
    """The kinds of test that the scheme's stored criteria hold, those inside others included."""
    found: set[str] = set()

    def look(part: Any) -> None:
        if isinstance(part, Mapping):
            found.update({str(part["kind"])} if "kind" in part else ())
            for value in part.values():
                look(value)
        elif isinstance(part, list):
            for value in part:
                look(value)

    look([criterion.get("test") for criterion in version.criteria])
    return frozenset(found)


def judge_scheme(
    version: SchemeVersion,
    *,
    person: Mapping[str, Any],
    crimes: Sequence[CrimeDetails],
    at: date,
    known_earlier: Sequence[Mapping[str, Any]] = (),
) -> list[Judgement]:
    """Every criterion of the scheme for this person and these crimes, the worst result over the crimes each.

    ``person`` holds the facts that do not differ from crime to crime. ``known_earlier`` are earlier outcomes that our
    own records hold: there may be more elsewhere, so they can break a limit on earlier outcomes and never satisfy one.
    Facts that contradict one another (a date of birth more than 120 years ago, say) give no judgement: the form has
    its own words for them.
    """
    if not version.criteria:
        return []
    found: dict[str, list[Finding]] = {}
    try:
        for crime in crimes:
            for finding in _findings(version, {**crime_facts(crime), **person}, known_earlier, at):
                found.setdefault(finding.criterion, []).append(finding)
    except FactError:
        return []
    kinds = {criterion["id"]: criterion["test"]["kind"] for criterion in version.criteria}
    return [_judgement(version, _worst(findings), kinds) for findings in found.values()]


def _findings(
    version: SchemeVersion, facts: Mapping[str, Any], known_earlier: Sequence[Mapping[str, Any]], at: date
) -> list[Finding]:
    policy, key = _policy(version), f"scheme:{version.scheme.slug}"
    found = list(assess(facts, policy, at).option(key).findings)
    if not known_earlier:
        return found
    history = {criterion["id"] for criterion in version.criteria if criterion["test"]["kind"] == "history"}
    with_ours = assess({**facts, "earlier_outcomes": list(known_earlier)}, policy, at).option(key).findings
    return [
        ours if one.criterion in history and str(ours.result) == "not_met" else one
        for one, ours in zip(found, with_ours, strict=True)
    ]


def _policy(version: SchemeVersion) -> Policy:
    rules = SchemeRules(
        version="stored",
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        sources=({"key": "scheme"},),  # type: ignore[arg-type]
        criteria=tuple(Criterion.model_validate(criterion) for criterion in version.criteria),
    )
    entry = SchemeEntry(scheme=version.scheme.slug, title=version.scheme.name, versions=(rules,))
    return Policy(
        name=version.scheme.name,
        version="stored",
        valid_from=version.valid_from,
        review_date=version.valid_to or version.valid_from,
        schemes=(entry,),
    )


def _worst(findings: Iterable[Finding]) -> Finding:
    return min(findings, key=lambda finding: WORST_FIRST.index(str(finding.result)))


def _judgement(version: SchemeVersion, finding: Finding, kinds: Mapping[str, str]) -> Judgement:
    kind = kinds[finding.criterion]
    return Judgement(
        criterion=f"scheme.{finding.criterion}",
        result=str(finding.result),
        severity=str(finding.severity),
        reason=finding.question if finding.result == "unknown" else finding.reason,
        source=f"{version.scheme.name}: {', '.join(source.key for source in finding.sources)}",
        rank=str(finding.rank or ""),
        override_by=str(finding.override_by or ""),
        unsure=finding.unsure,
        about=ABOUT.get(kind, "scheme"),
    )
