"""Forces side by side, from what each of them has released."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diversion.access import requires
from diversion.attempts import INVALID
from diversion.design_system.wording import long_date
from diversion.requests import SignedInRequest
from reporting import queries
from reporting.door import released
from reporting.facts.sources import source_named
from reporting.forms.releases import CompareForm
from reporting.models import Release
from reporting.models.release import READERS
from reporting.presenters import forces
from reporting.releases.comparing import NOTES


@require_GET
@requires(*READERS)
def compare_forces(request: SignedInRequest) -> HttpResponse:
    """What each force has released of one time, for whoever reads releases; the newest time unless one is chosen."""
    every = {_name(rows): rows for rows in queries.comparable(by=request.user)}
    form = CompareForm(request.GET, times=[(name, _words(rows)) for name, rows in every.items()])
    context: dict[str, Any] = {"form": form, "has_some": bool(every)}
    if every and form.is_valid():
        chosen = queries.with_documents(every[form.chosen()], by=request.user)
        documents = [released(release) for release in chosen]
        context |= {"releases": chosen, "times": forces.beside(documents), "untold": forces.untold(documents)}
        context |= {"words": _words(chosen), "notes": [_(note) for note in NOTES]}
    return render(request, "reporting/releases/compare.html", context, status=INVALID if form.errors else 200)


def _name(rows: list[Release]) -> str:
    first = rows[0]
    return f"{first.start}.{first.end}.{first.source}.{first.unit}"


def _words(rows: list[Release]) -> str:
    """ "1 January 2026 to 31 March 2026, decisions recorded here, by quarter: Avonford, Northmoor"."""
    first = rows[0]
    told = {
        "start": long_date(first.start),
        "end": long_date(first.end),
        "source": source_named(first.source).title,
        "forces": ", ".join(release.force.name for release in rows),
    }
    return _("%(start)s to %(end)s, %(source)s: %(forces)s") % told
