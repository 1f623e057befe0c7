"""New offences that are alleged while an agreement runs: of one case, for a first page, and what a partner may know."""

from django.shortcuts import get_object_or_404

from cases.models import Case, OffenceReview
from diversion.accounts.models import User
from diversion.home import Shown, first
from diversion.unit_of_work import as_service
from referrals.models import Referral


def reviews_of(case: Case) -> list[OffenceReview]:
    """All of a case that the caller has opened, the first first."""
    rows = OffenceReview.objects.filter(case=case).select_related("offence", "told_by", "confirmed_by", "decided_by")
    found = list(rows.order_by("told_at", "pk"))
    for one in found:
        one.case = case  # which says whether anything may still follow
    return found


def open_review(*, case: Case, pk: int, by: User) -> OffenceReview:
    """One of a case that the caller has opened; 404 for one of another case."""
    rows = OffenceReview.objects.visible_to(by).select_related("offence", "told_by", "confirmed_by", "decided_by")
    return get_object_or_404(rows.select_related("case__decision", "case__person", "case__force"), pk=pk, case=case)


def reviews_for_home(*, by: User) -> Shown[OffenceReview]:
    """Those that wait for somebody, the first to be decided first, and then those that are not confirmed."""
    rows = OffenceReview.objects.waiting_for(by).select_related("case__person", "offence")
    return first(rows.order_by("decide_by", "told_at", "pk"))


@as_service()  # the provider reads that it is looked at, and since when; what is alleged is not theirs
def under_review(referral: Referral) -> OffenceReview | None:
    """The new offence that is under review in the case of a referral, else the last that was reviewed since the
    person was referred: who came to help afterwards has no need of it. None of voluntary support."""
    if referral.is_voluntary:
        return None
    rows = OffenceReview.objects.of_what_stands().filter(case=referral.case_id)
    if under := rows.filter(state=OffenceReview.State.OPEN).order_by("confirmed_at", "pk").first():
        return under
    rows = rows.filter(state=OffenceReview.State.DECIDED, decided_at__gte=referral.made_at)
    return rows.order_by("decided_at", "pk").last()
