from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from diversion import clock
from diversion.accounts.models import User
from diversion.data_use import personal, staff, structural
from referrals.codes import TELLS, After18, MayBeTold
from referrals.models.referral import Referral


@pghistory.track()
class ParentRule(models.Model):
    """What a young person agreed with their worker: what a parent or carer may be told, and what follows at 18.

    It is the provider's, as what is agreed about texts is. A parent is told nothing more from the 18th birthday on,
    unless the person agreed to that too (`also_after_18`).
    """

    referral = models.OneToOneField(Referral, on_delete=models.CASCADE, related_name="parent_rule")
    adult = models.CharField(max_length=150, blank=True)
    may_be_told = models.CharField(max_length=10, choices=MayBeTold, blank=True)
    also_after_18 = models.BooleanField(default=False)
    after_18 = models.CharField(max_length=10, choices=After18, blank=True)
    agreed_at = models.DateTimeField(default=clock.now)
    agreed_with = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    data_use: ClassVar = (
        structural("id", "referral", "version")
        | personal(
            "Tell a parent or carer only what the young person agreed to, and go on helping once they are 18",
            *("adult", "may_be_told", "also_after_18", "after_18", "agreed_at"),
        )
        | staff("Say who asked them", "agreed_with")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(may_be_told__in=["", *MayBeTold.values], after_18__in=["", *After18.values]),
                name="parent_rule_is_known_words",
            ),
            models.CheckConstraint(
                condition=~Q(may_be_told__in=TELLS) | ~Q(adult=""), name="parent_who_is_told_is_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral}: parent or carer"
