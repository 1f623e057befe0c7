"""The catalogue that is shipped: every entry can be used, says where it is from, and nothing in it is made up."""

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from cases.catalogue.entry import GROUPS, Entry
from cases.catalogue.files import shipped
from cases.eligibility.codes import OFFENCE_GROUPS
from cases.eligibility.facts import DRUG
from cases.law.codes import Mode
from cases.models import Catalogue, Offence

ENTRIES = [entry for _line, entry in shipped().entries]
FIRST_24 = {
    "common-assault", "assault-occasioning-actual-bodily-harm", "assault-emergency-worker",
    "harassment-without-violence", "theft-from-a-shop", "theft", "theft-by-employee", "burglary-other-than-a-dwelling",
    "taking-a-vehicle-without-consent", "handling-stolen-goods", "criminal-damage", "possession-of-cannabis",
    "possession-of-a-class-a-drug", "possession-of-another-class-b-drug", "possession-of-a-class-c-drug",
    "possession-with-intent-to-supply", "causing-harassment-alarm-or-distress",
    "intentional-harassment-alarm-or-distress", "affray", "drunk-and-disorderly", "possession-of-an-offensive-weapon",
    "possession-of-a-bladed-article", "fraud-by-false-representation", "sending-a-malicious-communication",
}  # fmt: skip


def named(code: str, on: date = date(2026, 6, 10)) -> Entry:
    return next(one for one in ENTRIES if one.code == code and one.starts <= on <= one.ends)


def test_it_has_what_officers_meet_and_what_must_not_be_diverted() -> None:
    """An officer whose offence is missing records another one, and the figures are wrong from then on."""
    groups = Counter(entry.group for entry in ENTRIES)
    assert len({entry.code for entry in ENTRIES}) >= 120
    assert set(groups) == set(GROUPS)
    assert {entry.policy_group for entry in ENTRIES} == set(OFFENCE_GROUPS)
    assert sum(entry.mode == "indictable" for entry in ENTRIES) >= 20


def test_the_codes_of_before_are_all_there() -> None:
    """Cases, policies and stored answers name them: a code that went would leave them without an offence."""
    assert {entry.code for entry in ENTRIES} >= FIRST_24


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.code} {entry.valid_from or ''}".strip())
def test_each_entry_can_be_used_and_says_where_it_is_from(entry: Entry) -> None:
    """An entry in words that the engine does not know would pass every rule in silence."""
    assert entry.mode in list(Mode)
    assert entry.policy_group in OFFENCE_GROUPS
    assert entry.drug in ("", *DRUG)
    assert entry.source.startswith(entry.act)
    assert entry.section or entry.act == "Common law"
    assert (entry.gravity_adult is None and entry.gravity_child is None) or entry.gravity_source
    assert entry.harm_days is None or entry.harm_source
    Offence(**vars(entry)).full_clean(validate_constraints=False)


def test_no_two_entries_of_one_code_stand_on_one_day() -> None:
    """Which of the two a case rests on would be a matter of chance."""
    spans: dict[str, list[Entry]] = {}
    for entry in ENTRIES:
        spans.setdefault(entry.code, []).append(entry)
    for entries in spans.values():
        entries.sort(key=lambda one: one.starts)
        assert all(before.ends < after.starts for before, after in pairwise(entries))


def test_titles_tell_entries_apart() -> None:
    """Two choices that read alike cannot be chosen between."""
    latest = Counter(named.title for named in {entry.code: entry for entry in ENTRIES}.values())
    assert not [title for title, number in latest.items() if number > 1]


