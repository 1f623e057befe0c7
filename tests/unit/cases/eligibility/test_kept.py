"""Every option of a case in its kept form: the same answer as the engine gives, and the worst crime decides."""

from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cases.eligibility.assess import assess
from cases.eligibility.kept import KeptOption, keep
from cases.eligibility.knowledge import know
from cases.eligibility.policy import load_policy
from cases.eligibility.reading import FactError

from .test_real_policy_properties import AT, people

POLICY = load_policy()
SHOP_THEFT: dict[str, Any] = {
    "date_of_birth": "2001-03-04",
    "offence_group": "shop_theft",
    "mode_of_trial": "either_way",
    "offence_date": "2026-02-27",
    "admission": "admitted",
    "evidence": "charge_standard",
    "hate_crime": False,
    "domestic_abuse": False,
    "victim_view": "agrees",
    "earlier_outcomes": [],
    "consent": True,
    "has_capacity": True,
    "interpreter": "not_needed",
    "appropriate_adult": "not_needed",
}


def kept(*crimes: dict[str, Any]) -> dict[str, KeptOption]:
    return {option.key: option for option in keep(crimes, POLICY, AT)}


@settings(max_examples=25)
@given(people())
def test_an_option_of_one_crime_is_what_the_engine_says_of_it(person: dict[str, Any]) -> None:
    """Figures made of anything but the product's own rules would be the figure-maker's opinion."""
    try:
        found = assess(person, POLICY, AT).options
    except FactError:
        assume(False)
    options = keep([person], POLICY, AT)
    assert [(o.key, o.kind, o.title, o.version, o.status, o.possible) for o in options] == [
        (o.key, o.kind, o.title, o.version, o.status, o.possible) for o in found
    ]
    settled = [(mine.criteria, its.reasons) for mine, its in zip(options, found, strict=True) if len(its.possible) == 1]
    assert all(mine == its for mine, its in settled)


@settings(max_examples=15)
@given(st.lists(people(), min_size=2, max_size=3))
def test_the_worst_crime_decides_and_none_makes_an_option_better(crimes: list[dict[str, Any]]) -> None:
    """Six thefts and a robbery must not be read as six thefts."""
    try:
        alone = [kept(crime) for crime in crimes]
    except FactError:
        assume(False)
    for key, option in kept(*crimes).items():
        each = [one[key] for one in alone]
        assert option.is_closed or not any(one.is_closed for one in each)
        assert option.is_open is all(one.is_open for one in each)


def test_a_rank_nobody_asked_for_leaves_an_option_open() -> None:
    """Gravity is not scored at the roadside: everybody would be "undetermined", and nobody counted as eligible."""
    resolution = kept(SHOP_THEFT)["disposal:community_resolution"]
    assert (resolution.status, resolution.is_open) == ("undetermined", True)
    assert resolution.ranks == ("", "sergeant", "inspector")


def test_what_blocked_stands_with_the_option() -> None:
    """Whoever asks why somebody could not be diverted must find the rule."""
    denied = kept(SHOP_THEFT | {"admission": "denied"})["disposal:community_resolution"]
    assert (denied.status, denied.is_closed, denied.criteria) == ("ineligible", True, ("admission",))
    one_of_two = kept(SHOP_THEFT, SHOP_THEFT | {"evidence": "insufficient"})["disposal:community_resolution"]
    assert (one_of_two.status, one_of_two.criteria) == ("ineligible", ("evidence",))


def test_ten_crimes_are_as_quick_as_their_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    """An officer at a till with ten thefts of one day must not wait for ten assessments."""
    calls: list[object] = []
    monkeypatch.setattr("cases.eligibility.kept.know", lambda *args: calls.append(args) or know(*args))
    kept(*[SHOP_THEFT] * 9, SHOP_THEFT | {"offence_date": date(2026, 2, 26)})
    assert len(calls) == 2


def test_facts_that_contradict_one_another_are_refused() -> None:
    """A date of birth after the offence would otherwise be counted as somebody."""
    with pytest.raises(FactError):
        kept(SHOP_THEFT | {"offence_date": "2026-03-31"})
