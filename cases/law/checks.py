"""Whether a proposed disposal stands: age, admission, evidence, conditions, the s.17 gate, arrangements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cases.law.authority import authority_needed, check_authorisation
from cases.law.codes import Admission, Circumstance, Mode, Rank
from cases.law.conditions import ContractLimits, ProposedCondition, check_conditions
from cases.law.data import NotInForce
from cases.law.dates import add_months, age_at_disposal
from cases.law.disposals import Disposal, disposals_at, get, in_force
from cases.law.findings import Finding, block, needs_authority
from cases.law.settings import DEFAULTS, LawSettings

S17_4 = "CJCA 2015 s.17(4): two years before the commission of this offence, not before the decision"
SAID = {
    Admission.ADMITTED: "has admitted the offence",
    Admission.ACCEPTS_RESPONSIBILITY: "has accepted responsibility",
    Admission.NO_COMMENT: "has made no comment",
    Admission.DENIED: "has denied the offence",
    Admission.NOT_ASKED: "has not been asked",
}
OUR_DEFAULT = "our default; a setting of the force"


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier conviction or caution (a child's counts). `similar` is a person's judgement of the offences."""

    on: date
    similar: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class DisposalFacts:
    """What is known when a disposal is about to be issued. None means nobody has recorded it.

    `at` is the day of disposal. `modes` holds the mode of trial of every crime in the case. `circumstances` are codes
    of `Circumstance` that cannot be worked out from the rest (hate crime, domestic abuse, history, victim disagrees,
    specified either-way). `officer` and `authoriser` are stable identifiers; with no authoriser, rank is not checked.
    """

    disposal: str
    at: date
    date_of_birth: date
    offence_date: date
    modes: tuple[str, ...]
    admission: str = Admission.NOT_ASKED
    evidence_sufficient: bool | None = None
    consents: bool | None = None
    conditions: tuple[ProposedCondition, ...] = ()
    contract: ContractLimits | None = None
    earlier: tuple[Earlier, ...] = ()
    circumstances: tuple[str, ...] = ()
    exceptional_recorded: bool = False
    appropriate_adult: bool | None = None
    youth_justice_consulted: bool | None = None
    officer: str | None = None
    authoriser: str | None = None
    authoriser_rank: str | None = None
    prosecutor_consented: bool = False
    dpp_authorised: bool = False


def similar_in_two_years(earlier: date, offence_date: date) -> bool:
    """Whether an earlier conviction or caution falls in the two years before the commission of this offence.

    Runs to the offence date; one given after this offence does not count. The corresponding day is in.
    """
    return add_months(offence_date, -24) <= earlier <= offence_date


def circumstances_of(facts: DisposalFacts) -> frozenset[Circumstance]:
    """What was said, with what follows from the modes of trial and the history."""
    found = {Circumstance.parse(word) for word in facts.circumstances}
    if Mode.INDICTABLE in {Mode.parse(mode) for mode in facts.modes}:
        found.add(Circumstance.INDICTABLE_ONLY)
    if any(past.similar and similar_in_two_years(past.on, facts.offence_date) for past in facts.earlier):
        found.add(Circumstance.SIMILAR_IN_TWO_YEARS)
    return frozenset(found)


def check_disposal(facts: DisposalFacts, *, settings: LawSettings = DEFAULTS) -> list[Finding]:
    """Every reason a proposed disposal cannot stand, or needs more, in plain English; empty when nothing is wrong."""
    try:
        record = get(facts.disposal, facts.at)
    except NotInForce as error:
        return [block("not_in_force", str(error), "disposals.toml")]
    if not in_force(record, facts.at, settings):
        reason = f"{record.label}: the law has not begun, so it cannot be given."
        return [block("not_in_force", reason, record.source)]
    findings = [*_age(record, facts), *_admission(record, facts), *_evidence(record, facts), *_arranged(record, facts)]
    findings += _conditions(record, facts)
    return findings + _authority(record, facts, settings)


def _age(record: Disposal, facts: DisposalFacts) -> list[Finding]:
    age = age_at_disposal(facts.date_of_birth, facts.offence_date, facts.at)
    if record.suits_age(age.at_disposal):
        return list(age.findings)
    span = f"{record.age_min} to {record.age_max}" if record.age_max else f"{record.age_min} and over"
    reason = f"A {record.label.lower()} is for people aged {span} at disposal; this person is {age.at_disposal}."
    return [*age.findings, block("age", reason, record.source)]


