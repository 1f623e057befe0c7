"""The referrals app's answer to the access log: the referral and conditions behind a reference."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from cases import subjects as case_subjects
from cases.models import Case
from diversion.accounts.models import User
from diversion.audit.lookups import Found, ids_of
from referrals.models import Condition, Referral, SchemeVersion


def find(reference: str, by: User) -> Found:
    """By a case's reference or a referral's own."""
    rows = _own(by).filter(Q(reference=reference) | Q(case__reference=reference))
    referrals = list(rows.select_related("case"))
    keys = {f"referrals.referral:{referral.pk}" for referral in referrals}
    conditions = Condition.objects.filter(agreement__referral__in=referrals).values_list("pk", flat=True)
    keys |= {f"referrals.condition:{pk}" for pk in conditions}
    if by.is_police:
        for referral in referrals:
            keys |= case_subjects.find(referral.case.reference, by).keys
    return Found(frozenset(keys), _confidential(reference, by))


def _confidential(reference: str, by: User) -> frozenset[int]:
    """Providers who help this person under a confidential scheme: what they do there is not the police's to read."""
    if not by.is_police:
        return frozenset()
    own = Case.objects.filter(Q(reference=reference) | Q(referrals__reference=reference), force=by.organisation)
    voluntary = SchemeVersion.Confidentiality.VOLUNTARY
    rows = Referral.objects.filter(case__person__cases__in=own, scheme_version__confidentiality=voluntary)
    return frozenset(rows.values_list("provider", flat=True))


def names(keys: Iterable[str], by: User) -> dict[str, str]:
    """The references of ``by``'s own referrals."""
    rows = _own(by).filter(pk__in=ids_of(keys, "referrals.referral")).values_list("pk", "reference")
    return {f"referrals.referral:{pk}": reference for pk, reference in rows}


def _own(by: User) -> "QuerySet[Referral]":
    """Those of the force's cases, or sent to the provider. `visible_to` would ask for a right to read them."""
    if by.is_police:
        return Referral.objects.filter(case__force=by.organisation)
    return Referral.objects.filter(provider=by.organisation, sent_at__isnull=False)
