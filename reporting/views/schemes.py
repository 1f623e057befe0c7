"""The schemes of a force beside each other."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID
from diversion.requests import SignedInRequest
from reporting import queries
from reporting.presenters import endings, spread, working
from reporting.presenters import schemes as shown
from reporting.presenters.parts import Behind
from reporting.views.asking import cases_behind, days_in_words, days_of, period_of, works_of


@require_GET
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def scheme_figures(request: SignedInRequest) -> HttpResponse:
    """Every scheme with its intervals, and within the limits that chance gives for its size."""
    form = period_of(request)
    context: dict[str, Any] = {"form": form, "back": reverse("dashboard")}
    if form.is_valid():
        figures = queries.schemes_beside(**days_of(form), by=request.user)
        titles = {
            "started": _("Came to a first appointment, of everybody referred"),
            "completed_in_time": _("Completed, of everybody referred long enough ago"),
        }
        behind = cases_behind(request, form)
        funnels = [
            spread.funnel(figures, key, title, _("Scheme"), _people_of(behind, key)) for key, title in titles.items()
        ]
        context |= {"schemes": shown.schemes(figures, behind), "figures": figures, **days_in_words(form)}
        context |= {"endings": endings.endings(figures, behind)}
        context |= {"funnels": [one for one in funnels if one is not None]}
    return render(request, "reporting/schemes.html", context, status=200 if form.is_valid() else INVALID)


def _people_of(behind: Behind, measure: str) -> Behind:
    """The people of a scheme that a funnel of ``measure`` shows."""
    return None if behind is None else lambda scheme: behind(f"{measure}:of", scheme=scheme)


@require_GET
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def what_works(request: SignedInRequest) -> HttpResponse:
    """The effect of accepting, and what came of each scheme by offence or group, each with its grade of evidence."""
    form = works_of(request)
    context: dict[str, Any] = {"form": form, "back": reverse("dashboard")}
    if form.is_valid():
        figures = queries.what_works(**days_of(form), split_by=form.split_by, by=request.user)
        context |= {"figures": figures, "effects": working.effects(figures), **days_in_words(form)}
        context["grade"] = _(figures["grade"])
        context["schemes"] = working.scheme_tables(figures, cases_behind(request, form))
    return render(request, "reporting/what_works.html", context, status=200 if form.is_valid() else INVALID)
