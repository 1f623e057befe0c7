from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.attachments import Kind
from diversion.data_use import personal, staff, structural
from referrals.models.agreement import Condition
from referrals.models.referral import Referral


class EvidenceFileQuerySet(models.QuerySet["EvidenceFile"]):
    def visible_to(self, user: User) -> "EvidenceFileQuerySet":
        """The workers of the provider that keeps it: what shows that something was done is for whoever says so
        (`Condition.evidence_for`). Police read that it was done, and never what is written or kept of it."""
        if user.is_provider and user.can(Permission.SUPPORT_PEOPLE):
            return self.filter(referral__in=Referral.objects.visible_to(user), removed_at=None)
        return self.none()

    def shown_to(self, user: User) -> "EvidenceFileQuerySet":
        """Those that ``user`` may open, and those that they removed and can still put back, which nobody opens."""
        theirs = self.filter(
            referral__in=Referral.objects.visible_to(user), removed_by=user, kept_until__gt=clock.now()
        )
        return self.visible_to(user) | theirs

    def over(self) -> "EvidenceFileQuerySet":
        """Those that were removed and that nobody can put back any more."""
        return self.filter(kept_until__lte=clock.now())

    def listed(self) -> "EvidenceFileQuerySet":
        """Without what is in them."""
        return self.defer("content").select_related("added_by", "removed_by")


@pghistory.track(exclude=["content"])
class EvidenceFile(models.Model):
    """A certificate, a letter, a picture: a file that shows that a condition was kept, as `diversion.attachments` made
    it anew. The provider's own, under no name but the service's; it goes with the condition and with the referral.

    One that was removed (``removed_by``) nobody opens. Until ``kept_until`` whoever removed it can put it back; then it
    is swept.
    """

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="evidence_files")
    condition = models.ForeignKey(Condition, on_delete=models.CASCADE, related_name="evidence_files")
    kind = models.CharField(max_length=4, choices=Kind)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField(default=clock.now)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kept_until = models.DateTimeField(null=True, blank=True)

    objects = EvidenceFileQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "referral", "condition", "kind", "size")
        | personal("Show that the person did what they agreed to", "content", "sha256", "added_at")
        | staff("Say who attached it", "added_by")
        | staff("Let whoever removed it put it back, for a time", "removed_at", "removed_by", "kept_until")
    )

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            # One file sent twice, by a double click or by two workers, is one.
            models.UniqueConstraint(fields=["condition", "referral", "sha256"], name="evidence_file_once"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True, kept_until__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False, kept_until__isnull=False),
                name="evidence_file_removed_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.condition}: {self.get_kind_display()}"

    @property
    def is_removed(self) -> bool:
        return self.removed_at is not None
