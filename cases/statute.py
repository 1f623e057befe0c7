"""The law on one disposal, as criteria of the policy engine: what is not known stays open instead of passing.

The rules themselves stand in ``cases.law`` (``disposals.toml``, with their sources); here they get the three values of
``cases.eligibility``, so that law, policy and scheme are weighed in one diagram and ask one list of questions.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from cases.eligibility.base import Same
from cases.eligibility.codes import EARLIER_OUTCOMES, Rank, Severity
from cases.eligibility.criteria import Criterion, Source
from cases.law.authority import authority_needed
from cases.law.checks import OUR_DEFAULT
from cases.law.codes import Circumstance, DisposalCode
from cases.law.dates import ADULT_AGE, RESPONSIBLE_AGE
from cases.law.disposals import Disposal
from cases.law.settings import DEFAULTS, LawSettings

STANDARDS = {
    "charge": ("charge_standard",),
    "offence": ("charge_standard", "offence_made_out"),
    "reason_to_believe": ("charge_standard", "offence_made_out"),
}
OUTCOMES = tuple(code for code in EARLIER_OUTCOMES if code != "scheme")
# What each circumstance that lifts the rank asks of the facts: met where it is absent.
ABSENT: dict[Circumstance, dict[str, Any]] = {
    Circumstance.INDICTABLE_ONLY: {"kind": "mode_of_trial", "any_of": ["summary", "either_way"]},
    Circumstance.SPECIFIED_EITHER_WAY: {
        "kind": "any_of",
        "tests": [
            {"kind": "mode_of_trial", "any_of": ["summary", "indictable"]},
            {"kind": "flag", "fact": "specified_offence", "expected": False},
        ],
    },
    Circumstance.SIMILAR_IN_TWO_YEARS: {"kind": "no_similar", "months": 24},
    Circumstance.HATE_CRIME: {"kind": "flag", "fact": "hate_crime", "expected": False},
    Circumstance.DOMESTIC_ABUSE: {"kind": "flag", "fact": "domestic_abuse", "expected": False},
    Circumstance.HISTORY: {"kind": "history", "outcomes": list(OUTCOMES), "maximum": 0},
    Circumstance.VICTIM_DISAGREES: {
        "kind": "victim_view",
        "any_of": ["agrees", "no_view", "uncontactable", "not_asked", "no_victim"],
    },
}
UNDER_TEN = "Children and Young Persons Act 1933 s.50"


@lru_cache(maxsize=512)
def _same_criteria(disposal: Same[Disposal], settings: Same[LawSettings]) -> tuple[Criterion, ...]:
    return _criteria(disposal.it, settings.it.model_dump_json())


@lru_cache(maxsize=256)
def _criteria(disposal: Disposal, settings: str) -> tuple[Criterion, ...]:
    return tuple(_all(disposal, LawSettings.model_validate_json(settings)))


def law_criteria(disposal: Disposal, settings: LawSettings = DEFAULTS) -> tuple[Criterion, ...]:
    """What the law asks of a person and a case before ``disposal`` may be given; ids are those of its findings.

    Counts of conditions, hours, penalties and clocks are no criteria of a person: ``cases.law.checks`` has them.
    """
    return _same_criteria(Same(disposal), Same(settings))


@lru_cache(maxsize=1)
def responsible_age() -> tuple[Criterion, ...]:
    """A child under ten cannot be guilty, whatever is decided."""
    test = {"kind": "age", "minimum": RESPONSIBLE_AGE, "on": "offence"}
    return (_made("under_10", test, "The person was under 10: a child of that age cannot be guilty.", UNDER_TEN),)


def _all(record: Disposal, settings: LawSettings) -> Iterator[Criterion]:
    name, source = record.label.lower(), record.source
    yield from responsible_age()
    ages = {"minimum": record.age_min, **({"maximum": record.age_max} if record.age_max else {})}
    span = f"{record.age_min} to {record.age_max}" if record.age_max else f"{record.age_min} and over"
    yield _made("age", {"kind": "age", **ages}, f"A {name} is for people aged {span} at disposal.", source)
    said = {"kind": "admission", "any_of": [str(code) for code in record.admission]}
    yield _made("admission", said, f"What the person says does not allow a {name}.", source)
    standard = {"kind": "evidence", "any_of": list(STANDARDS[record.evidence])}
    yield _made("evidence", standard, f"The evidence does not reach what a {name} asks.", source)
    if record.consent:
        yield _made("consent", {"kind": "consent"}, f"The person has not agreed to the {name}.", source)
    yield from _arrangements(record)
    yield from _ranks(record, settings)


def _arrangements(record: Disposal) -> Iterator[Criterion]:
    """What has to be arranged for a child before anything is admitted or agreed."""
    adult = {"kind": "age", "minimum": ADULT_AGE}
    if record.appropriate_adult:
        reason = "Record the appropriate adult before any admission or consent is taken."
        yield _made("appropriate_adult", {"kind": "appropriate_adult"}, reason, record.source)
    if record.youth_justice:
        told = {"kind": "flag", "fact": "yjs_consulted", "expected": True}
        reason = "Record that the youth justice service has been consulted."
        yield _made("youth_justice", {"kind": "any_of", "tests": [adult, told]}, reason, OUR_DEFAULT)


def _ranks(record: Disposal, settings: LawSettings) -> Iterator[Criterion]:
    """The lowest rank that decides, and each circumstance that lifts it (none for an officer's own resolution)."""
    ordinary, *lifted = authority_needed(record, [rule.when for rule in record.exception], settings=settings)
    if ordinary.rank != Rank.CONSTABLE:
        yield _rank("authority", {"kind": "authority"}, ordinary)
    for rule, needed in zip(record.exception, lifted, strict=True):
        if needed.rank != Rank.CONSTABLE:
            yield _rank(str(rule.when), ABSENT[rule.when], needed)
    yield from _domestic_abuse(record, settings)


def _domestic_abuse(record: Disposal, settings: LawSettings) -> Iterator[Criterion]:
    """Where there is domestic abuse: what sends the decision higher, for every resolution, and the minimum standards of
    a conditional caution. Where the rules stand today is not settled, so the rank is the force's to set.
    """
    low = {"kind": "domestic_abuse", "accepted_risks": ["standard", "medium"]}
    calm = {"kind": "flag", "fact": "controlling_behaviour", "expected": False}
    reason = "The risk is high, or there is controlling behaviour."
    yield _for_abuse("domestic_abuse_risk", [low, calm], reason, "CPS-DA19", settings)
    if record.code == DisposalCode.CONDITIONAL_CAUTION:
        names = ("first_domestic_abuse", "harmed_seen_apart", "approved_programme")
        standards = [{"kind": "flag", "fact": name, "expected": True} for name in names]
        reason = (
            "A conditional caution for domestic abuse is meant for a first time, with an approved programme, and with"
            " the person harmed asked apart from the suspect."
        )
        yield _for_abuse("domestic_abuse_standards", standards, reason, "CPS-DA19; DPP24", settings)


def _for_abuse(name: str, tests: list[dict[str, Any]], reason: str, source: str, settings: LawSettings) -> Criterion:
    """Met where there is no domestic abuse, or where all ``tests`` are."""
    none = {"kind": "flag", "fact": "domestic_abuse", "expected": False}
    rank = settings.domestic_abuse_rank
    return Criterion.model_validate(
        {
            "id": name,
            "severity": Severity.NEEDS_AUTHORITY,
            "rank": str(rank),
            "reason": f"{reason} The {rank} decides.",
            "sources": [Source(key=source, tag="unsure")],
            "unsure": True,
            "test": {"kind": "any_of", "tests": [none, {"kind": "all_of", "tests": tests}]},
        }
    )


def _rank(name: str, test: dict[str, Any], needed: Any) -> Criterion:
    """``needed`` is a cases.law.authority.AuthorityNeeded."""
    consent = " The prosecutor's consent is needed as well." if needed.prosecutor_consent else ""
    exceptional = " Say what makes the circumstances exceptional." if needed.exceptional else ""
    return Criterion.model_validate(
        {
            "id": name,
            "severity": Severity.NEEDS_AUTHORITY,
            "rank": str(needed.rank),
            "reason": f"{needed.reason}{consent}{exceptional}",
            "sources": [Source(key=needed.source, tag="known")],
            "unsure": needed.unsure,
            "test": test,
        }
    )


def _made(name: str, test: dict[str, Any], reason: str, source: str) -> Criterion:
    return Criterion.model_validate(
        {"id": name, "reason": reason, "sources": [Source(key=source, tag="known")], "test": test}
    )
