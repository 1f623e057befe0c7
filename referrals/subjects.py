"""The referrals app's answer to the access log: the referral and conditions behind a reference."""

from collections.abc import Iterable

from django.db.models import QuerySet

from cases import subjects as case_subjects
from cases.models import Case
from diversion.accounts.models import User
from diversion.audit.lookups import Found, ids_of
from referrals.models import Condition, HelpRequest, Referral, SchemeVersion


def find(reference: str, by: User) -> Found:
    """By a case's reference or a referral's own."""
    # An index each: both in one condition would have every referral of the force read.
    named = [_own(by).filter(**{where: reference}) for where in ("reference", "case__reference")]
    either = named[0].order_by().values("pk").union(named[1].order_by().values("pk"))
    referrals = list(_own(by).filter(pk__in=either).select_related("case"))
    keys = {f"referrals.referral:{referral.pk}" for referral in referrals}
    conditions = Condition.objects.filter(agreement__referral__in=referrals).values_list("pk", flat=True)
    keys |= {f"referrals.condition:{pk}" for pk in conditions}
    # what stands behind a case's own reference the app of cases says itself
    others = {referral.case.reference for referral in referrals} - {reference} if by.is_police else set()
    for other in others:
        keys |= case_subjects.find(other, by).keys
    keys |= {
        f"referrals.helprequest:{pk}" for pk in _asking(by).filter(reference=reference).values_list("pk", flat=True)
    }
    return Found(frozenset(keys), _confidential(reference, by))


def _confidential(reference: str, by: User) -> frozenset[int]:
    """Providers who help this person under a confidential scheme: what they do there is not the police's to read."""
    if not by.is_police:
        return frozenset()
    own = Case.objects.filter(force=by.organisation).order_by().values("person")
    ways = [own.filter(**{where: reference}) for where in ("reference", "youth_duties__reference")]
    people = own.filter(referrals__reference=reference).union(*ways)
    voluntary = SchemeVersion.Confidentiality.VOLUNTARY
    rows = Referral.objects.filter(case__person__in=people, scheme_version__confidentiality=voluntary)
    return frozenset(rows.values_list("provider", flat=True))


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
