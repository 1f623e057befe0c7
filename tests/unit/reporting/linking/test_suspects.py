"""Suspects matched to decisions: never more of a crime than there are decisions over it."""

from hypothesis import given
from hypothesis import strategies as st

from reporting.intake.rows.suspects import plain_number
from reporting.linking.suspects import Seen, considered, likeness

people = st.builds(
    Seen,
    st.sampled_from(["Male", "Female"]),
    st.one_of(st.none(), st.integers(10, 60)),
    st.sampled_from(["White", "Black"]),
)
numbers = st.sampled_from(["AV/1/26", "AV/2/26", "AV/3/26"])
suspects = st.dictionaries(st.integers(), st.tuples(numbers, people), max_size=12)
decided = st.dictionaries(numbers, st.lists(people, max_size=4))


@given(suspects, decided)
def test_of_each_crime_as_many_are_considered_as_decisions_allow(
    found: dict[int, tuple[str, Seen]], over: dict[str, list[Seen]]
) -> None:
    """A crime with one decision and three suspects must not count as three people considered."""
    chosen, doubtful = considered(found, over)
    for number in {number for number, _ in found.values()}:
        of_crime = {name for name, (crime, _) in found.items() if crime == number}
        assert len(chosen & of_crime) == min(len(of_crime), len(over.get(number, [])))
    assert doubtful <= chosen


@given(suspects, decided, st.randoms())
def test_the_order_of_rows_changes_nobody_s_count(
    found: dict[int, tuple[str, Seen]], over: dict[str, list[Seen]], chance: object
) -> None:
    """An extract sorted otherwise must give the same coverage."""
    items = list(found.items())
    chance.shuffle(items)  # type: ignore[attr-defined]
    assert len(considered(dict(items), over)[0]) == len(considered(found, over)[0])


def test_the_suspect_most_like_the_person_decided_about_is_the_one() -> None:
    """Three men and a woman at one theft, a decision about the woman: she is the one considered."""
    woman, man = Seen("Female", 24, "Black"), Seen("Male", 24, "White")
    found = {name: ("AV/1/26", man) for name in (1, 2, 3)} | {4: ("AV/1/26", woman)}
    assert considered(found, {"AV/1/26": [Seen("Female", 23, "Black")]}) == ({4}, set())
    assert len(considered(found, {"AV/1/26": [man]})[1]) == 1
    assert likeness(woman, woman) == 5 > likeness(man, woman) == 2


def test_crime_numbers_are_compared_without_their_blanks_and_capitals() -> None:
    """Two systems write one number in two ways; unmatched, everybody would seem never considered."""
    assert plain_number(" av/0012 345 /26") == plain_number("AV/0012345/26") == "AV/0012345/26"
