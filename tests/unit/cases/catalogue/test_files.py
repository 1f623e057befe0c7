"""Files of the catalogue as strangers send them: each good row is read, and each bad one named with its line."""

from pathlib import Path

import pytest

from cases.catalogue.files import LARGEST, UnusableFile, read_file
from tests.unit.cases.catalogue.builders import HEADER, ROW, read


def test_a_plain_file_is_read() -> None:
    """The ordinary case."""
    found = read(f"{HEADER}\n{ROW}\n")
    assert [(line, entry.code) for line, entry in found.entries] == [(2, "ticket-touting")]
    assert found.rejects == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_byte_order_marks_and_line_ends_make_no_difference(end: str, mark: bytes) -> None:
    """Every spreadsheet writes its own."""
    text = end.join([HEADER, ROW, ""])
    assert [line for line, _entry in read(mark + text.encode()).entries] == [2]


def test_blank_rows_are_no_rows() -> None:
    """Spreadsheets leave rows of commas at the end; none of them is a fault."""
    found = read(f"{HEADER}\n\n{ROW}\n,,,,,,,,\n  ,,,,,,,,\n\n")
    assert found.rows == 1
    assert [line for line, _entry in found.entries] == [3]


def test_headers_may_be_in_capitals_in_any_order_and_with_spaces() -> None:
    """ "Policy group" and policy_group are one column."""
    found = read("Mode,Policy group,CODE,title,Group,Act\nsummary,other,x-1,A title,Miscellaneous,An Act\n")
    assert found.entries[0][1].policy_group == "other"


def test_commas_quotes_and_line_breaks_inside_quotes_belong_to_the_field() -> None:
    """Titles have commas; lines must still be counted as the file has them."""
    first = 'x-1,"Assault, with ""intent"",\nand more",Violence,other,summary,An Act,,,'
    found = read(f"{HEADER}\n{first}\n{ROW}\n")
    assert found.entries[0][1].title == 'Assault, with "intent", and more'
    assert [line for line, _entry in found.entries] == [2, 4]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no header"),
        ("\n\n", "no header"),
        ("code;title;mode\na;b;c\n", "not separated by commas"),
        ("code\ttitle\tmode\n", "not separated by commas"),
        (HEADER.replace("valid_to", "valid_too") + "\n", "Did you mean “valid_to”?"),
        (HEADER + ",colour\n", "“colour”"),
        (HEADER + ",code\n", "two columns called “code”"),
        ("code,title\na,b\n", "lacks group, policy_group, mode"),
        (f'{HEADER}\n{ROW}\nx,"never closed,\n', "line 3"),
        (b"PK\x03\x04", "spreadsheet"),
        ("code".encode("utf-16"), "UTF-16"),
    ],
)
def test_a_file_that_cannot_be_used_says_how_to_mend_it(text: str | bytes, said: str) -> None:
    """A misspelt column that was passed over would lose its facts without a word."""
    with pytest.raises(UnusableFile, match=said.replace("?", r"\?")):
        read(text)


def test_a_file_that_is_not_there_or_far_too_large_is_refused(tmp_path: Path) -> None:
    """A path mistyped, or the wrong file."""
    with pytest.raises(UnusableFile, match="cannot be read"):
        read_file(tmp_path / "none.csv")
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(UnusableFile, match="larger than 5 MB"):
        read_file(large)


@pytest.mark.parametrize(
    ("row", "reason", "code"),
    [
        ("short,Short,Miscellaneous", "it has 3 fields and the header 9", "short"),
        (f"{ROW},extra", "it has 10 fields and the header 9", "ticket-touting"),
        (ROW.replace("Ticket touting", "Ticket\0touting"), "NUL", "ticket-touting"),
        (ROW.replace("summary", "crown"), "mode: “crown”", "ticket-touting"),
        (ROW.replace(",,", ",2026-13-01,"), "valid_from", "ticket-touting"),
        ('x-1,"A" b,Violence,other,summary,An Act,,,', "not CSV", ""),
    ],
)
def test_a_bad_row_costs_itself_alone(row: str, reason: str, code: str) -> None:
    """Two hundred good rows must not wait for one bad one, and nothing may go missing unsaid."""
    good = ROW.replace("ticket-touting", "good-one")
    found = read(f"{HEADER}\n{row}\n{good}\n")
    assert [entry.code for _line, entry in found.entries] == ["good-one"]
    [reject] = found.rejects
    assert (reject.line, reject.code) == (2, code)
    assert reason in reject.reason
    assert found.rows == 2


def test_a_row_in_another_encoding_is_named_and_the_rest_is_read() -> None:
    """Excel's plain “CSV” is not UTF-8: a dash in one title must not spoil the file, nor be guessed at."""
    bad = ROW.replace("Ticket touting", "Ticket – touting").encode("cp1252")
    good = ROW.replace("ticket-touting", "good-one").encode()
    found = read(b"\n".join([HEADER.encode(), bad, good, b""]))
    assert [entry.code for _line, entry in found.entries] == ["good-one"]
    assert "CSV UTF-8" in found.rejects[0].reason


def test_empty_columns_at_the_end_are_passed_over_and_full_ones_are_not() -> None:
    """Spreadsheets add empty columns; something in one has lost its heading."""
    found = read(f"{HEADER},,\n{ROW},,\n{ROW.replace('ticket-touting', 'b-2')},stray,\n")
    assert [entry.code for _line, entry in found.entries] == ["ticket-touting"]
    assert "without a name" in found.rejects[0].reason
