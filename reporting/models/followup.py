from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from diversion.accounts.models import Organisation
from diversion.data_use import personal, structural
from reporting.models.batch import KeyedBatch, every_row, use_of_batch


class FollowUpBatch(KeyedBatch):
    """A follow-up extract."""

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="follow_up_batches")
    mapping = models.CharField(max_length=40)
    unchanged = models.PositiveBigIntegerField(default=0)
    # Rows accepted that say something else than an earlier extract ought to have known.
    contradictions = models.PositiveBigIntegerField(default=0)

    data_use: ClassVar = use_of_batch(
        "the count of proven reoffending comes from", "mapping", "unchanged", "contradictions", "key_mark"
    )

    class Meta(KeyedBatch.Meta):
        verbose_name_plural = "follow-up batches"
        constraints = [
            every_row("follow_up_batch_accounts_for_every_row", "accepted", "unchanged", "rejected", "skipped"),
            models.CheckConstraint(
                condition=Q(contradictions__lte=F("accepted")), name="follow_up_contradictions_are_accepted_rows"
            ),
        ]


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
