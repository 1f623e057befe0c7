from typing import ClassVar

from django.db import models
from django.db.models import Q

from cases.codes import VictimStance
from diversion.data_use import personal, structural
from reporting.models.fact import Fact


class VictimFact(models.Model):
    """One victim in the case of ``fact``, as the figures see them: days and codes, and neither name nor words.

    How long they waited, what they think, and by when they were told. A notice that is owed has a day; ``told_on`` is
    empty while nobody told them, and for good where they want no updates. Written anew with each change of the case.
    """

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="victims")
    # Of several crimes against one victim in the case, the first.
    committed_on = models.DateField()
    recorded_on = models.DateField()
    decided_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    view = models.CharField(max_length=15, choices=VictimStance)
    has_enhanced_rights = models.BooleanField()
    decision_due_on = models.DateField(null=True)
    decision_told_on = models.DateField(null=True)
    decision_unwanted = models.BooleanField(default=False)
    end_due_on = models.DateField(null=True)
    end_told_on = models.DateField(null=True)
    end_unwanted = models.BooleanField(default=False)

    data_use: ClassVar = structural("id", "fact") | personal(
        "Monitor whether victims are asked and told, and how long it takes (Victims' Code)",
        *("committed_on", "recorded_on", "decided_on", "ended_on", "view", "has_enhanced_rights"),
        *("decision_due_on", "decision_told_on", "decision_unwanted", "end_due_on", "end_told_on", "end_unwanted"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(view__in=VictimStance.values), name="victim_fact_has_known_words"),
            models.CheckConstraint(
                condition=(Q(decision_told_on=None) | Q(decision_due_on__isnull=False, decision_unwanted=False))
                & (Q(end_told_on=None) | Q(end_due_on__isnull=False, end_unwanted=False)),
                name="victim_fact_told_of_what_is_owed",
            ),
        ]

    def __str__(self) -> str:
        return f"a victim of {self.fact_id}"
