"""What holds of every cell, said here and not worked out from the code: a wrong cell cannot be written into the file.

Who may open pages of a kind is the plan of the house in words (docs/architecture.md): by role, and by whose record it
is. A page of a new kind fails until somebody has said here whose it is.
"""

from collections.abc import Iterator, Mapping

from diversion.accounts.models import User
from tests.integration.matrix.asking import (
    CODES,
    LEADS_ON,
    MADE_UP,
    MIXED,
    NOT_FOUND,
    OTHER_WAY,
    REFUSALS,
    SIGN_IN,
    Row,
)

Cells = Mapping[tuple[Row, str], str]

ANYBODY, EVERYBODY = "anybody, without signing in", "everybody who has signed in"
NOBODY: frozenset[str] = frozenset()
CASE = frozenset({"officer", "supervisor", "inspector", "coordinator"})
VICTIM = CASE | {"victim-coordinator"}
AUTHORISE = frozenset({"supervisor", "inspector"})
FIGURES = frozenset({"inspector", "monitoring-inspector"})
COORDINATOR, MANAGER = frozenset({"coordinator"}), frozenset({"partner-manager"})
WORKER = frozenset({"navigator", "partner-manager"})
YOUTH, PANEL = frozenset({"youth-justice-worker"}), frozenset({"panel-member"})
LOG = frozenset({"information-manager"})
ACCOUNTS = frozenset(
    {"administrator", "provider-administrator", "youth-justice-administrator", "oversight-administrator"}
)

#: Beginning of an address -> the roles whose pages those are. The longest that fits says it.
WHOSE: Mapping[str, frozenset[str] | str] = {
    "/": EVERYBODY,
    "/notices/": EVERYBODY,
    "/your-account/": EVERYBODY,
    # a factor is opened by its own user alone
    "/your-account/second-factor/<pk>/": frozenset({"officer"}),
    "/accessibility": ANYBODY,
    "/a/": ANYBODY,
    "/accounts/": EVERYBODY,
    # the address by which somebody signs in is an administrator's to give: these pages do not exist
    "/accounts/confirm-email/": NOBODY,
    "/accounts/email/": NOBODY,
    "/accounts/inactive/": ANYBODY,
    "/accounts/login/": ANYBODY,
    "/accounts/second-step/": ANYBODY,
    "/accounts/password/reset/": ANYBODY,
    "/accounts/signup/": ANYBODY,
    "/gallery/": ANYBODY,
    "/health": ANYBODY,
    "/metrics": ANYBODY,
    "/privacy": ANYBODY,
    "/ready": ANYBODY,
    # police: a case
    "/authorisations/": AUTHORISE,
    "/authorisations/<reference>/prosecutor": AUTHORISE | {"coordinator"},
    "/breaches/": CASE,
    "/cases/": CASE,
    "/cases/<reference>/person": COORDINATOR,
    "/cases/<reference>/rescission": AUTHORISE,
    "/cases/<reference>/victims/": VICTIM,
    "/changes/": CASE,
    "/clocks/": CASE,
    "/decisions/": CASE,
    "/help/": CASE,
    "/victims/": frozenset({"victim-coordinator"}),
    # police: rules
    "/offences/": COORDINATOR,
    "/policies/": COORDINATOR | {"inspector"},
    "/scheme/": COORDINATOR,
    "/schemes/": COORDINATOR,
    "/youth-services/": COORDINATOR,
    # police: figures
    "/monitoring/": FIGURES,
    "/monitoring/alone": AUTHORISE,
    "/monitoring/team": frozenset({"officer", "supervisor"}),
    "/monitoring/teams": FIGURES,
    "/monitoring/victims": FIGURES | {"victim-coordinator"},
    "/releases/": FIGURES | WORKER | PANEL | {"checker", "commissioner"},
    # a provider
    "/appointments/": WORKER,
    "/asking/": WORKER,
    "/caseload/": WORKER,
    "/check-ins/": WORKER,
    "/check-ins/read": MANAGER,
    "/inbox/": MANAGER,
    "/managing/": MANAGER,
    "/questions/": WORKER,
    "/referrals/": WORKER,
    # both
    "/away/": CASE | WORKER,
    "/on-call/": CASE,
    "/on-call/<pk>/end": AUTHORISE | {"coordinator"},
    "/facilitating/": frozenset({"facilitator", "provider-facilitator"}),
    "/hand-over/": CASE | MANAGER,
    "/messages/": LOG | MANAGER,
    # youth justice, panels
    "/youth/": YOUTH,
    "/panels/": PANEL,
    # governance
    "/access-log/": LOG,
    "/users/": ACCOUNTS,
    "/users/changes/": ACCOUNTS | LOG | MANAGER | YOUTH | {"inspector"},
}


