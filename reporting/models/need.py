from typing import ClassVar

from django.db import models
from django.db.models import Q

from diversion.data_use import sensitive, structural
from referrals.codes import NeedDomain, NeedResult
from reporting.models.fact import Fact


class NeedFact(models.Model):
    """One need of the person whose decision ``fact`` is, as the figures see it; no row for what was never asked.

    Of a voluntary scheme there are none (``reporting.facts.needs``). Levels are 0 to 3; ``days_to_met`` runs from the
    day on which a review first found the need.
    """

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="needs")
    domain = models.CharField(max_length=25, choices=NeedDomain)
    at_start = models.PositiveSmallIntegerField(null=True)
    at_latest = models.PositiveSmallIntegerField()
    at_end = models.PositiveSmallIntegerField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    days_to_met = models.PositiveIntegerField(null=True)

    data_use: ClassVar = structural("id", "fact") | sensitive(
        "Monitor whether a service met the need, and how long it took (Equality Act 2010 s.149)",
        *("domain", "at_start", "at_latest", "at_end", "outcome", "days_to_met"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fact", "domain"], name="need_fact_once_for_a_need"),
            models.CheckConstraint(
                condition=Q(domain__in=NeedDomain.values, outcome__in=["", *NeedResult.values]),
                name="need_fact_has_known_words",
            ),
            models.CheckConstraint(
                condition=Q(outcome="met") | Q(days_to_met__isnull=True), name="need_fact_days_only_of_met"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.domain} of {self.fact_id}"
