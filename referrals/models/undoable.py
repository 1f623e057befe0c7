from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.data_use import operational, staff, structural
from referrals.models.agreement import Condition
from referrals.models.referral import Referral


class UndoableQuerySet(models.QuerySet["Undoable"]):
    def live(self) -> "UndoableQuerySet":
        """Those that can still be undone."""
        return self.filter(undone_at=None, until__gt=clock.now())


@pghistory.track()
class Undoable(models.Model):
    """Something that was settled or closed, and that whoever did it can undo until a moment.

    ``before`` is how a condition stood; ``closed_case``: the case closed with it. What is undone stays here and in the
    log, beside what was done.
    """

    class Kind(models.TextChoices):
        REFERRAL = "referral", "Support closed"
        CONDITION = "condition", "Condition settled"
        FAILURE = "failure", "What follows decided"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="undoables")
    kind = models.CharField(max_length=10, choices=Kind)
    referral = models.ForeignKey(Referral, null=True, blank=True, on_delete=models.CASCADE, related_name="undoables")
    condition = models.ForeignKey(Condition, null=True, blank=True, on_delete=models.CASCADE, related_name="undoables")
    before = models.CharField(max_length=10, choices=Condition.State, blank=True)
    closed_case = models.BooleanField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = UndoableQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "case", "referral", "condition")
        | operational("Undo what was closed by mistake", "kind", "before", "closed_case", "at", "until", "undone_at")
        | staff("Say who did it, and may undo it", "by")
    )

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="referral", referral__isnull=False, condition__isnull=True, before="")
                | Q(kind="condition", condition__isnull=False, referral__isnull=True) & ~Q(before="")
                | Q(kind="failure", referral__isnull=True, condition__isnull=True, before=""),
                name="undoable_names_what_it_is",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_kind_display()}"

    @property
    def is_live(self) -> bool:
        return self.undone_at is None and self.until > clock.now()
