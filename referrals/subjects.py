"""The referrals app's answer to the access log: the referral and conditions behind a reference."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet, Value

from cases import subjects as case_subjects
from cases.models import Case
from diversion.accounts.models import User
from diversion.audit.lookups import Found, ids_of
from diversion.written import written
from referrals.models import Condition, HelpRequest, Referral, SchemeVersion

CLOSED = "closed to"


def find(reference: str, by: User) -> Found:
    """By a case's reference or a referral's own."""
    rows = _behind(by=by, reference=reference)
    named = {f"{label}:{pk}": name for label, pk, name, _ in rows if label != CLOSED}
    closed_to = frozenset(pk for label, pk, *_ in rows if label == CLOSED)
    found = [Found(frozenset(named), closed_to, names={key: name for key, name in named.items() if name})]
    # what stands behind a case's own reference the app of cases says itself
    others = {case for *_, case in rows if case} - {reference} if by.is_police else set()
    return Found.all_of([*found, *(case_subjects.find(other, by) for other in others)])


@written(reference=str)
def _behind(*, by: User, reference: str) -> QuerySet[Any, Any]:
    """The label, id and reference of each record behind a reference, and of a referral the case's."""
    # An index each: both in one condition would have every referral of the force read.
    named = [_own(by).filter(**{where: reference}) for where in ("reference", "case__reference")]
    either = named[0].order_by().values("pk").union(named[1].order_by().values("pk"))
    found, none = _own(by).filter(pk__in=either), Value("")
    conditions = Condition.objects.filter(agreement__referral__in=found.order_by().values("pk"))
    asking = _asking(by).filter(reference=reference)
    parts = [
        found.values_list(Value("referrals.referral"), "pk", "reference", "case__reference"),
        conditions.values_list(Value("referrals.condition"), "pk", none, none),
        asking.values_list(Value("referrals.helprequest"), "pk", "reference", none),
        _confidential(reference, by).values_list(Value(CLOSED), "provider", none, none),
    ]
    return parts[0].order_by().union(*(part.order_by() for part in parts[1:]), all=True)


def _confidential(reference: str, by: User) -> "QuerySet[Referral]":
    """With whom this person is under a confidential scheme: what those do there is not the police's to read."""
    if not by.is_police:
        return Referral.objects.none()
    own = Case.objects.filter(force=by.organisation).order_by().values("person")
    ways = [own.filter(**{where: reference}) for where in ("reference", "youth_duties__reference")]
    people = own.filter(referrals__reference=reference).union(*ways)
    voluntary = SchemeVersion.Confidentiality.VOLUNTARY
    return Referral.objects.filter(case__person__in=people, scheme_version__confidentiality=voluntary)


def names(keys: Iterable[str], by: User) -> dict[str, str]:
    """The references of ``by``'s own referrals, and of those who asked ``by``'s own service for help."""
    keys = list(keys)
    rows = _own(by).filter(pk__in=ids_of(keys, "referrals.referral")).values_list("pk", "reference")
    asking = _asking(by).filter(pk__in=ids_of(keys, "referrals.helprequest")).values_list("pk", "reference")
    named = {f"referrals.referral:{pk}": reference for pk, reference in rows}
    return named | {f"referrals.helprequest:{pk}": reference for pk, reference in asking}


def _asking(by: User) -> "QuerySet[HelpRequest]":
    """Who asked the reader's own service for help. Nobody's for police: their log names no such record."""
    return HelpRequest.objects.none() if by.is_police else HelpRequest.objects.filter(provider=by.organisation)


def _own(by: User) -> "QuerySet[Referral]":
    """Those of the force's cases, or sent to the provider. `visible_to` would ask for a right to read them."""
    if by.is_police:
        return Referral.objects.filter(case__force=by.organisation)
    return Referral.objects.filter(provider=by.organisation, sent_at__isnull=False)
