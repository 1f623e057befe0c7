"""That somebody complains about a decision or about how they were treated, and what they were answered."""

from datetime import date
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.rescission import Rescission
from cases.models.withdrawal import Withdrawal
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, personal, staff, structural


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, user: User) -> "ComplaintQuerySet":
        """The only door: police, those of cases they may see. No partner and no youth justice service reads one."""
        return self.filter(case__in=Case.objects.visible_to(user)) if user.is_police else self.none()

    def open(self) -> "ComplaintQuerySet":
        """Those that nobody has answered yet."""
        return self.filter(state=Complaint.State.OPEN)

    def open_for(self, user: User) -> "ComplaintQuerySet":
        """Those that stand on the first page of a supervisor or a coordinator; of nobody else.

        Nor of whoever is the officer in the case, or decided, authorised, withdrew or rescinded it: they may not
        answer.
        """
        if not user.can(Permission.AUTHORISE, Permission.MANAGE_SCHEMES):
            return self.none()
        theirs = Q(case__officer=user) | Q(case__decision__decided_by=user)
        theirs |= Q(case__authorisation__decided_by=user)
        before = Withdrawal.objects.filter(Q(decided_by=user) | Q(authorised_by=user) | Q(by=user))
        ended = Rescission.objects.filter(Q(asked_by=user) | Q(decided_by=user))
        theirs |= Q(case__in=before.values("case")) | Q(case__in=ended.values("case"))
        return self.visible_to(user).open().exclude(theirs)


@pghistory.track()
class Complaint(models.Model):
    """A complaint about a case: it stops no clock and changes no decision.

    One about the conduct of police is recorded by professional standards in their own system (Police Reform Act 2002,
    schedule 3); here stands its reference.
    """

    class Who(models.TextChoices):
        PERSON = "person", _("The person in this case")
        VICTIM = "victim", _("A victim")
        ADULT = "adult", _("A parent or appropriate adult")
        OTHER = "other", _("Somebody else")

    class About(models.TextChoices):
        DECISION = "decision", _("The decision")
        TREATMENT = "treatment", _("How they were treated")
        SHARED = "shared", _("What was shared about them")
        SUPPORT = "support", _("The support")
        OTHER = "other", _("Something else")

    class Channel(models.TextChoices):
        IN_PERSON = "in_person", _("In person")
        TELEPHONE = "telephone", _("By telephone")
        EMAIL = "email", _("By e-mail")
        LETTER = "letter", _("By letter")
        FORM = "form", _("By the force’s own form")

    class State(models.TextChoices):
        OPEN = "open", _("Not answered yet")
        ANSWERED = "answered", _("Answered")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="complaints")
    who = models.CharField(max_length=10, choices=Who)
    about = models.CharField(max_length=10, choices=About)
    words = models.TextField(blank=True)
    received_on = models.DateField()
    channel = models.CharField(max_length=10, choices=Channel)
    # Under which professional standards have it, where they do.
    standards_reference = models.CharField(max_length=60, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = ComplaintQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "case", "state", "version")
        | personal("Answer somebody who complains", "who", "about", "words", "answer")
        | operational("Say when and how it came, and where professional standards have it", "received_on", "channel")
        | operational("Find it at professional standards", "standards_reference")
        | staff("Say who recorded and who answered it", "recorded_at", "recorded_by", "answered_at", "answered_by")
    )

    class Meta:
        ordering = ["received_on", "pk"]
        indexes = [models.Index(fields=["received_on"], condition=Q(state="open"), name="complaint_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", answer="", answered_at__isnull=True, answered_by__isnull=True)
                | Q(state="answered", answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="complaint_answered_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_about_display()}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    def days_since(self, today: date) -> int:
        """For how many days it has been here."""
        return (today - self.received_on).days
