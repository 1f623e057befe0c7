from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.data_use import operational, personal, staff, structural


class FollowUpBatch(models.Model):
    """One follow-up extract imported once: what was in it and what became of its rows."""

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="follow_up_batches")
    mapping = models.CharField(max_length=40)
    mapping_digest = models.CharField(max_length=32)
    file_name = models.CharField(max_length=255)
    imported_at = models.DateTimeField(default=clock.now)
    imported_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    rows = models.PositiveBigIntegerField(default=0)
    accepted = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    # Rows accepted that say something else than an earlier extract ought to have known.
    contradictions = models.PositiveBigIntegerField(default=0)
    rejects_file = models.CharField(max_length=500, blank=True)

    data_use: ClassVar = (
        structural("id", "force")
        | operational(
            "Show where the count of proven reoffending comes from, and that no row of a file was lost",
            *("mapping", "mapping_digest", "file_name", "imported_at", "rows", "accepted", "unchanged", "rejected"),
            *("contradictions", "rejects_file"),
        )
        | staff("Say who imported a file", "imported_by")
    )

    class Meta:
        ordering = ["-imported_at", "-pk"]
        verbose_name_plural = "follow-up batches"
        constraints = [
            models.CheckConstraint(
                condition=Q(rows=F("accepted") + F("unchanged") + F("rejected")),
                name="follow_up_batch_accounts_for_every_row",
            ),
            models.CheckConstraint(
                condition=Q(contradictions__lte=F("accepted")), name="follow_up_contradictions_are_accepted_rows"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.accepted} of {self.rows} rows"


class FollowUp(models.Model):
    """What one extract says of one decision: followed from when to when, and the first proven reoffence.

    Every extract's word is kept. What counts is the one followed furthest, and of two to the same day the one that came
    last: deleting a batch gives the word before it back. The force's key of the person is digested, as a suspect's is.
    """

    class Scope(models.TextChoices):
        """Whose records were searched."""

        NATIONAL = "national"
        FORCE = "force"
        UNKNOWN = "unknown"

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="follow_ups", db_index=False)
    batch = models.ForeignKey(FollowUpBatch, on_delete=models.CASCADE, related_name="follow_ups")
    # No foreign key, like the fact's: erasing a case must not wait for its figures.
    case_id = models.BigIntegerField()
    person_key = models.UUIDField(null=True)
    followed_from = models.DateField()
    followed_to = models.DateField()
    reoffence_on = models.DateField(null=True)
    proven_on = models.DateField(null=True)
    reoffences = models.PositiveSmallIntegerField(null=True)
    scope = models.CharField(max_length=8, choices=Scope, default=Scope.UNKNOWN)
    digest = models.UUIDField()

    data_use: ClassVar = structural("id", "force", "batch", "case_id", "digest") | personal(
        "See whether people were proven to have offended again, so that a resolution is judged by what came of it",
        *("person_key", "followed_from", "followed_to", "reoffence_on", "proven_on", "reoffences", "scope"),
    )

    class Meta:
        indexes = [
            models.Index(fields=["force", "case_id", "-followed_to", "-id"], name="follow_up_last_of_case"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="follow_up_imported_once"),
            models.CheckConstraint(condition=Q(followed_from__lte=F("followed_to")), name="follow_up_has_length"),
            models.CheckConstraint(
                condition=Q(reoffence_on__isnull=True, proven_on__isnull=True)
                | Q(
                    reoffence_on__isnull=False,
                    proven_on__isnull=False,
                    reoffence_on__lte=F("proven_on"),
                    proven_on__lte=F("followed_to"),
                ),
                name="follow_up_reoffence_is_proven_within",
            ),
        ]

    def __str__(self) -> str:
        return f"follow-up of case {self.case_id} to {self.followed_to}"
