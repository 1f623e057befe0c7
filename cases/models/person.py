from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from cases.codes import (
    EthnicGroup,
    EthnicityNotStated,
    OfficerDefinedEthnicity,
    SelfDefinedEthnicity,
    Sex,
    ethnic_group,
)
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.data_use import personal, sensitive, staff, structural


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: User) -> "PersonQuerySet":
        """People in the user's own force: an officer must find a person before making another record of them."""
        from diversion.accounts.permissions import Permission

        if user.is_police and user.can(Permission.RECORD_DECISION):
            return self.filter(force=user.organisation)
        return self.none()

    def matching(self, text: str) -> "PersonQuerySet":
        """People whose names hold every word of ``text``."""
        found = self
        for word in text.split():
            found = found.filter(Q(family_name__icontains=word) | Q(given_names__icontains=word))
        return found


@pghistory.track()
class Person(models.Model):
    """The person whose case it is. A record belongs to one force and is never matched across forces or schemes."""

    class BirthDateQuality(models.TextChoices):
        STATED = "stated", "Stated by the person"
        VERIFIED = "verified", "Verified from a document"
        ESTIMATED = "estimated", "Estimated"

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    given_names = models.CharField(max_length=150)
    family_name = models.CharField(max_length=150)
    date_of_birth = models.DateField()
    date_of_birth_quality = models.CharField(max_length=20, choices=BirthDateQuality, default=BirthDateQuality.STATED)
    sex = models.CharField(max_length=10, choices=Sex)
    ethnicity_self_defined = models.CharField(max_length=2, choices=SelfDefinedEthnicity, blank=True)
    ethnicity_not_stated = models.CharField(max_length=12, choices=EthnicityNotStated, blank=True)
    ethnicity_source = models.CharField(max_length=100, blank=True)
    ethnicity_recorded_on = models.DateField(null=True, blank=True)
    ethnicity_officer_defined = models.CharField(max_length=3, choices=OfficerDefinedEthnicity, blank=True)
    telephone = models.CharField(max_length=30, blank=True)
    safe_contact = models.CharField(max_length=200, blank=True)
    needs_interpreter = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = PersonQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "force", "version")
        | personal(
            "Identify the person and reach them safely",
            *("given_names", "family_name", "date_of_birth", "date_of_birth_quality", "telephone", "safe_contact"),
        )
        | personal("Monitor who is offered a resolution and who is not", "sex")
        | sensitive(
            "Monitor who is offered a resolution and who is not (Equality Act 2010 s.149)",
            *("ethnicity_self_defined", "ethnicity_not_stated", "ethnicity_source", "ethnicity_recorded_on"),
            "ethnicity_officer_defined",
        )
        | personal("Explain the offer in a language the person understands", "needs_interpreter")
        | staff("Say who made the record and when", "created_at", "created_by")
    )

    class Meta:
        ordering = ["family_name", "given_names", "pk"]
        verbose_name_plural = "people"
        indexes = [models.Index(fields=["force", "family_name", "given_names"], name="person_name")]
        constraints = [
            # Either the person's own answer, or why there is none, or an answer carried from an earlier record.
            models.CheckConstraint(
                condition=(~Q(ethnicity_self_defined="") & Q(ethnicity_not_stated__in=["", "carried"]))
                | (Q(ethnicity_self_defined="") & ~Q(ethnicity_not_stated__in=["", "carried"])),
                name="person_ethnicity_or_reason",
            ),
            models.CheckConstraint(
                condition=~Q(ethnicity_not_stated="carried")
                | (~Q(ethnicity_source="") & Q(ethnicity_recorded_on__isnull=False)),
                name="person_ethnicity_carried_has_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_names} {self.family_name}"

    @property
    def ethnic_group(self) -> EthnicGroup:
        return ethnic_group(self.ethnicity_self_defined)
