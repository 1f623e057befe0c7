"""What is known of a victim in a case: how they are reached, what they wish, what was tried, what they are owed."""

from datetime import date
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case, seen_by
from cases.models.crime import Allegation
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, personal, staff, structural


class Wish(models.TextChoices):
    YES = "yes", _("Yes")
    HOLD = "hold", _("Not now: ask again")
    NO = "no", _("No")
    NOT_SAID = "not_said", _("Prefers not to say")


class VictimChannel(models.TextChoices):
    TELEPHONE = "telephone", _("Telephone")
    MESSAGE = "message", _("Text message")
    EMAIL = "email", _("E-mail")
    LETTER = "letter", _("Letter")
    IN_PERSON = "in_person", _("In person")


class ContactResult(models.TextChoices):
    REACHED = "reached", _("Spoke to them, or they answered")
    LEFT_WORD = "left_word", _("Left word, with nothing about the case")
    NOT_REACHED = "not_reached", _("Could not reach them")


class DutyKind(models.TextChoices):
    ASK = "ask", _("Ask for their views")
    DECISION = "decision", _("Tell them of the decision and the reasons")
    END = "end", _("Tell them how it ended")
    REVIEW = "review", _("Sergeant: review after a later objection")


CONTACT_BY = [*VictimChannel.choices, ("none", _("No contact"))]
#: What goes by the telephone number that is kept of them.
BY_NUMBER = (VictimChannel.TELEPHONE.value, VictimChannel.MESSAGE.value)


def with_victim_for(user: User) -> "models.QuerySet[Allegation]":
    """The only door to a victim's record: crimes with a victim, for whoever may see more than that there is one.

    The victim coordinators of the force, the officer in the case, and those who authorise and see the case. Nobody
    at a partner or at youth justice.
    """
    rows = Allegation.objects.filter(victim__isnull=False, case__force=user.organisation_id)
    if not (user.is_active and user.is_police):
        return rows.none()
    if user.can(Permission.VIEW_VICTIMS):
        return rows
    seen = Q(case__officer=user.pk) if user.can(Permission.RECORD_DECISION) else Q(pk__in=[])
    if user.can(Permission.AUTHORISE):
        seen |= Q(case__in=Case.objects.filter(seen_by(user)))
    return rows.filter(seen)


@pghistory.track()
class VictimRecord(models.Model):
    """How a victim is reached and what they wish, in one case over one crime. What is empty nobody has asked.

    Each wish stands for itself and may change at any time; the history keeps each. The view on settling it out of court
    is ``Allegation.victim_stance``, which the recording page asks. A business is reached through ``contact_name``.
    """

    allegation = models.OneToOneField(Allegation, on_delete=models.CASCADE, related_name="victim_record")
    contact_name = models.CharField(max_length=150, blank=True)
    telephone = models.CharField(max_length=30, blank=True)
    # That this number, which is the person's too, is safe to reach the victim by.
    number_checked_at = models.DateTimeField(null=True, blank=True)
    number_checked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_enhanced = models.BooleanField(default=False)
    letter = models.CharField(max_length=10, choices=Wish, blank=True)
    meeting = models.CharField(max_length=10, choices=Wish, blank=True)
    compensation = models.CharField(max_length=10, choices=Wish, blank=True)
    updates = models.CharField(max_length=10, choices=Wish, blank=True)
    contact_by = models.CharField(max_length=10, choices=CONTACT_BY, blank=True)
    contact_when = models.CharField(max_length=150, blank=True)
    version = models.PositiveIntegerField(default=1)

    WISHES = ("letter", "meeting", "compensation", "updates", "contact_by", "contact_when")

    data_use: ClassVar = (
        structural("id", "allegation", "version")
        | personal("Reach a victim safely (Victims' Code)", "contact_name", "telephone", "is_enhanced")
        | personal("Act on what a victim wishes (Victims' Code)", *WISHES)
        | staff("Say who checked the number", "number_checked_at", "number_checked_by")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(number_checked_at__isnull=True, number_checked_by__isnull=True)
                | Q(number_checked_at__isnull=False, number_checked_by__isnull=False),
                name="victim_number_checked_by_someone",
            )
        ]

    def __str__(self) -> str:
        return f"victim record {self.pk}"

    @property
    def wants_no_contact(self) -> bool:
        return self.contact_by == "none"

    @property
    def number_is_shared(self) -> bool:
        """Whether the number is also the person's, and nobody has said that it is safe."""
        theirs = _digits(self.allegation.case.person.telephone)
        return bool(theirs) and _digits(self.telephone) == theirs and self.number_checked_at is None


def _digits(number: str) -> str:
    """A number as it is dialled in the country: "+44 7700 900123" and "07700 900 123" are one."""
    digits = "".join(letter for letter in number if letter.isdecimal())
    digits = digits.removeprefix("00")
    return digits if digits.startswith("0") or not digits.startswith("44") else f"0{digits.removeprefix('44')}"


@pghistory.track()
class VictimContact(models.Model):
    """One attempt to reach a victim, and what came of it."""

    allegation = models.ForeignKey(Allegation, on_delete=models.CASCADE, related_name="victim_contacts")
    submission = models.UUIDField(unique=True)
    at = models.DateTimeField(default=clock.now)
    channel = models.CharField(max_length=10, choices=VictimChannel)
    result = models.CharField(max_length=12, choices=ContactResult)
    note = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    data_use: ClassVar = (
        structural("id", "allegation", "submission")
        | personal("Show what was done to reach a victim", "at", "channel", "result", "note")
        | staff("Say who tried", "recorded_by")
    )

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_channel_display()}"


class VictimDutyQuerySet(models.QuerySet["VictimDuty"]):
    def open(self) -> "VictimDutyQuerySet":
        """Those whose clock runs."""
        return self.filter(done_at__isnull=True)

    def to_do_now(self) -> "VictimDutyQuerySet":
        """Those of them that may be done at this moment: of an end that can still be undone nobody is told."""
        undoable = Q(kind=DutyKind.END, allegation__case__undoable_until__gt=clock.now())
        return self.open().exclude(undoable)


@pghistory.track()
class VictimDuty(models.Model):
    """What a victim is owed by a day: to be asked, to be told of the decision and of its end, a review of an objection.

    ``channel`` is how they were told, empty where they want no updates; ``note`` what came of a review.
    """

    allegation = models.ForeignKey(Allegation, on_delete=models.CASCADE, related_name="victim_duties")
    kind = models.CharField(max_length=10, choices=DutyKind)
    due_on = models.DateField()
    made_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=VictimChannel, blank=True)
    note = models.CharField(max_length=500, blank=True)

    objects = VictimDutyQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "allegation")
        | operational("Keep what a victim is owed within its days (Victims' Code)", "kind", "due_on", "made_at")
        | personal("Show that a victim was told, or heard", "channel", "note")
        | staff("Say who did it, and when", "done_at", "done_by")
    )

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name_plural = "victim duties"
        indexes = [models.Index(fields=["due_on", "allegation"], condition=Q(done_at=None), name="victim_duty_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["allegation", "kind"], condition=Q(done_at__isnull=True), name="one_open_victim_duty_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True, channel="", note="") | Q(done_at__isnull=False),
                name="victim_duty_done_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.due_on}"

    def is_late(self, today: date) -> bool:
        """Whether its day has passed and it is not done."""
        return self.done_at is None and self.due_on < today
