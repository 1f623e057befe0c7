"""A user sets up and removes what they show beside their password; of somebody else's, two others may (`approvals`)."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.shortcuts import get_object_or_404

from diversion import audit, clock
from diversion.accounts import permits
from diversion.accounts.factors import (
    APP,
    CALLED,
    CODES,
    PASSKEY,
    codes_left,
    digest_of,
    factors_of,
    locked,
    new_codes,
)
from diversion.accounts.models import AccountRequest, Factor, Session, User
from diversion.accounts.permits import Grounds, Leave
from diversion.accounts.sealing import Unreadable, is_current, seal, unseal
from diversion.accounts.sessions import kept_key
from diversion.accounts.telling import tell_of_factor
from diversion.refusals import Refused

#: More passkeys than anybody carries; a page that is sent again and again makes no more.
MOST_PASSKEYS = 10


@transaction.atomic
def set_up_app(*, secret: str, counter: int, here: str, by: User) -> list[str]:
    """Keep the secret of ``by``'s authenticator app, in place of one they had; the recovery codes to show, if new.

    ``counter`` is the number of the code that they typed from it, which does not count again. ``here`` is the key of
    the session in which they do so: their other sessions end.
    """
    _begin(by)
    before = list(factors_of(by).filter(type=APP))
    is_again = any(_secret_of(one) == secret for one in before)
    _take(by, before, _own(by))
    _add(by, APP, {"secret": seal(secret), "used": counter})
    return _have_added(by, APP, here, is_again=is_again)


@transaction.atomic
def set_up_passkey(*, name: str, credential: dict[str, Any], here: str, by: User) -> list[str]:
    """Keep a passkey that ``by``'s browser has made (`factors.new_passkey`), beside those they have."""
    _begin(by)
    same = list(factors_of(by).filter(type=PASSKEY, data__credential__id=credential["id"]))
    _take(by, same, _own(by))
    if factors_of(by).filter(type=PASSKEY).count() >= MOST_PASSKEYS:
        raise Refused(f"There are {MOST_PASSKEYS} passkeys already: remove one that you use no more.")
    _add(by, PASSKEY, {"name": name, "credential": credential})
    return _have_added(by, PASSKEY, here, is_again=bool(same))


@transaction.atomic
def renew_codes(*, by: User) -> list[str]:
    """New recovery codes, in place of those that ``by`` had; they are shown once, and only their digests are kept."""
    _begin(by)
    if not by.has_factor:
        raise Refused("Recovery codes stand in for an app or a passkey: set one of them up first.")
    codes = _new_codes(by)
    _log("account.recovery_codes_made", by)
    tell_of_factor("codes-made", by)
    return codes


@transaction.atomic
def remove(*, factor: int, here: str, by: User) -> Factor:
    """Remove one of ``by``'s own; with the last one go the recovery codes. ``by``'s other sessions end.

    Raises Refused for the last where a second factor is asked of everybody.
    """
    _begin(by)
    own = list(factors_of(by).exclude(type=CODES))
    found: Factor = get_object_or_404(factors_of(by).exclude(type=CODES), pk=factor)
    if not may_remove(by):
        raise Refused("Everybody here has a second factor, and this is your only one: set up another first.")
    going = list(factors_of(by)) if len(own) == 1 else [found]
    kind = CALLED[found.type]
    _take(by, going, _own(by))
    _end_others(by, here)
    _log("account.factor_removed", by, kind=kind)
    tell_of_factor(f"{kind}-removed", by)
    return found


def may_remove(user: User) -> bool:
    """Whether ``user`` may remove one: not the last where everybody has to have one."""
    return settings.SECOND_FACTOR != "required" or factors_of(user).exclude(type=CODES).count() > 1


def take_all(user: User, leave: Leave) -> int:
    """Everything that ``user`` shows beside the password goes, and every session that stands on it; how many went."""
    list(locked(user.pk))
    call_off_reset(user, leave.by)
    found = list(factors_of(user))
    _take(user, found, leave)
    Session.objects.filter(user=user).delete()
    return len(found)


@transaction.atomic
def reset_by_service(user: User) -> int:
    """`take_all` by whoever runs the service, as the tables' owner; how many went."""
    number = take_all(user, permits.SERVICE)
    if number:
        nature, own = audit.Nature.ADMINISTRATION, user.organisation_id
        audit.record("user.factors_removed", nature, by=None, subjects=[user], organisation_id=own)
        tell_of_factor("all-removed", user)
    return number


@transaction.atomic
def reseal() -> int:
    """Seal anew under SECRET_KEY what was sealed under another key that is believed; how many. As the tables' owner."""
    old = [one for one in Factor.objects.filter(type=APP).select_for_update() if not is_current(one.data["secret"])]
    for one in old:
        one.data["secret"] = seal(unseal(one.data["secret"]))
        permits.allow_factor(one.user, one.data, permits.SERVICE)
        one.save(update_fields=["data"])
    return len(old)


def call_off_reset(user: User, by: User | None) -> None:
    """Nobody removes by two, weeks later, what ``user`` has set up or looked after since that was asked for."""
    for asked in user.account_requests.filter(state=AccountRequest.State.WAITING, factors=True):
        asked.state, asked.decided_by, asked.decided_at = AccountRequest.State.REFUSED, by, clock.now()
        asked.save(update_fields=["state", "decided_by", "decided_at"])
        detail = {"request": asked.pk, "factors": True}
        audit.record("user.change_refused", audit.Nature.ADMINISTRATION, by=by, subjects=[user], detail=detail)


def _begin(by: User) -> None:
    """What their own change of their factors begins with."""
    list(locked(by.pk))
    by.__dict__.pop("factored", None)
    call_off_reset(by, by)


def _secret_of(app: Factor) -> str:
    try:
        return unseal(str(app.data["secret"]))
    except Unreadable:
        return ""


def _own(by: User) -> Leave:
    return Leave(Grounds.OWN_PASSWORD, by)


def _add(by: User, kind: str, data: dict[str, Any]) -> None:
    permits.allow_factor(by, data, _own(by))
    Factor.objects.create(user=by, type=kind, data=data, created_at=clock.now())
    by.__dict__.pop("factored", None)


def _take(user: User, factors: Iterable[Factor], leave: Leave) -> None:
    keys = [one.pk for one in factors]
    permits.allow_taking_factors(user, factors, leave)
    Factor.objects.filter(pk__in=keys).delete()
    user.__dict__.pop("factored", None)


def _have_added(by: User, kind: str, here: str, *, is_again: bool) -> list[str]:
    """The recovery codes to show. ``is_again``: sent twice, and what the first answer showed nobody has seen."""
    _end_others(by, here)
    _log("account.factor_added", by, kind=CALLED[kind])
    tell_of_factor(f"{CALLED[kind]}-added", by)
    return [] if codes_left(by) and not is_again else _new_codes(by)


def _new_codes(by: User) -> list[str]:
    _take(by, list(factors_of(by).filter(type=CODES)), _own(by))
    codes = new_codes()
    _add(by, CODES, {"codes": [digest_of(one) for one in codes]})
    return codes


def _end_others(by: User, here: str) -> None:
    """Whoever else is signed in with this account does not stay so."""
    Session.objects.filter(user=by).exclude(pk=kept_key(here)).delete()


def _log(event: str, by: User, **detail: str) -> None:
    audit.record(event, audit.Nature.SECURITY, by=by, subjects=[by], detail=detail)
