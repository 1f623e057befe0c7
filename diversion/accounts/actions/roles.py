"""Seeding and granting roles."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from diversion import audit
from diversion.accounts import permits
from diversion.accounts.models import Organisation, Role, RoleAssignment, User
from diversion.accounts.permissions import Permission
from diversion.postgres.owner import as_owner

ROLES = Path(__file__).parent.parent / "roles.toml"


def seed_roles() -> int:
    """Add the roles that are missing, as the owner of the tables, and return how many; those that exist stay.

    Outside any transaction where one is missing. Raises ImproperlyConfigured where the owner is not known.
    """
    known = set(Role.objects.values_list("slug", flat=True))
    missing = {slug: entry for slug, entry in tomllib.loads(ROLES.read_text()).items() if slug not in known}
    if missing:
        with as_owner():
            Role.objects.bulk_create(map(_seeded, missing, missing.values()), ignore_conflicts=True)
    return len(missing)


def _seeded(slug: str, entry: dict[str, Any]) -> Role:
    return Role(
        slug=slug,
        name=entry["name"],
        organisation_kind=Organisation.Kind(entry["kind"]),
        permissions=[Permission(name).value for name in entry["permissions"]],
    )


@transaction.atomic
def grant(*, user: User, role: Role, by: User | None) -> RoleAssignment:
    """Give ``user`` the role as the service is set up; refused where it is for another kind of organisation.

    In production the database lets only the owner of its tables do so: an administrator asks a second person.
    """
    if role.organisation_kind != user.organisation.kind:
        kind = role.get_organisation_kind_display()
        raise ValueError(f"The role {role} is for a {kind}, not for {user.organisation}.")
    permits.allow_roles(user, [role], permits.SERVICE)
    assignment, _ = RoleAssignment.objects.get_or_create(user=user, role=role)
    user.forget_permissions()
    audit.record("role.granted", audit.Nature.ADMINISTRATION, by=by, subjects=[user], detail={"role": role.slug})
    return assignment
