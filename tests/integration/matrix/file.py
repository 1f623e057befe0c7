"""The file of who may open what: written by a command, read by people, and compared with what the service answers."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from diversion.accounts.models import User
from tests.integration.matrix.asking import CODES, Row
from tests.integration.matrix.rules import Cells, whose

PATH = Path(__file__).with_name("matrix.txt")
WRITE = "make matrix"
WIDE, CELL = 40, 4
#: A line of the file: address, how it is sent, whose record -> what each member is answered.
Lines = Mapping[tuple[str, str, str], tuple[str, ...]]

HEAD = """\
Who may open what
=================

Each line is one page of one record, opened (GET) or sent with nothing filled in (POST) by everybody who stands above
the columns. Of a record of another force or provider nobody learns that it exists: it answers as one that was made up.
A colleague who lacks the permission of a page is told so, whatever record is asked for; one who has it and is not shown
the record (another team's, for one) finds nothing. Names of records tell whose they are, and how they stand.

Written by `{write}`, and read as a diff: tests/integration/matrix/test_matrix.py fails where the service answers
anything else, and for any page, record or member that has no line or column.

In a cell:
{codes}

Who stands above the columns (by the first five letters):
{members}
"""


def as_text(cells: Cells, rows: Sequence[Row], members: Mapping[str, User], who: Sequence[str]) -> str:
    """The whole file."""
    parts = [HEAD.format(write=WRITE, codes=_codes(), members=_members(members))]
    above = " " * (WIDE + 5) + "".join(f"{key:{CELL + 2}.5}" for key in who).rstrip()
    for path, of in groupby(rows, key=lambda row: row.path):
        parts.append(f"\n{path}   [{_owner(path)}]\n{above}\n")
        parts += [_line(row, [cells[row, key] for key in who]) for row in of]
    return "".join(parts)


def _codes() -> str:
    return "\n".join(f"  {code:4} {words}" for code, words in CODES.items())


def _members(members: Mapping[str, User]) -> str:
    found = ["  visitor  nobody has signed in"]
    for key, user in members.items():
        roles = ", ".join(sorted(role.name for role in user.roles.all())) or "no role"
        team = f", {user.team}" if user.team else ""
        found.append(f"  {key:8} {user.full_name}: {roles}; {user.organisation}{team}")
    return "\n".join(found)


def _owner(path: str) -> str:
    owner = whose(path)
    return owner if isinstance(owner, str) else ", ".join(sorted(owner)) or "nobody"


def _line(row: Row, codes: Sequence[str]) -> str:
    return f"{row.method:5}{row.name:{WIDE}}{''.join(f'{code:{CELL + 2}}' for code in codes).rstrip()}\n"


def cells(rows: Sequence[Row], who: Sequence[str]) -> dict[tuple[Row, str], str]:
    """What the file says of those of ``rows`` that it has a line for; nothing where its columns are others."""
    above, lines = read(PATH.read_text(encoding="utf-8"))
    if above != tuple(key[:5] for key in who):
        return {}
    return {(row, key): code for row in rows for key, code in zip(who, lines.get(row.key, ()), strict=False)}


def read(text: str) -> tuple[tuple[str, ...], Lines]:
    """Who stands above the columns, and each line."""
    path, who, found = "", (), {}
    for line in text.splitlines():
        if line.startswith("/"):
            path = line.partition("   [")[0]
        elif line.startswith(("GET", "POST")) and path:
            found[path, line[:5].strip(), line[5 : 5 + WIDE].strip()] = tuple(line[5 + WIDE :].split())
        elif path and line.strip():
            who = tuple(line.split())
    return who, found
