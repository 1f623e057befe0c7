"""Scrutiny panels: people from outside the force look at redacted cases, and say what they find."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from cases.models import Case
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, personal, sensitive, staff, structural
from diversion.references import new_reference
from reporting.models.sample import DipSample, DipSampleItem
from reporting.models.suspect import Suspect

WHY = "Let people from outside the force look at decisions (Equality Act 2010 s.149)"


class PanelFinding(models.TextChoices):
    """What a panel may find: the four findings of the published panels (Dorset's out-of-court disposal panel)."""

    APPROPRIATE = "appropriate", "Appropriate and consistent"
    OBSERVATIONS = "observations", "Appropriate with observations"
    INAPPROPRIATE = "inappropriate", "Inappropriate"
    NO_AGREEMENT = "no_agreement", "Panel fails to agree"


def panel_reference() -> str:
    return new_reference("SP")


class PanelQuerySet(models.QuerySet["Panel"]):
    def visible_to(self, user: User) -> "PanelQuerySet":
        """The force's own, for whoever sees its figures; to a member those on which they sit."""
        if not user.is_active:
            return self.none()
        if user.is_police and user.can(Permission.VIEW_MONITORING):
            return self.filter(force=user.organisation)
        if is_outside(user) and user.can(Permission.SIT_ON_PANEL):
            sits = PanelMember.objects.filter(user=user, excused_at__isnull=True)
            return self.filter(pk__in=sits.values("panel"))
        return self.none()


def is_outside(user: User) -> bool:
    """Whether ``user`` works for an oversight body: police are present at a panel, and find nothing."""
    return user.organisation.kind == Organisation.Kind.OVERSIGHT


class Panel(models.Model):
    """One sitting: who looks at which dip sample, and by when they have found for themselves."""

    reference = models.CharField(max_length=12, unique=True, default=panel_reference)
    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="panels")
    sample = models.OneToOneField(DipSample, on_delete=models.PROTECT, related_name="panel")
    meets_on = models.DateField()
    convened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    convened_at = models.DateTimeField(default=clock.now)

    objects = PanelQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "reference", "force", "sample")
        | operational(WHY, "meets_on", "convened_at")
        | staff("Say who asked the panel", "convened_by")
    )

    class Meta:
        ordering = ["-meets_on", "-pk"]

    def __str__(self) -> str:
        return self.reference


