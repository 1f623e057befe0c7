"""By when proceedings have to begin."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.law.codes import UnknownCode
from cases.law.dates import DateError, add_months
from cases.law.limits import StatutoryLimit, earliest_limit, firm_limit, limit_rules, statutory_limit
from cases.law.settings import LawSettings

OFFENCES = st.dates(date(2015, 1, 1), date(2030, 12, 31))
FIRM = LawSettings(shop_theft_limit_is_firm=True)


@pytest.mark.parametrize(
    ("offence", "limit"),
    [
        (date(2026, 1, 10), date(2026, 7, 10)),
        (date(2026, 1, 31), date(2026, 7, 31)),
        (date(2026, 3, 31), date(2026, 9, 30)),
        (date(2025, 8, 29), date(2026, 2, 28)),
        (date(2023, 8, 29), date(2024, 2, 29)),
        (date(2025, 9, 30), date(2026, 3, 30)),
    ],
)
def test_summary_only_offences_have_six_months(offence: date, limit: date) -> None:
    """A deferral would outlive the power to prosecute."""
    found = statutory_limit("summary", offence)
    assert (found.on, found.runs_from, found.firm, found.rule) == (limit, offence, True, "mca_127")
    assert found.last_safe_day == limit - timedelta(days=1)


@pytest.mark.parametrize("mode", ["either_way", "indictable"])
def test_offences_that_can_go_to_the_crown_court_have_none(mode: str) -> None:
    """A court's choice of venue would be read as a time limit."""
    found = statutory_limit(mode, date(2026, 1, 10))
    assert (found.on, found.last_safe_day) == (None, None)
    assert "s.127(2)" in found.source


def test_an_unknown_mode_is_an_error_that_lists_the_right_ones() -> None:
    """A typing mistake would quietly mean no limit at all."""
    with pytest.raises(UnknownCode, match="summary, either_way, indictable"):
        statutory_limit("either-way", date(2026, 1, 10))


@pytest.mark.parametrize("offset", [0, 1, 7])
def test_the_last_safe_day_is_the_forces_to_set(offset: int) -> None:
    """A force that wants a week in hand could not have it."""
    settings = LawSettings(last_safe_day_offset=offset)
    found = statutory_limit("summary", date(2026, 1, 10), settings=settings)
    assert found.last_safe_day == date(2026, 7, 10) - timedelta(days=offset)


def test_the_limit_day_is_itself_in_time() -> None:
    """In Jackson (2025) a charge on the corresponding date was in time: a day earlier would lose the case."""
    found = statutory_limit("summary", date(2023, 6, 28), domestic_assault=True, first_statement=date(2023, 9, 27))
    assert found.on == date(2024, 3, 27)


@pytest.mark.parametrize(
    ("offence", "statement", "limit", "rule"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 7, 1), "cja_39a"),
        (date(2026, 1, 1), date(2026, 12, 1), date(2027, 6, 1), "cja_39a"),
        (date(2026, 1, 1), date(2027, 8, 1), date(2028, 1, 1), "cja_39a"),
        (date(2026, 1, 1), date(2027, 7, 1), date(2028, 1, 1), "cja_39a"),
        (date(2025, 8, 31), date(2025, 8, 31), date(2026, 2, 28), "cja_39a"),
        (date(2024, 2, 29), date(2026, 1, 1), date(2026, 2, 28), "cja_39a"),
        (date(2022, 6, 28), date(2022, 9, 1), date(2023, 3, 1), "cja_39a"),
        (date(2022, 6, 27), date(2022, 9, 1), date(2022, 12, 27), "mca_127"),
        (date(2026, 1, 1), None, date(2026, 7, 1), "mca_127"),
    ],
)
def test_domestic_assault_counts_from_the_statement_within_two_years(
    offence: date, statement: date | None, limit: date, rule: str
) -> None:
    """A victim who came forward late would be told it is too late, or promised time the law does not give."""
    found = statutory_limit("summary", offence, domestic_assault=True, first_statement=statement)
    assert (found.on, found.rule) == (limit, rule)


def test_before_a_statement_the_words_say_that_it_will_count_from_one() -> None:
    """The page would show six months from the offence as if that were the end of it."""
    found = statutory_limit("summary", date(2026, 1, 1), domestic_assault=True)
    assert "once there is one" in found.explanation


def test_a_statement_does_not_move_the_clock_of_another_assault() -> None:
    """The domestic abuse clock would be given to every common assault."""
    found = statutory_limit("summary", date(2026, 1, 1), first_statement=date(2026, 3, 10))
    assert (found.on, found.rule) == (date(2026, 7, 1), "mca_127")


def test_a_statement_before_the_offence_is_a_clear_error() -> None:
    """Two dates keyed the wrong way round would shorten the clock."""
    with pytest.raises(DateError, match="before the offence"):
        statutory_limit("summary", date(2026, 3, 1), domestic_assault=True, first_statement=date(2026, 2, 28))


