"""Dip samples of who was left out: drawn, looked at one by one, and what was found."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.design_system.wording import long_date
from diversion.requests import SignedInRequest
from reporting import queries
from reporting.actions import sampling as actions
from reporting.codes import LIVE
from reporting.forms.findings import DipFindingForm, DrawForm
from reporting.models import DipSample
from reporting.presenters import sampling as shown
from reporting.queries import panels
from reporting.queries import samples as sampled
from reporting.views.asking import form_of

ON_A_PAGE, USUAL = 25, 5


@require_GET
@requires(Permission.VIEW_MONITORING, kind="police_force")
def sample_list(request: SignedInRequest) -> HttpResponse:
    """The dip samples of the force, the latest first."""
    page = Paginator(sampled.dip_samples(by=request.user), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "table": shown.table_of_samples(page), "may_draw": queries.may_open_cases(request.user)}
    return render(request, "reporting/samples/list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_MONITORING, kind="police_force")
def draw(request: SignedInRequest) -> HttpResponse:
    """Draw a sample of those left out: of the time, groups and people that the address names as the pages do."""
    if not queries.may_open_cases(request.user):
        raise PermissionDenied
    asked_form = form_of(request, source=LIVE)
    if not asked_form.is_valid():
        raise Http404
    asked = asked_form.question()
    form = DrawForm(request.POST or None, initial={"of": DipSample.Of.NOT_OFFERED, "size": USUAL})
    drawn: list[DipSample] = []
    if request.method == "POST" and attempt(
        form, lambda: drawn.append(actions.draw_sample(asked=asked, **form.cleaned_data, by=request.user))
    ):
        return redirect("dip_sample", reference=drawn[0].reference)
    context = {
        "form": form,
        "start": long_date(asked.start),
        "end": long_date(asked.end),
        "in_force": asked_form.in_force(),
        "groups": asked_form.by_words(),
        "back": f"{reverse('left_out')}?{urlencode(asked_form.parameters())}",
    }
    return render(request, "reporting/samples/draw.html", context, status=INVALID if request.method == "POST" else 200)


@require_GET
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def sample_page(request: SignedInRequest, reference: str) -> HttpResponse:
    """One sample: how it was drawn, what was found by group, and what it holds for whoever may open it."""
    sample = sampled.open_sample(reference=reference, by=request.user)
    figures, items = sampled.found_in(sample, by=request.user), sampled.sample_items(sample, by=request.user)
    context: dict[str, Any] = {
        "sample": sample,
        "start": long_date(sample.start),
        "end": long_date(sample.end),
        "told": shown.told(sample, figures),
        "strata": shown.found_by_group(sample, figures),
        "items": shown.items(sample, items) if items else None,
        "panel": panels.panels(by=request.user).filter(sample=sample).first(),
    }
    return render(request, "reporting/samples/sample.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def item(request: SignedInRequest, reference: str, place: int) -> HttpResponse:
    """One case or suspect of a sample, and what whoever looks at it finds."""
    found = sampled.sample_item(reference=reference, place=place, by=request.user)
    form = DipFindingForm(request.POST or None, sample=found.sample, initial={"finding": found.finding})
    if request.method == "POST" and attempt(
        form, lambda: actions.record_finding(item=found, **form.cleaned_data, by=request.user)
    ):
        messages.success(request, _("Finding kept."))
        return redirect("dip_sample", reference=reference)
    context = {"item": found, "form": form, "rows": shown.summary(found)}
    context["gone"] = shown.why_gone(found)
    context["anothers"] = found.found_by_id not in (None, request.user.pk)
    return render(request, "reporting/samples/item.html", context, status=INVALID if request.method == "POST" else 200)