@pghistory.track()
class PanelMember(models.Model):
    """Somebody who sits on a panel, and what they declared before they read anything; the history keeps each time."""

    class Interest(models.TextChoices):
        NONE = "none", "No conflict of interest"
        SOME = "some", "Something that the force and the others should know"

    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    is_chair = models.BooleanField(default=False)
    interest = models.CharField(max_length=4, choices=Interest, blank=True)
    interest_words = models.CharField(max_length=500, blank=True)
    declared_at = models.DateTimeField(null=True, blank=True)
    # A member who cannot go on, so that the others are not kept waiting.
    excused_at = models.DateTimeField(null=True, blank=True)

    data_use: ClassVar = structural("id", "panel", "is_chair") | staff(
        "Say who sits, and what they declared", "user", "interest", "interest_words", "declared_at", "excused_at"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "user"], name="once_on_a_panel"),
            models.UniqueConstraint(fields=["panel"], condition=Q(is_chair=True), name="one_chair_of_a_panel"),
            models.CheckConstraint(
                condition=Q(interest="", interest_words="", declared_at__isnull=True)
                | (Q(interest="none", interest_words="") | Q(interest="some") & ~Q(interest_words=""))
                & Q(declared_at__isnull=False),
                name="panel_member_declares_once_and_says_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panel}: {self.user}"


class PanelCase(models.Model):
    """One case of a panel's sample: what the panel found of it, and what the force does about that.

    What it was told of the case is its ``PanelPack``, which goes when the case goes; the finding stays.
    """

    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="cases")
    item = models.OneToOneField(DipSampleItem, on_delete=models.CASCADE, related_name="panel_case")
    place = models.PositiveSmallIntegerField()
    finding = models.CharField(max_length=14, choices=PanelFinding, blank=True)
    # What the officer in the case reads.
    words = models.CharField(max_length=1000, blank=True)
    found_by = models.ForeignKey(PanelMember, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField(null=True, blank=True)
    # Of which fewer than two members could find: no panel's finding comes of it, and the year counts it as that.
    set_aside_at = models.DateTimeField(null=True, blank=True)
    set_aside_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=500, blank=True)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    acted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    data_use: ClassVar = (
        structural("id", "panel", "item", "place")
        | operational(
            "Say what was found, and what is done about it",
            *("finding", "found_at", "set_aside_at", "due_on", "done_at"),
        )
        | personal("Let the officer in the case learn from it", "words", "action")
        | staff(
            "Say who found, and who answers for what is done",
            *("found_by", "set_aside_by", "owner", "acted_by", "done_by"),
        )
    )

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "place"], name="one_case_at_a_place_of_a_panel"),
            models.CheckConstraint(
                condition=Q(finding="", words="", found_by__isnull=True, found_at__isnull=True)
                | (~Q(finding="") & Q(found_by__isnull=False, found_at__isnull=False)),
                name="panel_finding_is_somebodys",
            ),
            models.CheckConstraint(
                condition=Q(set_aside_at__isnull=True, set_aside_by__isnull=True)
                | Q(finding="", set_aside_at__isnull=False, set_aside_by__isnull=False),
                name="panel_case_is_found_of_or_set_aside",
            ),
            models.CheckConstraint(
                condition=Q(action="", owner__isnull=True, due_on__isnull=True, acted_by__isnull=True)
                | (~Q(action="") & Q(owner__isnull=False, due_on__isnull=False, acted_by__isnull=False)),
                name="panel_action_has_owner_and_day",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | (~Q(action="") & Q(done_at__isnull=False, done_by__isnull=False)),
                name="panel_action_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panel}/{self.place}"

    @property
    def is_late(self) -> bool:
        return self.due_on is not None and self.done_at is None and self.due_on < clock.today()


class PanelPack(models.Model):
    """What a panel is told of a case or suspect: no name, date of birth, place, number, and nobody of the force.

    ``content`` is as ``reporting.facts.packs`` writes it on the day; ``reasons`` are the officer's own words as a
    person of the force has cleared them, "" where nobody did.
    """

    panel_case = models.OneToOneField(PanelCase, on_delete=models.CASCADE, related_name="pack")
    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="+")
    suspect = models.ForeignKey(Suspect, null=True, on_delete=models.CASCADE, related_name="+")
    content = models.JSONField()
    reasons = models.TextField(blank=True)
    cleared_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cleared_at = models.DateTimeField(null=True, blank=True)

    data_use: ClassVar = (
        structural("id", "panel_case")
        | personal(WHY, "case", "suspect", "reasons")
        | sensitive(WHY, "content")
        | staff("Say who made sure that the words name nobody", "cleared_by", "cleared_at")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=False) ^ Q(suspect__isnull=False), name="panel_pack_is_of_one"
            ),
            models.CheckConstraint(
                condition=Q(reasons="", cleared_by__isnull=True, cleared_at__isnull=True)
                | (~Q(reasons="") & Q(cleared_by__isnull=False, cleared_at__isnull=False)),
                name="panel_reasons_are_cleared_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panel_case}"


class PanelVote(models.Model):
    """What one member found of one case by themselves; no finding: they stood aside, because they may know somebody."""

    panel_case = models.ForeignKey(PanelCase, on_delete=models.CASCADE, related_name="votes")
    member = models.ForeignKey(PanelMember, on_delete=models.CASCADE, related_name="votes")
    finding = models.CharField(max_length=14, choices=PanelFinding, blank=True)
    words = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField(default=clock.now)

    data_use: ClassVar = (
        structural("id", "panel_case", "member")
        | operational("Say what a member found before they heard the others", "finding", "at")
        | personal("Say why", "words")
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["panel_case", "member"], name="one_finding_of_a_member_on_a_case")
        ]

    def __str__(self) -> str:
        return f"{self.panel_case}: {self.member.user}"
