"""Reading the catalogue: which entry stands for a code on a day, and what it says to the rules."""

from datetime import date
from typing import Any

import pytest

from cases.models import Catalogue, Offence
from tests.unit.cases.catalogue.builders import JULY, JUNE, entry

END_OF_JUNE = date(2026, 6, 30)


def offence(code: str = "ticket-touting", *, owner: int | None = None, **changes: Any) -> Offence:
    return Offence(owner_id=owner, **vars(entry(code, **changes)))


def test_the_entry_of_the_day_is_found_and_none_beside_it() -> None:
    """A day between two entries is a day on which it was no offence."""
    first, second = offence(valid_to=JUNE), offence(valid_from=JULY)
    catalogue = Catalogue([second, first])
    days = (JUNE, date(2026, 6, 2), END_OF_JUNE, JULY)
    assert [catalogue.on("ticket-touting", day) for day in days] == [first, None, None, second]
    assert catalogue.on("unknown", JUNE) is None
    assert catalogue.latest("ticket-touting") is second
    assert catalogue.latest("unknown") is None


def test_each_code_is_offered_once_by_its_latest_entry() -> None:
    """Two choices of one title, an officer cannot tell apart."""
    latest, other = offence(valid_from=JULY), offence("b-2")
    found = list(Catalogue([offence(valid_to=END_OF_JUNE), latest, other]))
    assert [id(one) for one in found] == [id(latest), id(other)]


@pytest.mark.parametrize("own_first", [True, False])
def test_a_forces_own_entry_comes_before_a_shared_one(own_first: bool) -> None:
    """Whatever a later release brings under that code, the force goes on with its own."""
    own, shared = offence(owner=7), offence(valid_from=JUNE)
    catalogue = Catalogue([own, shared] if own_first else [shared, own])
    assert catalogue.on("ticket-touting", JULY) is own
    assert catalogue.latest("ticket-touting") is own


def test_the_rules_are_told_what_the_offence_says_and_nothing_it_does_not() -> None:
    """A fact that is left out is asked; a fact that is guessed is believed."""
    known = offence(policy_group="drug_possession", mode="either_way", drug="class_a", specified=False)
    assert known.rule_facts() == {
        "offence_alleged": True,
        "offence_group": "drug_possession",
        "offence_code": "ticket-touting",
        "mode_of_trial": "either_way",
        "specified_offence": False,
        "drug": "class_a",
    }
    unknown = offence(mode="either_way").rule_facts()
    assert "specified_offence" not in unknown
    assert "drug" not in unknown


@pytest.mark.parametrize("mode", ["summary", "indictable"])
def test_only_an_either_way_offence_can_be_on_the_list(mode: str) -> None:
    """SI 2015/790 lists no other: nobody need be asked."""
    assert offence(mode=mode).is_specified is False
