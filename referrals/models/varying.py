from datetime import date
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.data_use import operational, personal, staff, structural
from referrals.codes import AgreedHow, MissedReason, VictimAnswer, Way
from referrals.models.agreement import Appointment, Condition
from referrals.models.referral import Referral


class MissedStepQuerySet(models.QuerySet["MissedStep"]):
    def for_police(self) -> "MissedStepQuerySet":
        """Those that a worker has put to police, answered or not: of any other they hear nothing."""
        return self.filter(way=Way.ESCALATED)

    def put_to_police(self) -> "MissedStepQuerySet":
        """Those that a worker has put to police and nobody has answered."""
        return self.for_police().filter(answered_at__isnull=True)


@pghistory.track()
class MissedStep(models.Model):
    """Why an appointment was missed or a condition went past its day, and what was done about it.

    The row begins when the worker first says anything about it; until then the step is open without one. ``reason`` may
    stay "not known yet" and be changed at any time: the history keeps each. Where it was put to police, ``note`` is
    what they read, and ``answer`` what they told the worker.
    """

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="missed_steps")
    condition = models.ForeignKey(
        Condition, null=True, blank=True, on_delete=models.CASCADE, related_name="missed_steps"
    )
    appointment = models.OneToOneField(
        Appointment, null=True, blank=True, on_delete=models.CASCADE, related_name="missed_step"
    )
    due_on = models.DateField()
    reason = models.CharField(max_length=12, choices=MissedReason, default=MissedReason.NOT_KNOWN)
    way = models.CharField(max_length=10, choices=Way, blank=True)
    note = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = MissedStepQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "referral", "condition", "appointment", "version")
        | personal("Help somebody who missed a step to keep the agreement", "due_on", "reason", "way", "note", "answer")
        | staff("Say who asked and who answered", "recorded_at", "recorded_by", "answered_at", "answered_by")
    )

    class Meta:
        ordering = ["-due_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(condition__isnull=True) ^ Q(appointment__isnull=True), name="missed_step_is_of_one_thing"
            ),
            models.UniqueConstraint(fields=["condition", "due_on"], name="missed_step_once_for_a_day"),
            models.CheckConstraint(condition=~Q(way="escalated") | ~Q(note=""), name="missed_step_escalated_says_why"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="missed_step_answered_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral}: {self.due_on}"

    @property
    def waits_for_police(self) -> bool:
        return self.way == Way.ESCALATED and self.answered_at is None


class ConditionChangeQuerySet(models.QuerySet["ConditionChange"]):
    def waiting(self) -> "ConditionChangeQuerySet":
        return self.filter(state=ConditionChange.State.WAITING)

    def of_force(self, user: User) -> "ConditionChangeQuerySet":
        """Those in cases of ``user``'s force, but never of voluntary support: police hear nothing of that."""
        if not user.is_police:
            return self.none()
        rows = self.filter(condition__agreement__case__force=user.organisation_id)
        return rows.exclude(condition__agreement__referral__scheme_version__confidentiality="voluntary")


@pghistory.track()
class ConditionChange(models.Model):
    """A change to what somebody agreed to: the old and the new, why, who agreed and who decided.

    ``made``: the worker's own, in effect at once. Any other is a variation, which a rank decides: until then the old
    stands, and nothing counts against the person. ``before`` and ``after`` are the condition as
    ``referrals.schemes.condition_words.ConditionDetails`` in plain JSON; ``after`` is empty where it is let go.
    ``ends_on`` is the new last day of the agreement, where it has to move. ``needs`` says why a rank decides, in words
    that a partner may read.
    """

    class State(models.TextChoices):
        MADE = "made", "Made by the worker"
        WAITING = "waiting", "Waiting for the police"
        GIVEN = "given", "Authorised"
        REFUSED = "refused", "Not authorised"
        TAKEN_BACK = "taken_back", "Taken back"

    CARRIED_OUT = (State.MADE, State.GIVEN)

    condition = models.ForeignKey(Condition, on_delete=models.CASCADE, related_name="changes")
    state = models.CharField(max_length=10, choices=State)
    way = models.CharField(max_length=10, choices=Way)
    reason = models.CharField(max_length=12, choices=MissedReason)
    because = models.CharField(max_length=500, blank=True)
    before = models.JSONField()
    after = models.JSONField(default=dict, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    agreed_on = models.DateField(null=True, blank=True)
    agreed_how = models.CharField(max_length=10, choices=AgreedHow, blank=True)
    adult = models.CharField(max_length=150, blank=True)
    rank = models.CharField(max_length=20, choices=User.Rank, blank=True)
    needs = models.JSONField(default=list, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    rationale = models.TextField(blank=True)
    # Whether it changes what is owed to a victim: then they are asked first. What they say is never the partner's.
    asks_victim = models.BooleanField(default=False)
    victim_answer = models.CharField(max_length=12, choices=VictimAnswer, blank=True)
    victim_asked_at = models.DateTimeField(null=True, blank=True)
    victim_asked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ConditionChangeQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "condition", "state")
        | personal(
            "Record what was changed of what the person agreed to, why, and that they agreed",
            *("way", "reason", "because", "before", "after", "ends_on", "agreed_on", "agreed_how", "adult"),
            *("rationale", "asks_victim", "victim_answer"),
        )
        | operational("Say why a higher rank must decide", "rank", "needs")
        | staff("Say who asked and who decided", "asked_at", "asked_by", "decided_at", "decided_by")
        | staff("Say who asked the victim", "victim_asked_at", "victim_asked_by")
    )

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["condition"], condition=Q(state="waiting"), name="one_waiting_change_for_a_condition"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["made", "waiting"], decided_at__isnull=True, decided_by__isnull=True)
                | Q(state="taken_back", decided_at__isnull=False, decided_by__isnull=False)
                | (
                    Q(state__in=["given", "refused"], decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(rationale="")
                ),
                name="condition_change_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(state="made", rank="")
                | (~Q(state="made") & ~Q(rank="") & ~Q(agreed_how="") & Q(agreed_on__isnull=False)),
                name="condition_variation_agreed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.condition}: {self.get_state_display()}"

    @property
    def case(self) -> Case:
        return self.condition.agreement.case

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def waits_for_victim(self) -> bool:
        """Whether the coordinator has still to ask the victim, who has no veto."""
        return self.is_waiting and self.asks_victim and not self.victim_answer

    @property
    def new_day(self) -> date | None:
        """The day by which it is to be done instead; None where it is let go."""
        return date.fromisoformat(self.after["due_on"]) if self.after else None
