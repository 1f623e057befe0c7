"""Found by the beginning of any word, and by two beginnings at once."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diversion.names.folding import words
from diversion.names.tokens import (
    LONGEST,
    MOST_WAYS,
    PAIR,
    following,
    pair,
    pair_beginnings,
    tokens_of,
    ways,
    whole_words,
)

letters = st.text("abcmcłßé", min_size=1, max_size=4)
names = st.lists(letters, min_size=1, max_size=3).map(" ".join)


def begins(token: str, beginning: str) -> bool:
    return beginning <= token < following(beginning)


def is_found(recorded: tuple[str, ...], typed: str) -> bool:
    """As the search does: for one of the ways, every word and, of two, their pair begins a token."""
    kept = tokens_of(*recorded)
    return any(_finds(kept, way) for way in ways(typed))


def _finds(kept: frozenset[str], way: tuple[str, ...]) -> bool:
    singles = all(any(begins(token, word) for token in kept) for word in way)
    paired = len(way) < 2 or any(begins(token, one) for one in pair_beginnings(way[0], way[1]) for token in kept)
    return singles and paired


# As recorded: given names | family name. Typed without the stroke, or, with a comma, as lists print names.
PAIRS = [
    ("Ann|O'Brien", "Ann|O’Brien"),
    ("Ann|O'Brien", "Ann|OBrien"),
    ("Ann|O'Brien", "Ann|O Brien"),
    ("Siobhán|Byrne", "Siobhan|Byrne"),
    ("Jan|Wójcik", "Jan|Wojcik"),
    ("Ian|MacDonald", "Ian|McDonald"),
    ("Ian|MacDonald", "Ian|Mc Donald"),
    ("Ian|MacDonald", "MacDonald|Ian"),
    ("Ian|MacDonald", "McDonald, |Ian"),
    ("Eve|Smith-Jones", "Eve|Smith Jones"),
    ("Eve|Smith-Jones", "Eve|SmithJones"),
    ("Zoé|Ward", "Zoe\N{COMBINING ACUTE ACCENT}|Ward"),
    ("Anne-Marie|Łącka", "Annemarie|Lacka"),
    ("Jean Paul|de la Cruz", "Jean-Paul|Delacruz"),
    ("Piet|van der Berg", "Piet|Vanderberg"),
    ("Thomas|Thomas", "THOMAS|thomas"),
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_either_is_found_by_the_other(one: str, other: str) -> None:
    """Recorded one way and typed the other: each was nobody that is known."""
    for recorded, typed in ((one, other), (other, one)):
        assert is_found(tuple(recorded.split("|")), typed.replace("|", " "))


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_the_beginnings_of_all_words_do(one: str, other: str) -> None:
    """An officer types until the name stands there, and no further."""
    typed = " ".join(word[: max(1, len(word) - 1)] for word in words(one))
    assert is_found(tuple(one.split("|")), typed)
    assert is_found(tuple(other.split("|")), words(other)[-1][:2])


@pytest.mark.parametrize(
    ("recorded", "typed"),
    [
        (("Ian", "MacDonald"), "MacDonald Jan"),
        (("John", "Smith"), "mith"),
        (("John", "Smith"), "John Smithe"),
        (("Sam", "Price"), "Priceless Sam"),
        (("Anna", "Li"), "An Na Lee"),
    ],
)
def test_another_name_is_not_found(recorded: tuple[str, str], typed: str) -> None:
    """Too many people on the page are read by nobody."""
    assert not is_found(recorded, typed)


@given(names, names)
def test_a_name_is_found_by_itself_either_way_round(given_names: str, family_name: str) -> None:
    """Whatever the name: given and family name as recorded, swapped, and with a comma."""
    recorded = (given_names, family_name)
    assert is_found(recorded, f"{given_names} {family_name}")
    assert is_found(recorded, f"{family_name}, {given_names}")


@given(letters, letters, st.integers(1, 4), st.integers(1, 4))
@example("a", "aa", 1, 1)
@example("ab", "a", 2, 1)
def test_two_beginnings_are_the_beginning_of_the_pair(one: str, other: str, some: int, more: int) -> None:
    """Whatever the order of the alphabet makes of the words and of their beginnings."""
    first, second = one[:some], other[:more]
    kept = pair(one, other)
    assert any(begins(kept, beginning) for beginning in pair_beginnings(first, second))


@given(st.text(st.characters(categories=["L"]), min_size=1, max_size=5), st.text(st.characters(categories=["L"])))
def test_a_range_holds_all_that_begins_so_and_nothing_else(beginning: str, text: str) -> None:
    """The index is asked for a range: a word outside it is not found, however it begins."""
    assert begins(beginning + text, beginning)
    assert begins(text, beginning) == text.startswith(beginning)


@given(st.text(max_size=40), st.text(max_size=40))
def test_tokens_fit_into_the_index_and_are_not_many(given_names: str, family_name: str) -> None:
    """One strange name must not be refused by the database."""
    kept = tokens_of(given_names, family_name)
    assert all(0 < len(token) <= 2 * LONGEST + 1 for token in kept)
    assert all(token.removeprefix(PAIR).isalpha() for token in kept)


def test_the_longest_field_stays_within_bounds() -> None:
    """A field of 150 letters, each a word, would have eleven thousand pairs."""
    assert len(tokens_of("a b c d e " * 15, "m n o p q " * 15)) < 1500
    assert max(map(len, tokens_of("ﷺ" * 75, "ß" * 150))) <= 2 * LONGEST + 1


def test_ways_of_what_was_typed() -> None:
    """As typed first; joined over a space or hyphen, and not over a comma; many words in few ways."""
    assert ways("O Brien") == [("o", "brien"), ("obrien",)]
    assert ways("MacDonald, Ian") == [("macdonald", "ian")]
    assert ways("Mary Smith-Jones")[0] == ("mary", "smith", "jones")
    assert ("mary", "smithjones") in ways("Mary Smith-Jones")
    assert len(ways("a b c d")) == 8
    assert len(ways("a b c d e f g h i j k l")) == 22
    assert ways(" -7' ") == []


@pytest.mark.parametrize("typed", ["a b," * 25, "a b c," * 16, " ".join("abcdefghij" * 15), ",".join("ab cd " * 25)])
def test_whatever_is_typed_is_looked_for_in_few_ways(typed: str) -> None:
    """Each comma doubled them: one search held a process of the service for good, and a name box did so too."""
    found = ways(typed)
    assert len(found) <= MOST_WAYS
    assert found[0] == tuple(words(typed))


def test_a_long_name_is_found_with_two_of_its_words_written_as_one() -> None:
    """Somebody with many names would be found by none of the ways in which lists write them."""
    assert is_found(("Anna Maria Luisa", "De la Cruz"), "Delacruz, Anna Maria Luisa")
    assert is_found(("Annamaria Luisa", "de la Cruz"), "de la Cruz, Anna Maria Luisa")


def test_whole_words_leave_pairs_out() -> None:
    """A pair is for the index alone."""
    assert whole_words("Ian", "McRae") == {"ian", "mcrae", "macrae"}
