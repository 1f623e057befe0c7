"""Past answers as facts: what nobody was asked must stay unknown, or a preview would claim too much."""

from datetime import date
from typing import Any

import pytest

from cases.models import Catalogue, Offence
from referrals.judging.facts import age_of, ethnic_group_of, facts_of, sex_of

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
    return facts_of({**ANSWERS, **changes}, Catalogue([SHOP_THEFT]), AT)


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
    assert facts_of({}, Catalogue([]), AT) == [{}]
    assert "earlier_outcomes" not in facts(earlier_outcomes="not_checked")[0]
    assert facts(earlier_outcomes="none")[0]["earlier_outcomes"] == []
    assert "sex" not in facts(sex="unknown")[0]
    assert "appropriate_adult" not in facts()[0]


def test_a_child_s_empty_boxes_are_answers() -> None:
    """The form asks them of every child; leaving them open would make every child undetermined."""
    first = facts(date_of_birth="2012-01-01", appropriate_adult=True)[0]
    assert (first["appropriate_adult"], first["yjs_consulted"]) == ("present", False)


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
