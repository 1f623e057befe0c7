from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import RELEASE_READERS, Permission
from diversion.data_use import operational, personal, staff, structural
from diversion.references import new_reference
from reporting.codes import OWN

#: Who makes the releases of an organisation, and who checks them: of a force roles for it; of a provider, of its own
#: people, its manager, and whoever helps them there.
MAKERS = {
    Organisation.Kind.POLICE_FORCE: (Permission.RUN_REPORTS,),
    Organisation.Kind.PROVIDER: (Permission.DECIDE_REFERRALS,),
}
CHECKERS = {
    Organisation.Kind.POLICE_FORCE: (Permission.CHECK_RELEASES,),
    Organisation.Kind.PROVIDER: (Permission.DECIDE_REFERRALS, Permission.SUPPORT_PEOPLE),
}


def may_make(user: User, organisation: Organisation) -> bool:
    """Whether ``user`` makes releases of ``organisation``."""
    return user.organisation_id == organisation.pk and user.can(*MAKERS.get(_kind(organisation), ()))


def may_check(user: User, organisation: Organisation) -> bool:
    """Whether ``user`` checks releases of ``organisation`` that others made."""
    return user.organisation_id == organisation.pk and user.can(*CHECKERS.get(_kind(organisation), ()))


def may_work(user: User, organisation: Organisation) -> bool:
    """Whether ``user`` makes or checks releases of ``organisation``: drafts are theirs to read."""
    return user.is_active and (may_make(user, organisation) or may_check(user, organisation))


def _kind(organisation: Organisation) -> Organisation.Kind:
    return Organisation.Kind(organisation.kind)


#: How many people check a release, none of them its author.
CHECKS = 2

#: What was declared never changes; what has left changes in nothing but that it may be withdrawn; and it leaves only
#: as two people, neither of them its author, have agreed to it word for word.
MOVES = """
    IF TG_OP = 'INSERT' THEN
        IF NEW.released_at IS NOT NULL THEN
            RAISE EXCEPTION 'A release begins as a draft: two people check it before it leaves.';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE'
        OR (NEW.reference, NEW.force_id, NEW.name, NEW.audience, NEW.source, NEW.start, NEW."end", NEW.unit,
            NEW.declared, NEW.made_at, NEW.revises_id)
        IS DISTINCT FROM (OLD.reference, OLD.force_id, OLD.name, OLD.audience, OLD.source, OLD.start, OLD."end",
            OLD.unit, OLD.declared, OLD.made_at, OLD.revises_id)
        OR OLD.state IN ('withdrawn', 'discarded')
        OR (OLD.released_at IS NOT NULL AND (
            NEW.state != 'withdrawn'
            OR (to_jsonb(NEW) - ARRAY['state', 'withdrawn_at', 'withdrawn_by_id', 'withdrawn_why'])
            IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['state', 'withdrawn_at', 'withdrawn_by_id', 'withdrawn_why'])
        ))
    THEN
        RAISE EXCEPTION 'A release never changes: others hold copies of it. Make another.';
    END IF;
    IF NEW.released_at IS NOT NULL AND OLD.released_at IS NULL AND 2 > (
        SELECT count(DISTINCT one.by_id) FROM reporting_releasecheck AS one
        WHERE one.release_id = NEW.id AND one.round = NEW.round AND one.sha256 = NEW.sha256 AND one.agrees
            AND one.by_id IS DISTINCT FROM NEW.made_by_id
    ) THEN
        RAISE EXCEPTION 'A release leaves only when two people who did not make it have agreed to it.';
    END IF;
    RETURN NEW;
"""


def release_reference() -> str:
    return new_reference("RL")


class ReleaseQuerySet(models.QuerySet["Release"]):
    def visible_to(self, user: User) -> "ReleaseQuerySet":
        """What has left, for whoever reads releases; of their own force everything, for those who make or check it.

        What a provider releases of its own people no police read here, nor anybody else: it goes to the commissioner.
        """
        if not (user.is_active and user.can(*RELEASE_READERS)):
            return self.none()
        left = Q(released_at__isnull=False) & ~Q(source=OWN)
        own = Q(force=user.organisation) if may_work(user, user.organisation) else Q(pk=None)
        return self.filter(left | own)

    def may_be_held(self) -> "ReleaseQuerySet":
        """What a reader may hold beside the next one: all that ever left, and drafts that may leave yet."""
        return self.filter(Q(released_at__isnull=False) | Q(state__in=Release.MAY_LEAVE))


