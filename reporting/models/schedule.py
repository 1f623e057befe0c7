from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q

from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, staff, structural
from diversion.references import new_reference

WHY = "Produce monitoring reports"
MARCH, QUARTER = 3, 3


def schedule_reference() -> str:
    return new_reference("MS")


class ReportPurpose(models.TextChoices):
    """What a report tells: everything, or who people are and what is done about differences."""

    MONITORING = "monitoring", "Everything: people, months and schemes"
    EQUALITY_DUTY = "equality_duty", "Equality duty: ethnicity, age and gender, with notes (Equality Act 2010 s.149)"


class ReportScheduleQuerySet(models.QuerySet["ReportSchedule"]):
    def visible_to(self, user: User) -> "ReportScheduleQuerySet":
        """Those of the user's own force, for whoever sees its figures."""
        if not (user.is_active and user.is_police and user.can(Permission.VIEW_MONITORING)):
            return self.none()
        return self.filter(force=user.organisation)


class ReportSchedule(models.Model):
    """A report made anew whenever its time has ended: what it tells, how often, and of which scheme ("" for all)."""

    class Every(models.TextChoices):
        MONTH = "month", "Each month"
        QUARTER = "quarter", "Each quarter"
        YEAR = "year", "Each year, January to December"
        FINANCIAL_YEAR = "financial_year", "Each year, April to March"

    reference = models.CharField(max_length=12, unique=True, default=schedule_reference)
    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="report_schedules")
    name = models.CharField(max_length=80)
    every = models.CharField(max_length=14, choices=Every)
    purpose = models.CharField(max_length=13, choices=ReportPurpose, default=ReportPurpose.MONITORING)
    scheme = models.CharField(max_length=50, blank=True)
    is_on = models.BooleanField(default=True)
    # The service itself made the monthly one that each force begins with: nobody.
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)

    objects = ReportScheduleQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "reference", "force", "version")
        | operational(WHY, "name", "every", "purpose", "scheme", "is_on", "made_at")
        | staff("Say who asked for a report", "made_by")
    )

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["force"], condition=Q(made_by__isnull=True), name="one_report_schedule_to_begin_with"
            ),
            models.UniqueConstraint(
                fields=["force", "every", "purpose", "scheme"],
                condition=Q(is_on=True),
                name="one_report_schedule_of_a_kind",
            ),
            models.CheckConstraint(
                condition=~Q(purpose="equality_duty") | Q(scheme=""), name="equality_duty_is_of_the_force"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def last_time(self, today: date) -> tuple[str, date, date]:
        """The last time that had ended before ``today``: a short name ("2026-Q1"), its first day and its last."""
        end = self._last_end(today)
        start = (end - timedelta(days=self._days())).replace(day=1)
        return self._name_of(start), start, end

    def _days(self) -> int:
        """So many before the last day lies somewhere in the first month."""
        return {"month": 15, "quarter": 75}.get(self.every, 350)

    def _last_end(self, today: date) -> date:
        ends = {"month": range(1, 13), "quarter": range(QUARTER, 13, QUARTER), "year": (12,)}.get(self.every, (MARCH,))
        day = today.replace(day=1) - timedelta(days=1)
        while day.month not in ends:
            day = day.replace(day=1) - timedelta(days=1)
        return day

    def _name_of(self, start: date) -> str:
        if self.every == self.Every.QUARTER:
            return f"{start.year}-Q{(start.month - 1) // QUARTER + 1}"
        if self.every == self.Every.MONTH:
            return f"{start:%Y-%m}"
        return str(start.year) if self.every == self.Every.YEAR else f"{start.year}-{(start.year + 1) % 100:02}"
