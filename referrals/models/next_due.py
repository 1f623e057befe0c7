from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Least

from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, personal, staff, structural
from referrals.models.referral import Referral
from referrals.models.scheme import Scheme


class NextDueQuerySet(models.QuerySet["NextDue"]):
    def visible_to(self, user: User) -> "NextDueQuerySet":
        """Those of the referrals that ``user``'s provider helps with: police have no board."""
        if user.is_provider and user.can(Permission.VIEW_REFERRALS):
            return self.filter(provider=user.organisation_id)
        return self.none()


class NextDue(models.Model):
    """What is due next of each open referral, worked out when its case changed and kept for the board of a caseload.

    ``referrals.actions.standing.restate`` writes it with where the case stands, from what
    ``referrals.queries.next_due.next_due`` says, and takes away what is not open any more. Like `Standing` it holds
    nothing that depends on the day on which it is read, or on who reads, and has no history.
    """

    referral = models.OneToOneField(Referral, primary_key=True, on_delete=models.CASCADE, related_name="next_due")
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    navigator = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The first meeting that is planned, missed ones among them, and the local days of all, the first first.
    meeting_at = models.DateTimeField(null=True)
    meeting_days = ArrayField(models.DateField())
    # The first open condition or the end of what was agreed; none that waits for a decision of the police.
    step_on = models.DateField(null=True)
    # The sooner of both; the last day there is where nothing has a date.
    due_on = models.GeneratedField(
        expression=Coalesce(Least("meeting_days__0", "step_on"), models.Value(date.max)),
        output_field=models.DateField(),
        db_persist=True,
    )
    # When they turn 18: of somebody who was under 18 when they were sent and has not said what they want afterwards.
    adult_on = models.DateField(null=True)
    # When the person last came or was reached; before that, since when the provider has had the referral.
    seen_at = models.DateTimeField(null=True)

    objects = NextDueQuerySet.as_manager()

    data_use: ClassVar = (
        structural("referral", "provider", "scheme")
        | staff("Say who helps", "navigator")
        | operational(
            "List a caseload by what is due next", "meeting_at", "meeting_days", "step_on", "due_on", "seen_at"
        )
        | personal("Ask in time what support somebody wants once they are 18", "adult_on")
    )

    class Meta:
        indexes = [
            models.Index(fields=["provider", "due_on", "meeting_at", "referral"], name="next_due_provider"),
            models.Index(fields=["navigator", "due_on", "meeting_at", "referral"], name="next_due_navigator"),
            models.Index(fields=["provider", "navigator", "scheme"], name="next_due_load"),
            models.Index(fields=["provider", "adult_on"], name="next_due_adult", condition=Q(adult_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id}: {self.due_on}"
