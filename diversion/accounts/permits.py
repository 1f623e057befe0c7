"""Allowing one change of what an account may do, in the transaction of that change. The database asks for it."""

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from diversion.accounts.models.permit import Permit

if TYPE_CHECKING:
    from diversion.accounts.models import Organisation, Role, User

Grounds = Permit.Grounds
What = Permit.What


def allow_rank(account: "User", rank: str, grounds: Permit.Grounds, by: "User | None") -> None:
    """Nobody needs leave to hold no rank."""
    if rank:
        _allow(account, What.RANK, [rank], grounds, by)


def allow_password(account: "User", encoded: str, grounds: Permit.Grounds, by: "User | None") -> None:
    """``encoded`` is the hash that is about to be kept; the permit holds a digest of it."""
    _allow(account, What.PASSWORD, [hashlib.sha256(encoded.encode()).hexdigest()], grounds, by)


def allow_roles(account: "User", roles: Iterable["Role"], grounds: Permit.Grounds, by: "User | None") -> None:
    _allow(account, What.ROLE, [str(role.pk) for role in roles], grounds, by)


def allow_taking(account: "User", roles: Iterable["Role"], grounds: Permit.Grounds, by: "User | None") -> None:
    _allow(account, What.ROLE_TAKEN, [str(role.pk) for role in roles], grounds, by)


def allow_move(account: "User", organisation: "Organisation", grounds: Permit.Grounds, by: "User | None") -> None:
    _allow(account, What.ORGANISATION, [str(organisation.pk)], grounds, by)


def _allow(
    account: "User", what: Permit.What, values: Iterable[str], grounds: Permit.Grounds, by: "User | None"
) -> None:
    by_id = by.pk if by else None
    Permit.objects.bulk_create(
        Permit(account_id=account.pk, what=what, value=value, grounds=grounds, by_id=by_id) for value in values
    )
