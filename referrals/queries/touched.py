"""The open agreements, and the proposals of such, that new rules touch."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet

from cases.models import Case, PolicyVersion
from diversion import clock
from diversion.accounts.models import User
from referrals.judging.changed import Changed, changed_by, changed_since
from referrals.judging.facts import ACCEPTED
from referrals.models import Referral, Scheme

Touched = list[tuple[Case, Changed]]
#: So many open cases are looked through, the newest first: each is judged twice.
LOOKED_THROUGH = 150


def touched_by_policy(version: PolicyVersion, *, by: User) -> Touched:
    """Those that a version of the policy, or of a scheme's criteria, touches: it is live, or may come to be."""
    if not may_touch(version):
        return []
    rows = _open(by)
    if version.valid_from and version.valid_from <= clock.today():
        rows = rows.filter(decision__decided_at__date__lte=version.valid_from)
    if version.kind == PolicyVersion.Kind.SCHEME:
        rows = rows.filter(pk__in=_with(scheme_version__scheme__slug=version.scheme))
    return list(_touched(rows, version))


def may_touch(version: PolicyVersion) -> bool:
    """Not what has ended or was withdrawn."""
    has_ended = version.valid_to is not None and version.valid_to < clock.today()
    return version.state != PolicyVersion.State.WITHDRAWN and not has_ended


def touched_by_scheme(scheme: Scheme, *, by: User) -> Touched:
    """Those that are with ``scheme`` under other rules than those of today."""
    return list(_touched(_open(by).filter(pk__in=_with(scheme_version__scheme=scheme)), None))


def _with(**scheme: object) -> QuerySet[Referral, Any]:
    """The cases that are with a scheme now."""
    return Referral.objects.exclude(state__in=Referral.ENDED).filter(**scheme).values("case")


def _open(by: User) -> QuerySet[Case]:
    """Open cases in which something was agreed or waits to be, the newest first."""
    live = Referral.objects.exclude(state__in=Referral.ENDED).select_related("scheme_version__scheme")
    rows = Case.objects.visible_to(by).filter(closed_at=None, decision__result=ACCEPTED, brought_as="")
    rows = rows.select_related("person", "decision", "force").order_by("-decision__decided_at", "-pk")
    return rows.prefetch_related("assessments", Prefetch("referrals", live, to_attr="live_referrals"))


def _touched(rows: QuerySet[Case], version: PolicyVersion | None) -> Iterator[tuple[Case, Changed]]:
    for case in rows[:LOOKED_THROUGH]:
        scheme = next((one.scheme_version for one in case.live_referrals), None)  # type: ignore[attr-defined]
        changed = changed_by(case, scheme, version) if version else changed_since(case, scheme)
        if changed:
            yield case, changed
