"""That a decision was taken back on which nobody had acted yet: what it was, why, and what became of the case."""

from datetime import timedelta
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, personal, staff, structural

#: For how long the coordinator is shown what was closed as recorded in error (our own default).
SHOWN_FOR = timedelta(days=28)


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def in_error(self) -> "WithdrawalQuerySet":
        """Those with which the case closed: there was nothing to decide of this person, or it is decided elsewhere."""
        return self.filter(closes=True)

    def shown_to(self, user: User) -> "WithdrawalQuerySet":
        """Those of the last 28 days on the coordinator's first page: a case that counts nowhere is seen by a second."""
        if not user.can(Permission.MANAGE_SCHEMES):
            return self.none()
        rows = self.in_error().filter(case__in=Case.objects.visible_to(user), at__gt=clock.now() - SHOWN_FOR)
        return rows.exclude(by=user)


@pghistory.track()
class Withdrawal(models.Model):
    """A decision that was withdrawn before anybody acted on it. It counts nowhere, and is decided anew.

    Where it was recorded on the wrong person or twice, the case closes with it as recorded in error (``closes``).
    ``was`` holds what the case itself does not show any more: the decision, its authority and what was agreed.
    """

    class Reason(models.TextChoices):
        WRONG_PERSON = "wrong_person", _("It was recorded on the wrong person")
        TWICE = "twice", _("It was recorded twice")
        WRONG_RESULT = "wrong_result", _("Something else was decided than was recorded")
        TOO_SOON = "too_soon", _("It was decided too soon")
        OTHER = "other", _("Another reason")

    #: After these nothing is left to decide in the case.
    CLOSES = (Reason.WRONG_PERSON, Reason.TWICE)

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="withdrawals")
    reason = models.CharField(max_length=15, choices=Reason)
    words = models.TextField(blank=True)
    was = models.JSONField()
    closes = models.BooleanField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    authorised_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = WithdrawalQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "case")
        | personal("Keep what was decided before it was withdrawn, and why", "reason", "words", "was")
        | operational("Say what became of the case, and count it nowhere", "closes", "at")
        | staff("Say who decided, authorised and withdrew it", "decided_at", "decided_by", "authorised_by", "by")
    )

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(closes=True), name="case_closed_in_error_once"),
            models.CheckConstraint(
                condition=Q(closes=True, reason__in=["wrong_person", "twice"])
                | Q(closes=False) & ~Q(reason__in=["wrong_person", "twice"]),
                name="withdrawal_closes_by_its_reason",
            ),
            models.CheckConstraint(condition=~Q(reason="other") | ~Q(words=""), name="withdrawal_other_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_reason_display()}"
