"""What the address of a page of figures asks."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
    base |= _stands_on(request, form)
    return lambda figure, **of: f"{page}?{urlencode(base | {'figure': figure} | of)}"


#: Besides the dashboard, the pages whose figures lead to their cases, by the name of their address.
PAGES = {
    "left_out": gettext_lazy("Who was left out, and why"),
    "scheme_figures": gettext_lazy("Schemes compared"),
    "what_works": gettext_lazy("What works"),
    "teams": gettext_lazy("Teams"),
}


def _stands_on(request: SignedInRequest, form: PeriodForm) -> dict[str, str]:
    """The page on which a figure stands, and by what that splits its schemes; nothing for the dashboard."""
    name = request.resolver_match.url_name if request.resolver_match else None
    split = {"split": form.split_by} if isinstance(form, WhatWorksForm) else {}
    return {"on": name, **split} if name in PAGES else {}


def came_from(request: SignedInRequest, form: DashboardForm) -> tuple[str, str]:
    """The address and title of the page on which the figure behind this list stands, as it was asked."""
    name = request.GET.get("on", "")
    if name not in PAGES:
        return f"{reverse('dashboard')}?{urlencode(form.parameters())}", _("Monitoring")
    days = {day: at.isoformat() for day, at in days_of(form).items()}
    split = {"by": request.GET["split"]} if "split" in request.GET else {}
    asked = form.parameters() if name == "left_out" else days | split
    return f"{reverse(name)}?{urlencode(asked)}", str(PAGES[name])


def days_in_words(form: PeriodForm) -> dict[str, str]:
    return {name: long_date(day) for name, day in days_of(form).items()}
