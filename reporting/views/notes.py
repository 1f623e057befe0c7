"""Explain or reform: notes on the figures, each with its owner and the day on which it is due."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.refusals import Refused
from diversion.requests import SignedInRequest
from reporting import queries
from reporting.actions import notes as actions
from reporting.actions.notes import Compared
from reporting.forms.findings import NoteForm
from reporting.models import FindingNote
from reporting.presenters import sentence
from reporting.views.asking import form_of

ON_A_PAGE = 25


@require_GET
@requires(Permission.VIEW_MONITORING, kind="police_force")
def note_list(request: SignedInRequest) -> HttpResponse:
    """Every note of the force, those open first."""
    page = Paginator(queries.notes(by=request.user), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "reporting/finding_notes.html", {"page": page, "notes": note_lines(page.object_list)})


@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def add_note(request: SignedInRequest) -> HttpResponse:
    """Write a note on one comparison, which the address names as the dashboard's does, and its group."""
    asked_form, group = form_of(request), request.GET.get("group", "")
    if not asked_form.is_valid():
        raise Http404
    asked = asked_form.question()
    if asked.where or not asked.is_live:
        raise Http404
    figures = queries.monitor(asked=asked, by=request.user)
    finding = sentence.finding(figures, group)
    if finding is None:
        raise Http404
    row = next(one for one in figures["comparison"]["rows"] if one["group"] == finding.group)
    about = Compared(asked.measure, asked.by, row["group"], row["reference"], row["flag"], asked.start, asked.end)
    form = NoteForm(request.POST or None, owners=queries.monitors_of(request.user))
    back = f"{reverse('dashboard')}?{urlencode(asked_form.parameters())}"
    if request.method == "POST" and attempt(
        form, lambda: actions.write_note(about=about, **form.cleaned_data, by=request.user)
    ):
        messages.success(request, _("Note written."))
        return redirect(back)
    context = {"form": form, "finding": finding, "back": back}
    return render(request, "reporting/add_note.html", context, status=INVALID if request.method == "POST" else 200)


@require_POST
@requires(Permission.VIEW_MONITORING, kind="police_force")
def note_done(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say that what a note announced is done."""
    note = queries.note_of(reference=reference, by=request.user)
    try:
        actions.finish_note(note=note, by=request.user)
        messages.success(request, _("Note marked as done."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("finding_notes")


def note_lines(notes: Iterable[FindingNote]) -> list[dict[str, Any]]:
    """Each note with what it is about, and where its figures are."""
    return [{"note": note, "about": sentence.note_about(note), "figures": _figures_of(note)} for note in notes]


def _figures_of(note: FindingNote) -> str:
    asked = {"start": note.start.isoformat(), "end": note.end.isoformat(), "measure": note.measure, "by": note.by}
    return f"{reverse('dashboard')}?{urlencode(asked | {'reference': note.compared_with})}"
