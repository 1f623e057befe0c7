"""Allowing one change of what an account may do, in the transaction of that change. The database asks for it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from diversion.accounts.models.permit import Permit

if TYPE_CHECKING:
    from diversion.accounts.models import AccountRequest, Factor, Role, User

What = Permit.What
Grounds = Permit.Grounds


@dataclass(frozen=True)
class Leave:
    """Why changes of an account are allowed, and by whom; ``request`` is what a second person has approved."""

    grounds: Permit.Grounds
    by: "User | None" = None
    request: "AccountRequest | None" = None


SERVICE = Leave(Grounds.SERVICE)


def allow_rank(account: "User", rank: str, leave: Leave) -> None:
    """Nobody needs leave to hold no rank."""
    if rank:
        _allow(account, What.RANK, [rank], leave)


def allow_opening(account: "User", leave: Leave) -> None:
    """That somebody may sign in again to an account that was disabled, or for the first time to a new one."""
    _allow(account, What.OPENED, ["yes"], leave)


def allow_password(account: "User", encoded: str, leave: Leave) -> None:
    """``encoded`` is the hash that is about to be kept; the permit holds a digest of it."""
    _allow(account, What.PASSWORD, [hashlib.sha256(encoded.encode()).hexdigest()], leave)


def allow_roles(account: "User", roles: Iterable["Role"], leave: Leave) -> None:
    _allow(account, What.ROLE, [str(role.pk) for role in roles], leave)


def allow_taking(account: "User", roles: Iterable["Role"], leave: Leave) -> None:
    _allow(account, What.ROLE_TAKEN, [str(role.pk) for role in roles], leave)


def allow_factor(account: "User", data: dict[str, Any], leave: Leave) -> None:
    """``data`` is what is about to be kept of a factor; the permit holds a digest of it, as PostgreSQL writes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(sha256(convert_to(%s::jsonb::text, 'UTF8')), 'hex')", [json.dumps(data)])
        (digest,) = cursor.fetchone()
    _allow(account, What.FACTOR, [digest], leave)


def allow_taking_factors(account: "User", factors: "Iterable[Factor]", leave: Leave) -> None:
    _allow(account, What.FACTOR_TAKEN, [str(factor.pk) for factor in factors], leave)


def _allow(account: "User", what: Permit.What, values: Iterable[str], leave: Leave) -> None:
    named = {
        "account_id": account.pk,
        "grounds": leave.grounds,
        "by_id": leave.by.pk if leave.by else None,
        "request_id": leave.request.pk if leave.request else None,
    }
    Permit.objects.bulk_create(Permit(what=what, value=value, **named) for value in values)
