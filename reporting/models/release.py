from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.data_use import operational, personal, staff, structural


class Release(models.Model):
    """Figures frozen for people outside the force: suppressed once, all tables together, and never altered.

    ``document`` is what leaves, as ``reporting.suppression.release`` writes it. ``counts`` are the true counts behind
    it: they say later what has changed since, and what a next release of the same time must agree with; they leave
    only as operational figures of the force itself.
    """

    class Audience(models.TextChoices):
        SHARED = "shared", "Shared with partners, panels and other forces"
        PUBLISHED = "published", "Published"

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="releases")
    name = models.CharField(max_length=80)
    audience = models.CharField(max_length=9, choices=Audience)
    source = models.CharField(max_length=40)
    start = models.DateField()
    end = models.DateField()
    unit = models.CharField(max_length=7)
    declared = models.JSONField()
    document = models.JSONField()
    counts = models.JSONField()
    price = models.JSONField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    data_use: ClassVar = (
        structural("id", "force")
        | operational(
            "Give others figures that tell nothing of any one person",
            *("name", "audience", "source", "start", "end", "unit", "declared", "document", "price", "sha256"),
            "made_at",
        )
        | personal("Say what has changed since a release, and keep the next one from undoing it", "counts")
        | staff("Say who made the release", "made_by")
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["force", "name"], name="release_named_once_in_force"),
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="release_days_in_order"),
            models.CheckConstraint(
                condition=Q(unit__in=["month", "quarter", "year"]), name="release_unit_is_known_word"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="release_never_moves",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="RAISE EXCEPTION 'A release never changes: others hold copies of it. Make another.';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.force}: {self.name}"
