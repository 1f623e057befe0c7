from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import ClassVar

import pghistory
from django.db import models
from django.db.models.functions import Upper

from cases.codes import (
    Admission,
    DecisionResult,
    DeclinedReason,
    EarlierOutcomes,
    NotOfferedReason,
    Origin,
    WithoutScheme,
)
from cases.eligibility.kept import KeptOption
from cases.models.person import Person
from cases.models.shared import FindingsField, OptionsField
from diversion import clock
from diversion.accounts.models import Organisation, Team, User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, personal, staff, structural
from diversion.references import new_reference

UNDECIDED = DecisionResult.UNDECIDED.value


def case_reference() -> str:
    return new_reference("DV")


def is_officer_here() -> models.Exists:
    """Whether the officer in a case is of its force still, and may record decisions."""
    officers = User.objects.who_may(Permission.RECORD_DECISION, at_once=True)
    return models.Exists(officers.filter(pk=models.OuterRef("officer"), organisation=models.OuterRef("force")))


def ways_seen(user: User) -> list[models.Q]:
    """Why ``user`` may see a case, or a row that bears its force, officer and team: each is one index's to answer.

    None for whoever may see no case: a provider never sees one, only its referral.
    """
    if not user.is_active or not user.is_police:
        return []
    force = models.Q(force=user.organisation_id)
    if user.can(Permission.VIEW_FORCE_CASES):
        return [force]
    mine = [force & models.Q(officer=user.pk)] if user.can(Permission.VIEW_OWN_CASES) else []
    if user.can(Permission.VIEW_TEAM_CASES) and user.team_id:
        mine.append(force & models.Q(team=user.team_id))
    return mine


def seen_by(user: User) -> models.Q:
    """Which cases, or rows that bear their force, officer and team, ``user`` may see."""
    return reduce(or_, ways_seen(user), models.Q(pk__in=[]))


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> "CaseQuerySet":
        """The only door to cases: lists and single records alike."""
        return self.filter(seen_by(user))

    def for_list(self) -> "CaseQuerySet":
        """With what a row of a list shows."""
        return self.select_related("person", "officer", "decision").prefetch_related("allegations__offence")


