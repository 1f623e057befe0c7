"""How long an agreement may run, by when it is safe, and what a plan past that needs."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.law import clocks
from cases.law.clocks import (
    PlanVerdict,
    check_case_plan,
    check_plan,
    latest_safe_completion,
    plan_end,
)
from cases.law.limits import StatutoryLimit, statutory_limit
from cases.law.settings import LawSettings

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
SUMMARY = statutory_limit("summary", date(2026, 1, 10))
NONE = statutory_limit("either_way", date(2026, 1, 10))
WORKING = statutory_limit("either_way", date(2026, 1, 10), shop_theft=True, value_pence=4000)
ORDER = list(PlanVerdict)


def limit_on(day: date, *, firm: bool = True) -> StatutoryLimit:
    return StatutoryLimit("x", day, day, day, firm, "", "")


@pytest.mark.parametrize(
    ("mode", "child", "basis", "weeks", "end"),
    [
        ("summary", False, "issue", 16, date(2026, 6, 12)),
        ("either_way", False, "issue", 20, date(2026, 7, 10)),
        ("indictable", False, "issue", 20, date(2026, 7, 10)),
        ("summary", True, "issue", 16, date(2026, 6, 12)),
        ("either_way", True, "issue", 16, date(2026, 6, 12)),
        ("summary", False, "offence", 16, date(2026, 5, 2)),
        ("either_way", False, "offence", 20, date(2026, 5, 30)),
    ],
)
def test_the_weeks_follow_the_offence_the_age_and_the_forces_basis(
    mode: str, child: bool, basis: str, weeks: int, end: date
) -> None:
    """An agreement would run for the wrong number of weeks, or from the wrong day."""
    settings = LawSettings(plan_clock_basis=basis)  # type: ignore[arg-type]
    found = plan_end(
        mode, issued_on=date(2026, 2, 20), offence_date=date(2026, 1, 10), is_child=child, settings=settings
    )
    assert (found.weeks, found.basis, found.on) == (weeks, basis, end)


def test_a_force_can_set_its_own_weeks() -> None:
    """A force whose policy is twelve weeks would print sixteen."""
    settings = LawSettings(plan_weeks_summary=12)
    found = plan_end("summary", issued_on=date(2026, 2, 20), offence_date=date(2026, 1, 10), settings=settings)
    assert found.on == date(2026, 5, 15)
    assert found.explanation == "12 weeks from the issue end on 15 May 2026."


@given(DAYS, st.integers(0, 200), st.sampled_from(["issue", "offence"]))
def test_an_earlier_offence_never_has_a_later_plan_end(offence: date, days: int, basis: str) -> None:
    """Correcting an offence date backwards would lengthen an agreement."""
    settings = LawSettings(plan_clock_basis=basis)  # type: ignore[arg-type]
    issued = offence + timedelta(days=30)
    ends = [
        plan_end("summary", issued_on=issued, offence_date=offence - timedelta(days=back), settings=settings).on
        for back in (days, 0)
    ]
    assert ends[0] <= ends[1]


@pytest.mark.parametrize(
    ("policy_end", "limit", "lead", "on", "governed_by"),
    [
        (date(2026, 6, 12), date(2026, 7, 10), 28, date(2026, 6, 12), "policy"),
        (date(2026, 6, 11), date(2026, 7, 10), 28, date(2026, 6, 11), "policy"),
        (date(2026, 6, 13), date(2026, 7, 10), 28, date(2026, 6, 12), "limit"),
        (date(2026, 8, 1), date(2026, 7, 10), 0, date(2026, 7, 10), "limit"),
        (date(2026, 8, 1), None, 28, date(2026, 8, 1), "policy"),
        (None, date(2026, 7, 10), 28, date(2026, 6, 12), "limit"),
        (None, None, 28, None, "nothing"),
        (date(2026, 8, 1), SUMMARY, 28, date(2026, 6, 12), "limit"),
        (date(2026, 8, 1), NONE, 28, date(2026, 8, 1), "policy"),
    ],
)
def test_latest_safe_completion_is_the_earlier_of_policy_and_limit(
    policy_end: date | None, limit: date | StatutoryLimit | None, lead: int, on: date | None, governed_by: str
) -> None:
    """A due date would be set that leaves no time to charge."""
    found = latest_safe_completion(policy_end, limit, lead)
    assert (found.on, found.governed_by) == (on, governed_by)


@given(st.one_of(st.none(), DAYS), st.one_of(st.none(), DAYS), st.integers(0, 90))
def test_latest_safe_is_never_after_the_policy_end_nor_the_limit(
    policy_end: date | None, limit: date | None, lead: int
) -> None:
    """A case would time out inside its own plan."""
    found = latest_safe_completion(policy_end, limit, lead).on
    if policy_end is not None:
        assert found is not None
        assert found <= policy_end
    if limit is not None:
        assert found is not None
        assert found <= limit - timedelta(days=lead)
    assert (found is None) is (policy_end is None and limit is None)


@given(DAYS, DAYS, st.integers(0, 60), st.integers(0, 60))
def test_more_lead_time_never_gives_a_later_day(policy_end: date, limit: date, lead: int, more: int) -> None:
    """A cautious force would be given less caution."""
    later = latest_safe_completion(policy_end, limit, lead).on
    earlier = latest_safe_completion(policy_end, limit, lead + more).on
    assert earlier is not None
    assert later is not None
    assert earlier <= later


@pytest.mark.parametrize(
    ("end", "verdict", "spare"),
    [
        (date(2026, 6, 1), PlanVerdict.WITHIN, 11),
        (date(2026, 6, 12), PlanVerdict.WITHIN, 0),
        (date(2026, 6, 13), PlanVerdict.NEEDS_SERGEANT, -1),
        (date(2026, 7, 10), PlanVerdict.NEEDS_SERGEANT, -28),
        (date(2026, 7, 11), PlanVerdict.REFUSED, -29),
    ],
)
def test_the_three_answers_change_on_their_days(end: date, verdict: PlanVerdict, spare: int) -> None:
    """A plan would be refused or let through on the wrong side of a day."""
    found = check_plan(end, SUMMARY)
    assert (found.verdict, found.spare_days) == (verdict, spare)


def test_a_shorter_lead_changes_the_safe_day_and_not_the_bar() -> None:
    """A force's setting would move the law."""
    settings = LawSettings(lead_days=7)
    assert check_plan(date(2026, 7, 3), SUMMARY, settings=settings).verdict is PlanVerdict.WITHIN
    assert check_plan(date(2026, 7, 11), SUMMARY, settings=settings).verdict is PlanVerdict.REFUSED


