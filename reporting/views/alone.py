"""What constables issued alone: some of it is drawn, and read by whoever leads the team."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.requests import SignedInRequest
from reporting.actions import alone as actions
from reporting.forms.findings import AloneFindingForm
from reporting.presenters import alone as shown
from reporting.queries import samples as sampled


@requires(Permission.AUTHORISE, people=True, kind="police_force")
def alone_samples(request: SignedInRequest) -> HttpResponse:
    """The samples of the team, the latest first; a button draws another once the last one is read through."""
    button = Form(request.POST if request.method == "POST" else None)
    if attempt(button, lambda: actions.draw_alone(by=request.user)):
        return redirect("alone_samples")
    samples, seen = sampled.alone_samples(by=request.user)
    samples_shown = shown.sample_views(samples, seen)
    context = {"samples": samples_shown, "button": button}
    return render(request, "reporting/samples/alone.html", context, status=INVALID if button.is_bound else 200)


@requires(Permission.AUTHORISE, people=True, kind="police_force")
def alone_item(request: SignedInRequest, reference: str, place: int) -> HttpResponse:
    """One case of a sample, and what whoever reads it finds."""
    item = sampled.alone_item(reference=reference, place=place, by=request.user)
    initial = {"finding": item.finding, "note": item.note}
    form = AloneFindingForm(request.POST if request.method == "POST" else None, initial=initial)
    if attempt(form, lambda: actions.find_alone(item=item, **form.cleaned_data, by=request.user)):
        messages.success(request, _("Finding kept."))
        return redirect("alone_samples")
    anothers = item.found_by_id not in (None, request.user.pk)
    context = {"item": item, "form": form, "rows": shown.item_rows(item), "anothers": anothers}
    return render(request, "reporting/samples/alone_item.html", context, status=INVALID if form.is_bound else 200)
