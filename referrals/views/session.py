"""A group session recorded at once: one page, one button."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.queries import log_shown
from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID
from diversion.refusals import Refused
from diversion.requests import SignedInRequest
from referrals.actions import support
from referrals.forms.session import SessionForm
from referrals.models import Appointment
from referrals.queries.sessions import session_of
from referrals.views.partner import PROVIDER

PLANNED = Appointment.Attendance.PLANNED


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def session(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who was to come at that time to that place; each is recorded or left, and all of it is saved or none."""
    everybody = session_of(pk, by=request.user)
    to_record = [one for one in everybody if one.attendance == PLANNED]
    sent = request.method == "POST"
    form = SessionForm(_sent_for(everybody, request) if sent else to_record, request.POST if sent else None)
    if sent and _is_recorded(request, form):
        return redirect("caseload")
    log_shown("referral.session_shown", [one.referral for one in everybody], by=request.user)
    context = {
        "form": form,
        "session": everybody[0],
        "recorded": [one for one in everybody if one.attendance != PLANNED],
        "has_begun": everybody[0].has_begun,
        "wrong": form.forms if sent else [],
    }
    return render(request, "referrals/session.html", context, status=INVALID if sent else 200)


def _sent_for(everybody: list[Appointment], request: SignedInRequest) -> list[Appointment]:
    """Those of whom the page that was sent had a row: somebody recorded meanwhile is told of, and not passed over."""
    return [one for one in everybody if f"of-{one.pk}-version" in request.POST]


def _is_recorded(request: SignedInRequest, form: SessionForm) -> bool:
    if not form.is_valid():
        return False
    try:
        recorded = support.record_session(attended=form.attended, by=request.user)
    except Refused as refusal:
        form.page.add_error(None, str(refusal))
        return False
    words = ngettext("%(n)d person recorded.", "%(n)d people recorded.", len(recorded)) % {"n": len(recorded)}
    left = len(form.rows) - len(recorded)
    if left:
        words += " " + ngettext("%(n)d is left for later.", "%(n)d are left for later.", left) % {"n": left}
    messages.success(request, words + " " + _("Each can be taken back on the caseload today."))
    return True
