"""Seeding and granting roles."""

import tomllib
from pathlib import Path

from django.db import transaction

from diversion import audit
from diversion.accounts import permits
from diversion.accounts.models import Organisation, Role, RoleAssignment, User
from diversion.accounts.permissions import Permission

ROLES = Path(__file__).parent.parent / "roles.toml"


@transaction.atomic
def seed_roles() -> int:
    """Add the roles that are missing, and return how many; those that exist are the administrator's and stay."""
    added = 0
    for slug, entry in tomllib.loads(ROLES.read_text()).items():
        permissions = [Permission(name).value for name in entry["permissions"]]
        _, created = Role.objects.get_or_create(
            slug=slug,
            defaults={
                "name": entry["name"],
                "organisation_kind": Organisation.Kind(entry["kind"]),
                "permissions": permissions,
            },
        )
        added += created
    return added


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
