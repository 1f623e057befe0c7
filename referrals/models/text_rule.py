from typing import ClassVar

import pghistory
from django.db import models

from cases.codes import SafeTexts
from diversion import clock
from diversion.accounts.models import User
from diversion.data_use import personal, staff, structural
from referrals.models.referral import Referral
from referrals.person_words import ENGLISH, LANGUAGES


@pghistory.track()
class TextRule(models.Model):
    """What somebody agreed with their worker about texts that remind them of appointments.

    It stands in place of what the officer was told (`Person.safe_contact_texts`), and is the provider's.
    """

    referral = models.OneToOneField(Referral, on_delete=models.CASCADE, related_name="text_rule")
    texts = models.CharField(max_length=10, choices=SafeTexts, blank=True)
    names_service = models.BooleanField(default=False)
    with_parent = models.BooleanField(default=False)  # under 18: a parent or carer agreed too
    language = models.CharField(max_length=2, choices=LANGUAGES, default=ENGLISH, db_default=ENGLISH)
    # Of which mobile number it was said, as it is dialled: a yes is of no other.
    number = models.CharField(max_length=11, blank=True)
    agreed_at = models.DateTimeField(default=clock.now)
    agreed_with = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    data_use: ClassVar = (
        structural("id", "referral", "version")
        | personal(
            "Remind the person of appointments, only as is safe and as they agreed",
            *("texts", "names_service", "with_parent", "language", "number", "agreed_at"),
        )
        | staff("Say who asked them", "agreed_with")
    )

    def __str__(self) -> str:
        return f"{self.referral}: texts"
