"""A list of users against the accounts that stand: each row is a new account, one that stands, or none and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from django.core.exceptions import ValidationError

from diversion.accounts.actions.users import UserDetails, add_user
from diversion.accounts.models import AccountRequest, Organisation, Role, User
from diversion.management.lists import Listed, Reject
from diversion.refusals import Refused
from reporting.intake.near import did_you_mean

NEEDED = ("email", "name")
OPTIONAL = ("rank", "collar_number", "team", "roles")
Known = TypeVar("Known")


class Rejected(ValueError):
    """Why a row is no account."""


@dataclass
class Fates:
    """E-mail addresses added, and of accounts that stand as the list says; rows that are not taken."""

    added: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    rejected: list[Reject] = field(default_factory=list)


def take(listed: Listed, *, by: User) -> Fates:
    """Add every account of the list that is missing, as ``by`` would on the page Users: they wait for a second person.

    An account that stands is never changed: where the list says something else of it, the row is rejected.
    """
    fates, words, lines = Fates(rejected=list(listed.rejects)), Words(by.organisation), dict[str, int]()
    for line, row in listed.rows:
        try:
            _check_first(row["email"].lower(), line, lines)
            is_new = _take(row, words, by)
        except (Rejected, Refused) as fault:
            fates.rejected.append(Reject(line, str(fault).rstrip(".")))
        else:
            (fates.added if is_new else fates.unchanged).append(row["email"].lower())
    return fates


class Words:
    """The words of a list for teams, roles and ranks of one organisation; capitals make no difference."""

    def __init__(self, organisation: Organisation) -> None:
        roles = Role.objects.filter(organisation_kind=organisation.kind)
        self._teams = {team.name.casefold(): team for team in organisation.teams.all()}
        self._roles = {word.casefold(): role for role in roles for word in (role.name, role.slug)}
        self._ranks = {word.casefold(): rank.value for rank in User.Rank for word in (str(rank.label), rank.value)}

    def details(self, row: Mapping[str, str]) -> UserDetails:
        """What the row says of somebody. Raises Rejected for a word that stands for nothing here."""
        team, rank = row.get("team", ""), row.get("rank", "")
        roles = filter(None, (word.strip() for word in row.get("roles", "").split(";")))
        return UserDetails(
            full_name=row["name"],
            rank=_known(rank, self._ranks, "rank"),
            collar_number=row.get("collar_number", ""),
            team=_known(team, self._teams, "team") if team else None,
            roles={_known(word, self._roles, "role") for word in roles},
        )


def _take(row: Mapping[str, str], words: Words, by: User) -> bool:
    """Whether an account was added; False for one that stands as the row says. Raises Rejected or Refused."""
    email, details = row["email"].lower(), words.details(row)
    _check_kept(email, details)
    there = User.objects.filter(email=email).select_related("team").first()
    if there is None:
        add_user(email=email, details=details, by=by)
        return True
    if there.organisation_id != by.organisation_id:
        raise Rejected("this address has an account of another organisation")
    if told := "; ".join(_contradictions(there, details)):
        raise Rejected(f"the account stands, and says otherwise ({told}): change it on the page Users, or the list")
    return False


def _check_first(email: str, line: int, lines: dict[str, int]) -> None:
    if (first := lines.setdefault(email, line)) != line:
        raise Rejected(f"this address stands on line {first} already")


def _check_kept(email: str, details: UserDetails) -> None:
    """What the table of users cannot keep is told, with the column."""
    kept = User(email=email, full_name=details.full_name, collar_number=details.collar_number)
    try:
        kept.clean_fields(exclude=["organisation", "password"])
    except ValidationError as fault:
        told = "; ".join(f"{column}: {' '.join(words)}" for column, words in fault.message_dict.items())
        raise Rejected(told) from None


def _contradictions(there: User, details: UserDetails) -> Iterator[str]:
    """What the account says where the list says something else; what waits for a second person counts as given."""
    asked = there.account_requests.filter(state=AccountRequest.State.WAITING).first()
    held = {role.slug for role in there.roles.all()} | set(asked.roles if asked else ())
    rank = (asked.rank if asked and not asked.acting_from else "") or there.rank
    pairs = [
        ("name", there.full_name, details.full_name),
        ("rank", rank, details.rank),
        ("collar number", there.collar_number, details.collar_number),
        ("team", str(there.team or ""), str(details.team or "")),
        ("roles", "; ".join(sorted(held)), "; ".join(sorted(role.slug for role in details.roles))),
    ]
    return (f"{what} {own or 'none'}, not {other or 'none'}" for what, own, other in pairs if own != other)


def _known(word: str, among: Mapping[str, Known], what: str) -> Known:
    try:
        return among[word.casefold()]
    except KeyError:
        near = did_you_mean(word, among) or f": use one of {', '.join(sorted(filter(None, among))) or 'none yet'}"
        raise Rejected(f"there is no {what} '{word}' here{near}") from None
