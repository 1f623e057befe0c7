"""Reading the law's data files: faults name the file, the record and the key."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.law import data, disposals, gravity, limits, outcomes, rehabilitation, youth
from cases.law.data import Dated, LawDataError, NotInForce, load_table, read_toml, refuse_overlaps, version_on

FILES = ["disposals.toml", "outcomes.toml", "limits.toml", "gravity.toml", "rehabilitation.toml", "youth.toml"]
DAYS = st.dates(date(2000, 1, 1), date(2040, 1, 1))


class Row(Dated, frozen=True, extra="forbid"):
    code: str
    size: int


def write(folder: Path, text: str) -> Path:
    (folder / "rows.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[row]]\ncode = "a"\n', r"rows\.toml: row 1 \(a\): size: Field required\."),
        ('[[row]]\ncode = "a"\nsize = "big"\n', r"rows\.toml: row 1 \(a\): size: Input should be a valid integer"),
        ('[[row]]\ncode = "a"\nsize = 1\nsise = 2\n', r"rows\.toml: row 1 \(a\): sise: Extra inputs"),
        ('[[row]]\ncode = "a"\nsize = 1\n[[row]]\nsize = 2\n', r"rows\.toml: row 2: code: Field required"),
        ('[[row]]\ncode = "a"\n[[row]]\ncode = "b"\n', r"row 1 \(a\)"),
        (
            '[[row]]\ncode = "a"\nsize = 1\nvalid_from = 2026-02-01\nvalid_to = 2026-01-01\n',
            r"row 1 \(a\): record: Value error, valid_to 2026-01-01 is before valid_from 2026-02-01",
        ),
        ("[[other]]\nsize = 1\n", r"rows\.toml: row: at least one \[\[row\]\] is needed"),
        ("row = 3\n", r"rows\.toml: row: at least one"),
        ('[[row]\ncode = "a"\n', r"rows\.toml: not valid TOML"),
        ("row = [1]\n", r"rows\.toml: row 1: record"),
    ],
)
def test_a_fault_names_the_file_the_record_and_the_key(tmp_path: Path, text: str, message: str) -> None:
    """A coordinator would be told that something, somewhere, is wrong."""
    with pytest.raises(LawDataError, match=message):
        load_table("rows.toml", "row", Row, folder=write(tmp_path, text))


def test_two_faults_in_a_record_are_said_together(tmp_path: Path) -> None:
    """They would be found one start at a time."""
    with pytest.raises(LawDataError, match=r"size: .*; colour: "):
        load_table("rows.toml", "row", Row, folder=write(tmp_path, '[[row]]\ncode = "a"\nsize = "x"\ncolour = 1\n'))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """An install without its data would fail without saying which file."""
    with pytest.raises(LawDataError, match=r"gone\.toml: the file is missing"):
        read_toml(tmp_path / "gone.toml")


def test_records_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    """The catalogue's order, which pages follow, would change with each start."""
    text = "".join(f'[[row]]\ncode = "{code}"\nsize = 1\n' for code in "cab")
    assert [row.code for row in load_table("rows.toml", "row", Row, folder=write(tmp_path, text))] == ["c", "a", "b"]


@pytest.mark.parametrize("name", FILES)
def test_each_file_says_in_its_first_lines_what_it_is(name: str) -> None:
    """Somebody editing the law as data would find no word of warning."""
    assert (data.FOLDER / name).read_text(encoding="utf-8").startswith("# ")


def test_every_file_beside_the_code_is_read() -> None:
    """A file nobody loads would be edited in vain."""
    loaded = (
        disposals.catalogue(),
        outcomes.all_outcomes(),
        limits.limit_rules(),
        gravity.matrices(),
        gravity.factors(),
        rehabilitation.default_wordings(),
        youth.duties(),
        youth.assessments(),
    )
    assert all(loaded)
    assert sorted(path.name for path in data.FOLDER.glob("*.toml")) == sorted(FILES)


def test_the_files_are_read_once() -> None:
    """Every page would parse the law again."""
    assert disposals.catalogue() is disposals.catalogue()
    assert outcomes.all_outcomes() is outcomes.all_outcomes()


def row(start: date | None, end: date | None, code: str = "a") -> tuple[str, Row]:
    return code, Row(code=code, size=1, valid_from=start, valid_to=end)


@pytest.mark.parametrize(
    ("rows", "overlap"),
    [
        ([row(None, date(2026, 1, 31)), row(date(2026, 2, 1), None)], False),
        ([row(date(2026, 2, 1), None), row(None, date(2026, 1, 31))], False),
        ([row(None, date(2026, 2, 1)), row(date(2026, 2, 1), None)], True),
        ([row(None, None), row(date(2026, 2, 1), None)], True),
        ([row(date(2026, 1, 1), date(2026, 3, 1)), row(date(2026, 2, 1), date(2026, 2, 2))], True),
        ([row(None, None, "a"), row(None, None, "b")], False),
    ],
)
def test_two_versions_of_one_code_never_share_a_day(rows: list[tuple[str, Row]], overlap: bool) -> None:
    """Which rule applied would be chance."""
    if overlap:
        with pytest.raises(LawDataError, match="overlaps the version before it"):
            refuse_overlaps("rows.toml", rows)
    else:
        refuse_overlaps("rows.toml", rows)


@given(DAYS, DAYS, DAYS)
def test_a_record_is_valid_from_its_first_day_to_its_last(one: date, other: date, day: date) -> None:
    """The first or the last day of a rule would have none."""
    start, end = sorted((one, other))
    record = Row(code="a", size=1, valid_from=start, valid_to=end)
    assert record.valid_on(day) is (start <= day <= end)
    assert record.valid_on(start)
    assert record.valid_on(end)


def test_the_version_of_the_day_is_chosen() -> None:
    """A decision would be judged by another year's rule."""
    versions = [row(None, date(2026, 1, 31))[1], row(date(2026, 2, 1), None)[1]]
    assert version_on(versions, date(2026, 1, 31), what="It") is versions[0]
    assert version_on(versions, date(2026, 2, 1), what="It") is versions[1]


def test_a_day_without_rules_says_which_days_have_them() -> None:
    """The officer would not know whether the date or the code is wrong."""
    versions = [row(date(2026, 2, 1), date(2026, 3, 1))[1]]
    with pytest.raises(NotInForce, match=r"It had no rules in force on 1 April 2026\. .* 2026-02-01 to 2026-03-01"):
        version_on(versions, date(2026, 4, 1), what="It")
