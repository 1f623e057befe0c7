"""Every scheme against example people: eligible, ineligible for each reason, needs authority, undetermined."""

from datetime import date, timedelta

import pytest

from cases.eligibility.assess import assess
from cases.eligibility.codes import Severity
from cases.eligibility.criteria import Criterion
from cases.eligibility.dates import add_months
from cases.eligibility.policy import Policy, SchemeEntry
from cases.eligibility.results import OptionResult
from cases.eligibility.schemes import SchemeDefinition, SchemeVersion, load_scheme_library

from .people import AGES, FITS, OF_AN_OFFENCE, changed, somebody

LIBRARY = {scheme.slug: scheme for scheme in load_scheme_library()}
VERSIONS = [(scheme, version) for scheme in LIBRARY.values() for version in scheme.versions]
CRITERIA = [
    (scheme, version, criterion)
    for scheme, version in VERSIONS
    for criterion in version.criteria
    if criterion.severity is not Severity.WARNS and criterion.test.kind != "authority"
]
ALL_SCHEMES = Policy(
    name="Schemes",
    version="1",
    valid_from=date(2000, 1, 1),
    review_date=date(2030, 1, 1),
    schemes=tuple(SchemeEntry.of(scheme) for scheme in LIBRARY.values()),
)


def day_in(version: SchemeVersion) -> date:
    """A day on which the version is the rule."""
    return min(date(2026, 3, 2), version.valid_to or date.max, version.valid_from + timedelta(days=400))


def result(scheme: str, person: dict, at: date) -> OptionResult:
    return assess(person, alone(scheme), at).option(f"scheme:{scheme}")


def alone(scheme: str) -> Policy:
    """A policy with this scheme and no other."""
    entries = tuple(entry for entry in ALL_SCHEMES.schemes if entry.scheme == scheme)
    return ALL_SCHEMES.model_copy(update={"schemes": entries})


def named(case: tuple) -> str:
    return "-".join(getattr(part, "slug", None) or getattr(part, "version", None) or part.id for part in case)


def test_the_library_holds_every_scheme_once() -> None:
    """A scheme that is missing cannot be offered by any force."""
    assert set(LIBRARY) == set(FITS)


@pytest.mark.parametrize("case", VERSIONS, ids=named)
def test_somebody_who_fits_is_taken(case: tuple[SchemeDefinition, SchemeVersion]) -> None:
    """A scheme that takes nobody is a scheme that its own rules have closed."""
    scheme, version = case
    at = day_in(version)
    found = result(scheme.slug, {**somebody(at, AGES.get(scheme.slug, 20)), **FITS[scheme.slug]}, at)
    assert found.version == version.version
    if scheme.slug in {"wy-conditional-caution", "wy-community-payback"}:
        assert (found.status, found.rank, found.reasons) == ("needs_authority", "sergeant", ("authoriser",))
    elif scheme.slug == "cara":
        assert (found.status, found.rank, found.reasons) == ("needs_authority", "inspector", ("authoriser",))
    else:
        assert (found.status, found.reasons) == ("eligible", ())


@pytest.mark.parametrize("case", CRITERIA, ids=named)
def test_one_thing_different_gives_that_reason_and_no_other(
    case: tuple[SchemeDefinition, SchemeVersion, Criterion],
) -> None:
    """A person turned away is owed the reason, and the reason must be the right one."""
    scheme, version, criterion = case
    at = day_in(version)
    found = result(scheme.slug, changed(scheme.slug, criterion.id, at), at)
    finding = next(finding for finding in found.findings if finding.criterion == criterion.id)
    assert finding.result == "not_met"
    blocking = {f.criterion for f in found.findings if f.result == "not_met" and f.severity == "blocks"}
    if criterion.severity is Severity.BLOCKS:
        assert (found.status, blocking) == ("ineligible", {criterion.id})
        assert found.override_by == (criterion.override_by if blocking == {criterion.id} else None)
    else:
        assert (found.status, found.rank, blocking) == ("needs_authority", criterion.rank, set())
        assert criterion.id in found.reasons


@pytest.mark.parametrize("case", VERSIONS, ids=named)
def test_an_unknown_that_matters_leaves_the_scheme_undetermined_and_is_asked(
    case: tuple[SchemeDefinition, SchemeVersion],
) -> None:
    """Silence must not count as a yes, nor as a no."""
    scheme, version = case
    at = day_in(version)
    person = {**somebody(at, AGES.get(scheme.slug, 20)), **FITS[scheme.slug]}
    del person["consent"]
    assessment = assess(person, alone(scheme.slug), at)
    assert assessment.option(f"scheme:{scheme.slug}").status == "undetermined"
    assert [question.fact for question in assessment.open_questions] == ["consent"]


@pytest.mark.parametrize("slug", ["lead", "divert", "wy-liaison-diversion"])
def test_support_without_an_offence_needs_no_offence(slug: str) -> None:
    """LEAD, DIVERT and Liaison and Diversion help people of whom nothing is alleged."""
    at = date(2026, 3, 2)
    person = {**somebody(at), **FITS[slug], "offence_alleged": False}
    for fact in [*OF_AN_OFFENCE, "admission", "evidence", "drug_weight_grams", "low_level_supply"]:
        del person[fact]
    person["home_area"] = {"lead": "seattle"}.get(slug, person["home_area"])
    del person["offence_area"]
    assert result(slug, person, at).status == "eligible"
    version = LIBRARY[slug].on(at)
    assert version is not None
    assert (version.disposal_modes, version.enforceable, version.confidentiality) == (("none",), False, "voluntary")
    assert version.without_offence


