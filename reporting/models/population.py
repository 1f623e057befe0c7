from typing import ClassVar

from django.db import models
from django.db.models import Q

from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.data_use import operational, staff, structural

WHY = "Set who is considered beside who lives here (Equality Act 2010 s.149)"


class Population(models.Model):
    """How many people of each ethnic group lived in a force's area at a census, as its publisher tells; nobody's data.

    ``groups``: {"White": 1234, …}, the five known groups. ``notes``: what the publisher's groups leave out.
    """

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="populations")
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    area = models.CharField(max_length=100)
    groups = models.JSONField()
    notes = models.JSONField(default=list, blank=True)
    file_name = models.CharField(max_length=255)
    imported_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(default=clock.now)

    data_use: ClassVar = (
        structural("id", "force")
        | operational(WHY, "year", "title", "area", "groups", "notes", "file_name", "imported_at")
        | staff("Say who imported it", "imported_by")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["force", "year"], name="population_once_for_a_force_and_census"),
            models.CheckConstraint(condition=~Q(groups={}), name="population_has_groups"),
        ]

    def __str__(self) -> str:
        return f"{self.area}, {self.year}"
