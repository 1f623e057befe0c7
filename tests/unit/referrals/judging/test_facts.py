"""Past answers as facts: what nobody was asked must stay unknown, or a preview would claim too much."""

from datetime import date
from typing import Any

import pytest

from cases.models import Catalogue, Offence
from referrals.judging.facts import CaseFacts, age_of, ethnic_group_of, fold, sex_of

AT = date(2026, 6, 10)
SHOP_THEFT = Offence(code="theft-from-a-shop", policy_group="shop_theft", mode="either_way")
ANSWERS: dict[str, Any] = {
    "date_of_birth": "2001-03-04",
    "sex": "male",
    "ethnicity": "B1",
    "admission": "admitted",
    "result": "offered_accepted",
    "crimes": [
        {
            "offence": "theft-from-a-shop",
            "committed_on": "2026-06-07",
            "victim_stance": "agrees",
            "flags": ["hate_crime"],
        },
        {"offence": "not-in-the-catalogue", "committed_on": "2026-06-08", "victim_kind": "none"},
    ],
}


def facts(**changes: Any) -> list[dict[str, Any]]:
    return [dict(each) for each in CaseFacts.of({**ANSWERS, **changes}, Catalogue([SHOP_THEFT]), AT).crimes]


def test_each_crime_has_its_own_facts() -> None:
    """Six thefts would be assessed as one."""
    first, second = facts()
    assert (first["offence_group"], first["hate_crime"], first["domestic_abuse"]) == ("shop_theft", True, False)
    assert (first["victim_view"], second["victim_view"]) == ("agrees", "no_victim")
    assert "offence_group" not in second
    assert second["offence_date"] == "2026-06-08"


def test_consent_is_known_only_of_those_who_accepted() -> None:
    """Everybody who declined one offer would count as barred from all others."""
    assert facts()[0]["consent"] is True
    assert "consent" not in facts(result="offered_declined")[0]


def test_what_was_not_answered_is_unknown() -> None:
    """An empty record would count as an adult without history."""
    assert CaseFacts.of({}, Catalogue([]), AT).crimes == ({},)
    assert "earlier_outcomes" not in facts(earlier_outcomes="not_checked")[0]
    assert facts(earlier_outcomes="none")[0]["earlier_outcomes"] == []
    assert "sex" not in facts(sex="unknown")[0]
    assert "appropriate_adult" not in facts()[0]


def test_a_box_left_empty_is_an_answer_only_where_its_group_was_answered() -> None:
    """An interpreter nobody asked about must not count as not needed; one not ticked beside "alone" is not needed."""
    assert not {"has_capacity", "interpreter", "appropriate_adult"} & set(facts()[0])
    child = facts(date_of_birth="2012-01-01", follow=["interpreter"])[0]
    assert (child["interpreter"], child["appropriate_adult"], child["has_capacity"]) == (
        "arranged",
        "not_present",
        True,
    )
    adult = facts(follow=["alone"])[0]
    assert (adult["interpreter"], adult["appropriate_adult"]) == ("not_needed", "not_needed")
    assert facts(follow=["not_now"])[0]["has_capacity"] is False


def test_a_correction_replaces_what_it_says_and_nothing_else() -> None:
    """A date put right would turn domestic abuse into "no", and lose what the victim said."""
    first = {"crimes": [{"number": "AV/1", "committed_on": "2026-06-01", "flags": ["domestic_abuse"]}], "sex": "male"}
    corrected = fold([first, {"crimes": [{"number": "AV/1", "committed_on": "2026-06-02"}]}])
    assert corrected["crimes"] == [{"number": "AV/1", "committed_on": "2026-06-02", "flags": ["domestic_abuse"]}]
    assert corrected["sex"] == "male"


def test_earlier_outcomes_are_those_listed_with_those_of_our_own_records() -> None:
    """A repeat on our own scheme must be seen beside a caution that the officer typed."""
    listed = [{"outcome": "simple_caution", "date": "2025-02-01"}]
    ours = [{"outcome": "scheme", "scheme": "checkpoint", "date": date(2026, 2, 1)}]
    answers = {**ANSWERS, "earlier_outcomes": "caution", "earlier": listed}
    joined = CaseFacts.of(answers, Catalogue([]), AT, ours).given_with_ours[0]["earlier_outcomes"]
    assert [one["outcome"] for one in joined] == ["simple_caution", "scheme"]
    unsaid = CaseFacts.of({**ANSWERS, "earlier_outcomes": "not_checked"}, Catalogue([]), AT, ours).given_with_ours[0]
    assert "earlier_outcomes" not in unsaid


@pytest.mark.parametrize(
    ("answers", "group"),
    [
        ({"ethnicity": "B1"}, "Black"),
        ({"ethnicity": "carried", "carried_answer": "A2"}, "Asian"),
        ({"ethnicity": "N4"}, "Unknown"),
        ({}, "Unknown"),
    ],
)
def test_the_group_is_the_person_s_own_answer(answers: dict[str, Any], group: str) -> None:
    """A refusal to say would be counted under a group."""
    assert ethnic_group_of(answers) == group


def test_age_and_sex_say_when_they_are_not_known() -> None:
    """The share unknown would be wrong."""
    assert age_of(ANSWERS, AT) == 25
    assert age_of({"date_of_birth": "soon"}, AT) is None
    assert age_of({"date_of_birth": "2027-01-01"}, AT) is None
    assert (sex_of(ANSWERS), sex_of({})) == ("male", "unknown")
