from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.models import Case
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, personal, staff, structural
from diversion.references import new_reference
from referrals.models.scheme import SchemeVersion, Slot


def referral_reference() -> str:
    return new_reference("RF")


def is_looked_after(*, at_once: bool = False) -> Exists:
    """Whether a referral's navigator works for its provider still, and may help somebody; ``at_once``: `who_may`."""
    helpers = User.objects.who_may(Permission.SUPPORT_PEOPLE, at_once=at_once)
    return Exists(helpers.filter(pk=OuterRef("navigator"), organisation=OuterRef("provider")))


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, user: User) -> "ReferralQuerySet":
        """A provider's people see what was ever sent to their organisation; police see those of cases they may see."""
        if user.is_provider and user.can(Permission.VIEW_REFERRALS):
            return self.filter(provider=user.organisation, sent_at__isnull=False).exclude(state=Referral.State.HELD)
        if user.is_police:
            return self.filter(case__in=Case.objects.visible_to(user))
        return self.none()

    def open(self) -> "ReferralQuerySet":
        return self.filter(state__in=Referral.OPEN)

    def on_list(self) -> "ReferralQuerySet":
        """Those on their provider's waiting list now."""
        return self.filter(state=Referral.State.SENT, waits_since__isnull=False)

    def not_open(self) -> "ReferralQuerySet":
        """Those with which nobody helps: not yet, or not any more."""
        return self.exclude(state__in=Referral.OPEN)

    def nobodys(self) -> "ReferralQuerySet":
        """Those that nobody looks after: no navigator is named, or the one who is has left."""
        return self.filter(~is_looked_after())


@pghistory.track()
class Referral(models.Model):
    """A person sent to a scheme's provider: what the provider sees of the case, and nothing else of it."""

    class State(models.TextChoices):
        HELD = "held", "Held until authorised"
        SENT = "sent", "Sent"
        ACCEPTED = "accepted", "Accepted"
        STARTED = "started", "Started"
        CLOSED = "closed", "Closed"
        DECLINED = "declined", "Declined by the partner"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class DeclineReason(models.TextChoices):
        NO_CAPACITY = "no_capacity", "No capacity"
        OUTSIDE_AREA = "outside_area", "Outside the area"
        OUTSIDE_CRITERIA = "outside_criteria", "Outside the scheme's criteria"
        RISK = "risk", "Risk"
        DUPLICATE = "duplicate", "Already known under another referral"
        UNREACHABLE = "unreachable", "Person cannot be reached"
        OTHER = "other", "Another reason"
        WAITED = "waited", "No place came free in time"

    class WaitReason(models.TextChoices):
        FULL = "full", "All places are taken"
        NO_WORKER = "no_worker", "No worker is free"
        NOT_BEGUN = "not_begun", "The next course has not begun"
        OTHER = "other", "Another reason"

    class Result(models.TextChoices):
        COMPLETED = "completed", "Completed"
        NOT_COMPLETED = "not_completed", "Not completed"

    OPEN = (State.ACCEPTED, State.STARTED)  # a provider helps
    ENDED = (State.DECLINED, State.WITHDRAWN)  # came to nothing: the case may have another

    reference = models.CharField(max_length=12, unique=True, default=referral_reference)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    scheme_version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="referrals")
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="referrals", db_index=False)
    state = models.CharField(max_length=12, choices=State, default=State.SENT)
    slot = models.ForeignKey(Slot, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals")
    offence_category = models.CharField(max_length=60)
    made_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    # By when its provider is to answer it, and once it is accepted to have reached the person.
    contact_by = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decline_reason = models.CharField(max_length=20, choices=DeclineReason, blank=True)
    decline_note = models.CharField(max_length=280, blank=True)
    # On the waiting list of its provider: since when, until when, why, and when a place is expected if known.
    waits_since = models.DateTimeField(null=True, blank=True)
    waited_until = models.DateTimeField(null=True, blank=True)
    wait_reason = models.CharField(max_length=10, choices=WaitReason, blank=True, db_default="")
    place_on = models.DateField(null=True, blank=True)
    # The last day on which the support can begin and still be finished in time; worked out anew each day it waits.
    start_by = models.DateField(null=True, blank=True)
    navigator = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="caseload")
    started_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=15, choices=Result, blank=True)
    closure_note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ReferralQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "reference", "case", "scheme_version", "provider", "state", "slot", "version")
        | personal("Tell the provider in broad terms what the referral is about", "offence_category")
        | operational(
            "Follow the referral from sent to closed", "made_at", "sent_at", "contact_by", "started_at", "closed_at"
        )
        | operational(
            "Follow a referral on a waiting list, and hand it back in time",
            *("waits_since", "waited_until", "wait_reason", "place_on", "start_by"),
        )
        | personal("Record what came of the referral", "decline_reason", "decline_note", "result", "closure_note")
        | staff("Say who decided and who helps", "decided_at", "decided_by", "navigator", "closed_by")
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [
            models.Index(fields=["provider", "state"], name="referral_provider_state"),
            models.Index(  # the inbox; the wall asks for the scheme
                fields=["provider", "sent_at", "id"],
                condition=Q(state="sent"),
                include=["scheme_version"],
                name="referral_waits",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="declined") ^ Q(decline_reason=""), name="referral_declined_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, closed_by__isnull=False) & ~Q(result="")
                | (~Q(state="closed") & Q(result="", closed_at__isnull=True, closed_by__isnull=True)),
                name="referral_closed_has_result",
            ),
            models.CheckConstraint(
                condition=Q(waits_since__isnull=True, waited_until__isnull=True, wait_reason="")
                | Q(waits_since__isnull=False) & ~Q(wait_reason=""),
                name="referral_waits_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=~Q(state__in=["declined", "withdrawn"]),
                name="one_live_referral_for_a_case",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_voluntary(self) -> bool:
        """Whether police hear nothing after the referral."""
        return self.scheme_version.confidentiality == SchemeVersion.Confidentiality.VOLUNTARY

    @property
    def is_on_list(self) -> bool:
        """Whether it is on its provider's waiting list now."""
        return self.state == self.State.SENT and self.waits_since is not None

    @property
    def was_never_accepted(self) -> bool:
        """Whether it ended before the provider helped: then nobody there has any need of the person's details."""
        unanswered = self.state == self.State.WITHDRAWN and self.decided_at is None
        return self.state == self.State.DECLINED or unanswered
