from typing import Any

from django.db.models import F

from cases.actions.outbox import changed
from diversion import audit
from diversion.accounts.models import User
from diversion.refusals import Outdated
from referrals.models import Referral


def move(
    referral: Referral, *, by: User, kind: str, states: tuple[str, ...], version: int | None = None, **values: Any
) -> Referral:
    """Change ``referral`` if ``by`` may see it and it still stands in one of ``states`` (and at ``version``).

    One conditional update instead of a lock: of two people who act at once, the second is told. Raises Outdated.
    """
    rows = Referral.objects.visible_to(by).filter(pk=referral.pk, state__in=states)
    if version is not None:
        rows = rows.filter(version=version)
    if not rows.update(version=F("version") + 1, **values):
        raise Outdated("This referral")
    referral.refresh_from_db()
    log(referral, kind, by=by)
    return referral


def log(referral: Referral, kind: str, *, by: User, nature: audit.Nature = audit.Nature.ALTERATION) -> None:
    """The event of a change to ``referral``, and its row in the outbox."""
    audit.record(kind, nature, by=by, subjects=[referral, referral.case, referral.case.person])
    changed(referral.case)
