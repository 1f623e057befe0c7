"""The page docs/who-sees-what.md, written from what was found, and read again."""

from collections.abc import Iterator

from diversion.accounts.models import Role
from tests.integration.who_sees.asking import TITLES, Cells
from tests.integration.who_sees.kinds import KINDS, Kind

NOTHING = "–"
HEAD = """# Who can see what about a case

Written by the code itself, and not by hand: a test asks for each kind of information in each role and holds this page
to the answers (`tests/integration/who_sees`; `make who` writes it anew). It asks as a page does: through the read door
(`visible_to`), the rule of the page, and the wall of the database ([ADR 20](adr/0020-a-second-wall.md)).

How to read it: whose cases somebody in that role sees it of.

| Word | Means |
|---|---|
| own | of cases in which they are the officer, the worker, the facilitator who is named, or sit on the panel |
| team | of their own team’s cases, and of their own |
| force | of every case of their own force |
| service | of everybody who was sent to their own service, or of whom it was told |
| body | of every panel of their own body |
| – | of none |

Nobody sees anything of another force’s, or of another service’s: the test asks that too. What is marked *voluntary* is
so where police hear nothing of the support; elsewhere the two are alike.

- That somebody may see a record does not say that a page shows all of it. A partner has the person, the crime and the
  decision for what the referral tells of them (the least that the scheme needs); youth justice has them for what it is
  asked, and of the answers it reads whether an adult was with the child. Which parts is in
  [protection.md](protection.md), and which page answers whom in [matrix.txt](../tests/integration/matrix/matrix.txt).
- A facilitator who is named is told of that one victim what the two have agreed to, and nothing else of the victim.
- A role is what a new installation has (`diversion/accounts/roles.toml`); only a release changes which permissions it
  holds. Whoever holds two roles sees what either sees.
- Of voluntary support police read what was agreed; that it was changed, kept or broken they do not.
- What a member of a panel found is told to the others, and to the force, once all have found.
- Every look at a person is logged.
"""


def page(told: Cells, voluntary: Cells) -> str:
    """The whole page; what is otherwise for voluntary support has a row of its own under it."""
    parts = [HEAD]
    for title, roles in _columns().items():
        parts += [f"## {title}", "", *_table(roles, told, voluntary), ""]
    return "\n".join(parts)


def _columns() -> dict[str, list[Role]]:
    return {title: list(Role.objects.filter(organisation_kind=kind).order_by("pk")) for kind, title in TITLES.items()}


def _table(roles: list[Role], told: Cells, voluntary: Cells) -> Iterator[str]:
    yield "| | " + " | ".join(role.name for role in roles) + " |"
    yield "|---" * (len(roles) + 1) + "|"
    for section, kinds in KINDS.items():
        lines = list(_lines(kinds, roles, told, voluntary))
        if lines:
            yield f"| **{section}** |" + " |" * len(roles)
            yield from lines


def _lines(kinds: tuple[Kind, ...], roles: list[Role], told: Cells, voluntary: Cells) -> Iterator[str]:
    """Only of what anybody of the kind of organisation sees: what is left out nobody there sees."""
    for kind in kinds:
        cells, otherwise = ([each[role.slug].get(kind, NOTHING) for role in roles] for each in (told, voluntary))
        if any(cell != NOTHING for cell in cells):
            yield f"| {kind.words} | " + " | ".join(cells) + " |"
        if otherwise != cells:
            yield f"| *voluntary:* {kind.words} | " + " | ".join(otherwise) + " |"


def read(text: str) -> dict[tuple[str, str], dict[str, str]]:
    """Title and role -> kind of information -> its cell, as the page has them."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for part in text.split("\n## ")[1:]:
        title, *lines = part.splitlines()
        (_empty, *roles), *rest = [_cells_of(line) for line in lines if line.startswith("|")]
        for words, *cells in rest:
            for role, cell in zip(roles, cells, strict=True):
                found.setdefault((title, role), {})[words] = cell
    return found


def _cells_of(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]
