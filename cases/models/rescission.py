"""That a decision is taken back on which somebody has acted: asked with a reason, and decided by a rank."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, personal, staff, structural


class RescissionQuerySet(models.QuerySet["Rescission"]):
    def visible_to(self, user: User) -> "RescissionQuerySet":
        """The only door: police, those of cases they may see."""
        return self.filter(case__in=Case.objects.visible_to(user)) if user.is_police else self.none()

    def waiting(self) -> "RescissionQuerySet":
        """Those on which nobody has decided yet."""
        return self.filter(state=Rescission.State.ASKED)

    def given(self) -> "RescissionQuerySet":
        """Those with which the decision ended."""
        return self.filter(state=Rescission.State.GIVEN)

    def in_error(self) -> "RescissionQuerySet":
        """Those of a case that was recorded on the wrong person, or twice."""
        return self.given().filter(reason__in=Rescission.IN_ERROR)

    def waiting_for(self, user: User) -> "RescissionQuerySet":
        """Those that stand on the first page of somebody who authorises and did not ask for it themselves."""
        if not user.can(Permission.AUTHORISE):
            return self.none()
        rows = self.visible_to(user).waiting().exclude(asked_by=user)
        return rows.exclude(case__authorisation__state="refused")  # that has ended it meanwhile


@pghistory.track()
class Rescission(models.Model):
    """A decision that is to be taken back although somebody has acted on it, and what a rank decided about that.

    ``rank`` is that which would have to authorise what was decided. Rescinded, the case is closed without an outcome;
    it still counts as the offer that it was, ended by police and not by the person.
    """

    class Reason(models.TextChoices):
        NOT_ALLOWED = "not_allowed", _("It was not to be given: the law or the policy does not allow it")
        NOT_EXPLAINED = "not_explained", _("It was not explained, admitted or signed as it has to be")
        NEW_FACTS = "new_facts", _("Something has come to light that changes it")
        WRONG_PERSON = "wrong_person", _("It was recorded on the wrong person")
        TWICE = "twice", _("It was recorded twice")
        OTHER = "other", _("Another reason")

    #: By these the case was recorded in error.
    IN_ERROR = (Reason.WRONG_PERSON, Reason.TWICE)

    class State(models.TextChoices):
        ASKED = "asked", _("Waiting for a decision")
        GIVEN = "given", _("Rescinded")
        REFUSED = "refused", _("Not rescinded: it stands")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="rescissions")
    reason = models.CharField(max_length=15, choices=Reason)
    words = models.TextField()
    rank = models.CharField(max_length=20, choices=User.Rank)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    rationale = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # In which rank, as of that day: "inspector", "acting inspector".
    decided_as = models.CharField(max_length=40, blank=True)
    # Where the decision was a prosecutor's to take back: whose that was.
    prosecutor = models.CharField(max_length=150, blank=True)
    prosecutor_on = models.DateField(null=True, blank=True)
    prosecutor_reference = models.CharField(max_length=60, blank=True)

    objects = RescissionQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "case", "state")
        | personal("Take back what should not stand, and say why", "reason", "words", "rationale")
        | operational("Say which rank decides, and when it did", "rank", "asked_at", "decided_at")
        | staff("Say who asked and who decided", "asked_by", "decided_by", "decided_as")
        | staff("Say which prosecutor decided", "prosecutor", "prosecutor_on", "prosecutor_reference")
    )

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=["asked", "given"]), name="one_rescission_of_a_case"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", rationale="", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(state="asked") & Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(rationale="")),
                name="rescission_decided_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="rescission_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_state_display()}"

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.ASKED

    @property
    def is_in_error(self) -> bool:
        """Whether the decision was rescinded because its case was recorded on the wrong person, or twice."""
        return self.state == self.State.GIVEN and self.reason in self.IN_ERROR

    @property
    def decider_in_words(self) -> str:
        """ "Callum Reid, acting sergeant"; "" where nobody has decided."""
        return ", ".join(filter(None, (str(self.decided_by), self.decided_as))) if self.decided_by else ""
