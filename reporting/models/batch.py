from functools import reduce
from operator import add

from django.db import models

from diversion import clock
from diversion.accounts.models import User
from diversion.data_use import Use, operational, staff, structural


class Batch(models.Model):
    """One file imported once for one force: what was in it and what became of its rows."""

    mapping_digest = models.CharField(max_length=32)
    file_name = models.CharField(max_length=255)
    imported_at = models.DateTimeField(default=clock.now)
    imported_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    rows = models.PositiveBigIntegerField(default=0)
    accepted = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    # Rows of empty fields, as spreadsheets leave below their tables, and others that say nothing.
    skipped = models.PositiveBigIntegerField(default=0)
    rejects_file = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True
        ordering = ["-imported_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.accepted} of {self.rows} rows"


class KeyedBatch(Batch):
    """A file whose keys of people were digested with a secret; ``key_mark`` tells one secret from another."""

    # Empty for what was imported before marks were kept.
    key_mark = models.CharField(max_length=16, blank=True, default="", db_default="")

    class Meta(Batch.Meta):
        abstract = True


def use_of_batch(origin: str, *own: str) -> dict[str, Use]:
    """Why a batch is held; ``own`` are the operational fields of its kind, beside those that every batch has."""
    return (
        structural("id", "force")
        | operational(
            f"Show where {origin}, and that no row of a file was lost",
            *("mapping_digest", "file_name", "imported_at", "rows", "accepted", "rejected", "skipped"),
            "rejects_file",
            *own,
        )
        | staff("Say who imported a file", "imported_by")
    )


def every_row(name: str, *fates: str) -> models.CheckConstraint:
    """That each row of the file met exactly one of the fates."""
    return models.CheckConstraint(condition=models.Q(rows=reduce(add, map(models.F, fates))), name=name)
