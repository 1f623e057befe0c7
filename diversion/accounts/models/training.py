from datetime import date
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q

from diversion import clock
from diversion.accounts.models.user import User
from diversion.data_use import operational, staff, structural


class TrainingQuerySet(models.QuerySet["Training"]):
    def live_on(self, day: date) -> "TrainingQuerySet":
        """Marks that count on ``day`` (both ends included)."""
        return self.filter(trained_on__lte=day, counts_until__gte=day)


@pghistory.track()
class Training(models.Model):
    """A dated mark that somebody was trained in what some decisions ask of whoever makes them."""

    class Subject(models.TextChoices):
        DOMESTIC_ABUSE = "domestic_abuse", "Deciding where there is domestic abuse"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="trainings")
    subject = models.CharField(max_length=20, choices=Subject, default=Subject.DOMESTIC_ABUSE)
    trained_on = models.DateField()
    counts_until = models.DateField()
    recorded_at = models.DateTimeField(default=clock.now)

    objects = TrainingQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id")
        | staff("Show that whoever decides was trained for it", "user", "trained_on", "counts_until")
        | operational("Say which decisions it is for", "subject", "recorded_at")
    )

    class Meta:
        ordering = ["-counts_until", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(counts_until__gte=F("trained_on")), name="training_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()}, {self.trained_on} to {self.counts_until}"
