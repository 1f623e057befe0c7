"""Files that show that a condition was kept: attached, opened and removed by the workers of the provider alone."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attachments import CONTENT_TYPES, ENDINGS, Kind
from diversion.attempts import attempt
from diversion.requests import SignedInRequest
from referrals.actions import evidence as actions
from referrals.forms.evidence import EvidenceForm
from referrals.models import Condition
from referrals.queries import evidence as queries
from referrals.queries.referrals import open_referral
from referrals.views.partner import PROVIDER
from referrals.views.referral_page import evidence_key, show_again


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def attach(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Attach a file to a condition. Whoever comes by its address alone, after signing in again, say, reads the page."""
    referral = open_referral(reference=reference, by=request.user)
    condition = get_object_or_404(Condition, pk=pk, agreement__referral=referral)
    key = evidence_key(condition)
    form = EvidenceForm(request.POST, request.FILES, auto_id=f"{key}-%s")

    def act() -> None:
        actions.attach_evidence(referral=referral, condition=condition, content=form.content, by=request.user)

    if not attempt(form, act):
        return show_again(request, reference, **{key: form})
    messages.success(request, _("Attached: %(condition)s") % {"condition": condition.wording_for_partner})
    return _back(reference)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
@require_GET
def download(request: SignedInRequest, reference: str, pk: int, file: int) -> HttpResponse:
    """The file, to be kept and not to be shown by the browser; under a name of the service's own."""
    found = queries.open_evidence(reference=reference, condition=pk, pk=file, by=request.user)
    kind = Kind(found.kind)
    answer = HttpResponse(bytes(found.content), content_type=CONTENT_TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="evidence-{reference}-{found.pk}.{ENDINGS[kind]}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def remove(request: SignedInRequest, reference: str, pk: int, file: int) -> HttpResponse:
    """Take a file away; what was removed already, by a second click or by a colleague, is removed."""
    found = queries.evidence_to_remove(reference=reference, condition=pk, pk=file, by=request.user)
    if request.method != "POST":
        return _back(reference)
    form = Form(request.POST)
    if found and not attempt(form, lambda: actions.remove_evidence(evidence=found, by=request.user)):
        return show_again(request, reference, remove=form)
    messages.success(request, _("Removed."))
    return _back(reference)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def put_back(request: SignedInRequest, reference: str, pk: int, file: int) -> HttpResponse:
    """Put a file back that the reader removed."""
    found = queries.evidence_to_put_back(reference=reference, condition=pk, pk=file, by=request.user)
    if request.method != "POST":
        return _back(reference)
    form = Form(request.POST)
    if not attempt(form, lambda: actions.put_back_evidence(evidence=found, by=request.user)):
        return show_again(request, reference, remove=form)
    messages.success(request, _("Put back."))
    return _back(reference)


def _back(reference: str) -> HttpResponse:
    return redirect(f"{reverse('referral_page', args=[reference])}#conditions")
