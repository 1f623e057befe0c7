"""A new offence that is alleged of somebody who keeps an agreement: whose it is, and what follows from it."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.codes import DecisionResult
from cases.models.case import Case
from cases.models.crime import MOST_OF_NUMBER
from cases.models.offence import Offence
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, personal, staff, structural


class OffenceReviewQuerySet(models.QuerySet["OffenceReview"]):
    def visible_to(self, user: User) -> "OffenceReviewQuerySet":
        """The only door: police, those of cases they may see. Partners read that it is looked at, and no more."""
        return self.filter(case__in=Case.objects.visible_to(user)) if user.is_police else self.none()

    def live(self) -> "OffenceReviewQuerySet":
        """Those from which something may still follow: with its case one ends, and with what was decided."""
        return self.of_what_stands().filter(state__in=OffenceReview.LIVE, case__closed_at__isnull=True)

    def of_what_stands(self) -> "OffenceReviewQuerySet":
        """Those of the decision that stands: what was told of one that was withdrawn says nothing of the next."""
        accepted = DecisionResult.OFFERED_ACCEPTED
        return self.filter(case__decision__result=accepted, told_at__gte=F("case__decision__decided_at"))

    def waiting_for(self, user: User) -> "OffenceReviewQuerySet":
        """Those on the first page of ``user``: of the officer in the case, while it is not confirmed who it was; of
        whoever authorises, and of the hub, also what is under review, but for cases of their own. Nor is whoever
        authorises sent to what they told of or diverted, and so may not decide."""
        rows, unclear, own = (
            self.visible_to(user).live(),
            Q(state=OffenceReview.State.TO_CONFIRM),
            Q(case__officer=user),
        )
        if user.can(Permission.MANAGE_SCHEMES):
            return rows.filter(unclear | ~own)
        if user.can(Permission.AUTHORISE):
            return rows.filter(unclear | ~(own | Q(told_by=user) | Q(case__decision__decided_by=user)))
        return rows.filter(unclear, own)


@pghistory.track()
class OffenceReview(models.Model):
    """An allegation, and no breach: support goes on while it is looked at.

    ``told_by`` is who told of it; somebody confirms that it is this person before it is under review, and decides by
    ``decide_by``. Where a new case was recorded on the same person it is confirmed by that.
    """

    class State(models.TextChoices):
        TO_CONFIRM = "to_confirm", _("Not confirmed yet that it is this person")
        OPEN = "open", _("Under review")
        DECIDED = "decided", _("Reviewed")
        NOT_THEM = "not_them", _("It was somebody else")

    class Source(models.TextChoices):
        TOLD = "told", _("An officer or the coordinator told of it")
        CASE = "case", _("A new case was recorded on the same person")

    class Way(models.TextChoices):
        GO_ON = "go_on", _("It goes on as agreed")
        LOOK = "look", _("It goes on, and the worker looks with the person at what would help now")
        HEAR = "hear", _("The person is asked for their side: it may have broken what was agreed")

    LIVE = (State.TO_CONFIRM, State.OPEN)

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="offence_reviews")
    state = models.CharField(max_length=10, choices=State, default=State.TO_CONFIRM)
    source = models.CharField(max_length=4, choices=Source)
    offence = models.ForeignKey(Offence, on_delete=models.PROTECT, related_name="+")
    alleged_on = models.DateField()
    crime_number = models.CharField(max_length=MOST_OF_NUMBER, blank=True)
    told_at = models.DateTimeField(default=clock.now)
    told_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decide_by = models.DateField(null=True, blank=True)
    way = models.CharField(max_length=5, choices=Way, blank=True)
    rationale = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # In which rank, as of that day: "sergeant", "acting sergeant".
    decided_as = models.CharField(max_length=40, blank=True)

    objects = OffenceReviewQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "case", "state")
        | personal(
            "Decide fairly what follows from a new allegation, before anything does",
            *("source", "offence", "alleged_on", "crime_number", "way", "rationale"),
        )
        | operational(
            "Say when it was told, confirmed and decided", "told_at", "confirmed_at", "decide_by", "decided_at"
        )
        | staff("Say who told, confirmed and decided", "told_by", "confirmed_by", "decided_by", "decided_as")
    )

    class Meta:
        ordering = ["told_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "crime_number"], condition=~Q(crime_number=""), name="one_review_of_a_crime_in_a_case"
            ),
            models.CheckConstraint(
                condition=Q(state="decided", decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(way="")
                & ~Q(rationale="")
                | ~Q(state="decided") & Q(way="", rationale="", decided_at__isnull=True, decided_by__isnull=True),
                name="offence_review_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="to_confirm", confirmed_at__isnull=True, confirmed_by__isnull=True)
                | ~Q(state="to_confirm") & Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="offence_review_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decide_by__isnull=True, state__in=["to_confirm", "not_them"])
                | Q(decide_by__isnull=False, state__in=["open", "decided"]),
                name="offence_review_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_overtaken(self) -> bool:
        """Whether its case closed, or what was decided then was withdrawn: nothing follows here from it any more."""
        decision = self.case.decision
        stands = decision.result == DecisionResult.OFFERED_ACCEPTED and self.told_at >= decision.decided_at
        return self.case.closed_at is not None or not stands

    @property
    def is_live(self) -> bool:
        """As ``live`` has it."""
        return self.state in self.LIVE and not self.is_overtaken

    @property
    def decider_in_words(self) -> str:
        """ "Carol Singh, sergeant"; "" where nobody has decided."""
        return ", ".join(filter(None, (str(self.decided_by), self.decided_as))) if self.decided_by else ""
