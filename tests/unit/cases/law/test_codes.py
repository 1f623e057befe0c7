"""Codes, findings and the one door to the law."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import cases.law
from cases.law import codes
from cases.law.codes import Admission, Code, ConditionObject, ConditionType, Mode, Rank, Severity, UnknownCode
from cases.law.data import FOLDER
from cases.law.findings import Finding, block, is_refused, needs_authority, warn

KINDS = [
    kind for kind in vars(codes).values() if isinstance(kind, type) and issubclass(kind, Code) and kind is not Code
]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Admission, "admitted accepts_responsibility no_comment denied not_asked"),
        (Rank, "constable sergeant inspector superintendent prosecutor"),
        (Mode, "summary either_way indictable"),
        (Severity, "block needs_authority warn"),
        (ConditionObject, "rehabilitative reparative punitive foreign_national protective"),
        (
            ConditionType,
            (
                "no_reoffending apology compensation repair rj course treatment_appt unpaid_work exclusion "
                "curfew_youth financial_penalty attend_navigator gps_tag departure_uk other"
            ),
        ),
    ],
)
def test_the_codes_are_the_ones_agreed(kind: type[Code], values: str) -> None:
    """Rows stored under the agreed codes would no longer be understood."""
    assert [member.value for member in kind] == values.split()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_code_is_read_back_from_its_own_string(kind: type[Code]) -> None:
    """A value from the database would not be the value that went in."""
    assert all(kind.parse(member.value) is member for member in kind)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_unknown_code_lists_the_right_ones(kind: type[Code]) -> None:
    """The caller would have to open the source to find the right word."""
    with pytest.raises(UnknownCode) as caught:
        kind.parse("Nonsense")
    assert all(member.value in str(caught.value) for member in kind)
    assert kind.__name__ in str(caught.value)


def test_ranks_are_in_order() -> None:
    """An inspector would be refused what a sergeant may do."""
    ranks = list(Rank)
    for place, rank in enumerate(ranks):
        assert [rank.reaches(other) for other in ranks] == [place >= other for other in range(len(ranks))]


@pytest.mark.parametrize(
    ("findings", "refused"),
    [
        ([], False),
        ([warn("a", "A.", "s")], False),
        ([needs_authority("a", "A.", "s", rank=Rank.SERGEANT)], False),
        ([warn("a", "A.", "s"), block("b", "B.", "s")], True),
    ],
)
def test_only_a_block_refuses(findings: list[Finding], refused: bool) -> None:
    """A warning would stop a decision, or a block be walked past."""
    assert is_refused(findings) is refused


def test_a_finding_carries_all_that_a_page_shows() -> None:
    """The rank or the mark of doubt would be lost on the way to the page."""
    assert needs_authority("a", "A.", "s", rank=Rank.INSPECTOR, unsure=True) == Finding(
        "a", Severity.NEEDS_AUTHORITY, "A.", "s", Rank.INSPECTOR, True
    )


def test_the_door_is_whole() -> None:
    """A name promised by the page of the law would not be there."""
    assert len(set(cases.law.__all__)) == len(cases.law.__all__)
    assert all(hasattr(cases.law, name) for name in cases.law.__all__)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_no_name_at_the_door_hides_a_module(path: Path) -> None:
    """Importing a module of the law would give a function of the same name instead."""
    assert path.stem not in cases.law.__all__


def test_every_call_in_the_table_of_the_door_exists() -> None:
    """The table people read first would send them to names that have moved."""
    rows = [line for line in (cases.law.__doc__ or "").splitlines() if line.startswith("| ") and "`" in line]
    quoted = [part.split("(")[0] for line in rows for part in line.split("`")[1::2]]
    assert len(quoted) > 20
    assert [name for name in quoted if not hasattr(cases.law, name)] == []


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_the_law_imports_nothing_of_ours_outside_itself_and_no_django(path: Path) -> None:
    """The rules could no longer be tested, or read, alone."""
    allowed = ("cases.law", "collections", "dataclasses", "datetime", "enum", "functools", "pathlib", "tomllib")
    others = ("typing", "calendar", "pydantic", "govuk_bank_holidays")
    assert [name for name in imported(path) if not name.startswith((*allowed, *others))] == []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_the_law_never_reads_a_clock(path: Path) -> None:
    """An answer about last year would depend on the day it is asked."""
    source = path.read_text(encoding="utf-8")
    assert not [call for call in ("date.today", "datetime.now", "time.time(") if call in source]


def test_the_law_loads_without_django() -> None:
    """A script that only needs a date would have to start the whole service."""
    code = "import sys, cases.law; sys.exit('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=FOLDER.parents[1], check=False, timeout=60)
    assert done.returncode == 0
