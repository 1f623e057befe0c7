"""What the address of a page of figures asks."""

from typing import Any

from diversion import clock
from diversion.requests import SignedInRequest
from reporting import queries
from reporting.forms import DashboardForm, last_twelve_months


def form_of(request: SignedInRequest, source: str = "") -> DashboardForm:
    """What the address asks; the last twelve months and what is usual where it does not say. ``source``: only that."""
    sources = [source] if source else queries.sources_of(request.user)
    start, end = last_twelve_months(clock.today())
    data: dict[str, Any] = {"source": sources[0]} | request.GET.dict() | ({"source": source} if source else {})
    if not {"start", "start_day"} & request.GET.keys():
        data |= {"start": start.isoformat(), "end": end.isoformat()}
    offences, schemes = queries.offence_groups(), queries.schemes_of(request.user)
    return DashboardForm(data, sources=sources, offences=offences, schemes=schemes)
