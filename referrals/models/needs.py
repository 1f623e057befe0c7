"""What a provider's workers record of a person's needs, and of two answers asked for monitoring.

None of it is the police's to read, under any scheme; a case's own page says at most that needs were reviewed. The
values have no history beside them: a health answer that was wrong is replaced, and goes for good with the referral.
Who recorded what kind of thing, and when, stands in the access log.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from diversion import clock
from diversion.accounts.models import User
from diversion.data_use import sensitive, staff, structural
from referrals.codes import Answer, NeedDomain, NeedResult, ReviewPoint
from referrals.models.referral import Referral

HELP = "Find the help that the person needs, and monitor whether a service gave it and how long it took"
MONITOR = "Monitor who is helped and who is not (Equality Act 2010 s.149)"


class NeedReview(models.Model):
    """That needs were reviewed at one point of a referral, on ``reviewed_on`` (a local date); its levels are rows."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="need_reviews", db_index=False)
    point = models.CharField(max_length=5, choices=ReviewPoint)
    reviewed_on = models.DateField(default=clock.today)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    data_use: ClassVar = (
        structural("id", "referral", "version")
        | sensitive(HELP, "point", "reviewed_on")
        | staff("Say who recorded it", "recorded_at", "recorded_by")
    )

    class Meta:
        ordering = ["reviewed_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "point"], name="needs_reviewed_once_at_a_point"),
            models.CheckConstraint(condition=Q(point__in=ReviewPoint.values), name="need_review_point_is_known_word"),
        ]

    def __str__(self) -> str:
        return f"{self.referral}: needs, {self.point}"


class NeedLevel(models.Model):
    """How great one need was at a review. A need that nobody asked about has no row: it is unknown, not none."""

    review = models.ForeignKey(NeedReview, on_delete=models.CASCADE, related_name="levels", db_index=False)
    domain = models.CharField(max_length=25, choices=NeedDomain)
    level = models.PositiveSmallIntegerField()

    data_use: ClassVar = structural("id", "review") | sensitive(HELP, "domain", "level")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "domain"], name="need_level_once_in_a_review"),
            models.CheckConstraint(condition=Q(level__lte=3), name="need_level_0_to_3"),
            models.CheckConstraint(condition=Q(domain__in=NeedDomain.values), name="need_level_domain_is_known_word"),
        ]

    def __str__(self) -> str:
        return f"{self.domain}: {self.level}"


class NeedOutcome(models.Model):
    """What came of a need that a review found: whether a service met it, which one, and on what day."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="need_outcomes", db_index=False)
    domain = models.CharField(max_length=25, choices=NeedDomain)
    result = models.CharField(max_length=10, choices=NeedResult)
    service = models.CharField(max_length=100, blank=True)
    met_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    data_use: ClassVar = (
        structural("id", "referral", "version")
        | sensitive(HELP, "domain", "result", "service", "met_on")
        | staff("Say who recorded it", "recorded_at", "recorded_by")
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "domain"], name="need_outcome_once_for_a_need"),
            models.CheckConstraint(condition=Q(result__in=NeedResult.values), name="need_result_is_known_word"),
            models.CheckConstraint(
                condition=Q(result="met", met_on__isnull=False) | (~Q(result="met") & Q(met_on__isnull=True)),
                name="need_met_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.domain}: {self.result}"


class MonitoringAnswers(models.Model):
    """Disability and care experience, as the person answered the navigator, asked once.

    It hangs on the referral and not on the person. The person's record is the police's: an answer there would be read
    by every officer who opens a case, and that of a voluntary scheme may never be. A referral is the provider's to
    read, and whatever erases it erases these with it. Only the answers that are counted are kept: of disability (a
    condition of 12 months or more that reduces day-to-day activities, GSS harmonised standard) the yes or no.
    """

    referral = models.OneToOneField(Referral, on_delete=models.CASCADE, related_name="monitoring_answers")
    disability = models.CharField(max_length=8, choices=Answer, default=Answer.UNKNOWN)
    care_experience = models.CharField(max_length=8, choices=Answer, default=Answer.UNKNOWN)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    data_use: ClassVar = (
        structural("id", "referral", "version")
        | sensitive(MONITOR, "disability", "care_experience")
        | staff("Say who recorded it", "recorded_at", "recorded_by")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(disability__in=Answer.values, care_experience__in=Answer.values),
                name="monitoring_answers_are_known_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral}: answers for monitoring"
