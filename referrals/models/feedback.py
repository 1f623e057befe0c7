from typing import ClassVar

import pghistory
from django.db import models

from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.data_use import personal, staff, structural
from referrals.codes import Felt
from referrals.models.referral import Referral


class PersonFeedbackQuerySet(models.QuerySet["PersonFeedback"]):
    def visible_to(self, user: User) -> "PersonFeedbackQuerySet":
        """Those who decide on referrals at the provider: never the worker alone who helped, and never police."""
        if user.is_provider and user.can(Permission.DECIDE_REFERRALS):
            return self.filter(referral__provider=user.organisation)
        return self.none()


@pghistory.track()
class PersonFeedback(models.Model):
    """What a person says of the help they had, in three questions, in their own words and of their own will.

    It is the provider's: its managers read it, the worker who helped reads that it was given, and police hear nothing.
    """

    referral = models.OneToOneField(Referral, on_delete=models.CASCADE, related_name="person_feedback")
    respect = models.CharField(max_length=10, choices=Felt)
    helped = models.CharField(max_length=10, choices=Felt)
    better = models.CharField(max_length=1000, blank=True)
    said_at = models.DateTimeField(default=clock.now)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = PersonFeedbackQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "referral", "version")
        | personal("Hear from whoever was helped how it was", "respect", "helped", "better", "said_at")
        | staff("Say who handed the questions over", "noted_by")
    )

    class Meta:
        ordering = ["-said_at", "-pk"]
        verbose_name_plural = "feedback of people"

    def __str__(self) -> str:
        return f"{self.referral}: feedback"
