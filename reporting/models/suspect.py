from typing import ClassVar

from django.db import models

from diversion.accounts.models import Organisation
from diversion.data_use import personal, sensitive, structural
from reporting.models.batch import KeyedBatch, every_row, use_of_batch


class SuspectBatch(KeyedBatch):
    """An outcome extract."""

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="suspect_batches")
    mapping = models.CharField(max_length=40)
    already_present = models.PositiveBigIntegerField(default=0)

    data_use: ClassVar = use_of_batch("the count of suspects comes from", "mapping", "already_present", "key_mark")

    class Meta(KeyedBatch.Meta):
        verbose_name_plural = "suspect batches"
        constraints = [
            every_row("suspect_batch_accounts_for_every_row", "accepted", "rejected", "already_present", "skipped")
        ]


class Suspect(models.Model):
    """One suspect of one crime in the force's outcome extract, whatever came of it: whom one could have considered.

    The force's own key of the person is digested with a secret and the force's name before it comes here.
    """

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="suspects", db_index=False)
    batch = models.ForeignKey(SuspectBatch, on_delete=models.CASCADE, related_name="suspects")
    crime_number = models.CharField(max_length=40)
    suspect_key = models.UUIDField()
    outcome = models.CharField(max_length=40)
    outcome_on = models.DateField()
    age = models.PositiveSmallIntegerField(null=True)
    age_band = models.CharField(max_length=20)
    gender = models.CharField(max_length=8)
    ethnicity_self_code = models.CharField(max_length=2, blank=True)
    ethnicity_self_group = models.CharField(max_length=8)
    ethnicity_officer_group = models.CharField(max_length=8)
    offence = models.CharField(max_length=150, blank=True)
    digest = models.UUIDField()
    occurrence = models.PositiveIntegerField()

    data_use: ClassVar = (
        structural("id", "force", "batch", "digest", "occurrence")
        | personal(
            "See who was never considered for a resolution (Equality Act 2010 s.149)",
            *("crime_number", "suspect_key", "outcome", "outcome_on", "age", "age_band", "gender", "offence"),
        )
        | sensitive(
            "See who was never considered for a resolution (Equality Act 2010 s.149)",
            *("ethnicity_self_code", "ethnicity_self_group", "ethnicity_officer_group"),
        )
    )

    class Meta:
        indexes = [models.Index(fields=["force", "outcome_on"], name="suspect_force_day")]
        constraints = [models.UniqueConstraint(fields=["digest", "occurrence"], name="suspect_imported_once")]

    def __str__(self) -> str:
        return f"suspect of {self.crime_number}"