def test_lead_takes_somebody_with_no_limit_on_coming_back() -> None:
    """Harm reduction has no third strike."""
    at = date(2026, 3, 2)
    before = [{"outcome": "scheme", "scheme": "lead", "date": f"2025-0{month}-01"} for month in range(1, 7)]
    person = {**somebody(at), **FITS["lead"], "earlier_outcomes": before}
    assert result("lead", person, at).status == "eligible"


@pytest.mark.parametrize(("days", "status"), [(0, "eligible"), (-1, "ineligible")])
def test_checkpoint_takes_an_offence_up_to_three_calendar_months_old(days: int, status: str) -> None:
    """Both sides of the day: an offence of 31 May is three months old on 31 August and older on 1 September."""
    at = date(2026, 8, 31)
    offence = date(2026, 5, 31) + timedelta(days=days)
    person = {**somebody(at), **FITS["checkpoint"], "offence_date": offence}
    found = result("checkpoint", person, at)
    assert (found.status, found.reasons) == (status, () if days == 0 else ("entry-window",))


def test_checkpoint_gives_each_exclusion_its_own_words() -> None:
    """Co-accused, age of the offence and hate crime are different conversations with the person."""
    at = date(2026, 3, 2)
    person = {**somebody(at), **FITS["checkpoint"], "co_accused": True, "hate_crime": True}
    person["offence_date"] = add_months(at, -4)
    found = result("checkpoint", person, at)
    assert set(found.reasons) == {"entry-window", "hate-crime", "co-accused"}
    words = {f.reason for f in found.findings if f.criterion in found.reasons}
    assert len(words) == 3


@pytest.mark.parametrize(
    ("version", "admission", "status"),
    [("1", "no_comment", "eligible"), ("2", "no_comment", "ineligible"), ("2", "admitted", "eligible"),
     ("3", "no_comment", "eligible"), ("3", "denied", "ineligible")],
)  # fmt: skip
def test_checkpoint_sources_that_differ_on_admission_are_kept_apart(version: str, admission: str, status: str) -> None:
    """One page accepts no reply, council minutes do not: neither is averaged into the other."""
    rules = next(v for v in LIBRARY["checkpoint"].versions if v.version == version)
    at = day_in(rules)
    person = {**somebody(at), **FITS["checkpoint"], "admission": admission}
    assert result("checkpoint", person, at).status == status


@pytest.mark.parametrize(("version", "status"), [("1", "ineligible"), ("3", "eligible")])
def test_checkpoint_took_no_domestic_abuse_in_its_older_page(version: str, status: str) -> None:
    """A decision of the past is judged by the rules of its day."""
    rules = next(v for v in LIBRARY["checkpoint"].versions if v.version == version)
    at = day_in(rules)
    person = {**somebody(at), **FITS["checkpoint"], "domestic_abuse": True, "domestic_abuse_risk": "medium"}
    assert result("checkpoint", person, at).status == status


@pytest.mark.parametrize(
    ("sex", "care", "needs", "status"),
    [("female", False, [], "eligible"), ("male", True, [], "eligible"), ("male", False, ["drugs"], "ineligible"),
     ("male", False, ["drugs", "alcohol", "housing"], "eligible")],
)  # fmt: skip
def test_checkpoint_plus_is_for_women_care_leavers_and_men_with_three_needs(
    sex: str, care: bool, needs: list[str], status: str
) -> None:
    """Three doors, any one of which is enough."""
    at = date(2026, 3, 2)
    person = {**somebody(at), **FITS["checkpoint-plus"], "sex": sex, "care_experienced": care, "needs": needs}
    assert result("checkpoint-plus", person, at).status == status


@pytest.mark.parametrize(("grams", "status"), [(3, "eligible"), (3.01, "ineligible")])
def test_lead_takes_up_to_three_grams(grams: float, status: str) -> None:
    """The rule is over three grams, so three itself is taken."""
    at = date(2026, 3, 2)
    assert result("lead", {**somebody(at), **FITS["lead"], "drug_weight_grams": grams}, at).status == status


@pytest.mark.parametrize("case", VERSIONS, ids=named)
def test_every_rule_says_where_it_comes_from_and_doubt_stays_marked(
    case: tuple[SchemeDefinition, SchemeVersion],
) -> None:
    """A coordinator must see which rules are sourced, which are ours, and which need checking."""
    _, version = case
    assert version.sources
    for criterion in version.criteria:
        assert criterion.sources
        assert criterion.unsure or not any(source.tag == "unsure" for source in criterion.sources)


def test_checkpoint_and_drug_diversion_carry_what_the_service_runs_on() -> None:
    """The first two schemes of the service are loaded from these files."""
    checkpoint = LIBRARY["checkpoint"].on(date(2026, 3, 2))
    drugs = LIBRARY["drug-diversion"].on(date(2026, 3, 2))
    assert checkpoint is not None
    assert drugs is not None
    assert (str(checkpoint.duration), checkpoint.max_conditions, checkpoint.worker_title) == (
        "4 months",
        5,
        "Navigator",
    )
    work = next(condition for condition in checkpoint.conditions if condition.type == "unpaid_work")
    assert (work.minimum_hours, work.maximum_hours) == (18, 36)
    assert [condition.type for condition in checkpoint.mandatory_conditions] == ["no_reoffending"]
    assert "community_resolution" in drugs.disposal_modes
    assert drugs.on_success.outcome == 8
    assert [condition.sessions for condition in drugs.conditions] == [1, 3]
