from datetime import date
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.data_use import operational, personal, staff, structural
from referrals.codes import AccountHow, BreachTrigger, BreachWay
from referrals.models.referral import Referral


class BreachQuerySet(models.QuerySet["Breach"]):
    def live(self) -> "BreachQuerySet":
        """Those that are not decided yet."""
        return self.filter(state__in=Breach.LIVE)

    def due(self) -> "BreachQuerySet":
        """Those in which the days to give one's side are over: soon after that they are late."""
        return self.live().filter(account_by__lt=clock.today(), case__closed_at__isnull=True)

    def of_force(self, user: User) -> "BreachQuerySet":
        """Those in cases of ``user``'s force. There is none of voluntary support: police hear nothing of that."""
        return self.filter(case__force=user.organisation_id) if user.is_police else self.none()


@pghistory.track()
class Breach(models.Model):
    """An agreement that is not being kept, from the question whether it is to what was decided: an episode.

    The person has until ``account_by`` to give their side; the worker, or the officer where no partner helps, says what
    they recommend; a rank decides. ``second_rank`` signs a decision to prosecute as well, where the scheme says so:
    until then it is ``signing``. ``rationale`` is for police alone; ``told`` is what the worker reads, and the person.
    One whose case or support ends first has ``ended``: nothing was decided. Of a child's, ``account_adult`` is the
    appropriate adult who was with them, ``youth_justice`` whom police told in youth justice before it was prosecuted.
    """

    class State(models.TextChoices):
        OPEN = "open", "Being looked into"
        SIGNING = "signing", "Waiting for a second signature"
        DECIDED = "decided", "Decided"
        ENDED = "ended", "Ended without a decision"

    LIVE = (State.OPEN, State.SIGNING)
    ENDS = (BreachWay.FINALISE, BreachWay.PROSECUTE)

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="breaches")
    referral = models.ForeignKey(Referral, null=True, blank=True, on_delete=models.CASCADE, related_name="breaches")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    trigger = models.CharField(max_length=10, choices=BreachTrigger)
    opened_at = models.DateTimeField(default=clock.now)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    account_by = models.DateField()
    account_how = models.CharField(max_length=12, choices=AccountHow, blank=True)
    account = models.TextField(blank=True)
    account_adult = models.CharField(max_length=150, blank=True)
    account_at = models.DateTimeField(null=True, blank=True)
    account_noted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    advice = models.CharField(max_length=10, choices=BreachWay, blank=True)
    advice_why = models.CharField(max_length=1000, blank=True)
    advised_at = models.DateTimeField(null=True, blank=True)
    advised_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10, choices=BreachWay, blank=True)
    rank = models.CharField(max_length=20, choices=User.Rank, blank=True)
    rationale = models.TextField(blank=True)
    told = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    prosecutor = models.CharField(max_length=150, blank=True)
    prosecutor_on = models.DateField(null=True, blank=True)
    prosecutor_reference = models.CharField(max_length=60, blank=True)
    youth_justice = models.CharField(max_length=150, blank=True)
    second_rank = models.CharField(max_length=20, choices=User.Rank, blank=True)
    second_rationale = models.TextField(blank=True)
    second_at = models.DateTimeField(null=True, blank=True)
    second_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = BreachQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "case", "referral", "state", "version")
        | personal(
            "Decide fairly whether an agreement was broken, once the person was heard",
            *("trigger", "account_by", "account_how", "account", "account_at", "advice", "advice_why", "advised_at"),
            *("decision", "rationale", "told", "second_rationale", "account_adult", "youth_justice"),
        )
        | operational("Say which rank decides, and when it did", "rank", "second_rank", "decided_at", "second_at")
        | operational("Say which prosecutor decided", "prosecutor", "prosecutor_on", "prosecutor_reference")
        | staff("Say who asked, advised and decided", "opened_at", "opened_by", "account_noted_by", "advised_by")
        | staff("Say who decided", "decided_by", "second_by")
    )

    class Meta:
        ordering = ["-opened_at", "-pk"]
        verbose_name_plural = "breaches"
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=["open", "signing"]), name="one_breach_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "ended"], decision="", decided_at__isnull=True, decided_by__isnull=True)
                | (
                    Q(state__in=["signing", "decided"], decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(decision="")
                    & ~Q(rationale="")
                ),
                name="breach_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state="decided", decision="prosecute") | Q(second_rank="") | Q(second_by__isnull=False),
                name="breach_signed_twice_where_asked",
            ),
            models.CheckConstraint(
                condition=Q(account_how="", account="", account_at__isnull=True)
                | (Q(account_at__isnull=False, account_noted_by__isnull=False) & ~Q(account_how="")),
                name="breach_account_noted_by_someone",
            ),
            models.CheckConstraint(condition=~Q(account_how="said") | ~Q(account=""), name="breach_account_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_state_display()}"

    @property
    def why_asked(self) -> str:
        """Why it is asked whether the agreement was broken. Where nobody helped, no support has ended."""
        if self.trigger == BreachTrigger.ENDED and not self.referral_id:
            return _("What was agreed was not done")
        return self.get_trigger_display()

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def ends_agreement(self) -> bool:
        """Whether it was decided that the agreement was not kept: nobody speaks of a breach before."""
        return self.state == self.State.DECIDED and self.decision in self.ENDS

    @property
    def has_spoken(self) -> bool:
        """Whether the person spoke, or told their worker that they want to say nothing.

        Not reached is not heard; nor is a silence that police alone have noted. Both leave the days running.
        """
        if self.account_how == AccountHow.NOTHING:
            return self.account_noted_by is not None and not self.account_noted_by.is_police
        return self.account_how == AccountHow.SAID

    def is_heard(self, today: date) -> bool:
        """Whether the person was heard, and the worker too; or had the time to be, which is then over."""
        return (self.has_spoken and bool(self.advice)) or today > self.account_by
