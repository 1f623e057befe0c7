from typing import ClassVar

from django.db import models

from diversion.accounts.models import Organisation
from diversion.data_use import Use, personal, structural
from reporting.models.batch import Batch, every_row, use_of_batch


class ImportBatch(Batch):
    """A file of historic decisions."""

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="import_batches")
    source = models.CharField(max_length=40)
    already_present = models.PositiveBigIntegerField(default=0)
    # Rows written in the place of older facts of their months.
    replaced = models.PositiveBigIntegerField(default=0)
    # The months that it replaced, first and last day; none for an import that only adds.
    replaced_from = models.DateField(null=True, blank=True)
    replaced_to = models.DateField(null=True, blank=True)

    data_use: ClassVar = use_of_batch(
        "imported figures come from", "source", "already_present", "replaced", "replaced_from", "replaced_to"
    )

    class Meta(Batch.Meta):
        verbose_name_plural = "import batches"
        constraints = [
            every_row(
                "import_batch_accounts_for_every_row",
                *("accepted", "rejected", "already_present", "replaced", "skipped"),
            )
        ]


class ValueColumns(models.Model):
    """A word of an imported file that its mapping does not know, by day: the fact itself says Unknown."""

    happened_on = models.DateField()
    column = models.CharField(max_length=100)
    value = models.CharField(max_length=100)
    count = models.PositiveIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.column}: {self.value} ({self.count})"


def use_of_value(*keys: str) -> dict[str, Use]:
    return structural("id", "batch", "happened_on", "column", "count", *keys) | personal(
        "Show which words of a source are not understood; a word put in the wrong column may say anything", "value"
    )


class UnrecognisedValue(ValueColumns):
    """A word that the facts of its batch could not take."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="unrecognised_values")

    data_use: ClassVar = use_of_value()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "column", "value", "happened_on"], name="unrecognised_value_once_a_day"
            )
        ]


class ReplacedValue(ValueColumns):
    """Such a word of facts that have been replaced."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="replaced_values")
    replaced_by = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="took_out_values")

    data_use: ClassVar = use_of_value("replaced_by")
