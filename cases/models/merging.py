from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q

from cases.models.person import Person
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.data_use import operational, personal, staff, structural


@pghistory.track()
class PersonMerge(models.Model):
    """Two records of one person that were put together, and what that moved: so they can be parted again exactly.

    Nothing is deleted: the record that was put to the other stays, is found as the other, and gets its cases back when
    they are parted. ``cases`` are the ids of what moved; ``contact`` how the record that stays said that somebody is
    reached, before (``was``) and after (``now``), where that changed.
    """

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    merged = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    cases = models.JSONField(default=list)
    # The ids of the cases that the record which stays had by then: whatever else it has is recorded since.
    stood = models.JSONField(default=list)
    contact = models.JSONField(default=dict)
    merged_at = models.DateTimeField(default=clock.now)
    merged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    split_at = models.DateTimeField(null=True, blank=True)
    split_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    split_because = models.TextField(blank=True)

    data_use: ClassVar = (
        structural("id", "force")
        | personal("Know two records as those of one person, and part them again", "kept", "merged", "cases", "stood")
        | personal("Reach the person safely, also once they are parted", "contact")
        | operational("Say why", "reason", "split_because")
        | staff("Say who put them together or parted them, and when", "merged_at", "merged_by", "split_at", "split_by")
    )

    class Meta:
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="nobody_is_merged_with_themselves"),
            models.UniqueConstraint(
                fields=["merged"], condition=Q(split_at__isnull=True), name="one_live_merge_of_a_record"
            ),
            models.CheckConstraint(
                condition=Q(split_at__isnull=True, split_by__isnull=True, split_because="")
                | Q(split_at__isnull=False, split_by__isnull=False) & ~Q(split_because=""),
                name="split_by_somebody_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} with {self.kept_id}"
