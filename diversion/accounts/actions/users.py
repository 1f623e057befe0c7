"""Every change to who may sign in, and to what they may do. An administrator acts within their own organisation."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404

from diversion import access, audit, clock
from diversion.accounts import permits
from diversion.accounts.actions import approvals, factors
from diversion.accounts.models import AccountRequest, Role, RoleAssignment, Session, Team, User
from diversion.accounts.models.permit import RANKS
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused


@dataclass(frozen=True)
class UserDetails:
    full_name: str
    rank: str = ""
    collar_number: str = ""
    team: Team | None = None
    roles: Iterable[Role] = ()


@transaction.atomic
def add_user(*, email: str, details: UserDetails, by: User) -> User:
    """Add a user to ``by``'s organisation; rank, roles and a link to set a password wait for a second person.

    Until then the account is closed: neither a link nor a mail opens it. Raises Refused where the address has an
    account: addresses are unique in the whole service.
    """
    access.check(by, Permission.MANAGE_USERS)
    _check_own(details, by)
    approvals.check_apart(details.roles, by.organisation)
    fields = _fields(details) | {"rank": "", "is_active": False}
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, organisation=by.organisation, **fields)
    except IntegrityError as error:
        raise Refused("This e-mail address has an account already.") from error
    approvals.ask(user=user, by=by, rank=details.rank, roles=details.roles, link=True, opens=True)
    _log("user.added", user, by, roles=_slugs(details.roles))
    return user


@transaction.atomic
def change_user(*, user: User, details: UserDetails, by: User) -> User:
    """Change who somebody is and what they may do; nobody changes their own roles or rank.

    What gives power (a higher rank, a powerful role) is asked of a second person; the rest is done at once.
    """
    own = _own(user, by)
    _check_own(details, by)
    before = set(own.roles.all())
    if own.pk == by.pk and before != set(details.roles):
        raise Refused("Nobody changes their own roles: ask another administrator.")
    if own.pk == by.pk and details.rank != own.rank:
        raise Refused("Nobody changes their own rank, which says what they may authorise: ask another administrator.")
    if before != set(details.roles):
        approvals.check_apart(details.roles, by.organisation, own)
    powerful = {role for role in set(details.roles) - before if role.is_powerful}
    higher = details.rank if _is_higher(details.rank, own.rank) else ""
    at_once = replace(details, rank=own.rank if higher else details.rank, roles=set(details.roles) - powerful)
    if before != set(at_once.roles) or own.rank != at_once.rank:
        approvals.call_off(own, by)  # asked for somebody who held what they hold no more, or did not hold
    _change(own, at_once, by)
    if powerful or higher:
        approvals.ask(user=own, by=by, rank=higher, roles=powerful)
    return User.objects.get(pk=own.pk)


def _change(own: User, details: UserDetails, by: User) -> None:
    before, fields = set(own.roles.all()), _fields(details)
    altered = sorted(name for name, value in fields.items() if getattr(own, name) != value)
    if own.rank != details.rank:
        permits.allow_rank(own, details.rank, permits.Leave(permits.Grounds.ADMINISTRATOR, by))
    for name, value in fields.items():
        setattr(own, name, value)
    own.save(update_fields=list(fields))
    _set_roles(own, details.roles, by)
    added, removed = set(details.roles) - before, before - set(details.roles)
    if altered or added or removed:
        _log("user.changed", own, by, fields=altered, added=_slugs(added), removed=_slugs(removed))


@transaction.atomic
def ask_acting(*, user: User, rank: str, acting_from: date, acting_until: date, by: User) -> AccountRequest:
    """Ask a second person to let ``user`` act in a higher rank from one day to another, both included.

    It counts for authorising on those days alone, and every decision made in it says so.
    """
    own = _own(user, by)
    if not by.is_police or rank not in RANKS:
        raise Refused("Choose a rank of the police.")
    approvals.check_acting(own, rank, acting_from, acting_until)
    if acting_from < clock.today():
        raise Refused("An acting rank begins today at the earliest: nobody is given one for what they did before.")
    return approvals.ask(user=own, by=by, rank=rank, acting=(acting_from, acting_until))


@transaction.atomic
def disable_user(*, user: User, by: User) -> User:
    """Let somebody sign in no more, and end their sessions: the password and what they show beside it go."""
    own = _own(user, by)
    if own.pk == by.pk:
        raise Refused("Nobody disables their own account: ask another administrator.")
    approvals.call_off(own, by)
    approvals.call_off_links(own)
    approvals.end_all_acting(own, by)
    if own.is_active:
        own.is_active = False
        own.set_unusable_password()
        own.save(update_fields=["is_active", "password"])
        factors.take_all(own, permits.Leave(permits.Grounds.ADMINISTRATOR, by))
        _log("user.disabled", own, by)
    return own


@transaction.atomic
def end_sessions_of(*, user: User, by: User) -> User:
    """Sign somebody out wherever they are signed in: a telephone is lost, or a screen was left. They sign in again."""
    own = _own(user, by)
    if own.pk == by.pk:
        raise Refused("Your own sign-ins you end under Your account.")
    ended, _rows = Session.objects.filter(user=own).delete()
    audit.record("user.sessions_ended", audit.Nature.SECURITY, by=by, subjects=[own], detail={"count": ended})
    return own


@transaction.atomic
def enable_user(*, user: User, by: User) -> User:
    """Ask a second person to let somebody sign in again, with a link to set a new password."""
    own = _own(user, by)
    if not own.is_active:
        approvals.ask(user=own, by=by, link=True, opens=True)
    return own


@transaction.atomic
def ask_for_link(*, user: User, by: User) -> User:
    """Ask a second person for a link with which ``user`` sets a password; refused for a disabled account."""
    own = _own(user, by)
    if not own.is_active:
        raise Refused("This account is disabled: enable it first.")
    approvals.ask(user=own, by=by, link=True)
    return own


@transaction.atomic
def ask_for_reset(*, user: User, by: User) -> User:
    """Ask a second person to remove ``user``'s second factor, because the telephone or the key is lost."""
    own = _own(user, by)
    if not own.has_factor:
        raise Refused("This account has no second factor: there is nothing to remove.")
    approvals.ask(user=own, by=by, factors=True)
    return own


