from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from diversion.data_use import personal, sensitive, structural
from referrals.codes import Answer
from reporting.models.fact import Fact, marks

#: Whose months change with their stages. Of one whose fact is gone, the fact's own trigger has marked the month.
_FACTS = "(SELECT force_id, source, month FROM reporting_fact WHERE id IN ({})) AS facts"
_OLD, _NEW = "SELECT fact_id FROM old_stages", "SELECT fact_id FROM new_stages"


class StageFact(models.Model):
    """What a live decision tells beyond its Fact: how far it went, and by what its figures may be adjusted and split.

    A table of its own, so that the import of a force's millions of historic rows, which know none of this, stays
    narrow. Codes stand in ``reporting.facts.stages``. Personal data, like the case that it follows.
    """

    fact = models.OneToOneField(Fact, on_delete=models.CASCADE, primary_key=True, related_name="stage")
    decision = models.CharField(max_length=20)
    authority = models.CharField(max_length=10)
    eligibility = models.CharField(max_length=10)
    # None until a person has decided what follows an agreement that was not kept.
    charged = models.BooleanField(null=True)
    # How the referral ended: completed, not_completed, declined, withdrawn; not_told of a voluntary scheme; empty
    # while it is open, and where nobody was referred.
    ending = models.CharField(max_length=15, blank=True, default="")
    # On which day; None while it is open, and of a voluntary scheme.
    ended_on = models.DateField(null=True)
    # By when that should be known: None of an open-ended scheme.
    due_by = models.DateField(null=True)
    first_appointment_on = models.DateField(null=True)
    next_decision_on = models.DateField(null=True)
    origin = models.CharField(max_length=12)
    offence_group = models.CharField(max_length=40)
    area = models.CharField(max_length=100, blank=True)
    history = models.CharField(max_length=12)
    # None where no gravity score stands on record: it is never worked out afterwards.
    gravity = models.PositiveSmallIntegerField(null=True)
    intervention = models.CharField(max_length=30)
    # What the officer said would have happened without the scheme offered; empty where nobody said.
    without_scheme = models.CharField(max_length=20, blank=True, default="")
    # Told by the provider, and only of schemes that are not voluntary; unknown where nobody asked.
    disability = models.CharField(max_length=8, choices=Answer, default=Answer.UNKNOWN)
    care_experience = models.CharField(max_length=8, choices=Answer, default=Answer.UNKNOWN)

    data_use: ClassVar = (
        structural("fact")
        | personal(
            "Monitor who is offered a resolution, what came of it, and for whom (Equality Act 2010 s.149)",
            *("decision", "authority", "eligibility", "charged", "first_appointment_on", "next_decision_on", "origin"),
            *("offence_group", "area", "history", "gravity", "intervention", "without_scheme"),
            *("ending", "ended_on", "due_by"),
        )
        | sensitive("Monitor who is helped and who is not (Equality Act 2010 s.149)", "disability", "care_experience")
    )

    class Meta:
        triggers = [
            marks("stage_comes", _FACTS.format(_NEW), pgtrigger.Insert, new="new_stages"),
            marks("stage_goes", _FACTS.format(_OLD), pgtrigger.Delete, old="old_stages"),
            marks(
                "stage_changes",
                _FACTS.format(f"{_OLD} UNION {_NEW}"),
                pgtrigger.Update,
                old="old_stages",
                new="new_stages",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(eligibility__in=["eligible", "ineligible", "unknown"]),
                name="stage_eligibility_is_known_word",
            ),
            models.CheckConstraint(
                condition=Q(authority__in=["none", "waiting", "given", "refused"]), name="stage_authority_is_known_word"
            ),
            models.CheckConstraint(
                condition=Q(disability__in=Answer.values, care_experience__in=Answer.values),
                name="stage_answers_are_known_words",
            ),
        ]

    def __str__(self) -> str:
        return f"stages of {self.fact_id}"
