from typing import ClassVar

import pghistory
from django.db import models

from cases.models.case import Authorisation
from diversion import clock
from diversion.accounts.models import User
from diversion.data_use import personal, staff, structural


@pghistory.track()
class AuthorisationQuestion(models.Model):
    """What an authoriser asked before deciding, and what came back. The decision waits, and its clocks run on."""

    authorisation = models.ForeignKey(Authorisation, on_delete=models.CASCADE, related_name="questions")
    question = models.TextField()
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # What whoever asked had typed in other fields of their decision, by its name: it stands there again for them until
    # it is decided.
    typed = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    data_use: ClassVar = (
        structural("id", "authorisation")
        | personal("Record what the authoriser needed to know before deciding", "question", "answer")
        | personal("Give back to the authoriser what they had typed when they asked", "typed")
        | staff("Say who asked and who answered", "asked_at", "asked_by", "answered_at", "answered_by")
    )

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["authorisation"],
                condition=models.Q(answered_at__isnull=True),
                name="one_open_question_for_a_decision",
            ),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | (~models.Q(answer="") & models.Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="question_answered_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return self.question
