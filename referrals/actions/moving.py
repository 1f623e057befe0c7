from datetime import datetime
from typing import Any

from django.db.models import F

from cases.actions.locking import lock
from cases.actions.outbox import changed
from cases.models import Person
from diversion import audit
from diversion.accounts.models import User
from diversion.postgres import locks
from diversion.refusals import Outdated
from referrals.models import Referral


def move(
    referral: Referral, *, by: User, kind: str, states: tuple[str, ...], version: int | None = None, **values: Any
) -> Referral:
    """Change ``referral`` if ``by`` may see it and it still stands in one of ``states`` (and at ``version``).

    The case is held first, as by every action that changes one: its standing follows. Of two people who act at once the
    second is told. Raises Outdated. The same change sent twice (a double click, a retry) is one change.
    """
    lock(referral.case)
    rows = Referral.objects.visible_to(by).filter(pk=referral.pk, state__in=states)
    if version is not None:
        rows = rows.filter(version=version)
    if not rows.update(version=F("version") + 1, **values):
        _check_repeated(referral, by=by, version=version, values=values)
        referral.refresh_from_db()
        return referral
    referral.refresh_from_db()
    log(referral, kind, by=by)
    return referral


def _check_repeated(referral: Referral, *, by: User, version: int | None, values: dict[str, Any]) -> None:
    """Raise Outdated unless the change already stands, as this very step from ``version``."""
    same = {name: value for name, value in values.items() if not isinstance(value, datetime)}
    rows = Referral.objects.visible_to(by).filter(pk=referral.pk, **same)
    if version is None or not rows.filter(version=version + 1).exists():
        raise Outdated("This referral")


def hold_sides(person: Person) -> None:
    """Wait for whoever is naming a helper or a facilitator of this person; the lock goes with the transaction.

    Asked after the case is held, and before it is asked who is on the other side.
    """
    locks.one_at_a_time(f"both sides of {person.pk}")


def log(referral: Referral, kind: str, *, by: User | None, nature: audit.Nature = audit.Nature.ALTERATION) -> None:
    """The event of a change to ``referral``, and its row in the outbox."""
    audit.record(kind, nature, by=by, subjects=[referral, referral.case, referral.case.person])
    changed(referral.case)
