"""docs/law.md must stay true: who may close how, for each scheme of the library, is compared with the rules."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from cases.eligibility.schemes import SchemeVersion, load_scheme_library
from cases.law import disposals
from cases.law.outcomes import Result, derive_outcome, falls_back_to_caution

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs" / "law.md").read_text(encoding="utf-8").split("## Who may close how\n")[1].split("\n## ")[0]
ROLES = tomllib.loads((ROOT / "diversion" / "accounts" / "roles.toml").read_text(encoding="utf-8"))
TODAY = date(2026, 6, 10)


def rows(first: str) -> list[list[str]]:
    """The rows of the table whose first heading is ``first``, without its two head lines."""
    table = PAGE.split(f"| {first} |")[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table.splitlines()[2:]]


def outcome(code: str, version: SchemeVersion, result: Result) -> str:
    derived = derive_outcome(
        code,
        result,
        at=TODAY,
        activity_complete=result is Result.COMPLETED,
        success_outcome=version.on_success.outcome,
        returns_to=version.on_failure.returns_to,
    )
    return derived.label or "a person chooses"


def row(name: str, code: str, version: SchemeVersion) -> list[str]:
    if code == "none":
        return [name, "none", "when it is sent: no outcome", "nothing: police hear no more"]
    disposal = disposals.get(code, TODAY)
    kept = f"the partner: {outcome(code, version, Result.COMPLETED)}"
    if not disposal.enforceable and disposal.outcome_on_issue is not None:
        return [name, code, kept, f"the partner: {disposal.outcome_on_issue} stands"]
    may_follow = [f"charged {outcome(code, version, Result.FAILED_PROSECUTED)}"]
    if falls_back_to_caution(disposal, version.on_failure.returns_to):
        may_follow.append(f"cautioned {outcome(code, version, Result.FAILED_CAUTIONED)}")
    may_follow.append(f"no action {outcome(code, version, Result.FAILED_NO_ACTION)}")
    return [name, code, kept, f"the officer: {', '.join(may_follow)}"]


def test_the_table_of_schemes_is_what_the_rules_say() -> None:
    """A coordinator who reads the page must not learn at closure that the scheme closes otherwise."""
    expected = [
        row(scheme.name, code, scheme.versions[-1])
        for scheme in load_scheme_library()
        for code in scheme.versions[-1].disposal_modes
    ]
    assert rows("Scheme") == expected


@pytest.mark.parametrize("line", rows("What"), ids=lambda line: line[0])
def test_the_table_of_people_is_what_the_roles_may(line: list[str]) -> None:
    """Whoever is told that they may close a case, and may not, leaves somebody waiting."""
    _what, permission, people = line
    may = [role["name"] for role in ROLES.values() if permission.strip("`") in role["permissions"]]
    assert people.split(", ") == may
