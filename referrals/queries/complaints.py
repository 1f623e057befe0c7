"""Complaints about a case that its page shows, and those that nobody has answered."""

from django.shortcuts import get_object_or_404

from cases.models import Case, Complaint
from diversion.accounts.models import User
from diversion.home import Shown, first


def complaints_of(case: Case) -> list[Complaint]:
    """All of a case that the caller has opened, the first first."""
    rows = Complaint.objects.filter(case=case).select_related("recorded_by", "answered_by")
    return list(rows.order_by("recorded_at", "pk"))


def open_complaint(*, case: Case, pk: int, by: User) -> Complaint:
    """One of a case that the caller has opened; 404 for one of another case. The look is logged with the case."""
    return get_object_or_404(Complaint.objects.visible_to(by).select_related("case"), pk=pk, case=case)


def complaints_for_home(*, by: User) -> Shown[Complaint]:
    """Those that nobody has answered, the oldest first."""
    rows = Complaint.objects.open_for(by).select_related("case__person")
    return first(rows.order_by("received_on", "pk"))
