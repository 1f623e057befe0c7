"""A summary pasted from the record system, read into the page "Record a decision"."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.intake.summary import Summary, named, read_summary
from cases.models import Offence
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID
from diversion.requests import SignedInRequest
from referrals.forms.narrowing import RecordingPage
from referrals.forms.summary import SummaryForm, typed_from
from referrals.views.recording import show, show_typed

LEFT_TOLD = 5  # lines that could not be placed


@requires(Permission.RECORD_DECISION, people=True, kind=Organisation.Kind.POLICE_FORCE)
@require_http_methods(["GET", "HEAD", "POST"])
def read_pasted(request: SignedInRequest) -> HttpResponse:
    """The page with what the summary says typed into it, for the officer to check; the text itself is not kept."""
    if request.method != "POST":
        return redirect("record_decision")
    form, summary = SummaryForm(request.POST), Summary()
    if form.is_valid():
        force = request.user.organisation
        summary = read_summary(form.cleaned_data["summary"], named(Offence.objects.catalogue(force)), force.slug)
        if not summary.facts:
            form.add_error("summary", _("Nothing in it could be read: each fact needs its label, as “Crime number: …”"))
    if form.errors:
        return show(request, RecordingPage(by=request.user), person=None, summary=form, status=INVALID)
    messages.info(request, _("Filled in from the summary. Check it before you record anything."))
    if summary.left:
        lines = "; ".join(summary.left[:LEFT_TOLD])
        messages.warning(request, _("Not placed; type it where it belongs: %(lines)s") % {"lines": lines})
    return show_typed(request, typed_from(summary))