def _own(user: User, by: User) -> User:
    access.check(by, Permission.MANAGE_USERS)
    return get_object_or_404(User.objects.select_for_update(of=("self",)), pk=user.pk, organisation=by.organisation)


def _check_own(details: UserDetails, by: User) -> None:
    """Teams and roles are those of the administrator's own organisation."""
    kind = by.organisation.kind
    if details.team is not None and details.team.organisation_id != by.organisation_id:
        raise Refused("Choose a team of your own organisation.")
    if any(role.organisation_kind != kind for role in details.roles):
        raise Refused("Choose roles for your own kind of organisation.")
    if details.rank and not by.is_police:
        raise Refused("Only police have a rank: leave it empty.")


def _fields(details: UserDetails) -> dict[str, Any]:
    return {name: value for name, value in vars(details).items() if name != "roles"}


def _is_higher(rank: str, than: str) -> bool:
    return RANKS.index(rank) > RANKS.index(than)


def _set_roles(user: User, roles: Iterable[Role], by: User) -> None:
    chosen, held = set(roles), set(user.roles.all())
    leave = permits.Leave(permits.Grounds.ADMINISTRATOR, by)
    permits.allow_taking(user, held - chosen, leave)
    permits.allow_roles(user, chosen - held, leave)
    RoleAssignment.objects.filter(user=user, role__in=held - chosen).delete()
    RoleAssignment.objects.bulk_create(RoleAssignment(user=user, role=role) for role in chosen - held)
    user.forget_permissions()


def _slugs(roles: Iterable[Role]) -> list[str]:
    return sorted(role.slug for role in roles)


def _log(kind: str, user: User, by: User, **detail: list[str]) -> None:
    known = {name: value for name, value in detail.items() if value}
    audit.record(kind, audit.Nature.ADMINISTRATION, by=by, subjects=[user], detail=known)
