"""Reports that are made by themselves: which there are, and how one is added, changed or stopped."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.requests import SignedInRequest
from reporting import queries
from reporting.actions import schedules as actions
from reporting.forms.schedules import ScheduleForm
from reporting.presenters import schedules as shown


@require_GET
@requires(Permission.VIEW_MONITORING, kind="police_force")
def schedule_list(request: SignedInRequest) -> HttpResponse:
    """Every schedule of the force, with the report that it made last."""
    may_change = queries.may_ask(request.user)
    table = shown.table_of_schedules(queries.schedules(by=request.user), may_change=may_change)
    return render(request, "reporting/schedules.html", {"table": table, "may_change": may_change})


@require_http_methods(["GET", "POST"])
@requires(Permission.RUN_REPORTS, kind="police_force")
def schedule_add(request: SignedInRequest) -> HttpResponse:
    """Have a report made whenever its time has ended."""
    form = ScheduleForm(request.POST or None, schemes=queries.schemes_of(request.user), is_new=True)
    if request.method == "POST" and attempt(form, lambda: actions.add_schedule(**form.cleaned_data, by=request.user)):
        messages.success(request, _("The report is made from now on."))
        return redirect("schedules")
    return _page(request, form, heading=_("Have a report made"))


@require_http_methods(["GET", "POST"])
@requires(Permission.RUN_REPORTS, kind="police_force")
def schedule_change(request: SignedInRequest, reference: str) -> HttpResponse:
    """Change a schedule, or stop it."""
    schedule = queries.schedule_of(reference=reference, by=request.user)
    names = ("name", "every", "purpose", "scheme")
    initial: dict[str, Any] = {name: getattr(schedule, name) for name in names}
    initial |= {"is_on": "yes" if schedule.is_on else "no", "seen": schedule.version}
    schemes = sorted({*queries.schemes_of(request.user), schedule.scheme} - {""})
    form = ScheduleForm(request.POST or None, initial=initial, schemes=schemes, is_new=False)
    if request.method == "POST" and attempt(
        form, lambda: actions.change_schedule(schedule=schedule, **form.cleaned_data, by=request.user)
    ):
        messages.success(request, _("Changed. Reports that were made stay as they are."))
        return redirect("schedules")
    return _page(request, form, heading=_("Change a report that is made by itself"))


def _page(request: SignedInRequest, form: ScheduleForm, *, heading: str) -> HttpResponse:
    context = {"form": form, "heading": heading}
    return render(request, "reporting/schedule.html", context, status=INVALID if form.is_bound else 200)
