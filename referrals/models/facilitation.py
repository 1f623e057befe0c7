"""A named restorative-justice facilitator of one victim in one case, and what they keep of it."""

from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from cases.law.codes import ConditionType, Settler
from cases.models import Allegation
from cases.models.victim import ContactResult, VictimChannel, Wish, harmed_beside
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.data_use import personal, staff, structural

#: What a facilitator settles while one is named: letters and meetings pass through them, and nobody else says of it.
FACILITATED = frozenset(kind.value for kind in ConditionType if kind.settler == Settler.FACILITATOR)
#: What a facilitator says who settled something by mistake.
NOTHING_YET = "nothing_yet"


class FacilitationQuerySet(models.QuerySet["Facilitation"]):
    def live(self) -> "FacilitationQuerySet":
        """Those that have not ended, of cases that have not, or whose closing can still be undone."""
        case = Q(allegation__case__closed_at__isnull=True) | Q(allegation__case__undoable_until__gt=clock.now())
        return self.filter(case, ended_at__isnull=True)

    def working(self) -> "FacilitationQuerySet":
        """Those of them whose facilitator still works where they were named, and may sign in."""
        there = Q(organisation__isnull=True) | Q(organisation=F("facilitator__organisation"))
        return self.live().filter(there, facilitator__in=User.objects.here())

    def named(self) -> "FacilitationQuerySet":
        """Those that have not ended, of open cases, whether or not their facilitator still works: what is kept of a
        case (`NextDue`) depends on nothing but the case."""
        return self.filter(allegation__case__closed_at__isnull=True, ended_at__isnull=True)

    def lead(self) -> Q:
        """Whether one of these leads the condition of an outer query, as `queries.facilitating.conditions_of` says.

        Where several were harmed, only what police said is for that victim. Behind the wall a partner finds none.
        """
        rows = self.filter(allegation__case=OuterRef("agreement__case"), allegation__victim_record__sharing=Wish.YES)
        rows = rows.exclude(allegation__victim_record__contact_by="none")
        rows = rows.filter(~Exists(harmed_beside("allegation")) | Q(conditions__contains=[OuterRef("pk")]))
        letters = rows.filter(allegation__victim_record__letter=Wish.YES)
        meetings = rows.filter(allegation__victim_record__meeting=Wish.YES)
        return Q(kind=ConditionType.APOLOGY.value) & Exists(letters) | Q(kind=ConditionType.RJ.value) & Exists(meetings)

    def of(self, user: User) -> "FacilitationQuerySet":
        """Those of which ``user`` is the facilitator, and nobody else's. Whether its case is open the page asks."""
        if not (user.is_active and user.can(Permission.FACILITATE)):
            return self.none()
        there = Q(organisation__isnull=True) | Q(organisation=user.organisation_id)
        return self.filter(there, facilitator=user, ended_at__isnull=True)


@pghistory.track()
class Facilitation(models.Model):
    """That somebody leads a meeting or takes a letter between one victim and one person, with the victim's agreement.

    They may work at a provider: then they alone there know of it. It ends once the victim takes back their agreement,
    a coordinator ends it, or the case is closed; the page of it is shut from then on. ``letter`` and ``meeting`` are
    what came of each: a partner never reads them, and the person only what the victim agreed. ``organisation`` is where
    the facilitator worked when they were named: who has moved away leads nothing any more.

    ``conditions`` are the ids of the letters and meetings of the case that are for this victim, as police said; asked
    only where several were harmed, since what one is owed the facilitator of another must not read.
    """

    class Ended(models.TextChoices):
        WITHDRAWN = "withdrawn", "The victim no longer agrees"
        BY_POLICE = "by_police", "Ended by the police"

    class Letter(models.TextChoices):
        TAKEN = "taken", "Handed over, and the victim took it"
        NOT_TAKEN = "not_taken", "Handed over to me; the victim did not take it"
        NOT_WRITTEN = "not_written", "The person did not write it"

    class Meeting(models.TextChoices):
        HELD = "held", "Held"
        VICTIM_STOPPED = "victim_stopped", "Not held: the victim no longer wants it"
        PERSON_STOPPED = "person_stopped", "Not held: the person did not take part"

    allegation = models.ForeignKey(Allegation, on_delete=models.CASCADE, related_name="facilitations")
    facilitator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    conditions = ArrayField(models.BigIntegerField(), default=list, blank=True, db_default=[])
    named_at = models.DateTimeField(default=clock.now)
    named_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    letter = models.CharField(max_length=15, choices=Letter, blank=True)
    meeting = models.CharField(max_length=15, choices=Meeting, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    end_reason = models.CharField(max_length=10, choices=Ended, blank=True)

    objects = FacilitationQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "allegation", "organisation", "conditions")
        | personal("Put right the harm as the victim agreed", "letter", "meeting", "end_reason")
        | staff("Say who leads it, and who named them", "facilitator", "named_at", "named_by", "ended_at", "ended_by")
    )

    class Meta:
        ordering = ["-named_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["allegation"], condition=Q(ended_at__isnull=True), name="one_live_facilitator_of_a_victim"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, end_reason="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_reason="")),
                name="facilitation_ended_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"facilitation {self.pk}"


@pghistory.track()
class FacilitatorContact(models.Model):
    """One attempt of a facilitator to reach the victim or the person. It is theirs alone to read."""

    class Who(models.TextChoices):
        VICTIM = "victim", "The victim"
        PERSON = "person", "The person"

    facilitation = models.ForeignKey(Facilitation, on_delete=models.CASCADE, related_name="contacts")
    submission = models.UUIDField(unique=True)
    at = models.DateTimeField(default=clock.now)
    who = models.CharField(max_length=10, choices=Who)
    channel = models.CharField(max_length=10, choices=VictimChannel)
    result = models.CharField(max_length=12, choices=ContactResult)
    note = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    data_use: ClassVar = (
        structural("id", "facilitation", "submission")
        | personal("Lead a meeting or bring a letter safely", "at", "who", "channel", "result", "note")
        | staff("Say who tried", "recorded_by")
    )

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_channel_display()}"
