from datetime import date, datetime
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from diversion import clock
from diversion.data_use import operational, staff, structural

# What is asked for does not change once a colleague looks at it, and is decided once, by a third person.
DECIDED_ONCE = """
    IF TG_OP = 'DELETE' THEN
        RAISE insufficient_privilege USING MESSAGE = 'A change that was asked for stays on record.';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'waiting' OR NEW.asked_by_id = NEW.user_id THEN
            RAISE insufficient_privilege USING MESSAGE = 'A change is asked for by another, and waits.';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.user_id, NEW.rank, NEW.roles, NEW.link, NEW.opens, NEW.asked_by_id, NEW.asked_at, NEW.acting_from,
        NEW.acting_until, NEW.factors) IS DISTINCT FROM
       (OLD.user_id, OLD.rank, OLD.roles, OLD.link, OLD.opens, OLD.asked_by_id, OLD.asked_at, OLD.acting_from,
        OLD.acting_until, OLD.factors)
       OR (OLD.acting_ended_at IS NOT NULL AND NEW.acting_ended_at IS DISTINCT FROM OLD.acting_ended_at)
       OR (OLD.state <> 'waiting' AND (NEW.state, NEW.decided_by_id, NEW.decided_at) IS DISTINCT FROM
                                      (OLD.state, OLD.decided_by_id, OLD.decided_at))
       OR (OLD.link_made_at IS NOT NULL AND NEW.link_made_at IS DISTINCT FROM OLD.link_made_at)
       OR (NEW.state = 'approved' AND
           (NEW.decided_by_id IS NULL OR NEW.decided_by_id IN (NEW.asked_by_id, NEW.user_id)))
    THEN
        RAISE insufficient_privilege USING MESSAGE = 'A change is decided once, by a third person.';
    END IF;
    RETURN NEW;
"""


class AccountRequestQuerySet(models.QuerySet["AccountRequest"]):
    def acting(self) -> "AccountRequestQuerySet":
        """Acting ranks that were approved and not ended."""
        return self.filter(acting_from__isnull=False, state="approved", acting_ended_at=None)

    def acting_on(self, day: date) -> "AccountRequestQuerySet":
        """Those of them that count on ``day`` (both ends included)."""
        return self.acting().filter(acting_from__lte=day, acting_until__gte=day)

    def acting_at(self, moment: datetime) -> "AccountRequestQuerySet":
        """Those that counted at a moment that has passed: approved by then, and not ended yet."""
        day = clock.local_date(moment)
        rows = self.filter(state="approved", decided_at__lte=moment, acting_from__lte=day, acting_until__gte=day)
        return rows.filter(models.Q(acting_ended_at=None) | models.Q(acting_ended_at__gt=moment))


class AccountRequest(models.Model):
    """A change of an account that one person asks for and another approves.

    Power is not one administrator's to give: a higher rank, a powerful role (`permissions.POWERFUL`), a new account,
    and a link with which somebody's password is set. With days (``acting_from``, ``acting_until``) the rank is an
    acting one: the account keeps its own, and may authorise at the higher on those days alone. It ends by the date.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a second person")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="account_requests")
    rank = models.CharField(max_length=20, blank=True)
    roles = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    link = models.BooleanField(default=False)
    opens = models.BooleanField(default=False)
    factors = models.BooleanField(default=False, db_default=False)  # what they show beside the password goes
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    link_made_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    acting_from = models.DateField(null=True)
    acting_until = models.DateField(null=True)
    acting_ended_at = models.DateTimeField(null=True)  # before its last day
    acting_ended_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = AccountRequestQuerySet.as_manager()

    data_use: ClassVar = (
        structural("id", "state")
        | operational("Say what was asked for an account", "rank", "roles", "link", "opens", "factors")
        | operational("Say on which days somebody acts in a rank", "acting_from", "acting_until", "acting_ended_at")
        | staff(
            "Say who let somebody do what",
            *("user", "asked_by", "asked_at", "decided_by", "decided_at", "link_made_at", "told_at"),
            "acting_ended_by",
        )
    )

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(state="waiting"), name="one_change_of_account_waits"),
            models.CheckConstraint(
                condition=Q(acting_from__isnull=True, acting_until__isnull=True, acting_ended_at__isnull=True)
                | Q(acting_from__isnull=False, acting_until__gte=models.F("acting_from")) & ~Q(rank=""),
                name="acting_rank_has_its_days",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=DECIDED_ONCE,
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_state_display()}"

    def acts_on(self, day: date) -> bool:
        """Whether ``day`` is one of the days of an acting rank."""
        return bool(self.acting_from and self.acting_until and self.acting_from <= day <= self.acting_until)

    def has_acted_by(self, day: date) -> bool:
        """Whether the last day of an acting rank is over on ``day``."""
        return self.acting_until is not None and self.acting_until < day