@pytest.mark.parametrize(
    ("code", "mode", "group"),
    [
        ("murder", "indictable", "serious_violence"),
        ("rape", "indictable", "sexual"),
        ("robbery", "indictable", "robbery"),
        ("aggravated-burglary", "indictable", "burglary"),
        ("wounding-or-grievous-bodily-harm-with-intent", "indictable", "serious_violence"),
        ("wounding-or-grievous-bodily-harm", "either_way", "serious_violence"),
        ("arson-endangering-life", "indictable", "other"),
        ("blackmail", "indictable", "other"),
        ("common-assault", "summary", "common_assault"),
        ("assault-on-a-constable", "summary", "emergency_worker_assault"),
        ("criminal-damage", "either_way", "criminal_damage"),
        ("loitering-or-soliciting", "summary", "prostitution"),
        ("drink-driving", "summary", "driving"),
        ("dangerous-driving", "either_way", "driving"),
        ("causing-death-by-dangerous-driving", "indictable", "driving"),
        ("controlling-or-coercive-behaviour", "either_way", "other"),
        ("false-communication", "summary", "malicious_communications"),
        ("possession-of-khat", "either_way", "drug_possession"),
    ],
)
def test_known_offences_are_tried_as_the_law_says(code: str, mode: str, group: str) -> None:
    """The time limit, the prosecutor's part and the scheme all hang on these two words."""
    assert (named(code).mode, named(code).policy_group) == (mode, group)


@pytest.mark.parametrize(
    ("code", "day", "mode"),
    [
        ("animal-cruelty", date(2021, 6, 28), "summary"),
        ("animal-cruelty", date(2021, 6, 29), "either_way"),
        ("breach-of-a-restraining-order", date(2020, 11, 30), "either_way"),
        ("breach-of-a-restraining-order", date(2020, 12, 1), "either_way"),
    ],
)
def test_the_law_of_the_day_of_the_offence_is_found(code: str, day: date, mode: str) -> None:
    """An offence of before a change is judged by what it was then."""
    assert named(code, day).mode == mode


def test_an_offence_that_was_none_yet_has_no_entry_for_that_day() -> None:
    """Nobody may be dealt with for what was no offence."""
    catalogue = Catalogue(Offence(**vars(one)) for one in ENTRIES)
    assert catalogue.on("non-fatal-strangulation", date(2022, 6, 6)) is None
    assert catalogue.on("non-fatal-strangulation", date(2022, 6, 7)) is not None
    assert catalogue.on("disclosing-private-sexual-images", date(2024, 1, 31)) is None


def test_the_specified_list_holds_what_was_read_of_it_and_no_ordinary_offence() -> None:
    """A simple caution for a blade without an inspector would be unlawful; one for theft must not wait for one."""
    listed = {entry.code for entry in ENTRIES if entry.specified}
    assert {
        "child-cruelty", "possession-of-an-offensive-weapon", "possession-of-a-bladed-article",
        "possession-with-intent-to-supply-class-a", "supplying-a-class-a-drug", "sexual-activity-with-a-child",
    } <= listed  # fmt: skip
    ordinary = ("theft-from-a-shop", "criminal-damage", "possession-of-cannabis", "affray")
    assert [named(code).specified for code in ordinary] == [False] * len(ordinary)
    assert named("possession-with-intent-to-supply").specified is None, "it depends on the class of the drug"


def test_aggravated_offences_and_knives_say_so_themselves() -> None:
    """An officer who forgets to tick hate crime, or does not see the knife, would leave a duty undone."""
    aggravated = {entry.code for entry in ENTRIES if entry.act == "Crime and Disorder Act 1998"}
    assert len(aggravated) == 9
    assert aggravated <= {entry.code for entry in ENTRIES if entry.hate_variant}
    assert named("possession-of-a-bladed-article").is_knife
    assert not named("possession-of-an-offensive-weapon").is_knife
    assert "is_knife" in named("possession-of-an-offensive-weapon").unsure


def test_every_drug_offence_is_without_a_victim_and_no_assault_is() -> None:
    """A question that makes no sense costs the officer's minute; a victim who is never asked has lost a right."""
    drugs = [entry for entry in ENTRIES if entry.policy_group in ("drug_possession", "drug_supply")]
    harm = ("common_assault", "actual_bodily_harm", "serious_violence", "robbery", "harassment", "shop_theft")
    assert all(entry.without_victim for entry in drugs)
    assert not [entry.code for entry in ENTRIES if entry.policy_group in harm and entry.without_victim]
