from typing import Any, ClassVar

import pghistory
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Cast, Concat

from cases.codes import (
    EthnicGroup,
    EthnicityNotStated,
    OfficerDefinedEthnicity,
    SafeTexts,
    SelfDefinedEthnicity,
    Sex,
    ethnic_group,
)
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.data_use import personal, sensitive, staff, structural
from diversion.name_index import InStep, Named, NameToken, token_constraints, token_indexes

NAMES = ("given_names", "family_name")
IN_STEP = InStep("cases_person", "cases_personname", NAMES, "named.domain", ["domain"])


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: User) -> "PersonQuerySet":
        """People in the user's own force: an officer must find a person before making another record of them.

        Never those of a voluntary scheme's own domain, who are no concern of the police.
        """
        from diversion.accounts.permissions import Permission

        if user.is_police and user.can(Permission.RECORD_DECISION):
            return self.filter(force=user.organisation, domain=police_domain(user.organisation_id))
        return self.none()


def police_domain(force: int) -> str:
    """The confidentiality domain of the people whom the police of a force (its id) have recorded."""
    return f"police:{force}"


@pghistory.track()
class Person(Named):
    """The person whose case it is. A record belongs to one force and is never matched across forces or schemes.

    ``domain`` says who may know that the record exists: the police of the force, or one voluntary scheme ("scheme:7",
    by its id). Nothing searches, matches or merges across two domains.
    """

    NAME_FIELDS = NAMES
    DOMAIN_FIELDS = ("domain",)

    class BirthDateQuality(models.TextChoices):
        STATED = "stated", "Stated by the person"
        VERIFIED = "verified", "Verified from a document"
        ESTIMATED = "estimated", "Estimated"

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    domain = models.CharField(max_length=60, db_collation="C")
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
    safe_contact_texts = models.CharField(max_length=10, choices=SafeTexts, blank=True, db_default="", default="")
    needs_interpreter = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    # The record of the same person that stands for this one (PersonMerge says why, and what moved); none mostly.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_records"
    )

    objects = PersonQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "force", "domain", "version", "merged_into")
        | personal(
            "Identify the person and reach them safely",
            *("given_names", "family_name", "date_of_birth", "date_of_birth_quality", "telephone", "safe_contact"),
            "safe_contact_texts",
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
        indexes = [
            models.Index(fields=["domain", "date_of_birth"], name="person_born"),
            models.Index(fields=["domain", "family_name", "given_names"], name="person_in_order"),  # a list by name
        ]
        triggers = [IN_STEP.of_names()]
        constraints = [
            models.CheckConstraint(
                condition=Q(domain=Concat(Value("police:"), Cast("force_id", models.TextField())))
                | Q(domain__startswith="scheme:"),
                name="person_domain_known",
            ),
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
    def name_domain(self) -> str:
        return self.domain

    @classmethod
    def token_model(cls) -> "type[PersonName]":
        return PersonName

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.domain = self.domain or police_domain(self.force_id)
        super().save(*args, **kwargs)

    @property
    def as_kept(self) -> "Person":
        """The record that stands for this person: this one, or the one that it was put to."""
        return self.merged_into or self

    @property
    def ethnic_group(self) -> EthnicGroup:
        return ethnic_group(self.ethnicity_self_defined)


class PersonName(NameToken):
    """A token that a person is found by (`diversion.name_index`)."""

    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="name_tokens", db_index=False)

    data_use: ClassVar = structural("id", "owner", "domain") | personal(
        "Find the record of a person, however the name is written", "token", "made_of"
    )

    class Meta:
        constraints = token_constraints("person")
        indexes = token_indexes("person")
        triggers = [IN_STEP.of_tokens()]