@pghistory.track()
class Case(models.Model):
    """One person and one decision, over one or more crimes."""

    reference = models.CharField(max_length=12, unique=True, default=case_reference)
    submission = models.UUIDField(unique=True)
    # Force, team and officer begin an index each, below.
    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="cases", db_index=False)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="cases", db_index=False
    )
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="cases", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases")
    origin = models.CharField(max_length=12, choices=Origin)
    earlier_outcomes = models.CharField(max_length=12, choices=EarlierOutcomes, default=EarlierOutcomes.NOT_CHECKED)
    recorded_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Until when whoever closed it can undo that: nobody is told of the end before.
    undoable_until = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    # What a case is called where it was decided, that was brought in from another system; empty: it was recorded here.
    brought_as = models.CharField(max_length=60, blank=True, default="", db_default="")

    objects = CaseQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "reference", "submission", "force", "team", "version")
        | personal("Say whose case it is and where it began", "person", "origin")
        | personal("Adjust figures for history, and ask a sergeant where it matters", "earlier_outcomes")
        | staff("Say who is responsible for the case", "officer")
        | operational("Follow the case from record to closure", "recorded_at", "closed_at", "undoable_until")
        | operational("Find it in the system that it was brought in from, and bring it once", "brought_as")
    )

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "force", Upper("brought_as"), condition=~models.Q(brought_as=""), name="case_brought_once"
            )
        ]
        indexes = [
            models.Index(fields=["force", "-recorded_at"], name="case_force_recorded"),
            models.Index(fields=["officer", "-recorded_at"], name="case_officer_recorded"),
            models.Index(fields=["team", "-recorded_at"], name="case_team_recorded"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def can_be_undone(self) -> bool:
        """Whether whoever closed it can still undo that."""
        return self.undoable_until is not None and self.undoable_until > clock.now()

    @property
    def times_changed(self) -> int:
        """How often what somebody decides on by a page of theirs changed: corrected, or withdrawn and decided anew."""
        return self.corrections.count() + self.withdrawals.count()

    @property
    def first_assessment(self) -> "Assessment | None":
        """What was kept with the decision, which no later policy rewrites; no query where assessments are loaded."""
        return next(iter(since_decision(self.assessments.all())), None)


@pghistory.track()
class Decision(models.Model):
    """What was decided, why, and by whom: offered or not, accepted or not, and the resolution chosen.

    Where it is not decided yet, who left it open and when; the case's ``PendingDecision`` says for whom it waits.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="decision")
    result = models.CharField(max_length=20, choices=DecisionResult)
    not_offered_reason = models.CharField(max_length=20, choices=NotOfferedReason, blank=True)
    declined_reason = models.CharField(max_length=20, choices=DeclinedReason, blank=True)
    admission = models.CharField(max_length=25, choices=Admission)
    # The code of the resolution offered (cases.law.disposals), or of the action taken when none was offered.
    disposal = models.CharField(max_length=40, blank=True)
    # The name of the scheme offered, kept for those who declined as well: they never reach the scheme's own record.
    scheme = models.CharField(max_length=120, blank=True)
    # What would have happened without that scheme, in the officer's view; empty where nobody said.
    without_scheme = models.CharField(max_length=20, choices=WithoutScheme, blank=True)
    rationale = models.TextField(blank=True)
    decided_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    data_use: ClassVar = (
        structural("id", "case")
        | personal(
            "Record the decision and its reasons",
            *("result", "not_offered_reason", "declined_reason", "admission", "disposal", "scheme", "rationale"),
        )
        | personal("See whether a scheme draws people in whom nobody would have acted against", "without_scheme")
        | staff("Say who decided and when", "decided_at", "decided_by")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(result="not_offered") ^ models.Q(not_offered_reason=""),
                name="decision_not_offered_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(result="offered_declined") ^ models.Q(declined_reason=""),
                name="decision_declined_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(result__in=["not_offered", "undecided"]) ^ ~models.Q(disposal=""),
                name="decision_offered_has_disposal",
            ),
            models.CheckConstraint(
                condition=models.Q(without_scheme="") | ~models.Q(scheme=""),
                name="decision_without_scheme_needs_scheme",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_result_display()}"


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
@pghistory.track(
    pghistory.InsertEvent(),
    fields=["case"],  # by which the wall knows whose it is
    model_name="AssessmentMadeEvent",
    obj_field=pghistory.ObjForeignKey(related_name="made_events", db_index=True),
)
class Assessment(models.Model):
    """The answers given and what the rules made of them, as they stood then: a later policy never rewrites it.

    It is long and hardly ever changes, so history holds no copy of it until it does: that it was made, when, by whom
    and in which request (``AssessmentMadeEvent``), and at each change or deletion what it was until then.

    ``findings`` is about what the officer proposed; ``options`` about every disposal and scheme that the force had on
    the day, so that figures know who could have been diverted. Each is a ``cases.eligibility.kept.KeptOption``, checked
    before it is written. They are a snapshot, written once and read whole with the assessment, and no page looks for a
    single one: so they are JSON beside the findings and not rows. Empty: nothing was kept (an earlier record), or the
    answers contradicted one another.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="assessments")
    answers = models.JSONField()
    findings = FindingsField()
    options = OptionsField(default=list, blank=True)
    rules = models.CharField(max_length=400)
    assessed_at = models.DateTimeField(default=clock.now)
    assessed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    data_use: ClassVar = (
        structural("id", "case")
        | personal("Show what the decision was based on", "answers", "findings")
        | personal("Count who could have been diverted, and who was not", "options")
        | operational("Say which rules applied", "rules")
        | staff("Say who assessed and when", "assessed_at", "assessed_by")
    )

    def __str__(self) -> str:
        return f"{self.case}: {self.rules}"

    @property
    def kept_options(self) -> list[KeptOption]:
        """``options``, read."""
        return [KeptOption.model_validate(option) for option in self.options]


def since_decision(assessments: Iterable[Assessment]) -> list[Assessment]:
    """Those of one case in order, from the decision on: what was answered before stays on record and counts no more."""
    ordered = sorted(assessments, key=lambda each: (each.assessed_at, each.pk))
    said = [str(each.answers.get("result", UNDECIDED)) for each in ordered]
    return ordered[next((place for place, result in enumerate(said) if result != UNDECIDED), 0) :]


#: What whoever authorises certifies where the resolution needs it.
ENOUGH = "Certified that the evidence is enough to charge."


@pghistory.track()
class Authorisation(models.Model):
    """An authoriser's decision where the resolution needs a rank the officer does not hold."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for authorisation"
        SPOKEN = "spoken", "By radio or telephone, not confirmed yet"
        GIVEN = "given", "Authorised"
        REFUSED = "refused", "Not authorised"
        LAPSED = "lapsed", "Not needed: the person declined"

    #: Authority that lets the person sign: given, or spoken and still to be confirmed.
    LETS_SIGN = (State.GIVEN, State.SPOKEN)

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="authorisation")
    rank = models.CharField(max_length=20, choices=User.Rank)
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # In which rank, as of that day: "sergeant", "acting sergeant"; empty in records from before it was kept.
    decided_as = models.CharField(max_length=40, blank=True, db_default="")
    rationale = models.TextField(blank=True)
    # What makes the circumstances exceptional, in the authoriser's words, where the law gives this only in such.
    exceptional = models.TextField(blank=True, db_default="")
    # That the evidence is enough to charge, where the resolution needs it: who decided says so, in that rank.
    evidence_certified = models.BooleanField(default=False, db_default=False)
    # Where the decision was a prosecutor's: whose, on what day, and under what number the prosecution service has it.
    prosecutor = models.CharField(max_length=150, blank=True, db_default="")
    prosecutor_on = models.DateField(null=True, blank=True)
    prosecutor_reference = models.CharField(max_length=60, blank=True, db_default="")

    data_use: ClassVar = (
        structural("id", "case", "state")
        | operational("Say why a higher rank must decide", "rank", "reasons")
        | staff("Say which prosecutor decided", "prosecutor", "prosecutor_on", "prosecutor_reference")
        | personal("Record the authoriser's reasons", "rationale", "exceptional")
        | staff("Say who certified that the evidence is enough to charge", "evidence_certified")
        | staff("Say who authorised and when", "asked_at", "decided_at", "decided_by", "decided_as")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["waiting", "spoken", "lapsed"], decided_at__isnull=True, decided_by__isnull=True
                )
                | (
                    ~models.Q(state__in=["waiting", "spoken", "lapsed"])
                    & models.Q(decided_at__isnull=False, decided_by__isnull=False)
                    & ~models.Q(rationale="")
                ),
                name="authorisation_decided_by_someone",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_state_display()}"

    @property
    def why(self) -> str:
        """The reason, with what was said of exceptional circumstances and of the evidence."""
        said = f"Exceptional circumstances: {self.exceptional}" if self.exceptional else ""
        return " ".join(filter(None, (self.rationale, said, ENOUGH if self.evidence_certified else "")))

    @property
    def decider_in_words(self) -> str:
        """ "Callum Reid, acting sergeant"; "" where nobody has decided."""
        return ", ".join(filter(None, (str(self.decided_by), self.decided_as))) if self.decided_by else ""
