"""What somebody said when they admitted an offence for which the law wants that, and where it is recorded."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.data_use import personal, staff, structural


@pghistory.track()
class WordsOfAdmission(models.Model):
    """The person's own words, to the officer who explained the resolution to them or issued it.

    A caution has been quashed for lack of a real admission: whoever has to show that there was one reads it here, and
    finds the recording. It is the force's own, and no partner's (`diversion.postgres.wall`), so it stands on no row
    that a partner may read.
    """

    class RecordedIn(models.TextChoices):
        INTERVIEW = "interview", _("An interview under caution")
        VIDEO = "video", _("Body-worn video")
        STATEMENT = "statement", _("A signed statement")
        OTHER = "other", _("Somewhere else, as the reference says")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="admitted")
    words = models.TextField()
    recorded_in = models.CharField(max_length=10, choices=RecordedIn)
    reference = models.CharField(max_length=60, blank=True)
    said_at = models.DateTimeField(default=clock.now)
    heard_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    data_use: ClassVar = (
        structural("id", "case")
        | personal("Show that the person admitted it, in their own words", "words", "recorded_in", "reference")
        | staff("Say to whom and when", "said_at", "heard_by")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="admission_in_words"),
            models.CheckConstraint(
                condition=~Q(recorded_in="other") | ~Q(reference=""), name="admission_elsewhere_has_reference"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: admission"
