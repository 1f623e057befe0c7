from collections.abc import Collection
from datetime import date
from typing import Any, ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KT
from django.db.models.lookups import Exact

from cases.eligibility.schemes import SchemeDocument
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, structural
from referrals.codes import Regime


class SchemeQuerySet(models.QuerySet["Scheme"]):
    def visible_to(self, user: User) -> "SchemeQuerySet":
        """A force's own schemes; a provider sees those it delivers."""
        if user.is_police:
            return self.filter(force=user.organisation)
        if user.is_provider and user.can(Permission.VIEW_REFERRALS):
            return self.filter(versions__provider=user.organisation).distinct()
        return self.none()


@pghistory.track()
class Scheme(models.Model):
    """A programme of one force that people are referred to. Its rules stand in dated versions."""

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="schemes")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    # Where the rules come from when they are modelled on another force's scheme.
    modelled_on = models.CharField(max_length=150, blank=True)
    # Printed on the agreement that the person takes home.
    telephone = models.CharField(max_length=40, blank=True, db_default="")

    # The last day for which the support is paid; empty: nobody has said that it ends.
    money_until = models.DateField(null=True, blank=True)

    objects = SchemeQuerySet.as_manager()

    data_use: ClassVar = structural("id", "force") | operational(
        "Say which schemes a force has, and how they are reached",
        "slug",
        "name",
        "modelled_on",
        "telephone",
        "money_until",
    )

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["force", "slug"], name="scheme_once_in_force")]

    def __str__(self) -> str:
        return self.name

    def outlasts_money(self, end: date | None) -> bool:
        """Whether support until ``end`` (None: with no end yet) would go on longer than it is paid for."""
        return self.money_until is not None and (end is None or end > self.money_until)


class SchemeVersionQuerySet(models.QuerySet["SchemeVersion"]):
    def open_on(self, day: date) -> "SchemeVersionQuerySet":
        """Versions in force on ``day`` (both ends included)."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))


@pghistory.track()
class SchemeVersion(models.Model):
    """The rules of a scheme between two dates. A referral keeps the version it was made under.

    ``document`` is what it says (``cases.eligibility.schemes.SchemeDocument``); it never changes once written. What is
    asked of the database (what police see) and what changes by itself (dates, capacity) stands in columns.
    """

    class Confidentiality(models.TextChoices):
        ENFORCEABLE = "enforceable", "Police see attendance, risk to the deadline and the result"
        VOLUNTARY = "voluntary", "Police see nothing after the referral unless the person agrees"

    class DurationUnit(models.TextChoices):
        WEEKS = "weeks", "weeks"
        MONTHS = "months", "months"
        SESSIONS = "sessions", "sessions"
        OPEN_ENDED = "open", "no fixed end"
        DAYS = "days", "days"

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="versions")
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="scheme_versions")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    areas = models.CharField(max_length=200, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    # The document says the same: row-level rules and lists ask the database for it.
    confidentiality = models.CharField(max_length=15, choices=Confidentiality)
    document = models.JSONField()

    objects = SchemeVersionQuerySet.as_manager()

    data_use: ClassVar = structural("id", "scheme") | operational(
        "Say whom the scheme is for, what it asks and for how long",
        *("provider", "valid_from", "valid_to", "areas", "capacity", "confidentiality", "document"),
    )

    class Meta:
        ordering = ["scheme", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "valid_from"], name="scheme_version_once_a_day"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="scheme_version_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Exact(KT("document__confidentiality"), models.F("confidentiality")),
                name="scheme_version_seen_as_documented",
            ),
        ]

    _read: tuple[dict[str, Any], SchemeDocument] | None = None

    def __str__(self) -> str:
        return f"{self.scheme} from {self.valid_from}"

    def is_open(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)

    @property
    def rules(self) -> SchemeDocument:
        """The document, read. Raises pydantic's ValidationError where it is none."""
        if self._read is None or self._read[0] is not self.document:
            self._read = (self.document, self._rules())
        return self._read[1]

    def _rules(self) -> SchemeDocument:
        """By id and document: a page reads the same few in every request."""
        known = _READ.get(self.pk) if self.pk else None
        if known is None or known[0] != self.document:
            known = (self.document, SchemeDocument.model_validate(self.document))
            if self.pk:
                _READ[self.pk] = known
        return known[1]

    @property
    def criteria(self) -> list[dict[str, Any]]:
        """The criteria as stored JSON, in the terms of cases.eligibility."""
        return list(self.document["criteria"])

    @property
    def sources(self) -> list[dict[str, str]]:
        """Where the rules come from, as stored JSON."""
        return list(self.document["sources"])

    @property
    def disposals(self) -> list[str]:
        """Codes of cases.law.disposals; empty for a scheme that is no disposal (DIVERT, LEAD)."""
        return list(self.rules.disposals)

    @property
    def admissions(self) -> list[str]:
        """What a person may say about the offence, by the criteria."""
        return list(self.rules.admissions)

    @property
    def min_age(self) -> int | None:
        return self.rules.minimum_age

    @property
    def max_age(self) -> int | None:
        return self.rules.maximum_age

    @property
    def entry_window_months(self) -> int | None:
        """How many calendar months old an offence may be; None where it does not matter, or is counted otherwise."""
        window = self.rules.entry_window
        return window.amount if window and window.unit == "months" else None

    @property
    def duration(self) -> int | None:
        return self.rules.duration.amount if self.rules.duration else None

    @property
    def duration_unit(self) -> str:
        return self.rules.duration.unit if self.rules.duration else self.DurationUnit.OPEN_ENDED.value

    def get_duration_unit_display(self) -> str:
        return str(self.DurationUnit(self.duration_unit).label)

    @property
    def min_conditions(self) -> int:
        return self.rules.min_conditions

    @property
    def max_conditions(self) -> int | None:
        return self.rules.max_conditions

    @property
    def worker_title(self) -> str:
        return self.rules.worker_title

    @property
    def without_offence(self) -> bool:
        """Whether it also helps people of whom no offence is alleged (`referrals.models.help`)."""
        return self.rules.without_offence

    @property
    def notes(self) -> str:
        return self.rules.note


