from collections.abc import Collection
from datetime import date, datetime
from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext

from cases.law.codes import ConditionType, Settler
from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.data_use import personal, staff, structural
from referrals.codes import NoteBasis
from referrals.models.referral import Referral

#: The kinds of condition that police settle, also while a partner helps: it never waits for them, nor is late.
FOR_POLICE = tuple(kind.value for kind in ConditionType if kind.settler == Settler.FORCE)
#: Those that the worker sees to (`Condition.is_with_worker`).
WITH_WORKER = ~Q(kind__in=FOR_POLICE) | Q(asked_for=F("due_on"))
#: Of whoever was taken on, the partner's own whose day came on its waiting list (`Condition.fell_due_on_list`).
FELL_DUE_ON_LIST = (
    ~Q(kind__in=FOR_POLICE)
    & Q(agreement__referral__waited_until__isnull=False)
    & Q(due_on__gte=TruncDate("agreement__referral__waits_since", tzinfo=clock.LONDON))
    & Q(due_on__lte=TruncDate("agreement__referral__waited_until", tzinfo=clock.LONDON))
)


@pghistory.track()
class Agreement(models.Model):
    """The conditions a person agreed to, and until when. With a referral, or without one (an apology, say)."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="agreement")
    referral = models.OneToOneField(Referral, null=True, blank=True, on_delete=models.PROTECT, related_name="agreement")
    agreed_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    # What was read aloud and who signed, where the officer could issue it alone; else ``ProposedAgreement`` says so.
    # Empty in records from before it was kept.
    read_aloud = models.TextField(blank=True, db_default="")
    signed_as = models.CharField(max_length=150, blank=True, db_default="")
    adult = models.CharField(max_length=150, blank=True, db_default="")
    version = models.PositiveIntegerField(default=1)

    data_use: ClassVar = (
        structural("id", "case", "referral", "version")
        | personal("Record what the person agreed to and until when", "agreed_on", "ends_on")
        | personal("Show that they were told what it means, and signed", "read_aloud", "signed_as", "adult")
    )

    def __str__(self) -> str:
        return f"{self.case}: agreement"


@pghistory.track()
class ProposedAgreement(models.Model):
    """What an officer has proposed that a rank has to decide, before anybody has agreed to it (CJA 2003 s.23).

    ``conditions`` are those to be agreed, each as ``referrals.schemes.condition_words.ConditionDetails`` in plain JSON,
    with the days on which they would have been due had they been agreed on ``proposed_on``. Once it is authorised an
    officer explains it: the rest says what was read aloud, what the person said, and who signed. Only then is there
    an ``Agreement``, which runs from that day.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="proposed")
    conditions = models.JSONField(default=list, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    proposed_on = models.DateField()
    explained_at = models.DateTimeField(null=True, blank=True)
    explained_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    read_aloud = models.TextField(blank=True)
    admits = models.BooleanField(null=True, blank=True)
    signed_as = models.CharField(max_length=150, blank=True)
    adult = models.CharField(max_length=150, blank=True)
    # Why it may run past the latest safe day, where that was not so yet when it was authorised; whoever explained it
    # is the sergeant who said so.
    late_because = models.CharField(max_length=500, blank=True, default="")

    data_use: ClassVar = (
        structural("id", "case")
        | personal(
            "Show what was decided by authority, and that it was explained, admitted and signed before it began",
            *("conditions", "ends_on", "proposed_on", "read_aloud", "admits", "signed_as", "adult", "late_because"),
        )
        | staff("Say who explained it and when", "explained_at", "explained_by")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(explained_at__isnull=True, explained_by__isnull=True, read_aloud="", signed_as="")
                | Q(explained_at__isnull=False, explained_by__isnull=False) & ~Q(read_aloud=""),
                name="proposal_explained_by_someone",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case}: proposal"

    @property
    def is_open(self) -> bool:
        """Whether nobody has explained it yet."""
        return self.explained_at is None


@pghistory.track()
class Condition(models.Model):
    """One thing the person agreed to do or not to do."""

    class State(models.TextChoices):
        OPEN = "open", "To do"
        DONE = "done", "Done"
        NOT_DONE = "not_done", "Not done"
        CANCELLED = "cancelled", "No longer needed"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="conditions")
    kind = models.CharField(max_length=30)
    object = models.CharField(max_length=20)
    wording = models.CharField(max_length=300)
    # Where the wording would tell a provider something about a victim, the provider reads this instead.
    partner_wording = models.CharField(max_length=300, blank=True)
    due_on = models.DateField()
    # How many sessions have to be attended before the agreement can be closed as kept.
    sessions = models.PositiveSmallIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    evidence = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The day by which it was to be done, where police, whose it is to say, have asked the worker why it was not.
    asked_for = models.DateField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    # Settled by a named facilitator: who that is, and what the victim made of it, nobody reads on this condition.
    by_facilitator = models.BooleanField(default=False, db_default=False)
    version = models.PositiveIntegerField(default=1)

    data_use: ClassVar = (
        structural("id", "agreement", "state", "version", "by_facilitator")
        | personal(
            "Record what the person agreed to and whether it was done",
            *(
                "kind",
                "object",
                "wording",
                "partner_wording",
                "due_on",
                "sessions",
                "evidence",
                "asked_for",
                "asked_at",
            ),
        )
        | staff("Say who recorded it", "settled_at", "settled_by")
    )

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True, settled_by__isnull=True)
                | (~Q(state="open") & Q(settled_at__isnull=False, settled_by__isnull=False)),
                name="condition_settled_by_someone",
            ),
            models.CheckConstraint(condition=~Q(state="done") | ~Q(evidence=""), name="condition_done_has_evidence"),
        ]

    def __str__(self) -> str:
        return self.wording

    @classmethod
    def are_kept(cls, states: Collection[str]) -> bool:
        """Whether an agreement whose conditions stand so was kept: all that was to do is done. None is kept by none."""
        if {cls.State.OPEN, cls.State.NOT_DONE}.intersection(states):
            return False
        return not states or cls.State.DONE in states

    def evidence_for(self, side: int) -> str:
        """What was written of how it was settled, for the organisation whose id is ``side``, where its own wrote it."""
        if self.by_facilitator or self.settled_by is None:
            return ""
        return self.evidence if self.settled_by.organisation_id == side else ""

    @property
    def settled_by_in_words(self) -> str:
        """Who settled it, for whoever helps the person: of a facilitator, who may be a colleague, only that it was."""
        return gettext("settled by the police") if self.by_facilitator else str(self.settled_by)

    @property
    def wording_for_partner(self) -> str:
        return self.partner_wording or self.wording

    @property
    def is_for_police(self) -> bool:
        """Whether police say what came of it also while a partner helps; under voluntary support nobody does."""
        return self.kind in FOR_POLICE

    @property
    def is_with_worker(self) -> bool:
        """Whether the worker sees to it: it is theirs to settle, or police asked them why its day went by."""
        return not self.is_for_police or self.asked_for == self.due_on

    @property
    def fell_due_on_list(self) -> bool:
        """Whether it is the partner's own and its day, as it stands, came while the person waited for a place there.

        Nobody could do it then: it is not late until it has another day.
        """
        referral = self.agreement.referral
        if self.is_for_police or referral is None or referral.waits_since is None:
            return False
        taken_on = clock.local_date(referral.waited_until or clock.now())
        return clock.local_date(referral.waits_since) <= self.due_on <= taken_on

    @property
    def was_asked(self) -> bool:
        """Whether police asked the worker why its day, as it stands, went by."""
        return self.asked_at is not None and self.asked_for == self.due_on

    @property
    def lasts(self) -> bool:
        """Whether it is something to keep until its last day (no further offence), and not something to do."""
        return ConditionType.parse(self.kind).lasts

    @property
    def last_day(self) -> date:
        """Until when something that lasts is to be kept: never past the end of the agreement itself."""
        return min(self.due_on, self.agreement.ends_on or self.due_on)

    @property
    def can_be_done(self) -> bool:
        """Whether it can be recorded as done today: what lasts, from its last day on."""
        return not self.lasts or clock.today() >= self.last_day


