"""The ground under a test: reference data, the cast, and schemes that are open."""

from datetime import date

import pytest
from django.db import transaction

from cases.actions.catalogue import load_offences
from cases.eligibility.schemes import load_scheme_library
from cases.rulebook import ensure_policies
from diversion.accounts import permits
from diversion.accounts.actions.roles import seed_roles
from diversion.accounts.models import Organisation, Role, User
from diversion.accounts.permissions import Permission
from diversion.demonstration import cast as demonstration
from diversion.demonstration import schemes as established
from referrals.actions import schemes
from referrals.models import Scheme


def assemble(password_hash: str | None = None) -> dict[str, User]:
    """Seed what every installation has, and make the cast, with a policy for each force."""
    seed_roles()
    load_offences()
    users = demonstration.assemble(password_hash)
    ensure_policies()
    return users


def present() -> dict[str, User]:
    """The cast that is here already, by key."""
    users = {user.email: user for user in User.objects.select_related("organisation", "team")}
    return {member.key: users[member.email] for member in demonstration.CAST}


@transaction.atomic
def newcomer(name: str, email: str, organisation: Organisation, role: str, password: str) -> User:
    """Somebody new who signs in with the password whose hash is given."""
    user = User.objects.create_user(email, full_name=name, organisation=organisation)
    permits.allow_password(user, password, permits.SERVICE)
    user.password = password
    user.save(update_fields=["password"])
    return hold(user, Role.objects.get(slug=role))


@transaction.atomic
def hold(user: User, *roles: Role) -> User:
    """Let ``user`` hold these roles and no others."""
    permits.allow_taking(user, user.roles.all(), permits.SERVICE)
    permits.allow_roles(user, roles, permits.SERVICE)
    user.roles.set(roles)
    user.forget_permissions()
    return user


def only_may(monkeypatch: pytest.MonkeyPatch, user: User, *permissions: Permission) -> None:
    """Let ``user`` hold what no role of the installation holds by itself: only the tables' owner makes roles."""
    held = User.own_permissions.fget  # type: ignore[attr-defined]

    def own(one: User) -> frozenset[Permission]:
        return frozenset(permissions) if one.pk == user.pk else held(one)

    monkeypatch.setattr(User, "own_permissions", property(own))
    user.forget_permissions()


@transaction.atomic
def move(user: User, organisation: Organisation) -> User:
    """Let ``user`` work at another organisation."""
    permits._allow(user, permits.What.ORGANISATION, [str(organisation.pk)], permits.SERVICE)  # no action moves anybody
    user.organisation, user.team = organisation, None
    user.save()
    return user


@transaction.atomic
def rank(user: User, rank: str) -> User:
    """Let ``user`` be of this rank."""
    permits.allow_rank(user, rank, permits.SERVICE)
    user.rank = rank
    user.save(update_fields=["rank"])
    return user


def adopt_scheme(slug: str, cast: dict[str, User], *, provider: str = "hana") -> Scheme:
    """A scheme of the library for Avonford, delivered by the organisation of ``provider`` under a live agreement."""
    coordinator, organisation = cast["elin"], cast[provider].organisation
    schemes.agree_sharing(
        force=coordinator.organisation,
        provider=organisation,
        from_day=date(2020, 1, 1),
        document="Sharing agreement 1",
        by=coordinator,
    )
    definition = next(entry for entry in load_scheme_library() if entry.slug == slug)
    return established.establish(definition, force=coordinator.organisation, provider=organisation, capacity=30)