@pytest.mark.parametrize(
    ("offence", "pence", "rule", "limit"),
    [
        (date(2014, 5, 12), 4000, "none_either_way", None),
        (date(2014, 5, 13), 4000, "shop_theft_s22a", date(2014, 11, 13)),
        (date(2026, 1, 10), 20000, "shop_theft_s22a", date(2026, 7, 10)),
        (date(2026, 1, 10), 20001, "none_either_way", None),
        (date(2026, 1, 10), None, "shop_theft_s22a", date(2026, 7, 10)),
        (date(2026, 1, 10), 0, "shop_theft_s22a", date(2026, 7, 10)),
    ],
)
def test_shop_theft_follows_its_date_and_value(offence: date, pence: int | None, rule: str, limit: date | None) -> None:
    """A £200.01 theft would get a clock, or a £200 one lose its warning."""
    found = statutory_limit("either_way", offence, shop_theft=True, value_pence=pence)
    assert (found.rule, found.on) == (rule, limit)


def test_a_working_date_says_so() -> None:
    """An officer would read a guide as the law."""
    found = statutory_limit("either_way", date(2026, 1, 10), shop_theft=True, value_pence=None)
    assert found.explanation.startswith("Aim to begin proceedings by 10 July 2026")
    assert "these six months do not bar a charge" in found.explanation
    assert "value is not recorded" in found.explanation
    assert "Jobson" in found.source
    assert found.unsure


def test_a_force_can_hold_shop_theft_to_six_months() -> None:
    """A force advised to treat it as a bar could not."""
    found = statutory_limit("either_way", date(2026, 1, 10), shop_theft=True, value_pence=4000, settings=FIRM)
    assert found.firm
    assert found.explanation.startswith("Proceedings must begin by")
    assert "does not bar" not in found.explanation


@given(st.sampled_from(["summary", "either_way", "indictable"]), OFFENCES, st.integers(0, 400))
def test_an_earlier_offence_never_has_a_later_limit(mode: str, offence: date, days: int) -> None:
    """Correcting an offence date backwards would buy time."""
    later = statutory_limit(mode, offence).on or date.max
    earlier = statutory_limit(mode, offence - timedelta(days=days)).on or date.max
    assert earlier <= later


@given(OFFENCES, st.integers(0, 900), st.integers(0, 900))
def test_an_earlier_domestic_assault_never_has_a_later_limit(offence: date, wait: int, days: int) -> None:
    """As above, for the clock with two starts, across its first day in force."""
    statement = offence + timedelta(days=wait)
    later = statutory_limit("summary", offence, domestic_assault=True, first_statement=statement).on
    moved = offence - timedelta(days=days)
    earlier = statutory_limit("summary", moved, domestic_assault=True, first_statement=statement).on
    assert earlier is not None
    assert later is not None
    assert earlier <= later


@given(st.dates(date(2022, 6, 28), date(2030, 1, 1)), st.integers(0, 900), st.integers(0, 900))
def test_an_earlier_statement_never_gives_a_later_limit(offence: date, wait: int, longer: int) -> None:
    """Two statements on file would let the second restart the clock."""
    limits = [
        statutory_limit("summary", offence, domestic_assault=True, first_statement=offence + timedelta(days=after)).on
        for after in (wait, wait + longer)
    ]
    assert limits == sorted(limits, key=lambda day: day or date.max)
    assert max(day for day in limits if day) <= add_months(offence, 24)


@given(OFFENCES, st.integers(0, 200_000))
def test_shop_theft_limits_are_six_months_or_none(offence: date, pence: int) -> None:
    """The data would produce a third kind of answer nobody wrote down."""
    found = statutory_limit("either_way", offence, shop_theft=True, value_pence=pence)
    assert found.on == (add_months(offence, 6) if pence <= 20_000 else None)


def limit(day: date | None, *, firm: bool = True) -> StatutoryLimit:
    return StatutoryLimit("x", day, day, date(2026, 1, 1), firm, "", "")


def test_the_earliest_limit_leaves_out_crimes_without_one() -> None:
    """One either-way crime would hide the summary one that is about to expire."""
    first = limit(date(2026, 7, 10))
    assert earliest_limit([limit(None), limit(date(2026, 9, 1)), first]) is first


def test_no_limits_at_all_is_none() -> None:
    """A case of either-way crimes would be given a clock."""
    assert earliest_limit([]) is None
    assert earliest_limit([limit(None), limit(None)]) is None
    assert firm_limit([limit(date(2026, 7, 10), firm=False)]) is None


def test_a_firm_limit_wins_a_tie_and_is_found_behind_a_working_date() -> None:
    """A guide would stand in for a bar on the same day, or hide the bar behind it."""
    guide, bar = limit(date(2026, 7, 10), firm=False), limit(date(2026, 7, 10))
    assert earliest_limit([guide, bar]) is bar
    later = limit(date(2026, 7, 20))
    assert earliest_limit([guide, later]) is guide
    assert firm_limit([guide, later]) is later


@given(st.lists(st.one_of(st.none(), OFFENCES), max_size=8))
def test_the_earliest_limit_is_no_later_than_any(days: list[date | None]) -> None:
    """The clock of a case would run past one of its crimes."""
    found = earliest_limit([limit(day) for day in days])
    dated = [day for day in days if day is not None]
    assert (found.on if found else None) == min(dated, default=None)


def test_every_rule_has_a_source_and_its_own_code() -> None:
    """A page could not say where a date comes from."""
    rules = [rule for rows in limit_rules().values() for rule in rows]
    assert all(rule.source for rule in rules)
    assert len({rule.code for rule in rules}) == len(rules)
