from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models.functions import Least

from cases.models import Case
from cases.models.case import seen_by
from diversion import clock
from diversion.accounts.models import Organisation, Team, User
from diversion.data_use import operational, staff, structural
from referrals.codes import CaseStatus

# One that a voluntary scheme's partner declined is among them: it was closed when it was sent, and has come back.
OPEN = models.Q(is_closed=False) | models.Q(status=CaseStatus.RETURNED.value)


# Some clock may run: once it is closed, that of what its victim is told.
TIMED = OPEN | models.Q(victim_on__isnull=False)

QUEUED = models.Q(queued_at__isnull=False)

# The officer in the case is to say what follows, and finds it on their first page.
BACK = (CaseStatus.RETURNED.value, CaseStatus.NOT_KEPT.value)
# What else asks the officer for something there.
ASKS = (CaseStatus.QUESTION.value, CaseStatus.UNDECIDED.value, CaseStatus.TO_SIGN.value, *BACK)


# Where a case may stand because a partner has closed its part: that is told once it cannot be undone.
EARLY = (CaseStatus.NOT_KEPT.value, CaseStatus.CONDITIONS.value)


class StandingQuerySet(models.QuerySet["Standing"]):
    def visible_to(self, user: User) -> "StandingQuerySet":
        """Those of the cases that ``user`` may see."""
        return self.filter(seen_by(user))

    def open(self) -> "StandingQuerySet":
        """Those on which something is still to be done."""
        return self.filter(OPEN)

    def timed(self) -> "StandingQuerySet":
        """Those in which a clock may run."""
        return self.filter(TIMED)

    def told_as(self, status: str) -> list["StandingQuerySet"]:
        """Those of which police are told now that they stand so (`Standing.told`), in parts that share no case."""
        kept, early = self.filter(status=status), models.Q(undo_until__gt=clock.now())
        if status in EARLY:
            return [kept.exclude(early)]
        not_yet = [self.filter(early, status=one) for one in EARLY]
        return [kept, *not_yet] if status == CaseStatus.WITH_PARTNER else [kept]


class Standing(models.Model):
    """Where each case stands, worked out when it changed and kept for lists: one row a case, and nothing of its own.

    ``referrals.actions.standing.restate`` writes it, in the transaction of each change, from what
    ``referrals.queries.standing.worked_out`` says. It holds nothing that depends on the day on which it is read, and
    has no history: that of the case, its decision and its support tells all of it. What a partner has closed and can
    still undo is told nobody at police: ``undo_until`` says until when, and whoever reads compares it (`told`).
    """

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="standing")
    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()
    status = models.CharField(max_length=15, choices=CaseStatus)
    is_closed = models.BooleanField()
    # Until when whoever closed support last can undo that; of voluntary support, and of what was undone, none.
    undo_until = models.DateTimeField(null=True)
    # Since when it waits for a rank to decide, and who decided it: whoever did may not authorise it.
    queued_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The nearest statutory limit of its crimes.
    limit_on = models.DateField(null=True)
    # The other clocks that run (referrals.codes.Clock), each by its day; none where it does not run.
    finish_on = models.DateField(null=True)
    contact_on = models.DateField(null=True)
    decide_on = models.DateField(null=True)
    youth_on = models.DateField(null=True)
    # Of a closed case this one runs on: the victim is told how it ended.
    victim_on = models.DateField(null=True)
    nearest_on = models.GeneratedField(
        expression=models.Case(
            models.When(OPEN, then=Least("limit_on", "finish_on", "contact_on", "decide_on", "youth_on", "victim_on")),
            default="victim_on",
        ),
        output_field=models.DateField(null=True),
        db_persist=True,
    )

    objects = StandingQuerySet.as_manager()

    data_use: ClassVar = (
        structural("case", "force", "team")
        | staff("Say who is responsible for the case", "officer")
        | staff("Show nobody in the queue for authorisation what they decided", "decided_by")
        | operational("List what waits for authorisation", "queued_at")
        | operational("List cases by where they stand", "recorded_at", "status", "is_closed", "limit_on", "undo_until")
        | operational(
            "List open cases by the days left",
            *("finish_on", "contact_on", "decide_on", "youth_on", "victim_on", "nearest_on"),
        )
    )

    class Meta:
        # Each is walked from its end, so the newest first: a page of 25 reads no more than it shows.
        indexes = [
            models.Index(fields=["force", "recorded_at", "case"], name="standing_force"),
            models.Index(fields=["team", "recorded_at", "case"], name="standing_team"),
            models.Index(fields=["officer", "recorded_at", "case"], name="standing_officer"),
            models.Index(fields=["force", "status", "recorded_at", "case"], name="standing_force_status"),
            models.Index(fields=["team", "status", "recorded_at", "case"], name="standing_team_status"),
            models.Index(fields=["force", "limit_on", "case"], name="standing_force_limit"),
            models.Index(fields=["team", "limit_on", "case"], name="standing_team_limit"),
            models.Index(fields=["force", "nearest_on", "case"], condition=TIMED, name="standing_force_nearest"),
            models.Index(fields=["team", "nearest_on", "case"], condition=TIMED, name="standing_team_nearest"),
            models.Index(
                fields=["force", "limit_on", "queued_at", "case"],
                condition=QUEUED,
                name="standing_queue",
                include=["officer", "decided_by"],
            ),
            models.Index(fields=["force", "officer"], condition=OPEN, name="standing_open"),
            models.Index(
                fields=["force", "officer", "status"], condition=models.Q(status__in=ASKS), name="standing_asks"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.get_status_display()}"

    @property
    def told(self) -> CaseStatus:
        """Where the case stands, as police are told now."""
        return as_told(CaseStatus(self.status), self.undo_until)


def as_told(status: CaseStatus, undo_until: datetime | None) -> CaseStatus:
    """Where a case stands that is kept as ``status``: support that ended is still with the partner until it is sure."""
    is_early = status in EARLY and undo_until is not None and undo_until > clock.now()
    return CaseStatus.WITH_PARTNER if is_early else status
