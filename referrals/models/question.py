from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.data_use import personal, staff, structural
from referrals.models.referral import Referral
from referrals.models.scheme import SchemeVersion

VOLUNTARY = SchemeVersion.Confidentiality.VOLUNTARY


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, user: User) -> "QuestionQuerySet":
        """The provider's people those of its referrals, police those of cases they see; never of voluntary support."""
        rows = self.exclude(referral__scheme_version__confidentiality=VOLUNTARY)
        if user.is_police:
            return rows.filter(referral__case__in=Case.objects.visible_to(user))
        return rows.filter(referral__in=Referral.objects.visible_to(user))

    def waiting(self) -> "QuestionQuerySet":
        """Those that nobody has answered, while the referral is live: nobody answers for what has ended."""
        return self.filter(answered_at__isnull=True, referral__state__in=Question.LIVE)

    def asked_of(self, user: User) -> "QuestionQuerySet":
        """Those that wait for ``user`` as the officer, as a coordinator, or as one of the partner's people."""
        rows = self.visible_to(user).waiting()
        if not user.is_police:
            return rows.filter(to=Question.To.PARTNER)
        own = Q(to=Question.To.OFFICER, referral__case__officer=user)
        return rows.filter(own | Q(to=Question.To.HUB) if user.can(Permission.MANAGE_SCHEMES) else own)

    def may_wait_for(self, user: User) -> "QuestionQuerySet":
        """The same, and for a coordinator each that an officer has not answered yet, late or not."""
        if not (user.is_police and user.can(Permission.MANAGE_SCHEMES)):
            return self.asked_of(user)
        return self.visible_to(user).waiting().exclude(to=Question.To.PARTNER)


class Question(models.Model):
    """What a partner asks police about somebody who was sent, or police the partner, and what was answered.

    It is written once and answered once, and neither is ever changed: the database refuses it. There is none of
    voluntary support, since police hear nothing of that.
    """

    class To(models.TextChoices):
        OFFICER = "officer", _("The officer in the case")
        HUB = "hub", _("The force’s coordinators")
        PARTNER = "partner", _("The partner")

    LIVE = (Referral.State.SENT, *Referral.OPEN)

    submission = models.UUIDField(unique=True)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="questions")
    to = models.CharField(max_length=8, choices=To)
    question = models.CharField(max_length=500)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = QuestionQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "submission", "referral", "to")
        | personal("Let partner and police ask each other what the help needs", "question", "answer")
        | staff("Say who asked and who answered", "asked_at", "asked_by", "answered_at", "answered_by")
    )

    class Meta:
        ordering = ["asked_at", "pk"]
        indexes = [models.Index(fields=["asked_at"], name="question_waiting", condition=Q(answered_at__isnull=True))]
        constraints = [
            models.CheckConstraint(condition=~Q(question=""), name="partner_question_asks_something"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="partner_question_answered_by_someone",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="written_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__answered_at__isnull=False)
                | pgtrigger.Q(old__question__df=pgtrigger.F("new__question")),
                func="RAISE EXCEPTION 'A question and its answer are never changed.';",
            )
        ]

    def __str__(self) -> str:
        return f"{self.referral}: {self.get_to_display()}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered."""
        return self.answered_at is None and self.referral.state in self.LIVE

    @property
    def is_for_police(self) -> bool:
        return self.to != self.To.PARTNER
