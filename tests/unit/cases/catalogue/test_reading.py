"""A row of words becomes an entry, or every fault of it is said so that it can be mended."""

from datetime import date

import pytest

from cases.catalogue.reading import EntryError, read_entry
from tests.unit.cases.catalogue.builders import row


def faults(**changes: str) -> dict[str, str]:
    with pytest.raises(EntryError) as caught:
        read_entry(row(**changes))
    return caught.value.faults


def test_what_is_left_out_is_not_known_and_never_no() -> None:
    """An empty cell read as “no” would say of a blade that it is not on the specified list."""
    entry = read_entry(row())
    assert (entry.specified, entry.recordable, entry.gravity_adult, entry.valid_to) == (None, None, None, None)
    assert entry.drug == ""


def test_the_act_and_section_are_the_source_where_no_other_is_given() -> None:
    """Nothing is in the catalogue that cannot be looked up."""
    assert read_entry(row(source="", act="Theft Act 1968", section="s.1")).source == "Theft Act 1968 s.1"
    assert "source" in faults(source="")


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("mode", "Summary only", "summary"),
        ("mode", "EITHER WAY", "either_way"),
        ("mode", "either-way", "either_way"),
        ("policy_group", "Criminal damage", "criminal_damage"),
        ("group", "criminal damage", "Criminal damage"),
        ("specified", "", None),
        ("hate_variant", "TRUE", True),
        ("recordable", "N", False),
        ("gravity_adult", " 3 ", 3),
        ("valid_from", "2026-04-01", date(2026, 4, 1)),
        ("valid_from", "01/04/2026", date(2026, 4, 1)),
        ("valid_from", "1/4/2026", date(2026, 4, 1)),
        ("title", "  Ticket \t touting ", "Ticket touting"),
        ("unsure", "mode; policy_group", "policy_group mode"),
    ],
)
def test_words_are_read_as_people_and_spreadsheets_write_them(column: str, text: str, value: object) -> None:
    """A file that has been through a spreadsheet must not have to be mended cell by cell."""
    extra = {"gravity_source": "Adult matrix 2019"} if column == "gravity_adult" else {}
    assert getattr(read_entry(row(**{column: text}, **extra)), column) == value


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("code", "", "must be given"),
        ("code", "ticket touting", "hyphens"),
        ("code", "café", "accents"),
        ("title", "x" * 151, "150"),
        ("mode", "crown", "summary, either_way, indictable"),
        ("policy_group", "touting", "shop_theft"),
        ("group", "Assault", "Violence"),
        ("drug", "class_d", "class_a"),
        ("specified", "perhaps", "neither yes nor no"),
        ("gravity_adult", "6", "1 to 5"),
        ("gravity_child", "2.5", "whole number"),
        ("valid_from", "31/02/2026", "not a day"),
        ("valid_from", "04/13/2026", "day first"),
        ("valid_from", "2026", "not a day"),
        ("valid_from", "46113", "not a day"),
        ("unsure", "colour", "not a column"),
    ],
)
def test_a_wrong_word_is_named_with_what_would_be_right(column: str, text: str, said: str) -> None:
    """Whoever mends the file has nothing but this sentence."""
    found = faults(**{column: text})
    assert said in found[column]
    assert found[column].startswith(f"{column}: ")


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"specified": "yes", "mode": "summary"}, "specified"),
        ({"drug": "cannabis", "policy_group": "theft"}, "drug"),
        ({"gravity_adult": "3"}, "gravity_source"),
        ({"harm_days": "10"}, "harm_source"),
        ({"valid_from": "2026-04-02", "valid_to": "2026-04-01"}, "valid_to"),
        ({"section": "s.1"}, "act"),
    ],
)
def test_columns_that_contradict_each_other_are_told(changes: dict[str, str], column: str) -> None:
    """Each alone is possible; together they are a slip, and a score without its matrix is made up."""
    assert column in faults(**changes)


def test_every_fault_of_a_row_is_said_at_once() -> None:
    """One fault at each attempt would cost an import for each."""
    assert set(faults(code="", mode="crown", gravity_adult="9")) == {"code", "mode", "gravity_adult"}
