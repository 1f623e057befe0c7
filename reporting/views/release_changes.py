"""What late records, edits and reversals have changed since a release: for the force itself, and nobody else."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.design_system.tables import Column, Table
from diversion.requests import SignedInRequest
from reporting.queries import releases as reads
from reporting.releases.changes import changes_since

MOST = 200  # rows on one page; the release's own tables hold fewer


@require_GET
@requires(Permission.VIEW_MONITORING, Permission.RUN_REPORTS, kind="police_force")
def changed(request: SignedInRequest, reference: str) -> HttpResponse:
    """The counts of a release of one's own force that would be others today; the release itself does not move."""
    release = reads.open_release(reference=reference, by=request.user)
    if release.released_at is None:
        raise Http404
    found = changes_since(release, by=request.user)
    table = _table(found["changed"][:MOST]) if found["changed"] else None
    context = {"release": release, "table": table, "marking": found["marking"]}
    return render(request, "reporting/releases/changed.html", context)


def _table(rows: list[dict[str, Any]]) -> Table:
    shown = [
        [row["time"], row["of"].replace("_", " ").capitalize(), ", ".join(row["at"].values()) or _("Everybody"),
         str(row["then"]), str(row["now"])]
        for row in rows
    ]  # fmt: skip
    headings = [Column(_("Period")), Column(_("Stage")), Column(_("Group"))]
    numbers = [Column(_("When released"), numeric=True), Column(_("Now"), numeric=True)]
    return Table(caption=_("Counts that have changed"), caption_hidden=True, columns=[*headings, *numbers], rows=shown)
