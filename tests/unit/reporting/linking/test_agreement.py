"""Two extracts' words about one decision: when both can be true, and when the force must be asked."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.linking.agreement import Word, contradiction
from tests.factories.followups import chosen

START = date(2024, 1, 1)


@st.composite
def lives(draw: st.DrawFn) -> list[tuple[date, date]]:
    """Offences and the days on which they were proven."""
    days = draw(st.lists(st.tuples(st.integers(1, 900), st.integers(0, 400)), max_size=4))
    return sorted((START + timedelta(days=day), START + timedelta(days=day + wait)) for day, wait in days)


def told(life: list[tuple[date, date]], to: date, *, asked: bool = True) -> Word:
    """What an extract complete to ``to`` truly says: of the offence that is asked for, or of the earliest."""
    known = [pair for pair in life if pair[1] <= to]
    pair = (chosen(known, START) if asked else known[0]) if known else (None, None)
    return Word(to, *pair, len(known))


@settings(max_examples=300)
@given(lives(), st.integers(0, 1400), st.integers(0, 1400), st.booleans())
def test_two_true_extracts_of_one_life_never_contradict(
    life: list[tuple[date, date]], one: int, other: int, asked: bool
) -> None:
    """A false alarm each half year would teach the force to wave contradictions through."""
    words = [told(life, START + timedelta(days=days), asked=asked) for days in (one, other)]
    assert contradiction(*words) == ""


@given(lives(), st.integers(0, 1400), st.integers(0, 1400), lives())
def test_the_order_in_which_they_come_does_not_matter_but_for_the_day(
    life: list[tuple[date, date]], one: int, other: int, another: list[tuple[date, date]]
) -> None:
    """An older extract found in a drawer contradicts the newer one as that one would have contradicted it."""
    first, second = told(life, START + timedelta(days=one)), told(another, START + timedelta(days=other))
    if one != other:
        assert contradiction(first, second) == contradiction(second, first)


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (Word(date(2025, 6, 1), None, None, person=UUID(int=2)), "another one"),
        (Word(date(2025, 6, 1), date(2024, 3, 1), date(2024, 4, 1)), "ought to have had"),
        (Word(date(2025, 6, 1), date(2024, 3, 1), date(2024, 4, 1), scope="national"), ""),
        (Word(date(2025, 6, 1), date(2024, 3, 1), date(2025, 4, 1)), ""),
    ],
)
def test_what_a_shorter_follow_up_ought_to_have_known(later: Word, why: str) -> None:
    """National records may hold what the force's own did not; another person's may not."""
    earlier = Word(date(2025, 1, 1), None, None, person=UUID(int=1), scope="force")
    assert (why in contradiction(earlier, later)) if why else (contradiction(earlier, later) == "")
