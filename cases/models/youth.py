"""What youth justice has to be told about a child: by which service, by when, and what came of it."""

from datetime import date
from typing import Any, ClassVar

import pghistory
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, personal, staff, structural
from diversion.references import new_reference


def duty_reference() -> str:
    return new_reference("YD")


class YouthJusticeLinkQuerySet(models.QuerySet["YouthJusticeLink"]):
    def live(self, day: date) -> "YouthJusticeLinkQuerySet":
        """Links that cover ``day``; both ends count."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))

    def visible_to(self, user: User) -> "YouthJusticeLinkQuerySet":
        """A force sees which services serve it."""
        return self.filter(force=user.organisation) if user.is_police else self.none()


@pghistory.track()
class YouthJusticeLink(models.Model):
    """That a youth justice service with sign-ins here serves a force, from a day to a day."""

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="youth_services")
    service = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="youth_forces")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = YouthJusticeLinkQuerySet.as_manager()

    data_use: ClassVar = structural("id") | operational(
        "Say which youth justice service is told of a force's children", "force", "service", "valid_from", "valid_to"
    )

    class Meta:
        ordering = ["service__name", "valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="youth_link_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["force", "service"], condition=Q(valid_to__isnull=True), name="one_open_youth_link"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} for {self.force}"


class YouthDutyQuerySet(models.QuerySet["YouthDuty"]):
    def visible_to(self, user: User) -> "YouthDutyQuerySet":
        """The only door. Police: those of cases they may see. The service that was told: those that live, while it
        serves the force; and of the case behind them nothing but what its pages show.
        """
        if not user.is_active:
            return self.none()
        if user.is_police:
            return self.filter(case__in=Case.objects.visible_to(user))
        if user.is_youth_justice and user.can(Permission.VIEW_YOUTH_DUTIES):
            return self.filter(self._served(), service=user.organisation).live()
        return self.none()

    def traces_for(self, user: User, since: date) -> "models.QuerySet[YouthDuty, dict[str, Any]]":
        """Of duties that ended since a day their reference, end and reason, for the service: nothing of the child."""
        if not (user.is_active and user.is_youth_justice and user.can(Permission.VIEW_YOUTH_DUTIES)):
            return self.none().values("reference")
        ended = self.filter(self._served(), service=user.organisation, ended_at__date__gte=since)
        return ended.order_by("-ended_at").values("reference", "ended_at", "ended_reason")

    def live(self) -> "YouthDutyQuerySet":
        return self.filter(ended_at__isnull=True)

    def waiting(self) -> "YouthDutyQuerySet":
        """Those whose clock runs: neither taken by the service nor told to one that has no sign-in here."""
        return self.live().filter(acknowledged_at__isnull=True, told_whom="")

    @staticmethod
    def _served() -> Exists:
        links = YouthJusticeLink.objects.live(clock.today())
        return Exists(links.filter(force=OuterRef("case__force"), service=OuterRef("service")))


@pghistory.track()
class YouthDuty(models.Model):
    """To tell youth justice of a child, made by age and offence (cases.law.youth), whatever was decided.

    It is told to a ``service`` that has sign-ins here, whose acknowledgement stops the clock, or to somebody named in
    ``told_whom``, which stops it at once. One that no longer applies is ended with its reason and never deleted.
    """

    class Kind(models.TextChoices):
        CHILD_KNIFE = "child_knife", _("A child and a knife")

    class End(models.TextChoices):
        CORRECTED = "corrected", _("The record was corrected: this was not a case to refer")
        KEPT = "kept", _("The plan was kept")
        NOT_KEPT = "not_kept", _("The plan was not kept, and police have been told")
        NO_PLAN = "no_plan", _("No plan was made")
        PASSED_ON = "passed_on", _("Another youth justice service has taken over")

    #: What the service, or police where it has no sign-in here, may say came of it.
    SAID = (End.KEPT, End.NOT_KEPT, End.NO_PLAN, End.PASSED_ON)

    reference = models.CharField(max_length=12, unique=True, default=duty_reference)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="youth_duties")
    kind = models.CharField(max_length=20, choices=Kind)
    service = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="youth_duties"
    )
    made_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField()
    notified_at = models.DateTimeField(null=True, blank=True)
    notified_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    told_whom = models.CharField(max_length=150, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    not_kept_at = models.DateTimeField(null=True, blank=True)
    not_kept_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    not_kept_note = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_reason = models.CharField(max_length=20, choices=End, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = YouthDutyQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "reference", "case", "version")
        | personal("Refer a child to youth justice (guidance of 12 February 2026)", "kind", "told_whom")
        | personal("Tell the officer that a plan is not kept", "not_kept_note")
        | operational(
            "Follow the referral from its making to its end",
            *("service", "made_at", "due_on", "notified_at", "acknowledged_at", "not_kept_at", "ended_at"),
            "ended_reason",
        )
        | staff("Say who told, took and ended it", "notified_by", "acknowledged_by", "not_kept_by", "ended_by")
    )

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name_plural = "youth duties"
        indexes = [models.Index(fields=["service", "due_on"], name="youth_duty_service_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(ended_at__isnull=True), name="one_live_youth_duty_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(notified_at__isnull=True, notified_by__isnull=True, service__isnull=True, told_whom="")
                | Q(notified_at__isnull=False, notified_by__isnull=False)
                & (Q(service__isnull=False, told_whom="") | Q(service__isnull=True) & ~Q(told_whom="")),
                name="youth_duty_told_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False, service__isnull=False),
                name="youth_duty_acknowledged_by_service",
            ),
            models.CheckConstraint(
                condition=Q(not_kept_at__isnull=True, not_kept_by__isnull=True, not_kept_note="")
                | Q(not_kept_at__isnull=False, not_kept_by__isnull=False, notified_at__isnull=False)
                & ~Q(not_kept_note=""),
                name="youth_duty_not_kept_has_note",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_reason="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_reason=""),
                name="youth_duty_ended_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(ended_reason="not_kept") | Q(not_kept_at__isnull=False),
                name="youth_duty_not_kept_was_told",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_live(self) -> bool:
        return self.ended_at is None

    @property
    def is_waiting(self) -> bool:
        """Whether its clock runs."""
        return self.is_live and self.acknowledged_at is None and not self.told_whom

    def is_late(self, today: date) -> bool:
        """Whether its day has passed and nobody has taken it."""
        return self.is_waiting and self.due_on < today

    @property
    def stopped_on(self) -> date | None:
        """The local date on which youth justice had it; None while the clock runs."""
        moment = self.acknowledged_at or (self.notified_at if self.told_whom else None)
        return clock.local_date(moment) if moment else None


@pghistory.track()
class ChildAssessment(models.Model):
    """That youth justice has assessed a child who may be diverted (PDAT): when, by whom, and under what reference.

    Nothing of what it found is kept here.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="child_assessment")
    done_on = models.DateField()
    done_by = models.CharField(max_length=150)
    reference = models.CharField(max_length=60)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    data_use: ClassVar = (
        structural("id", "case", "version")
        | personal("Show that a child was assessed before being diverted", "done_on", "reference")
        | staff("Say who assessed, and who noted it", "done_by", "recorded_at", "recorded_by")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(done_by="") & ~Q(reference=""), name="child_assessment_can_be_found")
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.reference}"
