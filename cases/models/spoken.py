from typing import ClassVar

import pghistory
from django.db import models

from cases.models.case import Authorisation
from diversion import clock
from diversion.accounts.models import User
from diversion.data_use import operational, personal, staff, structural


class SpokenAuthorityQuerySet(models.QuerySet["SpokenAuthority"]):
    def waiting(self) -> "SpokenAuthorityQuerySet":
        """Those that nobody has confirmed or denied yet."""
        return self.filter(state=SpokenAuthority.State.WAITING)

    def overdue(self) -> "SpokenAuthorityQuerySet":
        """Those that were not confirmed in time."""
        return self.waiting().filter(confirm_by__lte=clock.now())


@pghistory.track()
class SpokenAuthority(models.Model):
    """Authority that an officer was given by radio or telephone, as the officer entered it.

    It lets the offer be explained and signed at once; it is the named officer's decision only once they confirm it, and
    until then ``Authorisation.state`` is ``spoken``. ``rank`` is the rank that they held when it was entered.
    """

    class Channel(models.TextChoices):
        RADIO = "radio", "Radio"
        TELEPHONE = "telephone", "Telephone"

    class State(models.TextChoices):
        WAITING = "waiting", "Not confirmed yet"
        CONFIRMED = "confirmed", "Confirmed"
        DENIED = "denied", "Not confirmed"
        OVERTAKEN = "overtaken", "Overtaken by a correction"
        LAPSED = "lapsed", "Not needed: the person declined"
        STOPPED = "stopped", "Stopped by a higher rank"

    authorisation = models.ForeignKey(Authorisation, on_delete=models.CASCADE, related_name="spoken")
    named = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    rank = models.CharField(max_length=20, choices=User.Rank)
    is_acting = models.BooleanField(default=False, db_default=False)
    channel = models.CharField(max_length=10, choices=Channel)
    said_at = models.DateTimeField()
    words = models.TextField()
    entered_at = models.DateTimeField(default=clock.now)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirm_by = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(blank=True)

    objects = SpokenAuthorityQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "authorisation", "state")
        | staff("Say who gave authority, who entered it and who answered for it", "named", "entered_by", "answered_by")
        | operational(
            "Say how and when it was given, and until when it waits", "rank", "is_acting", "channel", "said_at"
        )
        | operational("Say when it was entered and answered", "entered_at", "confirm_by", "answered_at")
        | personal("Record what was said, and what the named officer answered", "words", "answer")
    )

    class Meta:
        ordering = ["confirm_by", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["authorisation"], condition=models.Q(state="waiting"), name="one_spoken_authority_waits"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["waiting", "overtaken", "lapsed"], answered_at__isnull=True, answered_by__isnull=True
                )
                | (
                    models.Q(
                        state__in=["confirmed", "denied", "stopped"],
                        answered_at__isnull=False,
                        answered_by__isnull=False,
                    )
                    & ~models.Q(answer="")
                ),
                name="spoken_authority_answered_by_someone",
            ),
            models.CheckConstraint(
                condition=~models.Q(named=models.F("entered_by")), name="spoken_authority_never_ones_own"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authorisation.case}: {self.get_state_display()}"

    @property
    def rank_in_words(self) -> str:
        """ "sergeant", "acting sergeant"."""
        return f"{'acting ' if self.is_acting else ''}{self.get_rank_display().lower()}"

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def is_overdue(self) -> bool:
        """Whether the time to confirm it has ended: then whoever may authorise the case decides instead."""
        return self.is_waiting and self.confirm_by <= clock.now()