@pytest.mark.parametrize("limit", [None, NONE])
def test_without_a_limit_any_plan_is_within(limit: StatutoryLimit | None) -> None:
    """An either-way case would be asked for reasons."""
    found = check_plan(date(2030, 1, 1), limit)
    assert (found.verdict, found.latest_safe, found.suggestions) == (PlanVerdict.WITHIN, None, ())


def test_a_working_date_never_refuses() -> None:
    """A person would be sent to court over a date the High Court says is no bar."""
    assert check_plan(date(2027, 1, 1), WORKING).verdict is PlanVerdict.NEEDS_SERGEANT


def test_a_plan_nobody_can_enforce_is_never_refused_and_is_warned_about() -> None:
    """A community resolution would be refused over a prosecution it never threatens."""
    found = check_plan(date(2026, 8, 1), SUMMARY, enforceable=False)
    assert found.verdict is PlanVerdict.WITHIN
    assert "no time left to prosecute (limit 10 July 2026)" in found.explanation
    assert found.suggestions == ("A shorter plan, finished by 12 June 2026",)


@pytest.mark.parametrize(("today", "is_past"), [(date(2026, 6, 12), False), (date(2026, 6, 13), True)])
def test_no_day_that_has_passed_is_suggested(today: date, is_past: bool) -> None:
    """An officer in November read that the plan should be finished by June."""
    found = check_plan(date(2026, 7, 20), SUMMARY, today=today)
    assert any("finished by 12 June" in one for one in found.suggestions) != is_past
    assert found.suggestions[-2:] == ("A community resolution", "Outcome 22")
    assert ("which has passed" in found.explanation) == is_past
    unenforced = check_plan(date(2026, 8, 1), SUMMARY, enforceable=False, today=today)
    assert bool(unenforced.suggestions) != is_past
    close = check_plan(date(2026, 7, 1), SUMMARY, today=date(2026, 6, 30))
    assert close.explanation == (
        "The plan ends on 1 July 2026, after the latest safe day of 12 June 2026, which has passed: "
        "a sergeant has to give a reason."
    )


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (date(2026, 6, 2), "The plan ends on 2 June 2026, 10 days before the latest safe day."),
        (
            date(2026, 6, 20),
            (
                "The plan ends on 20 June 2026, after the latest safe day of 12 June 2026: "
                "a sergeant has to give a reason."
            ),
        ),
        (
            date(2026, 7, 31),
            (
                "The plan ends on 31 July 2026, after the latest safe day of 12 June 2026 and after the limit of "
                "10 July 2026: it cannot be enforced, so it is refused."
            ),
        ),
    ],
)
def test_the_words_name_the_days(end: date, words: str) -> None:
    """An officer would be refused without being told which day to choose."""
    assert check_plan(end, SUMMARY).explanation == words