def _admission(record: Disposal, facts: DisposalFacts) -> list[Finding]:
    said = Admission.parse(facts.admission)
    if record.accepts(said):
        return []
    wanted = " or ".join(SAID[word] for word in record.admission)
    others = ", ".join(other.label for other in suggestions(facts))
    reason = f"A {record.label.lower()} is for a person who {wanted}; this person {SAID[said]}."
    return [block("admission", f"{reason} Consider: {others}." if others else reason, record.source)]


def suggestions(facts: DisposalFacts) -> tuple[Disposal, ...]:
    """The catalogue's alternatives that this person's age and words allow, on the day."""
    age = age_at_disposal(facts.date_of_birth, facts.offence_date, facts.at).at_disposal
    wanted = get(facts.disposal, facts.at).alternatives
    return tuple(
        record
        for record in disposals_at(facts.at)
        if record.code in wanted and record.suits_age(age) and record.accepts(facts.admission)
    )


def _evidence(record: Disposal, facts: DisposalFacts) -> list[Finding]:
    if facts.evidence_sufficient:
        return []
    test = {
        "charge": "there is sufficient evidence to charge",
        "offence": "there is sufficient evidence that an offence occurred",
        "reason_to_believe": "there is reason to believe the person committed it",
    }[record.evidence]
    known = "It is not met" if facts.evidence_sufficient is False else "Nobody has recorded it"
    return [block("evidence", f"A {record.label.lower()} asks that {test}. {known}.", record.source)]


def _arranged(record: Disposal, facts: DisposalFacts) -> list[Finding]:
    findings = []
    if record.consent and not facts.consents:
        words = "has not agreed" if facts.consents is False else "has not been recorded as agreeing"
        findings.append(block("consent", f"The person {words} to the {record.label.lower()}.", record.source))
    if record.appropriate_adult and not facts.appropriate_adult:
        reason = "Record the appropriate adult before any admission or consent is taken."
        findings.append(block("appropriate_adult", reason, record.source))
    if record.youth_justice and not facts.youth_justice_consulted:
        reason = "Record that the youth justice service has been consulted."
        findings.append(block("youth_justice", reason, OUR_DEFAULT))
    return findings


def _conditions(record: Disposal, facts: DisposalFacts) -> list[Finding]:
    age = age_at_disposal(facts.date_of_birth, facts.offence_date, facts.at).at_disposal
    mode = most_serious(facts.modes)
    return check_conditions(record.code, facts.conditions, at=facts.at, mode=mode, age=age, contract=facts.contract)


def most_serious(modes: Sequence[str]) -> Mode:
    """The gravest mode of trial of a case's crimes; summary, either-way, indictable in that order."""
    if not modes:
        raise ValueError("Give the mode of trial of at least one crime.")
    return max((Mode.parse(mode) for mode in modes), key=list(Mode).index)


def _authority(record: Disposal, facts: DisposalFacts, settings: LawSettings) -> list[Finding]:
    circumstances = circumstances_of(facts)
    findings = _exceptional(record, facts, circumstances, settings)
    if facts.authoriser is None or facts.officer is None or facts.authoriser_rank is None:
        return findings + _rank_needed(record, circumstances, settings)
    return findings + check_authorisation(
        record.code,
        at=facts.at,
        officer=facts.officer,
        authoriser=facts.authoriser,
        rank=facts.authoriser_rank,
        circumstances=circumstances,
        prosecutor_consented=facts.prosecutor_consented,
        dpp_authorised=facts.dpp_authorised,
        settings=settings,
    )


def _rank_needed(record: Disposal, circumstances: frozenset[Circumstance], settings: LawSettings) -> list[Finding]:
    """What somebody of rank has yet to decide, one finding a reason; an officer's own resolution needs none."""
    needed = authority_needed(record, circumstances, settings=settings)
    return [
        needs_authority(f"rank_{need.rank}", need.reason, need.source, rank=need.rank, unsure=need.unsure)
        for need in needed
        if need.rank is not Rank.CONSTABLE
    ]


def _exceptional(
    record: Disposal, facts: DisposalFacts, circumstances: frozenset[Circumstance], settings: LawSettings
) -> list[Finding]:
    if facts.exceptional_recorded:
        return []
    return [
        needs_authority("exceptional", need.reason, need.source, rank=need.rank, unsure=need.unsure)
        for need in authority_needed(record, circumstances, settings=settings)
        if need.exceptional
    ]
