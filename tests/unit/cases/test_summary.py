"""Reading a pasted summary: nothing is invented, nothing is dropped without a word."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.intake import summary
from cases.intake.summary import named, read_summary
from cases.models import Catalogue, Offence

OFFENCES = Catalogue(
    [
        Offence(code="theft-from-a-shop", title="Theft from a shop", search="shoplifting; shop theft"),
        Offence(code="common-assault", title="Common assault", search="assault; battery"),
        Offence(code="assault-police", title="Assault on a constable", search="assault; police"),
    ]
)
NAMED = named(OFFENCES)
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


def read(text: str, force: str = "") -> summary.Summary:
    return read_summary(text, NAMED, force)


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
        "Suspect: he took it, said the owner, and ran off",
        "Suspect: Kyle 12",
        "Crime number: none as yet",
        "DOB: 14/06/2007",  # whose?
    ],
)
def test_what_cannot_be_read_is_left_to_the_officer(line: str) -> None:
    """A guess would be recorded as the officer's word."""
    assert (read(line).facts, read(line).left) == ({}, (line,))


OF_TWO = """Victim: Jane Doe
Date of birth: 01/02/1970
Sex: Female
Reported by: a neighbour
Name: Joan Hill
DOB: 02/03/1980
Suspect:
Name: ELLIS, Kyle
Address: 12 Mill Lane
Date of birth: 14/06/2007
Suspect: Sean Grant
DOB: 03/04/1999
"""


def test_what_is_said_of_somebody_else_is_not_the_suspects() -> None:
    """The victim's date of birth would make a child an adult: another law, another court, and no appropriate adult."""
    found = read(OF_TWO)
    assert found.facts == {"victim": "Jane Doe", "person": "ELLIS, Kyle", "born": date(2007, 6, 14)}
    assert found.left == (
        "Date of birth: 01/02/1970",
        "Sex: Female",
        "Name: Joan Hill",
        "DOB: 02/03/1980",
        "Suspect: Sean Grant",
        "DOB: 03/04/1999",
    )


@pytest.mark.parametrize(
    "words",
    ["Kyle Ellis b. 14/06/2007 of 12 Mill Lane", "Kyle Ellis (born 14 June 2007)", "Kyle Ellis, DOB: 14-6-2007"],
)
def test_a_date_of_birth_behind_a_name(words: str) -> None:
    """As officers write it in one line."""
    assert read(f"Suspect: {words}").facts == {"person": "Kyle Ellis", "born": date(2007, 6, 14)}


def test_a_heading_without_a_fact_takes_no_other_line_of_its_own_label() -> None:
    """A suspect would be called "Address: 12 Mill Lane", and a crime by the number of an officer."""
    assert read("Suspect:\nAddress: 12 Mill Lane\nCrime number:\nReporting officer: PC 12 Reid").facts == {}


def test_the_date_of_the_offence_goes_before_any_other_date() -> None:
    """The day on which it was printed would move the last day to prosecute."""
    found = read("Date: 09/06/2026 14:00 printed\nDate of offence: 01/06/2026")
    assert found.facts == {"committed_on": date(2026, 6, 1)}
    assert read("Date: 9 June 2026").facts == {"committed_on": date(2026, 6, 9)}
    assert read("Date: 09/06/26").unread == {"committed_on"}


def test_a_number_with_more_behind_it_is_the_number_alone() -> None:
    """Cut at forty characters, the number would be one that no crime has."""
    line = "Occurrence: 44260012345 Theft - shoplifting @07/06/2026 12:15"
    assert (read(line).facts, read(line).left) == ({"number": "44260012345"}, (line,))


def test_what_a_copied_page_hides_between_letters_is_not_read() -> None:
    """A number with a mark that nobody sees is another number."""
    assert read("Crime\u00a0number: AV/1\u200b/26\r\nSuspect: Kyle Ellis\r\nSex: Male\u200b").facts == {
        "number": "AV/1/26",
        "person": "Kyle Ellis",
        "sex": "male",
    }


@pytest.mark.parametrize(
    "text", ["Date: 1" + " " * 9000 + "1" + " " * 9000 + "x", "Suspect: " + "a " * 9000], ids=["spaces", "words"]
)
def test_a_long_line_takes_no_longer_than_it_is(text: str) -> None:
    """One paste would stop the service for everybody, for hours."""
    assert read(text).facts == {}


def test_of_two_suspects_the_second_is_named_and_not_taken() -> None:
    """Of a co-accused the officer records a decision of their own."""
    found = read("Suspect: Kyle Ellis\nSuspect: Sean Grant")
    assert (found.facts, found.left) == ({"person": "Kyle Ellis"}, ("Suspect: Sean Grant",))


def test_words_without_a_label_fill_nothing() -> None:
    """A narrative holds names and dates of other people."""
    assert read("On 27/11/2026 Kyle Ellis was seen in Hart's.\nHe ran: stop thief!") == summary.Summary({}, ())


def test_a_force_adds_its_own_labels(tmp_path: Any, settings: Any) -> None:
    """Each record system has its own words, and one of them may mean something else to a neighbour."""
    file = tmp_path / "labels.toml"
    file.write_text('number = ["Cofnod trosedd"]\n[northmoor]\nnumber = ["Log"]\narea = ["IP"]\n', "utf-8")
    settings.SUMMARY_LABELS = str(file)
    summary._labels.cache_clear()
    try:
        assert read("Cofnod trosedd: GW/1/26\nWard: Bangor").facts == {"number": "GW/1/26", "area": "Bangor"}
        own = "Log: NM/1\nIP: Kendal"
        assert (read(own).facts, read(own, "northmoor").facts["area"]) == ({"victim": "Kendal"}, "Kendal")
    finally:
        summary._labels.cache_clear()


@given(st.text(max_size=400))
def test_any_text_is_read_without_harm(text: str) -> None:
    """People paste whatever is in their clipboard."""
    found = read(text)
    assert all(value for value in found.facts.values())
    assert len(found.left) <= len(text.splitlines())
