"""Reading what a record system tells of crimes: nobody is given another's day of birth, nothing goes without a word."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.intake.crimes import LABELS, MOST_SUSPECTS, Suspect, Told, fact_of_column, read_crimes
from cases.models import Catalogue, Offence
from diversion import clock

OFFENCES = Catalogue([Offence(code="theft-from-a-shop", title="Theft from a shop", search="shoplifting")])
ROW = {
    "number": "av/1234/26",
    "offence": "Shoplifting",
    "committed_on": "27/11/2026 23:10",
    "area": "Northgate",
    "victim": "Hart's",
    "victim_kind": "Business",
    "person": "ELLIS, Kyle",
    "born": "14 Jun 2007",
    "sex": "M",
}
KYLE = Suspect("Kyle", "Ellis", "2007-06-14", "male")


def read(*rows: dict[str, str]) -> Told:
    return read_crimes(enumerate(rows, 2), OFFENCES)


def test_a_whole_row() -> None:
    """What the officer would type again: nine boxes."""
    [crime] = read(ROW).crimes
    assert crime.number == "AV/1234/26"
    assert (crime.offence, crime.committed_on, crime.area) == ("theft-from-a-shop", date(2026, 11, 27), "Northgate")
    assert (crime.victim_kind, crime.victim_name, crime.suspects, crime.left) == ("business", "Hart's", [KYLE], [])


def test_a_row_for_each_suspect_is_one_crime() -> None:
    """The second person would take the first one's place, or the first's day of birth."""
    [crime] = read(ROW, ROW | {"number": "AV/1234/26 ", "person": "Jo Brown", "born": "", "sex": "F"}).crimes
    assert crime.suspects == [KYLE, Suspect("Jo", "Brown", "", "female")]
    assert crime.lines == [2, 3]


def test_the_day_of_birth_is_the_suspects_wherever_its_column_stands() -> None:
    """A table that names the victim before the day would make the victim's of it."""
    turned = dict(reversed(ROW.items()))
    assert read(turned).crimes == read(ROW).crimes


def test_a_row_without_a_number_is_rejected_and_the_others_are_taken() -> None:
    """A file would be refused whole for one bad row, or the row go without a word."""
    told = read(ROW, ROW | {"number": ""}, ROW | {"number": "none"})
    why = "it has no crime number that can be read"
    assert told.rejects == [(3, why), (4, why)]
    assert told.rows == 3


@pytest.mark.parametrize("number", ["Kyle Ellis 2007", "kyle14@example.org", "A" * 20 + "/1/" + "2" * 20, "AV"])
def test_a_column_that_slipped_is_no_number(number: str) -> None:
    """Somebody's name would become a crime, and stand in an address."""
    assert read(ROW | {"number": number}).crimes == []


def test_the_whole_cell_is_the_number() -> None:
    """Two crimes would be one, each with the other's suspect, where a number has a word behind it."""
    numbers = ("42 26000111222 N", "42 26000999888 S", "AV/2026/0000001234567/X")
    assert [one.number for one in read(*(ROW | {"number": one} for one in numbers)).crimes] == list(numbers)


def test_what_no_day_or_box_can_hold_is_left() -> None:
    """A day that is still to come, or half a name, would be put under the officer's hand."""
    with clock.set_to(datetime(2026, 12, 1, 9, tzinfo=UTC)):
        told = read(ROW | {"committed_on": "1/1/2036", "born": "1/1/2031", "victim": "V" * 180})
    [crime] = told.crimes
    assert (crime.committed_on, crime.victim_name, crime.suspects[0].born) == (None, "", "")
    assert {words.partition(":")[0] for _line, words in crime.left} == {"Date of offence", "Date of birth", "Victim"}


def test_a_suspect_without_a_name_is_nobody() -> None:
    """A dash for nobody known would be somebody who was born that day."""
    [crime] = read(ROW | {"person": "-"}).crimes
    assert crime.suspects == []
    assert [words.partition(":")[0] for _line, words in crime.left] == ["Suspect"]


def test_a_victim_that_is_named_is_not_none() -> None:
    """Recorded with no victim, whoever is named would never be told."""
    [crime] = read(ROW | {"victim_kind": "none"}).crimes
    assert (crime.victim_kind, crime.victim_name) == ("", "Hart's")


def test_what_cannot_be_read_is_left_and_named() -> None:
    """An offence that is not in the catalogue would be guessed at, and rules applied to it."""
    [crime] = read(ROW | {"offence": "Riding a camel", "born": "31/02/2007"}).crimes
    assert crime.offence == ""
    assert crime.suspects == [Suspect("Kyle", "Ellis", "", "male")]
    assert {words.partition(":")[0] for _line, words in crime.left} == {"Offence", "Date of birth"}


def test_of_two_rows_that_tell_otherwise_the_first_is_taken() -> None:
    """The crime would change with the order in which its people are listed, and nobody be told."""
    [crime] = read(ROW, ROW | {"area": "Southgate"}).crimes
    assert crime.area == "Northgate"
    assert crime.left == [(3, "Area: Southgate")]


def test_a_crowd_is_not_all_listed() -> None:
    """A page would list a hundred people; the first are there, and the rest are named as left."""
    rows = [ROW | {"person": f"Person {chr(65 + n)}ab", "born": ""} for n in range(MOST_SUSPECTS + 2)]
    [crime] = read(*rows).crimes
    assert len(crime.suspects) == MOST_SUSPECTS
    assert len(crime.left) == 2


def test_columns_are_known_by_the_labels_of_a_summary() -> None:
    """A force's extract would have to be rewritten before it could be read."""
    assert [fact_of_column(name) for name in ("Crime No.", "DOB", "Suspect name", "Name", "Officer in case")] == [
        *("number", "born", "person", "person", ""),
    ]


WORDS = st.one_of(st.sampled_from(["AV/1/26", "Kyle Ellis", "14/06/2007", "M", "Shoplifting"]), st.text(max_size=12))


@settings(suppress_health_check=list(HealthCheck))
@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(LABELS, WORDS)), max_size=4))
def test_every_row_is_taken_or_rejected(rows: list[Any]) -> None:
    """Whatever a record system writes: no failure, and counts in are counts out."""
    told = read(*rows)
    assert told.rows == len(rows)
    assert all(one.number for one in told.crimes)
