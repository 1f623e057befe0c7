"""That a time limit comes near: who is told, and what is said to be done about it."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.models import Allegation, Case
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, personal, staff, structural
from referrals.codes import CaseStatus


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def visible_to(self, user: User) -> "EscalationQuerySet":
        """Those of cases that ``user`` may see."""
        return self.filter(case__in=Case.objects.visible_to(user))

    def open(self) -> "EscalationQuerySet":
        """The nearest of each limit of an open case to which nobody has said what is done; none once the limit moved.

        A limit is that of a crime without an outcome: a case with two crimes may have two, and one may have passed.
        """
        nearer = Escalation.objects.filter(
            case=OuterRef("case"), limit_on=OuterRef("limit_on"), days_before__lt=OuterRef("days_before")
        )
        is_open = Q(case__standing__is_closed=False) | Q(case__standing__status=CaseStatus.RETURNED.value)
        stands = Allegation.objects.filter(case=OuterRef("case"), limit_on=OuterRef("limit_on"), outcome="")
        asks = self.filter(is_open, answered_at=None, is_overtaken=False)
        return asks.filter(Exists(stands), ~Exists(nearer))

    def before_limit(self) -> "EscalationQuerySet":
        """Those whose limit has not passed: the limit is the last day on which anybody can be charged."""
        return self.filter(limit_on__gte=clock.today())

    def after_limit(self) -> "EscalationQuerySet":
        """Those whose limit has passed: nothing can be done by a day any more, and what came of it is asked."""
        return self.filter(limit_on__lt=clock.today())

    def for_home_of(self, user: User) -> "EscalationQuerySet":
        """Those that ``user`` is told of: of their own cases, as somebody who authorises of their team's, as the hub of
        the force's.
        """
        told = Q(case__officer=user.pk)
        if user.can(Permission.AUTHORISE) and user.team_id:
            told |= Q(case__team=user.team_id)
        if user.can(Permission.MANAGE_SCHEMES):
            told = Q()
        return self.filter(told, case__standing__force=user.organisation_id).visible_to(user).open()


@pghistory.track()
class Escalation(models.Model):
    """One warning before a statutory limit of a case: at so many days before it, once.

    One whose day passed while nobody could be told is kept as overtaken by the nearer one: it is shown to nobody, and
    the log tells that it was missed. A limit that is corrected is a new limit, with warnings of its own. One that is
    answered after the limit says what came of it, and nobody who does it by a day.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="escalations")
    limit_on = models.DateField()
    days_before = models.PositiveSmallIntegerField()
    raised_at = models.DateTimeField(default=clock.now)
    is_overtaken = models.BooleanField(default=False)
    what = models.CharField(max_length=500, blank=True)
    who = models.CharField(max_length=150, blank=True)
    by_day = models.DateField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = EscalationQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "case")
        | operational(
            "Warn before a case can no longer be prosecuted", "limit_on", "days_before", "raised_at", "is_overtaken"
        )
        | personal("Say what is done before the limit, and by when", "what", "by_day")
        | staff("Say who does it, and who said so", "who", "answered_at", "answered_by")
    )

    class Meta:
        ordering = ["limit_on", "-days_before", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "limit_on", "days_before"], name="escalation_once"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, what="", who="", by_day__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False)
                & ~Q(what="")
                & (Q(by_day__isnull=True, who="") | Q(by_day__isnull=False) & ~Q(who="")),
                name="escalation_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.days_before} days before {self.limit_on}"

    @property
    def has_passed(self) -> bool:
        """Whether nobody can be charged any more, today."""
        return self.limit_on < clock.today()
