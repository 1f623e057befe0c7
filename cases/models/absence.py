from datetime import date
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q

from diversion import clock
from diversion.accounts.models import User
from diversion.data_use import operational, staff, structural


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def live_on(self, first: date, last: date | None = None) -> "AbsenceQuerySet":
        """Those that were not ended, and of which a day lies between ``first`` and ``last`` (one day where none)."""
        return self.filter(ended_at=None, from_on__lte=last or first, until_on__gte=first)

    def covered_by(self, user: User) -> "AbsenceQuerySet":
        """Whose work ``user`` covers today: also that of whoever is covered by somebody whom they cover."""
        today = clock.today()
        away = Absence.objects.live_on(today).filter(cover=user.pk).values("user")
        return self.live_on(today).filter(Q(cover=user.pk) | Q(cover__in=away)).exclude(user=user.pk)


@pghistory.track()
class Absence(models.Model):
    """That somebody is away from one day to another, and who covers: what waits for them heads the cover's home too.

    Nothing changes hands, and it ends by its last day. The cover gets no permission that they do not hold.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    cover = models.ForeignKey(User, on_delete=models.PROTECT, related_name="covers")
    from_on = models.DateField()
    until_on = models.DateField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)  # before its last day
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = AbsenceQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id")
        | staff("Say who is away, and who looks after their work", "user", "cover", "entered_by", "ended_by")
        | operational("Say on which days", "from_on", "until_on", "entered_at", "ended_at")
    )

    class Meta:
        ordering = ["from_on", "pk"]
        indexes = [models.Index(fields=["cover", "until_on"], name="absence_of_cover")]
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="absence_ends_after_start"),
            models.CheckConstraint(condition=~Q(user=F("cover")), name="nobody_covers_themselves"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="absence_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.from_on} to {self.until_on}"
