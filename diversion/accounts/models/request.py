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
    IF (NEW.user_id, NEW.rank, NEW.roles, NEW.link, NEW.opens, NEW.asked_by_id, NEW.asked_at) IS DISTINCT FROM
       (OLD.user_id, OLD.rank, OLD.roles, OLD.link, OLD.opens, OLD.asked_by_id, OLD.asked_at)
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


class AccountRequest(models.Model):
    """A change of an account that one person asks for and another approves.

    Power is not one administrator's to give: a higher rank, a powerful role (`permissions.POWERFUL`), a new account,
    and a link with which somebody's password is set.
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
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    link_made_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    data_use: ClassVar = (
        structural("id", "state")
        | operational("Say what was asked for an account", "rank", "roles", "link", "opens")
        | staff(
            "Say who let somebody do what",
            *("user", "asked_by", "asked_at", "decided_by", "decided_at", "link_made_at", "told_at"),
        )
    )

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(state="waiting"), name="one_change_of_account_waits")
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
