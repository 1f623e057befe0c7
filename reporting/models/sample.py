from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cases.codes import DecisionResult
from cases.models import Case
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, personal, sensitive, staff, structural
from diversion.references import new_reference
from reporting.models.suspect import Suspect

WHY = "Look by hand at who was left out (Equality Act 2010 s.149)"


def sample_reference() -> str:
    return new_reference("DS")


class DipSampleQuerySet(models.QuerySet["DipSample"]):
    def visible_to(self, user: User) -> "DipSampleQuerySet":
        """Those of the force's own figures, for whoever sees the figures."""
        if not (user.is_active and user.is_police and user.can(Permission.VIEW_MONITORING)):
            return self.none()
        return self.filter(force=user.organisation)


class DipSample(models.Model):
    """Some of those who were left out, or offered something, drawn by a seed from each group alike, to be looked at."""

    class Of(models.TextChoices):
        NOT_OFFERED = "not_offered", "Cases in which no resolution was offered"
        OFFERED = "offered", "Cases in which a resolution was offered"
        NOT_CONSIDERED = "not_considered", "Suspects whom nobody considered"

    reference = models.CharField(max_length=12, unique=True, default=sample_reference)
    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="dip_samples")
    of = models.CharField(max_length=14, choices=Of)
    # The dimension whose groups are the strata, and the groups to which everything was confined.
    by = models.CharField(max_length=40)
    where = models.JSONField(default=dict, blank=True)
    start = models.DateField()
    end = models.DateField()
    seed = models.CharField(max_length=40)
    size = models.PositiveSmallIntegerField()
    # Each stratum as it was on the day: [{"group", "people", "drawn"}].
    drawn_from = models.JSONField()
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(default=clock.now)

    objects = DipSampleQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "reference", "force")
        | operational(WHY, "of", "by", "where", "start", "end", "seed", "size", "drawn_from", "drawn_at")
        | staff("Say who drew it", "drawn_by")
    )

    class Meta:
        ordering = ["-drawn_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="dip_sample_days_in_order"),
            models.CheckConstraint(condition=~Q(seed="") & Q(size__gte=1), name="dip_sample_can_be_drawn_again"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def findings(self) -> "tuple[DipSampleItem.Finding, ...]":
        """What may be found of one of them."""
        may_be = DipSampleItem.Finding
        other = may_be.OTHERWISE if self.of == self.Of.OFFERED else may_be.WOULD_HAVE_OFFERED
        return may_be.AGREE, other, may_be.NOT_ENOUGH


class DipSampleItem(models.Model):
    """One case or suspect that was drawn, and what whoever looked at it found. What is erased leaves its finding."""

    class Finding(models.TextChoices):
        AGREE = "agree", "Agree"
        WOULD_HAVE_OFFERED = "would_have_offered", "Would have offered"
        OTHERWISE = "otherwise", "Would have decided otherwise"
        NOT_ENOUGH = "not_enough", "Not enough on record"

    sample = models.ForeignKey(DipSample, on_delete=models.CASCADE, related_name="items")
    place = models.PositiveSmallIntegerField()
    group = models.CharField(max_length=60)
    case = models.ForeignKey(Case, null=True, on_delete=models.SET_NULL, related_name="+")
    suspect = models.ForeignKey(Suspect, null=True, on_delete=models.SET_NULL, related_name="+")
    finding = models.CharField(max_length=18, choices=Finding, blank=True)
    found_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField(null=True, blank=True)

    data_use: ClassVar = (
        structural("id", "sample", "place")
        | personal(WHY, "case", "suspect")
        | sensitive(WHY, "group")
        | operational("Say what was found of who was left out", "finding", "found_at")
        | staff("Say who looked", "found_by")
    )

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "place"], name="one_item_at_a_place_of_a_dip_sample"),
            models.CheckConstraint(
                condition=Q(finding="", found_by__isnull=True, found_at__isnull=True)
                | (~Q(finding="") & Q(found_by__isnull=False, found_at__isnull=False)),
                name="dip_sample_finding_is_somebodys",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample}/{self.place}"

    @property
    def stands(self) -> bool:
        """Whether what was drawn is there to be looked at: a case or suspect may be erased since, a decision withdrawn,
        or rescinded as recorded in error.

        A decision made anew since then is not the one that was drawn. Reads the case's ``withdrawals`` and
        ``rescissions``.
        """
        if self.case is None:
            return self.suspect is not None
        withdrawn = any(one.at >= self.sample.drawn_at for one in self.case.withdrawals.all())
        in_error = any(one.is_in_error for one in self.case.rescissions.all())
        return not (withdrawn or in_error) and self.case.decision.result != DecisionResult.UNDECIDED

    @property
    def is_gone(self) -> bool:
        """Whether nobody can find anything of it any more, and nobody has: such a one is not waited for."""
        return not self.finding and not self.stands
