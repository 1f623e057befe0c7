from typing import ClassVar

from django.db import models

from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.data_use import operational, personal, sensitive, staff, structural


class SuspectBatch(models.Model):
    """One outcome extract imported once: what was in it and what became of its rows."""

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="suspect_batches")
    mapping = models.CharField(max_length=40)
    mapping_digest = models.CharField(max_length=32)
    file_name = models.CharField(max_length=255)
    imported_at = models.DateTimeField(default=clock.now)
    imported_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    rows = models.PositiveBigIntegerField(default=0)
    accepted = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    already_present = models.PositiveBigIntegerField(default=0)
    rejects_file = models.CharField(max_length=500, blank=True)

    data_use: ClassVar = (
        structural("id", "force")
        | operational(
            "Show where the count of suspects comes from, and that no row of a file was lost",
            *("mapping", "mapping_digest", "file_name", "imported_at"),
            *("rows", "accepted", "rejected", "already_present", "rejects_file"),
        )
        | staff("Say who imported a file", "imported_by")
    )

    class Meta:
        ordering = ["-imported_at", "-pk"]
        verbose_name_plural = "suspect batches"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rows=models.F("accepted") + models.F("rejected") + models.F("already_present")),
                name="suspect_batch_accounts_for_every_row",
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.accepted} of {self.rows} rows"


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