@pghistory.track()
class Appointment(models.Model):
    """A planned meeting and what came of it."""

    class Attendance(models.TextChoices):
        PLANNED = "planned", "Planned"
        ATTENDED = "attended", "Attended"
        ATTENDED_LATE = "attended_late", "Attended late"
        ACCEPTABLE_ABSENCE = "acceptable_absence", "Did not attend: acceptable reason"
        UNACCEPTABLE_ABSENCE = "unacceptable_absence", "Did not attend: no acceptable reason"
        FAILED_TO_COMPLY = "failed_to_comply", "Attended but did not take part"
        CANCELLED_BY_PROVIDER = "cancelled_by_provider", "Cancelled by the service"
        CANCELLED_BY_PERSON = "cancelled_by_person", "Cancelled by the person"

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="appointments")
    starts_at = models.DateTimeField()
    place = models.CharField(max_length=150)
    attendance = models.CharField(max_length=25, choices=Attendance, default=Attendance.PLANNED)
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    data_use: ClassVar = (
        structural("id", "referral", "version")
        | personal("Help the person keep the agreement", "starts_at", "place", "attendance")
        | staff("Say who recorded it", "recorded_at", "recorded_by")
    )

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(attendance="planned", recorded_at__isnull=True, recorded_by__isnull=True)
                | (~Q(attendance="planned") & Q(recorded_at__isnull=False, recorded_by__isnull=False)),
                name="appointment_recorded_by_someone",
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    ATTENDED_STATES = (Attendance.ATTENDED, Attendance.ATTENDED_LATE)
    CANCELLED_STATES = (Attendance.CANCELLED_BY_PROVIDER, Attendance.CANCELLED_BY_PERSON)

    @property
    def has_begun(self) -> bool:
        """Whether it can have been kept by now: people come a little early (ATTENDANCE_GRACE)."""
        return clock.now() >= self.starts_at - settings.ATTENDANCE_GRACE

    @property
    def came_at(self) -> datetime:
        """When the person came to an appointment that was attended: no later than somebody recorded it."""
        return min(self.starts_at, self.recorded_at or self.starts_at)


@pghistory.track()
class Contact(models.Model):
    """A contact made or tried between appointments. The note is the partner's: police never read it."""

    class Channel(models.TextChoices):
        TELEPHONE = "telephone", "Telephone"
        MESSAGE = "message", "Text or message"
        IN_PERSON = "in_person", "In person"
        LETTER = "letter", "Letter"
        OTHER = "other", "Another way"

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="contacts")
    submission = models.UUIDField(unique=True)
    at = models.DateTimeField(default=clock.now)
    channel = models.CharField(max_length=12, choices=Channel)
    reached = models.BooleanField()
    note = models.TextField(blank=True)
    # Whose word the note is: an opinion, or what somebody else says, is read as a fact years later.
    basis = models.CharField(max_length=12, choices=NoteBasis, blank=True, db_default="")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    data_use: ClassVar = (
        structural("id", "referral", "submission")
        | personal("Help the person keep the agreement", "at", "channel", "reached", "note", "basis")
        | staff("Say who recorded it", "recorded_by")
    )

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_channel_display()}"
