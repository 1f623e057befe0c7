"""Reading a pasted summary: nothing is invented, nothing is dropped without a word."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.intake import summary
from cases.intake.summary import read_summary
from cases.models import Catalogue, Offence

OFFENCES = Catalogue(
    [
        Offence(code="theft-from-a-shop", title="Theft from a shop", search="shoplifting; shop theft"),
        Offence(code="common-assault", title="Common assault", search="assault; battery"),
        Offence(code="assault-police", title="Assault on a constable", search="assault; police"),
    ]
)
PASTED = """
Occurrence Number:  AV/1234/26
Offence : Shoplifting
Date of offence: 27/11/2026 23:10
Location\tNorthgate
Injured party - Hart's Stores
Suspect: ELLIS, Kyle
D.O.B.: 14 Jun 2007
Sex: M
"""


def read(text: str) -> summary.Summary:
    return read_summary(text, OFFENCES)


def test_a_whole_summary() -> None:
    """What an officer would type again: nine boxes."""
    assert read(PASTED).facts == {
        "number": "AV/1234/26",
        "offence": "theft-from-a-shop",
        "committed_on": date(2026, 11, 27),
        "area": "Northgate",
        "victim": "Hart's Stores",
        "person": "ELLIS, Kyle",
        "born": date(2007, 6, 14),
        "sex": "male",
    }
    assert read(PASTED).left == ()


def test_a_label_on_a_line_of_its_own() -> None:
    """A table copied from a web page comes cell by cell."""
    assert read("Crime number\nAV/7/26\nWard\nHarbour").facts == {"number": "AV/7/26", "area": "Harbour"}


@pytest.mark.parametrize(
    "line",
    [
        "Offence: assault",  # two offences are called so
        "Offence: breaking wind",
        "Date of offence: 31/02/2026",
        "Date of offence: yesterday",
        "DOB: 14/06/07",
        "Sex: not known",
    ],
)
def test_what_cannot_be_read_is_left_to_the_officer(line: str) -> None:
    """A guess would be recorded as the officer's word."""
    assert read(line) == summary.Summary({}, (line,))


def test_of_two_suspects_the_second_is_named_and_not_taken() -> None:
    """Of a co-accused the officer records a decision of their own."""
    found = read("Suspect: Kyle Ellis\nSuspect: Sean Grant")
    assert (found.facts, found.left) == ({"person": "Kyle Ellis"}, ("Suspect: Sean Grant",))


def test_words_without_a_label_fill_nothing() -> None:
    """A narrative holds names and dates of other people."""
    assert read("On 27/11/2026 Kyle Ellis was seen in Hart's.\nHe ran: stop thief!") == summary.Summary({}, ())


def test_a_force_adds_its_own_labels(tmp_path: Any, settings: Any) -> None:
    """Each record system has its own words."""
    file = tmp_path / "labels.toml"
    file.write_text('number = ["Cofnod trosedd"]\n', "utf-8")
    settings.SUMMARY_LABELS = str(file)
    summary._labels.cache_clear()
    try:
        assert read("Cofnod trosedd: GW/1/26\nWard: Bangor").facts == {"number": "GW/1/26", "area": "Bangor"}
    finally:
        summary._labels.cache_clear()


@given(st.text(max_size=400))
def test_any_text_is_read_without_harm(text: str) -> None:
    """People paste whatever is in their clipboard."""
    found = read(text)
    assert all(value for value in found.facts.values())
    assert all(line.strip() in text for line in found.left)


@given(st.lists(st.sampled_from([line for line in PASTED.splitlines() if line]), unique=True), st.data())
def test_the_order_of_lines_does_not_matter(lines: list[str], data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(lines))
    assert read("\n".join(mixed)).facts == read("\n".join(lines)).facts
