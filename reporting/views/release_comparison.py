"""Forces side by side, from what each of them has released."""

from itertools import groupby
from operator import attrgetter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from diversion.access import requires
from diversion.accounts.permissions import RELEASE_READERS
from diversion.attempts import INVALID
from diversion.design_system.wording import long_date
from diversion.requests import SignedInRequest
from reporting.door import released
from reporting.facts.sources import source_named
from reporting.forms.releases import CompareForm
from reporting.intake.mappings.parts import MappingError
from reporting.models import Release
from reporting.presenters import forces
from reporting.queries import releases as reads
from reporting.releases.comparing import NOTES, why_not

UNITS = {
    "month": gettext_lazy("by month"),
    "quarter": gettext_lazy("by quarter"),
    "year": gettext_lazy("by year"),
    "pooled": gettext_lazy("two years pooled"),
}


@require_GET
@requires(*RELEASE_READERS)
def compare_forces(request: SignedInRequest) -> HttpResponse:
    """What each force has released of one time, for whoever reads releases; the newest time unless one is chosen."""
    every = {_name(rows): rows for rows in reads.comparable(by=request.user)}
    form = CompareForm(request.GET, times=[(name, _words(rows)) for name, rows in every.items()])
    context: dict[str, Any] = {"form": form, "has_some": bool(every)}
    if every and form.is_valid():
        chosen = reads.with_documents(every[form.chosen()], by=request.user)
        unread = {one.pk: why for one in chosen if (why := why_not(released(one)))}
        wrong = [f"{one.name}: {unread[one.pk]}" for one in chosen if one.pk in unread]
        told = _forces([one for one in chosen if one.pk not in unread])
        context |= {"releases": chosen, "wrong": wrong, "words": _words(chosen), "notes": [_(note) for note in NOTES]}
        if len(told) > 1:
            context |= {"times": forces.beside(told), "untold": forces.untold(told)}
    return render(request, "reporting/releases/compare.html", context, status=INVALID if form.errors else 200)


def _forces(rows: list[Release]) -> list[forces.Force]:
    """What each force tells in all its releases of the time."""
    found = groupby(rows, attrgetter("force"))
    return [forces.Force(force.name, [released(release) for release in own]) for force, own in found]


def _name(rows: list[Release]) -> str:
    first = rows[0]
    return f"{first.start}.{first.end}.{first.source}.{first.unit}"


def _words(rows: list[Release]) -> str:
    """ "1 January 2026 to 31 March 2026, decisions recorded here, by quarter: Avonford, Northmoor"."""
    first = rows[0]
    told = {
        "start": long_date(first.start),
        "end": long_date(first.end),
        "source": _source(first.source),
        "unit": UNITS.get(first.unit, first.unit),
        "forces": ", ".join(dict.fromkeys(release.force.name for release in rows)),
    }
    return _("%(start)s to %(end)s, %(source)s, %(unit)s: %(forces)s") % told


def _source(name: str) -> str:
    """A release outlives the mapping by which its facts were imported."""
    try:
        return source_named(name).title
    except MappingError:
        return name