class Release(models.Model):
    """Figures frozen for people outside the force: suppressed once, all tables together, and never altered.

    ``document`` is what leaves, as ``reporting.suppression.release`` writes it. ``counts`` are the true counts behind
    it: they say later what has changed since, and what a next release of the same time must agree with; they leave
    only as operational figures of the force itself. ``verdict`` is what the attacker found, and what has changed
    against releases that a reader may hold beside it; ``hide``: figures that checkers want hidden, whatever comes.
    ``reporting.releases.lifecycle`` has the states and what leads from one to the next.
    """

    class Audience(models.TextChoices):
        SHARED = "shared", "Shared with partners, panels and other forces"
        PUBLISHED = "published", "Published"

    class State(models.TextChoices):
        DECLARED = "declared", "Being worked out"
        IMPOSSIBLE = "impossible", "Cannot be made as declared"
        PREVIEW = "preview", "Preview"
        DRAFT = "draft", "Waiting for two checks"
        HIDING = "hiding", "More is being hidden"
        RETURNED = "returned", "Back with its author"
        RELEASED = "released", "Released"
        WITHDRAWN = "withdrawn", "Withdrawn"
        DISCARDED = "discarded", "Discarded"

    #: Frozen, and not on its way back.
    MAY_LEAVE = (State.DRAFT, State.HIDING)

    reference = models.CharField(max_length=12, unique=True, default=release_reference)
    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="releases")
    name = models.CharField(max_length=80)
    audience = models.CharField(max_length=9, choices=Audience)
    source = models.CharField(max_length=40)
    start = models.DateField()
    end = models.DateField()
    unit = models.CharField(max_length=7)
    declared = models.JSONField()
    revises = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="revisions")
    state = models.CharField(max_length=10, choices=State, default=State.DECLARED)
    # Why it could not be made, or why it came back to its author.
    problem = models.TextField(blank=True)
    # How often it has been frozen: a verdict is about one of those times.
    round = models.PositiveSmallIntegerField(default=0)
    document = models.JSONField(default=dict, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    price = models.JSONField(default=dict, blank=True)
    verdict = models.JSONField(default=dict, blank=True)
    hide = models.JSONField(default=list, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_why = models.TextField(blank=True)

    objects = ReleaseQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "reference", "force", "state", "round", "revises")
        | operational(
            "Give others figures that tell nothing of any one person",
            *("name", "audience", "source", "start", "end", "unit", "declared", "document", "price", "sha256"),
            *("verdict", "hide", "problem", "made_at", "released_at", "withdrawn_at", "withdrawn_why"),
        )
        | personal("Say what has changed since a release, and keep the next one from undoing it", "counts")
        | staff("Say who made the release, and who withdrew it", "made_by", "withdrawn_by")
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["force", "name"], condition=~Q(state="discarded"), name="release_named_once_in_force"
            ),
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="release_days_in_order"),
            models.CheckConstraint(
                condition=Q(unit__in=["month", "quarter", "year", "pooled"]), name="release_unit_is_known_word"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["released", "withdrawn"]) ^ Q(released_at__isnull=True),
                name="release_left_when_released",
            ),
            models.CheckConstraint(
                condition=(Q(state="withdrawn") & ~Q(withdrawn_why="") & Q(withdrawn_at__isnull=False))
                | (~Q(state="withdrawn") & Q(withdrawn_why="", withdrawn_at__isnull=True)),
                name="release_withdrawn_says_why",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="release_never_moves",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=MOVES,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.force}: {self.name}"


class ReleaseCheck(models.Model):
    """What one person found on looking through a draft, table by table. Nobody else sees it until both are in.

    ``tables``: {key of the table: {"agrees": bool, "why": str, "hide": [{"measure", "at"}]}}. ``sha256``: of the very
    document that was looked at.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="checks")
    round = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    tables = models.JSONField(default=dict, blank=True)
    # Both empty until the verdict is sent; it then never changes.
    agrees = models.BooleanField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    data_use: ClassVar = (
        structural("id", "release", "round", "sha256")
        | operational("Let two people answer for what leaves the force", "tables", "agrees", "sent_at")
        | staff("Say who checked a release", "by")
    )

    class Meta:
        ordering = ["sent_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["release", "round", "by"], name="one_check_each_in_a_round"),
            models.CheckConstraint(
                condition=Q(agrees__isnull=True, sent_at__isnull=True) | Q(agrees__isnull=False, sent_at__isnull=False),
                name="release_check_is_sent_with_its_verdict",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="release_check_stays_as_sent",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__sent_at__isnull=False),
                func="RAISE EXCEPTION 'A verdict that has been sent never changes.';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release}, round {self.round}: {self.by}"

    @property
    def hides(self) -> list[dict[str, object]]:
        """The figures that this checker wants hidden, in the order of the tables."""
        return [cell for key in sorted(self.tables) for cell in self.tables[key]["hide"]]
