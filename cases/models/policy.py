"""The force's rules as they are drafted, signed and put live. A signed document never changes."""

from datetime import date
from typing import ClassVar

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.data_use import operational, staff, structural
from diversion.references import new_reference

SIGNED = Q(state__in=["awaiting", "live"])


def version_reference() -> str:
    return new_reference("PV")


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def visible_to(self, user: User) -> "PolicyVersionQuerySet":
        """A force's own rules, for those who keep or sign them: another force's drafts are its own business."""
        if user.is_police and user.can(Permission.MANAGE_SCHEMES, Permission.SIGN_POLICY):
            return self.filter(force=user.organisation)
        return self.none()

    def live_on(self, day: date) -> "PolicyVersionQuerySet":
        """Versions in force on ``day`` (both ends included)."""
        live = self.filter(state="live", valid_from__lte=day)
        return live.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))


@pghistory.track()
class PolicyVersion(models.Model):
    """One version of a force's policy, or of a scheme's criteria: drafted, signed by two people, live from a day.

    ``document`` is a ``cases.eligibility.policy.Policy`` as JSON; for a scheme it holds that scheme and no disposal.
    The days in the columns are those that count: a second signature that comes late moves the first day back.
    """

    class Kind(models.TextChoices):
        POLICY = "policy", "The force's policy"
        SCHEME = "scheme", "A scheme's criteria"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        AWAITING = "awaiting", "Waiting for a second signature"
        LIVE = "live", "Live"
        WITHDRAWN = "withdrawn", "Withdrawn"

    reference = models.CharField(max_length=12, unique=True, default=version_reference)
    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="policy_versions")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.POLICY)
    # The scheme's short name within the force; empty for the policy.
    scheme = models.SlugField(max_length=60, blank=True)
    name = models.CharField(max_length=120)
    version = models.CharField(max_length=20)
    document = models.JSONField()
    # What else a scheme that comes from another force needs in order to run: rules beside the criteria, conditions.
    setup = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    review_date = models.DateField()
    notes = models.TextField(blank=True)
    copied_from = models.CharField(max_length=200, blank=True)
    # Set up by the service so that nobody works without a policy; the force has not approved it.
    is_default = models.BooleanField(default=False)
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    # What this version would have changed among past decisions: counts only, as of ``previewed_at``.
    preview = models.JSONField(null=True, blank=True)
    previewed_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = PolicyVersionQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "reference", "force", "kind", "state", "revision")
        | operational(
            "Say which rules apply, from when, and where they come from",
            *("scheme", "name", "version", "document", "setup", "valid_from", "valid_to", "review_date", "notes"),
            *("copied_from", "is_default", "created_at", "preview", "previewed_at"),
        )
        | staff("Say who drafted the rules", "author")
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="policy", scheme="") | (Q(kind="scheme") & ~Q(scheme="")),
                name="policy_version_scheme_named",
            ),
            models.CheckConstraint(
                condition=~SIGNED | Q(valid_from__isnull=False), name="policy_version_signed_has_first_day"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="policy_version_ends_after_start",
            ),
            ExclusionConstraint(
                name="one_live_policy_a_force_and_day",
                expressions=[
                    (Func(F("force_id"), F("force_id"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (Func(F("valid_from"), F("valid_to"), Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state="live", kind="policy"),
            ),
        ]
        triggers = [
            # The rule of the house, held by the database as well: what people signed is what stays.
            pgtrigger.Trigger(
                name="signed_never_changes",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["awaiting", "live"])
                & (
                    pgtrigger.Q(old__document__df=pgtrigger.F("new__document"))
                    | pgtrigger.Q(old__setup__df=pgtrigger.F("new__setup"))
                    | pgtrigger.Q(old__name__df=pgtrigger.F("new__name"))
                    | pgtrigger.Q(old__version__df=pgtrigger.F("new__version"))
                    | pgtrigger.Q(old__review_date__df=pgtrigger.F("new__review_date"))
                    | pgtrigger.Q(old__force_id__df=pgtrigger.F("new__force_id"))
                    | pgtrigger.Q(old__scheme__df=pgtrigger.F("new__scheme"))
                ),
                func="RAISE EXCEPTION 'a signed version of a policy never changes: start a new draft from it';",
            ),
            pgtrigger.Trigger(
                name="live_never_undone",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=None,
                func="""
                    IF TG_OP = 'DELETE' THEN
                        IF OLD.state = 'live' THEN
                            RAISE EXCEPTION 'a live version of a policy is never deleted';
                        END IF;
                        RETURN OLD;
                    END IF;
                    IF OLD.state = 'live' AND
                        (NEW.state <> 'live' OR NEW.valid_from IS DISTINCT FROM OLD.valid_from) THEN
                        RAISE EXCEPTION 'a live version of a policy ends; it is never taken back';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"

    def covers(self, day: date) -> bool:
        """Whether the version is live on ``day``."""
        began = self.valid_from is not None and self.valid_from <= day
        return self.state == self.State.LIVE and began and (self.valid_to is None or day <= self.valid_to)


@pghistory.track()
class PolicySignature(models.Model):
    """That a named person answers for a version. Two are needed, by two people."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="signatures")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=150)
    at = models.DateTimeField(default=clock.now)

    data_use: ClassVar = structural("id", "version") | staff(
        "Say who signed the rules, and as what", "by", "role", "at"
    )

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["version", "by"], name="policy_signed_once_by_a_person")]

    def __str__(self) -> str:
        return f"{self.by}, {self.role}"
