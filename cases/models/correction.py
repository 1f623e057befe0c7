from typing import ClassVar

import pghistory
from django.db import models

from cases.models.case import Case
from cases.models.crime import Allegation
from diversion import clock
from diversion.accounts.models import User
from diversion.data_use import operational, personal, staff, structural


@pghistory.track()
class Correction(models.Model):
    """What was mistyped about a crime in an open case, and what it was put right to.

    Or of the person's birth, whether the case is open or not: then the crime is the first of the case.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="corrections")
    allegation = models.ForeignKey(Allegation, on_delete=models.CASCADE, related_name="corrections")
    # By field: [what stood, what stands], in words.
    changes = models.JSONField()
    reason = models.TextField()
    # Who had authorised the decision, and why, where the correction sent it back for authority; else empty.
    authorised_before = models.JSONField(default=dict, blank=True)
    corrected_at = models.DateTimeField(default=clock.now)
    corrected_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    data_use: ClassVar = (
        structural("id", "case", "allegation")
        | personal("Keep what was recorded before a mistake was put right", "changes", "reason")
        | operational("Show under what authority the case stood before", "authorised_before")
        | staff("Say who corrected it", "corrected_at", "corrected_by")
    )

    class Meta:
        ordering = ["corrected_at", "pk"]

    def __str__(self) -> str:
        return f"{self.allegation}: {', '.join(self.changes)}"
