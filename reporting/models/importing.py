from typing import ClassVar

from django.db import models

from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.data_use import operational, personal, staff, structural


class ImportBatch(models.Model):
    """One file imported once: what was in it and what became of its rows."""

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="import_batches")
    source = models.CharField(max_length=40)
    file_name = models.CharField(max_length=255)
    mapping_digest = models.CharField(max_length=32)
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
            "Show where imported figures come from, and that no row of a file was lost",
            *("source", "file_name", "mapping_digest", "imported_at"),
            *("rows", "accepted", "rejected", "already_present", "rejects_file"),
        )
        | staff("Say who imported a file", "imported_by")
    )

    class Meta:
        ordering = ["-imported_at", "-pk"]
        verbose_name_plural = "import batches"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rows=models.F("accepted") + models.F("rejected") + models.F("already_present")),
                name="import_batch_accounts_for_every_row",
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.accepted} of {self.rows} rows"


class UnrecognisedValue(models.Model):
    """A word of an imported file that its mapping does not know, by day: the fact itself says Unknown."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="unrecognised_values")
    happened_on = models.DateField()
    column = models.CharField(max_length=100)
    value = models.CharField(max_length=100)
    count = models.PositiveIntegerField()

    data_use: ClassVar = structural("id", "batch", "happened_on", "column", "count") | personal(
        "Show which words of a source are not understood; a word put in the wrong column may say anything", "value"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "column", "value", "happened_on"], name="unrecognised_value_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.column}: {self.value} ({self.count})"
