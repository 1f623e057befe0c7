from datetime import date
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from cases.models.case import Authorisation
from diversion import clock
from diversion.accounts.models import User
from diversion.data_use import operational, personal, staff, structural


class ProsecutorReferralQuerySet(models.QuerySet["ProsecutorReferral"]):
    def waiting(self) -> "ProsecutorReferralQuerySet":
        """Those that no prosecutor has answered yet."""
        return self.filter(state=ProsecutorReferral.State.WAITING)


@pghistory.track()
class ProsecutorReferral(models.Model):
    """A decision that waits, put to a prosecutor by whoever authorises: why, what is asked, by when, what came back.

    Prosecutors do not sign in here. While one of them has it nobody decides, offers or signs anything; once the answer
    is entered, the authoriser authorises or refuses as ever, within what the prosecutor decided.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "With a prosecutor"
        DECIDED = "decided", "Decided by a prosecutor"
        TAKEN_BACK = "taken_back", "Taken back"

    class Decision(models.TextChoices):
        AGREED = "agreed", "Out-of-court resolution agreed"
        CHARGE = "charge", "Charge or summons"
        NO_ACTION = "no_action", "No further action"

    authorisation = models.ForeignKey(Authorisation, on_delete=models.CASCADE, related_name="put_to_prosecutors")
    reason = models.TextField()
    question = models.TextField()
    due_on = models.DateField()
    # How many corrections the case had, as the prosecutor knows it: of a later one they were not told.
    seen = models.PositiveIntegerField()
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # In which rank, as of that day: "inspector", "acting inspector".
    asked_as = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    prosecutor = models.CharField(max_length=150, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    # The resolution that was agreed to (cases.law.disposals), where they said which.
    disposal = models.CharField(max_length=40, blank=True)
    # What whoever asked had typed in other fields of their own decision, as in `AuthorisationQuestion`.
    typed = models.JSONField(default=dict, blank=True, db_default=models.Value({}, models.JSONField()))
    # What the prosecutor said; why it was taken back.
    words = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Why what was entered is put right; the history keeps what was entered before.
    corrected_because = models.TextField(blank=True)

    objects = ProsecutorReferralQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "authorisation", "state")
        | personal("Put this person's case to a prosecutor, and keep the answer", "reason", "question", "words")
        | personal("Decide within what the prosecutor decided", "decision", "disposal", "corrected_because")
        | personal("Give back to the authoriser what they had typed when they referred it", "typed")
        | operational("Say by when an answer is needed, and to what", "due_on", "seen")
        | staff("Say which prosecutor decided", "prosecutor", "decided_on", "reference")
        | staff(
            "Say who put it to a prosecutor and who entered the answer",
            *("asked_at", "asked_by", "asked_as", "answered_at", "answered_by"),
        )
    )

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["authorisation"], condition=Q(state="waiting"), name="one_prosecutor_has_it_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decision="", answered_at__isnull=True, answered_by__isnull=True)
                | Q(state="taken_back", decision="", answered_at__isnull=False, answered_by__isnull=False)
                | Q(
                    state="decided",
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                    decided_on__isnull=False,
                )
                & ~Q(decision="")
                & ~Q(prosecutor="")
                & ~Q(reference=""),
                name="prosecutor_decided_by_name",
            ),
            models.CheckConstraint(
                condition=Q(disposal="") | Q(decision="agreed"), name="prosecutor_disposal_only_where_agreed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authorisation.case}: {self.get_state_display()}"

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def is_decided(self) -> bool:
        return self.state == self.State.DECIDED

    def is_late(self, today: date) -> bool:
        """Whether the day by which an answer was needed has passed."""
        return self.is_waiting and self.due_on < today
