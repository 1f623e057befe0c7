"""What is known of a victim in a case: how they are reached, what they wish, what was tried, what they are owed.

All of it hangs on one crime of the case, also where several were committed against one victim (``of_one_victim``): who
wants no contact wants none about any of them, and is told once.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import OuterRef, Q, Value
from django.db.models.functions import Lower, Trim
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case, seen_by
from cases.models.crime import Allegation
from cases.models.merging import PersonMerge
from cases.models.person import Person
from cases.models.remedy import RemedyDocument
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


#: What a review is about where what a victim chose from the community remedy document was not agreed.
ABOUT_REMEDY = "remedy"
#: What a victim is told of where the decision was rescinded.
RESCINDED = "rescinded"
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


def of_one_victim(allegation: Allegation) -> Sequence[Allegation]:
    """The crimes of the case that were committed against one victim, by the name on record; the first holds the rest.

    Where no name is on record nobody can tell: that crime stands alone.
    """
    rows = Allegation.objects.filter(case=allegation.case_id, victim__isnull=False).order_by("pk")
    rows = rows.select_related("victim", "crime", "offence")
    return [one for one in rows if victim_key(one) == victim_key(allegation)]


def left_alone(case: Case) -> bool:
    """Whether nobody who was harmed in a case wants to be contacted."""
    wishes = list(VictimRecord.objects.filter(allegation__case=case).values_list("contact_by", flat=True))
    harmed = Allegation.objects.filter(case=case, victim__isnull=False).select_related("victim")
    return bool(wishes) and set(wishes) == {"none"} and len({victim_key(one) for one in harmed}) == len(wishes)


def victim_key(allegation: Allegation) -> tuple[str, str | int]:
    """Equal for the crimes of a case that were committed against one victim, as far as their names on record tell."""
    victim = allegation.victim
    name = victim.name.strip().casefold() if victim else ""
    return (victim.kind, name) if victim and name else ("", allegation.pk)


def harmed_beside(allegation: str) -> "models.QuerySet[Allegation]":
    """The crimes against another victim in the case of the crime that ``allegation`` names in an outer query:
    `victim_key`, asked in the database."""
    of_case = Allegation.objects.filter(case=OuterRef(f"{allegation}__case"), victim__isnull=False)
    name, theirs = Trim(Lower("victim__name")), Trim(Lower(OuterRef(f"{allegation}__victim__name")))
    alike = (
        Q(victim__kind=OuterRef(f"{allegation}__victim__kind")) & Q(Exact(name, theirs)) & ~Q(Exact(name, Value("")))
    )
    return of_case.exclude(pk=OuterRef(allegation)).exclude(alike)


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
    # That a named facilitator is told of them and of how to reach them, for a letter or a meeting.
    sharing = models.CharField(max_length=10, choices=Wish, blank=True, default="", db_default="")
    contact_by = models.CharField(max_length=10, choices=CONTACT_BY, blank=True)
    contact_when = models.CharField(max_length=150, blank=True)
    # Codes of ``remedy_document``, or that they have no preference; empty: nobody has asked (cases.remedies).
    remedies = ArrayField(models.CharField(max_length=40), default=list, blank=True, db_default=[])
    remedy_document = models.ForeignKey(
        RemedyDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    WISHES = ("letter", "meeting", "sharing", "compensation", "updates", "contact_by", "contact_when")

    data_use: ClassVar = (
        structural("id", "allegation", "version")
        | personal("Reach a victim safely (Victims' Code)", "contact_name", "telephone", "is_enhanced")
        | personal("Act on what a victim wishes (Victims' Code)", *WISHES)
        | personal("Ask what a victim would like done (ASBCPA 2014 s.102)", "remedies", "remedy_document")
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
        """Whether a number or e-mail address is also that of somebody suspected of the crime, and nobody checked it."""
        return bool(self.stopped)

    @property
    def stopped(self) -> frozenset[str]:
        """The channels by which nobody may reach them until that was checked."""
        if not self.telephone or self.number_checked_at is not None:
            return frozenset()
        theirs = _ways_of_suspects(self.allegation.crime_id)
        numbers = BY_NUMBER if any(_share_a_number(self.telephone, one) for one in theirs) else ()
        addresses = any(_addresses(self.telephone) & _addresses(one) for one in theirs)
        return frozenset({*numbers, *([VictimChannel.EMAIL.value] if addresses else [])})


def _ways_of_suspects(crime: int) -> set[str]:
    """How whoever is suspected of a crime is reached, by number and in words: also by the records put to theirs.

    And what another took the place of when two records were put together: it is theirs as well.
    """
    suspects = Person.objects.filter(cases__allegations__crime=crime).values("pk")
    people = Person.objects.filter(Q(pk__in=suspects) | Q(merged_into__in=suspects)).exclude(
        telephone="", safe_contact=""
    )
    before = PersonMerge.objects.filter(kept__in=suspects, split_at=None).exclude(contact={})
    ways = [*people.values_list("telephone", "safe_contact")]
    ways += [*before.values_list("contact__was__telephone", "contact__was__safe_contact")]
    return {way for each in ways for way in each if way}


#: Fewer digits are no telephone number: part of one, or a note.
LEAST_DIGITS = 7
A_NUMBER = re.compile(r"\+?\d[\d\s().\-\u2010-\u2015\u2212]*")
#: No quotation mark or full stop of the sentence around it; "+home" before the @ leads to the same mailbox.
AN_ADDRESS = re.compile(r"([\w.-]+)(?:\+[\w.+-]*)?@([\w-]+(?:\.[\w-]+)+)")
BETWEEN_DIGITS = re.compile(r"(?<=\d)/(?=\d)")  # between two numbers, or within one


def _share_a_number(one: str, other: str) -> bool:
    """Whether a number in one text is in the other: several may stand in each, written in any way."""
    return any(a in b or b in a for a in _numbers(one) for b in _numbers(other))


def _plain(text: str) -> str:
    """A text with the digits, spaces and signs of a keyboard: what a telephone copies has invisible marks around it."""
    shown = (one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) != "Cf")
    return "".join(str(unicodedata.decimal(one, one)) for one in shown)


def _addresses(text: str) -> set[tuple[str, str]]:
    """The e-mail addresses in a text, folded: case says nothing of whose they are."""
    return {(name.strip("."), where) for name, where in AN_ADDRESS.findall(_plain(text).casefold())}


def _numbers(text: str) -> list[str]:
    """The numbers in a text as their last digits: "+44 (0)7700 900123" and "07700 900 123" are one."""
    text = _plain(text).replace("(0)", "")
    written = A_NUMBER.findall(text) + A_NUMBER.findall(BETWEEN_DIGITS.sub("", text))
    found = ("".join(filter(str.isdecimal, one)) for one in written)
    bare = (re.sub(r"^(00)?44|^0", "", digits) for digits in found)
    return [one for one in bare if len(one) >= LEAST_DIGITS]


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

    ``channel`` is how they were told, empty where they want no updates; ``note`` what came of a review. ``about`` says
    which decision a duty to tell is about, so that another one is told anew.
    """

    allegation = models.ForeignKey(Allegation, on_delete=models.CASCADE, related_name="victim_duties")
    kind = models.CharField(max_length=10, choices=DutyKind)
    about = models.CharField(max_length=80, blank=True)
    due_on = models.DateField()
    made_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=VictimChannel, blank=True)
    note = models.CharField(max_length=500, blank=True)

    objects = VictimDutyQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "allegation", "about")
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
        return f"{self.in_words} by {self.due_on}"

    @property
    def in_words(self) -> str:
        """What is owed; of a review, what it is a review of, and of a decision, that it stands no more."""
        if self.kind == DutyKind.REVIEW and self.about == ABOUT_REMEDY:
            return str(_("Sergeant: why what they asked for is not agreed"))
        if self.kind == DutyKind.DECISION and self.about == RESCINDED:
            return str(_("Tell them that the decision was rescinded"))
        return self.get_kind_display()

    def is_late(self, today: date) -> bool:
        """Whether its day has passed and it is not done."""
        return self.done_at is None and self.due_on < today
