from django.contrib.postgres.fields import ArrayField
from django.db import models

from diversion.accounts.models.organisation import Organisation
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, staff, structural


class Role(models.Model):
    """A named set of permissions for one kind of organisation."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    organisation_kind = models.CharField(max_length=20, choices=Organisation.Kind)
    permissions = ArrayField(models.CharField(max_length=40, choices=[(p.value, p.value) for p in Permission]))

    data_use = structural("id") | operational("Say who may do what", "slug", "name", "organisation_kind", "permissions")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RoleAssignment(models.Model):
    """That a user holds a role."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="role_assignments")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="assignments")

    data_use = structural("id") | staff("Say who may do what", "user", "role")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="role_held_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"