# A version's document never changes: what was read of it is kept, by the version's id.
_READ: dict[int, tuple[dict[str, Any], SchemeDocument]] = {}


class ConditionTemplate(models.Model):
    """A condition that a scheme offers or requires: a condition of the version's document, to be chosen by its id."""

    version = models.ForeignKey(SchemeVersion, on_delete=models.CASCADE, related_name="condition_templates")
    kind = models.CharField(max_length=30)
    object = models.CharField(max_length=20)
    wording = models.CharField(max_length=300)
    is_mandatory = models.BooleanField(default=False)
    due_days = models.PositiveSmallIntegerField(null=True, blank=True)
    minimum_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    maximum_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    sessions = models.PositiveSmallIntegerField(null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    data_use: ClassVar = structural("id", "version", "order") | operational(
        "Offer standard conditions",
        *("kind", "object", "wording", "is_mandatory", "due_days", "minimum_hours", "maximum_hours", "sessions"),
    )

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.wording


#: Under which agreements somebody may be sent: by a decision, and with no offence alleged. One that does not say, too.
FOR_DECISIONS = ("", Regime.LAW_ENFORCEMENT.value, Regime.BOTH.value)
FOR_HELP = ("", Regime.UK_GDPR.value, Regime.BOTH.value)
ALL_REGIMES = ("", *Regime.values)


class SharingAgreement(models.Model):
    """The arrangement between a force and a provider (DPA 2018 s.58): live, or no referral can be sent.

    What is not on record of an older one (regime, purpose, controllers) is "", and stops nothing.
    """

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=200)
    regime = models.CharField(max_length=10, choices=Regime, blank=True, db_default="")
    purpose = models.CharField(max_length=300, blank=True, db_default="")
    controllers = models.CharField(max_length=300, blank=True, db_default="")

    data_use: ClassVar = structural("id") | operational(
        "Show under what arrangement data is shared",
        *("force", "provider", "valid_from", "valid_to", "document", "regime", "purpose", "controllers"),
    )

    def __str__(self) -> str:
        return self.document

    @classmethod
    def is_live(
        cls, force: Organisation, provider: Organisation, day: date, under: Collection[str] = ALL_REGIMES
    ) -> bool:
        """Whether an agreement between the two, of one of the regimes ``under``, covers ``day``."""
        agreements = cls.objects.filter(force=force, provider=provider, valid_from__lte=day, regime__in=under)
        return agreements.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day)).exists()


class Slot(models.Model):
    """A first appointment that a provider keeps free, booked while the person is still with the officer."""

    version = models.ForeignKey(SchemeVersion, on_delete=models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    place = models.CharField(max_length=150)
    places = models.PositiveSmallIntegerField(default=1)

    data_use: ClassVar = structural("id", "version") | operational(
        "Book a first appointment at once", "starts_at", "place", "places"
    )

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["version", "starts_at", "place"], name="slot_once_at_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} {self.place}"
