"""Reading files as they come: damaged, zipped, renamed, and with a stray quotation mark."""

import gzip
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.intake.mappings.parts import FileShape
from reporting.intake.reading import UnreadableFile, as_text, opened, table

Found = list[tuple[int, list[str] | str]]


def rows(path: Path, *, columns: tuple[str, ...] = ("a", "b"), **shape: object) -> Found:
    with opened(path, FileShape.model_validate({"columns": columns} | shape)) as file:
        file.places_of(columns, "any")
        return [(line, fields) for chunk in file.chunks() for line, fields, _ in chunk if fields]


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "byte-order mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_however_a_file_was_saved_its_rows_are_the_same(tmp_path: Path, packed: bool, mark: str, end: str) -> None:
    """Spreadsheets add byte-order marks and carriage returns; a row must not become another by that."""
    content = (mark + end.join(["a,b", "1,é", "", '"3,4",5']) + end).encode()
    path = written(tmp_path / "any.name", gzip.compress(content) if packed else content)
    assert rows(path) == [(2, ["1", "é"]), (4, ["3,4", "5"])]
    with opened(path) as file:
        assert file.header == ["a", "b"]


@pytest.mark.parametrize("at_once", [1, 2, 3, 200])
def test_a_stray_quotation_mark_costs_its_own_line_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """One slip of the pen in a file of a million rows must not swallow those after it."""
    monkeypatch.setattr(table, "LINES_AT_ONCE", at_once)
    path = written(tmp_path / "f.csv", 'a,b\n1,2\n"3,4\n5,6\n7,"8\n9,"x"y\n10,11\n12,"13')
    fault = "a quotation mark is opened and not closed on the line"
    found = rows(path)
    assert [(line, fields) for line, fields in found if isinstance(fields, list)] == [
        (2, ["1", "2"]),
        (4, ["5", "6"]),
        (7, ["10", "11"]),
    ]
    assert [line for line, fields in found if isinstance(fields, str)] == [3, 5, 6, 8]
    assert found[1] == (3, fault)


@pytest.mark.parametrize("at_once", [1, 2, 200])
def test_a_mapping_may_allow_line_breaks_within_a_field(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """Some sources have notes over several lines; each row still says on which line it begins."""
    monkeypatch.setattr(table, "LINES_AT_ONCE", at_once)
    path = written(tmp_path / "f.csv", 'a,b\n1,"x\ny\nz"\n2,3\n4,"open\n5,6\n')
    found = rows(path, multiline=True)
    assert found[:2] == [(2, ["1", "x\ny\nz"]), (5, ["2", "3"])]
    assert [line for line, _ in found[2:]] == [6, 7]
    assert found[3] == (7, ["5", "6"])


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters='\0\r\n",')), min_size=2, max_size=4),
        max_size=30,
    )
)
def test_no_row_is_lost_or_made(tmp_path_factory: pytest.TempPathFactory, records: list[list[str]]) -> None:
    """Every line that is not blank is a row, on its own line, with its own fields."""
    lines = [",".join(record) for record in records]
    path = written(tmp_path_factory.mktemp("rows") / "f.csv", "\n".join(["a,b", *lines]))
    assert rows(path) == [(number, record) for number, record in enumerate(records, 2)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"a,b,a\n", "two columns called 'a'"),
        (b"PK\x03\x04rest", "zip archive"),
        (gzip.compress(b"a,b\n" + b"1,2\n" * 50_000, mtime=0)[:-200], "damaged gzip file"),
        (b"\x1f\x8b nonsense", "damaged gzip file"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_is_refused_with_the_mend(
    tmp_path: Path, content: bytes, said: str
) -> None:
    """The person at the command line learns what to do, not which exception it was."""
    path = written(tmp_path / "f.csv", content)
    with pytest.raises(UnreadableFile, match=said):
        rows(path)


@pytest.mark.parametrize("start", ["a,b\n1,", '{"a": 1, "b": "'])
def test_a_line_without_an_end_is_refused_before_it_fills_the_memory(tmp_path: Path, start: str) -> None:
    """300 KB of gzip are 300 MB in one line: the worker of a small machine was ended, and the import never told of."""
    path = written(tmp_path / "f.csv.gz", gzip.compress(start.encode() + b"x" * 30_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(
            UnreadableFile, match="is longer than 1,048,576 characters: give each row a line of its own"
        ):
            rows(path)
        assert tracemalloc.get_traced_memory()[1] < 15_000_000
    finally:
        tracemalloc.stop()


def test_a_file_that_is_not_there_or_is_a_folder_is_refused(tmp_path: Path) -> None:
    """A wrong path is the commonest mistake of all."""
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(UnreadableFile, match="cannot be read"):
            rows(path)


def test_a_missing_column_is_named_before_any_row_is_read(tmp_path: Path) -> None:
    """A file of another kind must not become a million rejected rows."""
    with (
        opened(written(tmp_path / "f.csv", "a,c\n1,2\n")) as file,
        pytest.raises(UnreadableFile, match=r"lacks the columns 'b', 'd'\. Its header is: a, c\."),
    ):
        file.places_of(["a", "b", "d"], "any")


def test_the_text_of_a_row_shows_bytes_that_are_not_utf_8() -> None:
    """The line that comes back in the file of rejects must be legible, and itself be UTF-8."""
    assert as_text(b"caf\xe9,1\r\n".decode("utf-8", "surrogateescape")) == "caf\\xe9,1"
