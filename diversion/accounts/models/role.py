import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from diversion.accounts.models.organisation import Organisation
from diversion.accounts.models.permit import needs_permit
from diversion.accounts.permissions import POWERFUL, Permission
from diversion.data_use import operational, staff, structural

HELD = f"""
    IF TG_OP <> 'INSERT' THEN
        {needs_permit("role taken", "OLD.role_id::text", "OLD.user_id")}
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    {needs_permit("role", "NEW.role_id::text", "NEW.user_id")}
    RETURN NEW;
"""


class Role(models.Model):
    """A named set of permissions for one kind of organisation.

    A release changes it, as the owner: else one statement would raise everybody who has it.
    """

    read_only = True

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    organisation_kind = models.CharField(max_length=20, choices=Organisation.Kind)
    permissions = ArrayField(models.CharField(max_length=40, choices=[(p.value, p.value) for p in Permission]))

    data_use = structural("id") | operational("Say who may do what", "slug", "name", "organisation_kind", "permissions")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_powerful(self) -> bool:
        """Whether a second person must agree before somebody is given it."""
        return not POWERFUL.isdisjoint(self.permissions)


class RoleAssignment(models.Model):
    """That a user holds a role."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="role_assignments")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="assignments")

    data_use = structural("id") | staff("Say who may do what", "user", "role")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="role_held_once")]
        triggers = [
            pgtrigger.Trigger(
                name="role_by_permit",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=HELD,
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"
