from typing import ClassVar

from django.db import models
from django.db.models import Q

from cases.codes import DecisionResult
from cases.models import Case
from diversion import clock
from diversion.accounts.models import Organisation, Team, User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, personal, staff, structural
from diversion.references import new_reference

WHY = "Look by hand at what was issued without a second person"


def alone_reference() -> str:
    return new_reference("DA")


class AloneSampleQuerySet(models.QuerySet["AloneSample"]):
    def visible_to(self, user: User) -> "AloneSampleQuerySet":
        """Those of the team of whoever authorises, or of the whole force for who sees all of its cases."""
        if not (user.is_active and user.is_police and user.can(Permission.AUTHORISE)):
            return self.none()
        own = Q(force=user.organisation_id)
        return self.filter(own if user.can(Permission.VIEW_FORCE_CASES) else own & Q(team=user.team_id))


class AloneSample(models.Model):
    """Some of what the constables of a team issued alone in a time, drawn by a seed, to be read by who leads it."""

    reference = models.CharField(max_length=12, unique=True, default=alone_reference)
    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="alone_samples")
    start = models.DateField()
    end = models.DateField()
    seed = models.CharField(max_length=40)
    size = models.PositiveSmallIntegerField()
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(default=clock.now)

    objects = AloneSampleQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "reference", "force", "team")
        | operational(WHY, "start", "end", "seed", "size", "drawn_at")
        | staff("Say who drew it", "drawn_by")
    )

    class Meta:
        ordering = ["-drawn_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(seed="") & Q(size__gte=1), name="alone_sample_can_be_drawn_again")
        ]

    def __str__(self) -> str:
        return self.reference


class AloneItem(models.Model):
    """One case that was drawn, and what whoever read it found. A case that is erased leaves its finding."""

    class Finding(models.TextChoices):
        RIGHT = "right", "Right to issue alone"
        RANK = "rank", "A rank should have decided it"
        OTHER = "other", "Something else should have been offered, or nothing"
        NOT_ENOUGH = "not_enough", "Not enough on record to say"

    sample = models.ForeignKey(AloneSample, on_delete=models.CASCADE, related_name="items")
    place = models.PositiveSmallIntegerField()
    case = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="+")
    finding = models.CharField(max_length=12, choices=Finding, blank=True)
    note = models.CharField(max_length=500, blank=True)
    found_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField(null=True, blank=True)

    data_use: ClassVar = (
        structural("id", "sample", "place")
        | personal(WHY, "case", "note")
        | operational("Say what was found", "finding", "found_at")
        | staff("Say who read it", "found_by")
    )

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "place"], name="one_item_at_a_place_of_an_alone_sample"),
            models.CheckConstraint(
                condition=Q(finding="", note="", found_by__isnull=True, found_at__isnull=True)
                | (~Q(finding="") & Q(found_by__isnull=False, found_at__isnull=False)),
                name="alone_finding_is_somebodys",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample}/{self.place}"

    @property
    def stands(self) -> bool:
        """Whether what was drawn is issued still: its decision may have been withdrawn since, or be another now, or be
        rescinded as recorded in error. Reads the case's ``rescissions``."""
        if self.case is None or self.case.decision.result != DecisionResult.OFFERED_ACCEPTED:
            return False
        return not any(one.is_in_error for one in self.case.rescissions.all())