#: What is not there, or is another's, answers as one that was taken back already, since twice is once.
TAKEN_BACK = frozenset({"/appointments/<pk>/take-back", "/scheme/<slug>/appointments/<pk>/withdraw"})


def whose(path: str) -> frozenset[str] | str:
    """The roles whose pages begin so."""
    fits = [start for start in WHOSE if path == start or (start != "/" and path.startswith(start))]
    if not fits:
        raise AssertionError(f"Nobody has said whose page {path} is: add it to WHOSE in {__name__}.")
    return WHOSE[max(fits, key=len)]


def broken(cells: Cells, members: Mapping[str, User]) -> list[str]:
    """Each cell that breaks a rule, and which."""
    roles = {key: frozenset(role.slug for role in user.roles.all()) for key, user in members.items()}
    made_up = {(row.path, row.method, who): code for (row, who), code in cells.items() if row.name == MADE_UP}
    found = []
    for (row, who), code in cells.items():
        user = members.get(who)
        rules = [*_answer(code), *_role(row, code, roles.get(who))]
        if row.of is not None and user is not None:
            rules += _stranger(row, user, code, made_up.get((row.path, row.method, who)))
        found += [f"{row.method} {row.path} ({row.name}), {who}: {code}: {rule}" for rule in rules]
    return found + list(_told_apart(cells, members))


def _told_apart(cells: Cells, members: Mapping[str, User]) -> Iterator[str]:
    """Of voluntary support police hear nothing once it was sent: each of its states answers them as the others do."""
    answers: dict[tuple[str, str, str], set[str]] = {}
    for (row, who), code in cells.items():
        if "voluntary" in row.name and who in members and members[who].is_police:
            answers.setdefault((row.method, row.path, who), set()).add(code)
    for (method, path, who), codes in answers.items():
        if len(codes) > 1:
            yield f"{method} {path}, {who}: {', '.join(sorted(codes))}: this tells how voluntary support stands"


def _answer(code: str) -> Iterator[str]:
    if code not in CODES:
        yield "a page answers with none of the known words: a fault, or a new word"


def _role(row: Row, code: str, roles: frozenset[str] | None) -> Iterator[str]:
    """``roles`` None is a visitor."""
    owner = whose(row.path)
    if owner == ANYBODY:
        return
    if roles is None and code not in (SIGN_IN, NOT_FOUND):
        yield "whoever has not signed in is asked to"
    if isinstance(owner, frozenset) and roles is not None and not roles & owner and code not in REFUSALS:
        yield f"it is for {', '.join(sorted(owner)) or 'nobody'}"


def _stranger(row: Row, user: User, code: str, of_nothing: str | None) -> Iterator[str]:
    """Another organisation's record answers as if it were none; nor does a part of it open under one's own."""
    if whose(row.path) == ANYBODY or user.organisation.slug in (row.of or ()):
        return
    if code not in (*REFUSALS, OTHER_WAY) and not (code == LEADS_ON and row.path in TAKEN_BACK):
        yield "nobody opens what is another organisation’s, or does not exist"
    elif row.name != MIXED and of_nothing is not None and code != of_nothing:
        yield f"a record that does not exist answers “{of_nothing}”: this tells that there is one"


def opened(cells: Cells) -> int:
    """How many of the cells open a page, or do what was sent."""
    return sum(code not in REFUSALS for code in cells.values())
