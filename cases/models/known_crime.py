from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models

from cases.codes import VictimKind
from cases.models.crime import MOST_OF_NUMBER
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, personal, structural


class KnownCrimeQuerySet(models.QuerySet["KnownCrime"]):
    def visible_to(self, user: User) -> "KnownCrimeQuerySet":
        """The only door: whoever records decisions for the force."""
        if not (user.is_active and user.is_police and user.can(Permission.RECORD_DECISION)):
            return self.none()
        return self.filter(force=user.organisation_id)

    def over(self) -> "KnownCrimeQuerySet":
        """Those that the record system has not sent again for as long as they are kept."""
        return self.filter(brought_at__lte=clock.now() - timedelta(days=settings.KNOWN_CRIME_DAYS))


class KnownCrime(models.Model):
    """A crime as the force's record system tells of it: it fills in "Record a decision" for the officer to check.

    It is no record of a decision, and of nobody who was decided about: it goes KNOWN_CRIME_DAYS after it was last sent.
    ``offence`` is a code of the catalogue. ``suspects`` are `cases.intake.crimes.Suspect`, as JSON. No history is kept.
    """

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="known_crimes")
    number = models.CharField(max_length=MOST_OF_NUMBER)
    offence = models.CharField(max_length=80, blank=True)
    committed_on = models.DateField(null=True, blank=True)
    area = models.CharField(max_length=100, blank=True)
    victim_kind = models.CharField(max_length=10, choices=VictimKind, blank=True)
    victim_name = models.CharField(max_length=150, blank=True)
    suspects = models.JSONField(default=list, blank=True)
    brought_at = models.DateTimeField(default=clock.now, db_index=True)

    objects = KnownCrimeQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "force")
        | operational("Find what the record system knows of a crime", "number", "brought_at")
        | personal(
            "Spare an officer typing what the force's record system holds",
            *("offence", "committed_on", "area", "victim_kind", "victim_name", "suspects"),
        )
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["force", "number"], name="known_crime_once")]

    def __str__(self) -> str:
        return self.number