@given(DAYS, st.integers(0, 400), DAYS, st.booleans(), st.booleans())
def test_a_longer_plan_is_never_judged_more_kindly(
    end: date, longer: int, limit: date, firm: bool, enforceable: bool
) -> None:
    """Adding a week would turn a refusal into a yes."""
    one = check_plan(end, limit_on(limit, firm=firm), enforceable=enforceable)
    other = check_plan(end + timedelta(days=longer), limit_on(limit, firm=firm), enforceable=enforceable)
    assert ORDER.index(one.verdict) <= ORDER.index(other.verdict)


def test_a_case_is_judged_by_its_strictest_crime() -> None:
    """A working date first in time would hide a later bar, or a bar be hidden by an either-way crime."""
    bar = limit_on(date(2026, 7, 20))
    end = date(2026, 8, 1)
    assert check_case_plan(end, [WORKING, bar, NONE]).verdict is PlanVerdict.REFUSED
    assert check_case_plan(end, [NONE, WORKING]).verdict is PlanVerdict.NEEDS_SERGEANT
    assert check_case_plan(end, [NONE]).verdict is PlanVerdict.WITHIN
    assert check_case_plan(end, []).verdict is PlanVerdict.WITHIN


def test_a_case_within_all_its_limits_shows_the_nearest() -> None:
    """The page would count the days to the wrong crime's limit."""
    found = check_case_plan(date(2026, 5, 1), [NONE, limit_on(date(2026, 9, 1)), SUMMARY])
    assert (found.verdict, found.latest_safe) == (PlanVerdict.WITHIN, date(2026, 6, 12))


@given(DAYS, st.lists(st.tuples(DAYS, st.booleans()), min_size=1, max_size=5), st.booleans())
def test_no_crime_is_stricter_than_its_case(end: date, limits: list[tuple[date, bool]], enforceable: bool) -> None:
    """A case of many crimes would be let through where one of them alone would not."""
    each = [limit_on(day, firm=firm) for day, firm in limits]
    whole = check_case_plan(end, each, enforceable=enforceable)
    worst = max(ORDER.index(check_plan(end, one, enforceable=enforceable).verdict) for one in each)
    assert ORDER.index(whole.verdict) == worst


def test_the_module_is_one_door_to_every_clock() -> None:
    """A name moved between files would break those who import it from here."""
    assert sorted(clocks.__all__) == clocks.__all__
    assert all(hasattr(clocks, name) for name in clocks.__all__)
