"""What a case waits for that is recorded and not decided yet."""

from datetime import date, timedelta
from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.codes import WaitsFor
from cases.models.case import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.data_use import operational, personal, staff, structural


@pghistory.track()
class PendingDecision(models.Model):
    """Who decides next on a case, and by when. Once it is decided the row stays, and says how long it waited."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="pending")
    waits_for = models.CharField(max_length=20, choices=WaitsFor)
    due_on = models.DateField()
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    # The page that decided it or left it open again, sent twice, does so once; ``Case.submission`` is the page that
    # opened the case.
    submission = models.UUIDField(null=True, blank=True, unique=True)

    data_use: ClassVar = (
        structural("id", "case", "submission")
        | personal("Say who decides next on this person's case", "waits_for")
        | operational("Say by when it is to be decided", "due_on", "asked_at", "settled_at")
        | staff("Say who left it open", "asked_by")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(submission__isnull=False),
                name="pending_decision_settled_by_a_page",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_waits_for_display()}"

    @staticmethod
    def last_day() -> date:
        """The last day by which a case that is left open today may be left to be decided."""
        return clock.today() + timedelta(days=settings.LEFT_OPEN_DAYS)

    @property
    def is_open(self) -> bool:
        return self.settled_at is None

    def is_late(self, today: date) -> bool:
        """Whether its day has passed and nothing is decided."""
        return self.is_open and self.due_on < today
