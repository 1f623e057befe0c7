from datetime import datetime
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q

from diversion import clock
from diversion.accounts.models import Organisation, Team, User
from diversion.data_use import operational, staff, structural


class OnCallQuerySet(models.QuerySet["OnCall"]):
    def between(self, first: datetime, last: datetime) -> "OnCallQuerySet":
        """Those that nobody has taken off, and of which some moment lies between the two."""
        return self.filter(ended_at=None, starts_at__lt=last, until__gt=first)

    def now(self) -> "OnCallQuerySet":
        """Those that are under way."""
        return self.filter(ended_at=None, starts_at__lte=clock.now(), until__gt=clock.now())


@pghistory.track()
class OnCall(models.Model):
    """That somebody who authorises can be reached from one moment to another, and how: for a team, or the whole force.

    It gives nobody a rank: who may decide follows from the rank that they hold, or act in, on the day.
    """

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="on_call")
    telephone = models.CharField(max_length=40)
    starts_at = models.DateTimeField()
    until = models.DateTimeField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)  # taken off before its end
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = OnCallQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "force", "team")
        | staff("Say who is on call, and how officers reach them", "user", "telephone", "entered_by", "ended_by")
        | operational("Say from when until when", "starts_at", "until", "entered_at", "ended_at")
    )

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["force", "until"], name="on_call_of_force")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("starts_at")), name="on_call_ends_after_start"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="on_call_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.starts_at:%Y-%m-%d %H:%M} to {self.until:%Y-%m-%d %H:%M}"
