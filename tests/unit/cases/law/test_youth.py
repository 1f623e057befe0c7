"""What police owe a youth justice service about a child: who is meant, from which day, and by when."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.eligibility.codes import OFFENCE_GROUPS
from cases.eligibility.schemes import load_scheme_library
from cases.law import disposals, youth
from cases.law.data import NotInForce
from cases.law.dates import attains_on
from cases.law.workdays import is_working_day

BEGINS = date(2026, 2, 12)
WEAPON = ["weapon_possession"]
BORN = date(2011, 5, 4)


def owed(*, born: date = BORN, groups: list[str] = WEAPON, on: date = BEGINS) -> list[str]:
    return [duty.code for duty in youth.duties_owed(date_of_birth=born, offence_groups=groups, on=on)]


@pytest.mark.parametrize(("on", "codes"), [(BEGINS - timedelta(days=1), []), (BEGINS, ["child_knife"])])
def test_the_duty_begins_with_the_guidance(on: date, codes: list[str]) -> None:
    """Officers would be called late for children of whom nobody asked it yet."""
    assert owed(on=on) == codes


@pytest.mark.parametrize(("years", "before", "after"), [(10, [], ["child_knife"]), (18, ["child_knife"], [])])
def test_the_age_on_the_day_of_the_decision_decides(years: int, before: list[str], after: list[str]) -> None:
    """A child of 17 would be forgotten, or a young adult's name sent to a service for children."""
    birthday = date(2026, 11, 16)
    born = birthday.replace(year=birthday.year - years)
    assert attains_on(born, years) == birthday
    assert owed(born=born, on=birthday - timedelta(days=1)) == before
    assert owed(born=born, on=birthday) == after


@pytest.mark.parametrize("group", sorted(OFFENCE_GROUPS))
def test_only_possession_of_a_weapon_makes_the_duty(group: str) -> None:
    """Every child's name would go to youth justice, or that of a child with a knife would not."""
    assert owed(groups=[group]) == (["child_knife"] if group == "weapon_possession" else [])


def test_one_knife_among_other_crimes_is_enough_and_counts_once() -> None:
    """Behind a theft that stands first the knife would not be seen."""
    assert owed(groups=["shop_theft", *WEAPON, *WEAPON]) == ["child_knife"]
    assert owed(groups=[]) == []


@pytest.mark.parametrize(
    ("known_on", "due"),
    [
        (date(2026, 6, 10), date(2026, 6, 11)),
        (date(2026, 6, 12), date(2026, 6, 15)),  # Friday
        (date(2026, 6, 13), date(2026, 6, 15)),  # Saturday
        (date(2026, 11, 27), date(2026, 11, 30)),
        (date(2026, 4, 2), date(2026, 4, 7)),  # the Thursday before Easter
        (date(2026, 12, 24), date(2026, 12, 29)),  # 25 and, for Saturday 26, 28 December are holidays
    ],
)
def test_the_clock_counts_one_working_day(known_on: date, due: date) -> None:
    """An officer would be late over a weekend, or believe that Easter gives none."""
    found = youth.due(youth.duty_on("child_knife", known_on), known_on)
    assert (found.on, found.working_days) == (due, 1)
    assert "1 working day after" in found.explanation
    assert "KNIFE26" in found.source


def test_a_holiday_proclaimed_after_the_list_can_be_added() -> None:
    """A day of mourning would make every officer late."""
    duty = youth.duty_on("child_knife", BEGINS)
    assert youth.due(duty, date(2026, 6, 10), extra_holidays={date(2026, 6, 11)}).on == date(2026, 6, 12)


@given(st.dates(BEGINS, date(2027, 12, 1)))
def test_the_day_is_a_working_day_and_the_first_after(known_on: date) -> None:
    """A duty due on a Sunday is due on no day of anybody's work."""
    found = youth.due(youth.duty_on("child_knife", known_on), known_on).on
    assert is_working_day(found)
    assert not any(is_working_day(known_on + timedelta(days=ahead)) for ahead in range(1, (found - known_on).days))


@pytest.mark.parametrize(
    ("known_on", "due"), [(date(2060, 1, 1), date(2060, 1, 2)), (date(2060, 1, 2), date(2060, 1, 5))]
)
def test_beyond_the_list_of_holidays_the_day_is_never_too_late_and_says_so(known_on: date, due: date) -> None:
    """A decision about a child could not be recorded because a package is old."""
    found = youth.due(youth.duty_on("child_knife", known_on), known_on)
    assert found.on == due
    assert "bank holidays of that year are not known" in found.explanation


def test_what_the_sources_leave_open_is_named() -> None:
    """A guess of ours would pass for the guidance."""
    [duty] = youth.duties()
    words = " ".join(duty.unsure)
    for doubt in ("counts from", "the age", "no knife"):
        assert doubt in words
    assert all(one.unsure for one in youth.assessments())


def test_before_its_day_the_duty_says_when_it_begins() -> None:
    """Whoever asks about an old case would get the rule of today."""
    with pytest.raises(NotInForce, match="2026-02-12"):
        youth.duty_on("child_knife", date(2026, 2, 11))


def test_the_plan_is_in_the_library_and_leads_to_outcome_23() -> None:
    """The duty would point to a plan that no force can take over."""
    [duty] = youth.duties()
    [plan] = [scheme for scheme in load_scheme_library() if scheme.slug == duty.plan]
    version = plan.on(BEGINS)
    assert version is not None
    assert version.on_success.outcome == 23
    assert [disposals.get(code, BEGINS).outcome_on_completion for code in version.disposal_modes] == [23]
    assert disposals.get(version.disposal_modes[0], BEGINS).fallback == "charge"
    assert set(duty.offence_groups) <= set(OFFENCE_GROUPS)


@pytest.mark.parametrize(("age", "asked"), [(9, False), (10, True), (17, True), (18, False)])
def test_the_assessment_is_asked_for_children(age: int, asked: bool) -> None:
    """A tool for children would be asked of an adult."""
    found = youth.assessment_for(age=age, on=BEGINS)
    assert (found is not None and found.code == "pdat") is asked
