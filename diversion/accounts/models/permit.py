from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from diversion import clock
from diversion.accounts.permissions import POWERFUL
from diversion.data_use import operational, staff, structural

# The transaction is PostgreSQL's own number of it: a permit is good for the transaction that wrote it, and no other.
# In production nobody but the owner of the tables, who sets a service up, acts without a person.
STAMPED = """
    NEW.transaction := pg_current_xact_id()::text::bigint;
    IF NOT diversion_clock_may_be_set() THEN
        NEW.at := clock_timestamp();
        IF NEW.grounds = 'service' AND NOT pg_has_role(
            current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE'
        ) THEN
            RAISE EXCEPTION 'Only the owner of the tables changes an account on nobody''s behalf.';
        END IF;
    END IF;
    RETURN NEW;
"""
# Power needs a request that a third person approved; the permit names it, and nothing beyond it.
# An acting rank is none that an account is ever given: it counts by its days.
RANKS = ("", "constable", "sergeant", "inspector", "superintendent")
_PLACE = "array_position(ARRAY[" + ", ".join(f"'{rank}'" for rank in RANKS) + "]::text[], {}::text)"
_POWERFUL = ", ".join(f"'{one}'" for one in sorted(POWERFUL))
# A factor is its owner's: whoever is signed in as somebody else adds and takes none. The owner of the tables does so
# for the service; without its own it goes where two people said so, or where nobody can sign in with the account.
_OF_FACTORS = """
    IF NEW.what IN ('factor', 'factor taken') THEN
        IF (
            NEW.grounds = 'service'
            OR (NEW.grounds = 'own password' AND NEW.by_id = NEW.account_id AND NEW.account_id::text = coalesce(
                nullif(current_setting('diversion.user_id', true), ''), NEW.account_id::text
            ))
            OR (NEW.what = 'factor taken' AND NEW.grounds = 'second person' AND EXISTS (
                SELECT FROM accounts_accountrequest AS asked WHERE asked.id = NEW.request_id
                AND asked.state = 'approved' AND asked.user_id = NEW.account_id AND asked.factors
            ))
            OR (NEW.what = 'factor taken' AND NEW.grounds = 'administrator' AND EXISTS (
                SELECT FROM accounts_user AS account WHERE account.id = NEW.account_id AND NOT account.is_active
            ))
        ) IS NOT TRUE THEN
            RAISE insufficient_privilege USING MESSAGE = 'A second factor is its owner''s: two others may remove it.';
        END IF;
        RETURN NEW;
    END IF;
"""
BY_TWO = f"""{_OF_FACTORS}
    IF NEW.grounds = 'second person' THEN
        IF NOT EXISTS (
            SELECT FROM accounts_accountrequest AS asked
            WHERE asked.id = NEW.request_id AND asked.state = 'approved' AND asked.user_id = NEW.account_id
            AND (
                (NEW.what = 'rank' AND asked.rank = NEW.value AND asked.acting_from IS NULL)
                OR (NEW.what = 'opened' AND asked.opens)
                OR (NEW.what = 'role' AND EXISTS (
                    SELECT FROM accounts_role AS role
                    WHERE role.id::text = NEW.value AND role.slug = ANY (asked.roles)
                ))
            )
        ) THEN
            RAISE insufficient_privilege USING MESSAGE = 'No second person has approved this change of an account.';
        END IF;
    ELSIF NEW.grounds <> 'service' AND (
        NEW.what = 'opened'
        OR (NEW.what = 'rank' AND {_PLACE.format("NEW.value")} > (
            SELECT {_PLACE.format("account.rank")} FROM accounts_user AS account WHERE account.id = NEW.account_id
        ))
        OR (NEW.what = 'role' AND EXISTS (
            SELECT FROM accounts_role AS role WHERE role.id::text = NEW.value
            AND role.permissions::text[] && ARRAY[{_POWERFUL}]::text[]
        ))
    ) THEN
        RAISE insufficient_privilege
            USING MESSAGE = 'A higher rank, a powerful role or an account that opens needs a second person.';
    END IF;
    RETURN NEW;
"""  # noqa: S608 (of our own constants)
# A restored database counts its transactions anew: one of the same number may come, but none that began before a permit
# of the old one. Outside production a permit has the time of a clock that may be set.
_WRITTEN = (
    "EXISTS (SELECT FROM accounts_permit AS permit WHERE permit.transaction = pg_current_xact_id()::text::bigint"
    " AND (permit.at >= transaction_timestamp() OR diversion_clock_may_be_set())"
    " AND permit.account_id = {account} AND permit.what = '{what}' AND permit.value = {value})"
)
_REFUSED = "RAISE insufficient_privilege USING MESSAGE = 'No permit of this transaction allows this {what}.';"


def needs_permit(what: str, value: str, account: str) -> str:
    """SQL of a trigger: refuse, unless this transaction wrote a permit of ``what`` for that ``value`` and account."""
    written = _WRITTEN.format(what=what, value=value, account=account)
    return f"IF NOT {written} THEN {_REFUSED.format(what=what)} END IF;"


class Permit(models.Model):
    """That one change of what an account may do was allowed: which, on what grounds, and by whom.

    The database refuses a change of rank, roles, password or second factor without one, and that an account which was
    disabled opens again (`models.user`, `models.role`, `models.factor`). A permit names the new value itself, so it
    lets nothing else through, and stays for good.
    """

    class What(models.TextChoices):
        RANK = "rank", _("Rank")
        ROLE = "role", _("Role given")
        ROLE_TAKEN = "role taken", _("Role taken")
        PASSWORD = "password", _("Password")
        FACTOR = "factor", _("Second factor set up")
        FACTOR_TAKEN = "factor taken", _("Second factor removed")
        ORGANISATION = "organisation", _("Organisation")
        OPENED = "opened", _("Account opened")

    class Grounds(models.TextChoices):
        SERVICE = "service", _("Set up with the service")
        ADMINISTRATOR = "administrator", _("By an administrator")
        SECOND_PERSON = "second person", _("Asked for by one person and approved by another")
        OWN_PASSWORD = "own password", _("By the user, who gave the old password")
        LINK = "link", _("By a link for setting a password")
        REHASH = "rehash", _("The same password, kept in a newer way")

    append_only = True

    at = models.DateTimeField(default=clock.now)
    transaction = models.BigIntegerField(default=0)
    account_id = models.BigIntegerField()
    what = models.CharField(max_length=20, choices=What)
    value = models.CharField(max_length=64)
    grounds = models.CharField(max_length=20, choices=Grounds)
    by_id = models.BigIntegerField(null=True)
    request_id = models.BigIntegerField(null=True)

    data_use: ClassVar = (
        structural("id", "transaction")
        | staff("Say who let somebody do what", "account_id", "by_id", "at", "request_id")
        | operational("Say what was allowed, and why", "what", "value", "grounds")
    )

    class Meta:
        indexes = [
            models.Index(fields=["transaction", "account_id"], name="permit_of_transaction"),
            models.Index(fields=["account_id", "at"], name="permit_of_account"),
        ]
        triggers = [
            pgtrigger.Trigger(name=name, when=pgtrigger.Before, operation=pgtrigger.Insert, func=statements)
            for name, statements in (("permit_is_stamped", STAMPED), ("power_by_two", BY_TWO))
        ]

    def __str__(self) -> str:
        return f"{self.what} of account {self.account_id}: {self.grounds}"
