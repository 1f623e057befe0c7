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
from reporting.presenters import schemes as shown
from reporting.presenters import spread
from reporting.views.asking import days_in_words, days_of, period_of


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
        funnels = [spread.funnel(figures, key, title, _("Scheme")) for key, title in titles.items()]
        context |= {"schemes": shown.schemes(figures), "figures": figures, **days_in_words(form)}
        context |= {"funnels": [one for one in funnels if one is not None]}
    return render(request, "reporting/schemes.html", context, status=200 if form.is_valid() else INVALID)
