from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q

from cases.eligibility.codes import OFFENCE_GROUPS
from diversion.data_use import operational, structural


class OffenceQuerySet(models.QuerySet["Offence"]):
    def current(self, on: date) -> "OffenceQuerySet":
        """Offences that could be committed on ``on``."""
        return self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=on)).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=on)
        )


class Offence(models.Model):
    """One entry of the offence catalogue: seeded small, extended by CSV. Crime Harm days are never invented."""

    class Mode(models.TextChoices):
        SUMMARY = "summary", "Summary only"
        EITHER_WAY = "either_way", "Either way"
        INDICTABLE = "indictable", "Indictable only"

    # Ours. The national CJS code stands beside it where a force has loaded it from an official list.
    code = models.SlugField(max_length=40, unique=True)
    cjs_code = models.CharField(max_length=10, blank=True)
    title = models.CharField(max_length=150)
    group = models.CharField(max_length=40)
    mode = models.CharField(max_length=12, choices=Mode)
    # The group in whose terms the policy and the special time limits are written (cases.eligibility.codes).
    policy_group = models.CharField(max_length=40, choices=sorted(OFFENCE_GROUPS.items()))
    gravity_adult = models.PositiveSmallIntegerField(null=True, blank=True)
    gravity_child = models.PositiveSmallIntegerField(null=True, blank=True)
    recordable = models.BooleanField(default=True)
    harm_days = models.PositiveIntegerField(null=True, blank=True)
    harm_source = models.CharField(max_length=100, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200)

    objects = OffenceQuerySet.as_manager()

    data_use: ClassVar = structural("id") | operational(
        "Say what the person is alleged to have done, in standard terms",
        *("code", "cjs_code", "title", "group", "mode", "policy_group", "gravity_adult", "gravity_child", "recordable"),
        *("harm_days", "harm_source", "valid_from", "valid_to", "source"),
    )

    class Meta:
        ordering = ["group", "title"]

    def __str__(self) -> str:
        return self.title
