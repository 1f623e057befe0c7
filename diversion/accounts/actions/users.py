"""Every change to who may sign in, and to what they may do. An administrator acts within their own organisation."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404

from diversion import access, audit
from diversion.accounts import permits
from diversion.accounts.models import Role, RoleAssignment, Team, User
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
    """Add a user to ``by``'s organisation, who cannot sign in before they have set a password.

    Raises Refused where the address has an account: addresses are unique in the whole service.
    """
    access.check(by, Permission.MANAGE_USERS)
    _check_own(details, by)
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, organisation=by.organisation, **_fields(details) | {"rank": ""})
    except IntegrityError as error:
        raise Refused("This e-mail address has an account already.") from error
    _set_rank(user, details.rank, by)
    _set_roles(user, details.roles, by)
    _log("user.added", user, by, roles=_slugs(details.roles))
    return user


@transaction.atomic
def change_user(*, user: User, details: UserDetails, by: User) -> User:
    """Change who somebody is and what they may do; nobody changes their own roles or rank."""
    own = _own(user, by)
    _check_own(details, by)
    before = set(own.roles.all())
    if own.pk == by.pk and before != set(details.roles):
        raise Refused("Nobody changes their own roles: ask another administrator.")
    if own.pk == by.pk and details.rank != own.rank:
        raise Refused("Nobody changes their own rank, which says what they may authorise: ask another administrator.")
    fields = _fields(details)
    altered = sorted(name for name, value in fields.items() if getattr(own, name) != value)
    _set_rank(own, details.rank, by)
    for name, value in fields.items():
        setattr(own, name, value)
    own.save(update_fields=list(fields))
    _set_roles(own, details.roles, by)
    added, removed = set(details.roles) - before, before - set(details.roles)
    if altered or added or removed:
        _log("user.changed", own, by, fields=altered, added=_slugs(added), removed=_slugs(removed))
    return User.objects.get(pk=own.pk)


@transaction.atomic
def disable_user(*, user: User, by: User) -> User:
    """Let somebody sign in no more, and end their sessions: the password goes, and every session stands on it."""
    own = _own(user, by)
    if own.pk == by.pk:
        raise Refused("Nobody disables their own account: ask another administrator.")
    if own.is_active:
        own.is_active = False
        own.set_unusable_password()
        own.save(update_fields=["is_active", "password"])
        _log("user.disabled", own, by)
    return own


@transaction.atomic
def enable_user(*, user: User, by: User) -> User:
    """Let somebody sign in again, once they have set a new password."""
    own = _own(user, by)
    if not own.is_active:
        own.is_active = True
        own.save(update_fields=["is_active"])
        _log("user.enabled", own, by)
    return own


@transaction.atomic
def record_password_link(*, user: User, by: User) -> User:
    """Note that ``by`` made a link with which ``user`` sets a password; refused for a disabled account."""
    own = _own(user, by)
    if not own.is_active:
        raise Refused("This account is disabled: enable it first.")
    _log("user.password_link_made", own, by)
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


def _set_rank(user: User, rank: str, by: User) -> None:
    if user.rank != rank:
        permits.allow_rank(user, rank, permits.Grounds.ADMINISTRATOR, by)
        user.rank = rank
        user.save(update_fields=["rank"])


def _set_roles(user: User, roles: Iterable[Role], by: User) -> None:
    chosen, held = set(roles), set(user.roles.all())
    permits.allow_taking(user, held - chosen, permits.Grounds.ADMINISTRATOR, by)
    permits.allow_roles(user, chosen - held, permits.Grounds.ADMINISTRATOR, by)
    RoleAssignment.objects.filter(user=user, role__in=held - chosen).delete()
    RoleAssignment.objects.bulk_create(RoleAssignment(user=user, role=role) for role in chosen - held)
    user.forget_permissions()


def _slugs(roles: Iterable[Role]) -> list[str]:
    return sorted(role.slug for role in roles)


def _log(kind: str, user: User, by: User, **detail: list[str]) -> None:
    known = {name: value for name, value in detail.items() if value}
    audit.record(kind, audit.Nature.ADMINISTRATION, by=by, subjects=[user], detail=known)
