from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, staff, structural
from diversion.references import new_reference
from reporting.models.schedule import ReportPurpose, ReportSchedule


def run_reference() -> str:
    return new_reference("MR")


#: Within this time after it was asked for, a worker that is there has begun a report.
BEGINS_WITHIN = timedelta(minutes=2)


class ReportRunQuerySet(models.QuerySet["ReportRun"]):
    def visible_to(self, user: User) -> "ReportRunQuerySet":
        """Reports of the user's own force: exact counts are for those who may drill down in it, and nobody else."""
        if user.is_police and user.can(Permission.VIEW_MONITORING):
            return self.filter(force=user.organisation)
        return self.none()


class ReportRun(models.Model):
    """One monitoring report asked for, by a person or by the schedule, and how far it has come."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting to start"
        RUNNING = "running", "Running"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    reference = models.CharField(max_length=12, unique=True, default=run_reference)
    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="report_runs")
    source = models.CharField(max_length=40)
    start = models.DateField()
    end = models.DateField()
    audience = models.CharField(max_length=12, default="operational")
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=100, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Until when the worker that took it may be believed to be at work on it.
    leased_until = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    # The schedule that it was made by, and the time of it ("2026-05", "2026-Q1"): one, however many beats run.
    schedule = models.ForeignKey(ReportSchedule, null=True, blank=True, on_delete=models.PROTECT, related_name="runs")
    scheduled_for = models.CharField(max_length=7, blank=True)
    # As they were when it was asked for: the schedule may have been changed since.
    purpose = models.CharField(max_length=13, choices=ReportPurpose, default=ReportPurpose.MONITORING)
    scheme = models.CharField(max_length=50, blank=True)

    objects = ReportRunQuerySet.as_manager()

    data_use: ClassVar = structural("id", "reference", "force") | (
        operational(
            "Produce monitoring reports",
            *("source", "start", "end", "audience", "state", "progress", "step", "attempts", "leased_until", "error"),
            *("asked_at", "finished_at", "schedule", "scheduled_for", "purpose", "scheme"),
        )
        | staff("Say who asked for a report", "asked_by")
    )

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="report_run_days_in_order"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="report_run_progress_is_a_percentage"),
            models.CheckConstraint(condition=Q(state="failed") ^ Q(error=""), name="report_run_failed_says_why"),
            models.CheckConstraint(
                condition=Q(state__in=["ready", "failed"]) ^ Q(finished_at__isnull=True),
                name="report_run_finished_when_it_ended",
            ),
            models.UniqueConstraint(
                fields=["schedule", "scheduled_for", "scheme", "purpose"], name="one_scheduled_report_of_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def doing(self) -> str:
        """What somebody who waits for it is told, also where nobody is at work on it."""
        now = clock.now()
        if self.state == self.State.QUEUED and self.asked_at < now - BEGINS_WITHIN:
            return "Reports are not being made at the moment. This one begins as soon as they are."
        if self.leased_until and self.leased_until < now:
            return "What made this report has stopped. It is begun again within a minute."
        return self.step or self.get_state_display()


class ReportArtefact(models.Model):
    """A file of a finished report. Kept in the database, so that every web machine can hand it out."""

    class Kind(models.TextChoices):
        JSON = "json", "report.json"
        CSV = "csv", "report.csv"
        XLSX = "xlsx", "report.xlsx"

    run = models.ForeignKey(ReportRun, on_delete=models.CASCADE, related_name="artefacts")
    kind = models.CharField(max_length=4, choices=Kind)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    data_use: ClassVar = structural("id", "run", "kind", "sha256") | operational(
        "Hand out a finished report", "content"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "kind"], name="one_artefact_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.run}: {self.get_kind_display()}"
