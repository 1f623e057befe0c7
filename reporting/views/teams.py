"""The teams of a force beside each other, and one's own team."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID
from diversion.requests import SignedInRequest
from reporting import queries
from reporting.forms.asking import PeriodForm
from reporting.presenters import teams as shown
from reporting.presenters.dashboard import figure_words
from reporting.presenters.parts import Behind
from reporting.views.asking import cases_behind, days_in_words, days_of, period_of
from reporting.views.listed import case_list


@require_GET
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def team_list(request: SignedInRequest) -> HttpResponse:
    """Every team of the force with its intervals, and those that offered nothing to anybody."""
    form = period_of(request)
    context: dict[str, Any] = {"form": form, "back": reverse("dashboard")}
    if form.is_valid():
        figures, behind = queries.teams_of(**days_of(form), by=request.user), cases_behind(request, form)
        context |= {"teams": shown.teams(figures, behind), "figures": figures, **days_in_words(form)}
        context |= {"came_of_it": shown.came_of_it(figures, behind)}
        context |= {"no_offers": shown.without_offers(figures), "funnel": shown.funnel(figures, behind)}
    return render(request, "reporting/teams.html", context, status=200 if form.is_valid() else INVALID)


@require_GET
@requires(Permission.VIEW_TEAM_CASES, people=True, kind="police_force")
def my_team(request: SignedInRequest) -> HttpResponse:
    """One's own team: its officers for whoever supervises, else what one has done oneself beside the team."""
    form = period_of(request)
    context: dict[str, Any] = {"form": form, "figures": None, "supervises": request.user.can(Permission.AUTHORISE)}
    if form.is_valid() and (figures := queries.own_team(**days_of(form), by=request.user)) is not None:
        behind = _behind(form)
        context |= {"figures": figures, "officers": shown.officers(figures, behind), **days_in_words(form)}
        context |= {"no_offers": shown.without_offers(figures), "came_of_it": shown.came_of_it(figures, behind)}
    return render(request, "reporting/team.html", context, status=200 if form.is_valid() else INVALID)


@require_GET
@requires(Permission.VIEW_TEAM_CASES, people=True, kind="police_force")
def team_cases(request: SignedInRequest) -> HttpResponse:
    """The cases behind one figure of one's own team, or of one of its officers for whoever supervises."""
    form = period_of(request)
    if not form.is_valid():
        raise Http404
    figure, officer = (request.GET.get(name, "") for name in ("figure", "officer"))
    cases = queries.team_cases_behind(**days_of(form), figure=figure, officer=officer, by=request.user)
    back = f"{reverse('team')}?{urlencode(_days(form))}", _("My team")
    supervises = request.user.can(Permission.AUTHORISE)
    caption = figure_words(figure, {}, queries.officer_named(officer, by=request.user))
    return case_list(request, cases, caption, days_of(form), back, deciders=supervises)


def _behind(form: PeriodForm) -> Behind:
    """The address of the cases behind a figure of one's own team: whoever sees it may open each of them."""
    page, days = reverse("team_cases"), _days(form)
    return lambda figure, **of: f"{page}?{urlencode(days | {'figure': figure} | of)}"


def _days(form: PeriodForm) -> dict[str, str]:
    return {name: day.isoformat() for name, day in days_of(form).items()}
