"""What the force's victims waited for, and whether they were told in time."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diversion.access import requires
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID
from diversion.requests import SignedInRequest
from reporting import queries
from reporting.presenters import victims as shown
from reporting.views.asking import days_in_words, days_of, period_of


@require_GET
@requires(Permission.VIEW_MONITORING, Permission.VIEW_VICTIMS, people=True, kind="police_force")
def victim_figures(request: SignedInRequest) -> HttpResponse:
    """Days to the decision and to the end, who was told in time, and what victims think, by disposal."""
    form = period_of(request)
    context: dict[str, Any] = {"form": form, **_back(request.user)}
    if form.is_valid():
        figures = queries.victims_of(**days_of(form), by=request.user)
        context |= {"figures": figures, "tables": shown.tables(figures), **days_in_words(form)}
    return render(request, "reporting/victims.html", context, status=200 if form.is_valid() else INVALID)


def _back(user: User) -> dict[str, str]:
    """To the page from which this user comes here."""
    if user.can(Permission.VIEW_VICTIMS):
        return {"back": reverse("victim_list"), "back_words": _("Victims")}
    return {"back": reverse("dashboard"), "back_words": _("Monitoring")}
