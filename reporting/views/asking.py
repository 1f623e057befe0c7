"""What the address of a page of figures asks."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from diversion import clock
from diversion.design_system.wording import long_date
from diversion.requests import SignedInRequest
from reporting import queries
from reporting.codes import LIVE
from reporting.forms.asking import DashboardForm, PeriodForm, last_twelve_months
from reporting.forms.working import WhatWorksForm
from reporting.presenters.parts import Behind


def form_of(request: SignedInRequest, source: str = "", *, scheme: str = "") -> DashboardForm:
    """What the address asks; the last twelve months and what is usual where it does not say. ``source``: only that.

    ``scheme`` may be asked for besides the force's own: facts keep the name of one that is called otherwise now.
    """
    sources = [source] if source else queries.sources_of(request.user)
    data = {"source": sources[0]} | _asked(request) | ({"source": source} if source else {})
    offences, schemes = queries.offence_groups(), [*queries.schemes_of(request.user), *([scheme] if scheme else [])]
    return DashboardForm(data, sources=sources, offences=offences, schemes=schemes)


def period_of(request: SignedInRequest) -> PeriodForm:
    """Of the address the period alone, of this service's own decisions: no filter, and no group to compare by."""
    return PeriodForm(_asked(request) | {"source": LIVE}, sources=[LIVE])


def works_of(request: SignedInRequest) -> WhatWorksForm:
    """A period and a split; the last four years, because it takes 18 months to know who reoffended within 12."""
    return WhatWorksForm(_asked(request, years=4) | {"source": LIVE})


def _asked(request: SignedInRequest, years: int = 1) -> dict[str, Any]:
    """What the address says; the last twelve months, or so many years, where it names no period."""
    start, end = last_twelve_months(clock.today())
    start = start.replace(year=start.year - years + 1)
    usual = {"start": start.isoformat(), "end": end.isoformat()}
    return request.GET.dict() | ({} if "start" in request.GET else usual)


def days_of(form: PeriodForm) -> dict[str, Any]:
    """``start`` and ``end`` of a form that is valid."""
    return {name: form.cleaned_data[name] for name in ("start", "end")}


def cases_behind(request: SignedInRequest, form: PeriodForm) -> Behind:
    """The address of the cases behind a figure, for those who may open them; an imported file has no cases."""
    is_live = form.cleaned_data["source"] == LIVE
    if not (is_live and queries.may_open_cases(request.user)):
        return None
    page, days = reverse("figure_cases"), {name: day.isoformat() for name, day in days_of(form).items()}
    base = form.parameters() if isinstance(form, DashboardForm) else days
    return lambda figure, **of: f"{page}?{urlencode(base | {'figure': figure} | of)}"


def days_in_words(form: PeriodForm) -> dict[str, str]:
    return {name: long_date(day) for name, day in days_of(form).items()}
