"""Decisions that were closed before the date of birth of their person was corrected, and for whom that shows."""

from datetime import timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from cases.models import Authorisation, Case, Correction
from diversion import clock
from diversion.accounts.models import User
from diversion.home import Shown, first
from diversion.unit_of_work import as_service
from referrals.judging.births import BIRTH_FIELD, births_corrected, stopped_by_birth, stopped_since_closed
from referrals.models import Referral

#: For so long it stands on the first page of whoever is to see to it (our own default).
SHOWN_FOR = timedelta(days=28)
LIVE = (Referral.State.SENT, Referral.State.ACCEPTED, Referral.State.STARTED)


def corrected_for_home(*, by: User) -> "QuerySet[Correction]":
    """Births corrected in the last 28 days in closed cases of which ``by`` is the officer, or that they authorised."""
    rows = Correction.objects.filter(corrected_at__gt=clock.now() - SHOWN_FOR, changes__has_key=BIRTH_FIELD)
    rows = rows.filter(Q(case__officer=by) | Q(case__authorisation__decided_by=by))
    rows = rows.filter(case__in=Case.objects.visible_to(by), case__closed_at__lte=F("corrected_at"))
    return rows.exclude(case__authorisation__state=Authorisation.State.REFUSED)


def stopped_for_home(*, by: User) -> Shown[dict[str, Any]]:
    """Those of them that could not have been decided so: the case, what stands against it, and since when."""
    last = {one.case_id: one for one in corrected_for_home(by=by).order_by("corrected_at").select_related("case")}
    cases = Case.objects.filter(pk__in=last).select_related("person", "decision", "force").order_by("-pk")
    weighed = [(one, stopped_for_police(one)) for one in cases]
    rows = [{"case": one, "found": found, "at": last[one.pk].corrected_at} for one, found in weighed if found]
    return first(rows)


def stopped_for_police(case: Case) -> list[Any]:
    """What stands against a closed case since the birth was corrected, for whoever has opened it at police.

    Nothing of the scheme's own rules once police know that its support has ended: that is over.
    """
    found = stopped_since_closed(case)
    if not any(of_scheme(one.rule) for one in found) or sent_still(case):
        return found
    return [one for one in found if not of_scheme(one.rule)]


def of_scheme(rule: str) -> bool:
    return rule.startswith("scheme.")


def sent_still(case: Case) -> Referral | None:
    """The referral of a case that has not ended as far as police know: of voluntary support they never hear the end."""
    rows = Referral.objects.filter(case=case).exclude(state__in=Referral.ENDED)
    rows = rows.select_related("provider", "scheme_version__scheme")
    return next((one for one in rows if one.is_voluntary or one.state != Referral.State.CLOSED), None)


@as_service()  # the provider reads that and when, and what the scheme itself asks: nothing else of the case
def corrected_since_sent(referral: Referral) -> tuple[Correction, list[str]] | None:
    """The last correction of the birth since a live referral was sent, and the scheme's rules that it breaks."""
    if referral.state not in LIVE or referral.sent_at is None:
        return None
    last = births_corrected(referral.case_id, referral.sent_at).last()
    if last is None:
        return None
    found = stopped_by_birth(Case.objects.get(pk=referral.case_id), referral.sent_at)
    return last, [one.reason for one in found if of_scheme(one.rule)]
