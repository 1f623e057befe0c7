"""Words of a name, however it is written."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diversion.names.folding import LETTERS, parts, words


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("O'Brien", ["obrien"]),
        ("O’Brien", ["obrien"]),
        ("OʼBrien", ["obrien"]),
        ("O´Brien", ["obrien"]),
        ("Oʻahu", ["oahu"]),
        ("Siobhán", ["siobhan"]),
        ("Wójcik", ["wojcik"]),
        ("Łukasz Æbelø", ["lukasz", "aebelo"]),
        ("Đặng", ["dang"]),
        ("Strauß", ["strauss"]),
        ("STRAUẞ", ["strauss"]),
        ("İnci Işık", ["inci", "isik"]),
        ("Zoe\N{COMBINING ACUTE ACCENT}", ["zoe"]),
        ("Smith-Jones", ["smith", "jones"]),
        ("Smith\N{EN DASH}Jones", ["smith", "jones"]),
        ("St.John", ["st", "john"]),
        ("Ian\N{NO-BREAK SPACE}Mac\N{SOFT HYPHEN}Donald", ["ian", "macdonald"]),
        ("ﬁona", ["fiona"]),
        ("Зоя Андре́ева", ["зоя", "андреева"]),
        ("李小龙", ["李小龙"]),
        ("Anne 2nd", ["anne", "nd"]),
        ("- ' 7", []),
    ],
)
def test_the_words_of_a_name(name: str, folded: list[str]) -> None:
    """Whoever is written differently is otherwise told to be nobody that is known, and recorded a second time."""
    assert words(name) == folded


def test_a_comma_parts_a_name() -> None:
    """ "Surname, Given" is how lists print names, and how they are copied."""
    assert parts("MacDonald, Ian") == [["macdonald"], ["ian"]]
    assert parts(",,") == []


def test_every_letter_folds_to_plain_ones() -> None:
    """A letter that folds to nothing, or to one that is folded again, would be found by nobody."""
    for letter, plain in LETTERS.items():
        assert words(chr(letter)) == [plain]
        assert plain.isascii()


@given(st.text(max_size=30))
def test_folding_again_changes_nothing(name: str) -> None:
    """A key folded twice would not be the key that is kept."""
    once = words(name)
    assert words(" ".join(once)) == once


@given(st.text(max_size=30))
def test_the_forms_of_unicode_are_one(name: str) -> None:
    """Two keyboards type one letter in two forms."""
    folded = words(name)
    assert all(words(unicodedata.normalize(form, name)) == folded for form in ("NFD", "NFC"))


@given(st.text(max_size=30))
def test_a_word_holds_letters_alone(name: str) -> None:
    """Anything else in a word would be a difference that nobody sees."""
    assert all(word.isalpha() for word in words(name))
