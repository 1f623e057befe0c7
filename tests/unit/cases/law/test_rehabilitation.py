"""What a person is told about their record, and when a caution is spent."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cases.law.codes import DisposalCode
from cases.law.disposals import disposals_at
from cases.law.rehabilitation import Wording, default_wordings, spent_on, wording_for

TODAY = date(2026, 6, 1)
ACTIVE = [record.code for record in disposals_at(TODAY)]
CAUTIONS = ["conditional_caution", "youth_conditional_caution"]


def own(version: int = 2, **changes: object) -> Wording:
    raw = {
        "code": "simple_caution",
        "version": version,
        "spent": "at_once",
        "text": f"Our words, version {version}.",
        "source": "Force legal services",
        "approved_by": "Legal services",
        "approved_on": date(2026, 5, 1),
        **changes,
    }
    return Wording.model_validate(raw)


@pytest.mark.parametrize("disposal", ACTIVE)
def test_every_disposal_has_words_that_wait_for_approval(disposal: DisposalCode) -> None:
    """A person would sign with nothing said about their record, or be shown words nobody approved."""
    told = wording_for(disposal, TODAY)
    assert told.text
    assert told.source
    assert told.needs_approval
    assert "your force has to approve it" in told.explanation


def test_none_of_the_words_that_ship_claims_approval() -> None:
    """A default would pass for a force's own."""
    assert all(not wording.approved_by for wording in default_wordings())


@pytest.mark.parametrize("wording", default_wordings(), ids=lambda wording: wording.code)
def test_the_words_are_plain_and_about_the_person(wording: Wording) -> None:
    """A person about to sign would not understand what they lose."""
    sentences = [sentence for sentence in wording.text.rstrip(".").split(". ") if sentence]
    assert all(len(sentence.split()) <= 32 for sentence in sentences)
    assert "offender" not in wording.text.lower()


def test_a_force_approved_wording_comes_first() -> None:
    """The force's own words would be passed over."""
    told = wording_for("simple_caution", TODAY, [own()])
    assert (told.text, told.approved_by, told.needs_approval) == ("Our words, version 2.", "Legal services", False)
    assert told.version == 2


def test_the_highest_version_in_force_is_used_in_any_order() -> None:
    """An old wording would come back when the list is read in another order."""
    versions = [own(2), own(4), own(3)]
    assert wording_for("simple_caution", TODAY, versions).version == 4
    assert wording_for("simple_caution", TODAY, versions[::-1]).version == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"approved_by": ""},
        {"approved_on": date(2026, 6, 2)},
        {"valid_from": date(2026, 6, 2)},
        {"valid_to": date(2026, 5, 31)},
        {"code": "conditional_caution"},
    ],
)
def test_words_that_are_not_approved_or_not_in_force_are_not_shown(changes: dict[str, object]) -> None:
    """A draft, or last year's words, would be read to somebody."""
    assert wording_for("simple_caution", TODAY, [own(**changes)]).needs_approval


@pytest.mark.parametrize("changes", [{"approved_on": TODAY}, {"valid_from": TODAY}, {"valid_to": TODAY}])
def test_words_count_from_the_day_of_approval_to_their_last(changes: dict[str, object]) -> None:
    """Words approved in the morning could not be read out in the afternoon."""
    assert not wording_for("simple_caution", TODAY, [own(**changes)]).needs_approval


@pytest.mark.parametrize(
    ("disposal", "given_on", "ceased", "spent"),
    [
        ("simple_caution", TODAY, None, TODAY),
        ("youth_caution", TODAY, None, TODAY),
        ("conditional_caution", TODAY, None, date(2026, 9, 1)),
        ("youth_conditional_caution", TODAY, None, date(2026, 9, 1)),
        ("conditional_caution", date(2025, 11, 30), None, date(2026, 2, 28)),
        ("conditional_caution", TODAY, date(2026, 7, 1), date(2026, 7, 1)),
        ("conditional_caution", TODAY, date(2026, 10, 1), date(2026, 9, 1)),
        ("conditional_caution", TODAY, date(2026, 5, 1), date(2026, 9, 1)),
        ("simple_caution", TODAY, date(2026, 7, 1), TODAY),
    ],
)
def test_when_a_caution_is_spent(disposal: str, given_on: date, ceased: date | None, spent: date) -> None:
    """A person would go on telling employers of a spent caution, or stop too soon (ROA 1974 Sch 2 para 1)."""
    assert spent_on(disposal, given_on, ceased_on=ceased).on == spent


@pytest.mark.parametrize(
    "disposal", ["community_resolution", "outcome_22", "penalty_notice", "cannabis_warning", "deferred_charge"]
)
def test_what_is_not_a_caution_is_never_spent(disposal: str) -> None:
    """A person would be told that they have a record of a kind they do not have."""
    found = spent_on(disposal, TODAY)
    assert found.on is None
    assert "Not a caution" in found.explanation


def test_the_words_say_by_when() -> None:
    """A letter would give a date and not what happens on it."""
    assert spent_on("simple_caution", TODAY).explanation == "Spent as soon as it is given, on 1 June 2026."
    assert spent_on("conditional_caution", TODAY).explanation == "Spent at the end of 1 September 2026."


@given(
    st.sampled_from(CAUTIONS),
    st.dates(date(2015, 1, 1), date(2030, 1, 1)),
    st.one_of(st.none(), st.dates(date(2015, 1, 1), date(2031, 1, 1))),
)
def test_a_caution_is_never_spent_before_it_is_given_nor_later_than_three_months(
    disposal: str, given_on: date, ceased: date | None
) -> None:
    """Ending early would lengthen the time, or spend a caution before it exists."""
    whole = spent_on(disposal, given_on).on
    found = spent_on(disposal, given_on, ceased_on=ceased).on
    assert found is not None
    assert whole is not None
    assert given_on <= found <= whole


@pytest.mark.parametrize("changes", [{"spent": "never"}, {"colour": "red"}, {"version": "two"}])
def test_a_wording_that_cannot_be_right_is_refused(changes: dict[str, object]) -> None:
    """A half-typed wording would be kept and shown."""
    with pytest.raises(ValidationError):
        own(**changes)
