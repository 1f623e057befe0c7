"""Youth justice at work: the children whom police told it of, a page for each, and which service serves which force."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import queries
from cases.actions import youth
from cases.forms.youth import AssessmentForm, EndLinkForm, FinishForm, InboxFilterForm, LinkServiceForm, NotKeptForm
from cases.models import YouthDuty
from cases.presenters import youth as presenters
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt, left_over
from diversion.design_system.forms import VersionedForm
from diversion.design_system.tables import order_by
from diversion.requests import SignedInRequest
from diversion.searching import asked, is_over, keep

SERVICE, POLICE = Organisation.Kind.YOUTH_JUSTICE, Organisation.Kind.POLICE_FORCE
ON_A_PAGE = 25


@requires(Permission.VIEW_YOUTH_DUTIES, people=True, kind=SERVICE)
def inbox(request: SignedInRequest) -> HttpResponse:
    """The children whom the service was told of: those to be acknowledged first, the nearest day at the top."""
    form = InboxFilterForm(asked(request, InboxFilterForm, page="youth_inbox"))
    if request.method == "POST" and form.is_valid():
        return keep(request, form, page="youth_inbox")
    given = form.cleaned_data if form.is_valid() else {}
    order = order_by(request, ("due", "name"), default="due")
    rows = queries.youth_inbox(by=request.user, text=given.get("q", ""), state=given.get("state", ""), order=order)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    shown = [record for duty in page.object_list for record in (duty, duty.case, duty.case.person)]
    queries.log_shown("youth_duty.inbox_shown", shown, by=request.user)
    traces = queries.youth_traces(by=request.user)
    context = {
        "form": form,
        "page": page,
        "table": presenters.inbox_table(page.object_list, order, clock.today()),
        "narrowed": any(given.values()),
        "is_over": is_over(request, page="youth_inbox"),
        "traces": presenters.trace_table(traces) if traces else None,
        "waits": ()
        if any(given.values())
        else presenters.waiting_items(queries.youth_waits(by=request.user), request.user),
    }
    return render(request, "cases/youth_inbox.html", context, status=INVALID if request.method == "POST" else 200)


@requires(Permission.VIEW_YOUTH_DUTIES, people=True, kind=SERVICE)
def duty_page(request: SignedInRequest, reference: str) -> HttpResponse:
    return _show(request, queries.open_duty(reference=reference, by=request.user))


@requires(Permission.ANSWER_YOUTH_DUTIES, people=True, kind=SERVICE)
@require_POST
def acknowledge(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take the child on: the clock of the referral stops, and the officer sees it."""
    duty = queries.open_duty(reference=reference, by=request.user)
    form = VersionedForm(request.POST)
    if not attempt(form, lambda: youth.acknowledge(duty=duty, by=request.user, **form.cleaned_data)):
        return _show_again(request, reference, acknowledge=form)
    messages.success(request, _("Acknowledged. The officer can see it."))
    return redirect("youth_duty", reference)


@requires(Permission.ANSWER_YOUTH_DUTIES, people=True, kind=SERVICE)
@require_POST
def note_assessment(request: SignedInRequest, reference: str) -> HttpResponse:
    """Note that the child was assessed (PDAT): when, by whom, under what reference."""
    duty = queries.open_duty(reference=reference, by=request.user)
    form = AssessmentForm.of(queries.assessment_of_child(duty.case), request.POST)
    if not attempt(form, lambda: youth.record_assessment(case=duty.case, by=request.user, **form.cleaned_data)):
        return _show_again(request, reference, assessment=form)
    messages.success(request, _("Assessment noted. The officer sees that it was made, and its reference."))
    return redirect("youth_duty", reference)


@requires(Permission.ANSWER_YOUTH_DUTIES, people=True, kind=SERVICE)
@require_POST
def report_not_kept(request: SignedInRequest, reference: str) -> HttpResponse:
    """Report a plan that is not kept to the officer and the hub."""
    duty = queries.open_duty(reference=reference, by=request.user)
    form = NotKeptForm(request.POST, auto_id="not-kept-%s")
    if not attempt(form, lambda: youth.report_not_kept(duty=duty, by=request.user, **form.cleaned_data)):
        return _show_again(request, reference, not_kept=form)
    messages.success(request, _("Reported. The officer and the coordinator see it on the case."))
    return redirect("youth_duty", reference)


@requires(Permission.ANSWER_YOUTH_DUTIES, people=True, kind=SERVICE)
@require_POST
def finish(request: SignedInRequest, reference: str) -> HttpResponse:
    """End it: from then on the service does not see the child any more."""
    if reference in {one["reference"] for one in queries.youth_traces(by=request.user)}:
        return redirect("youth_inbox")  # the second of two clicks
    duty = queries.open_duty(reference=reference, by=request.user)
    form = FinishForm(request.POST, auto_id="finish-%s", duty=duty)
    if not attempt(form, lambda: youth.finish(duty=duty, by=request.user, **form.cleaned_data)):
        return _show_again(request, reference, finish=form)
    words = _("Ended: %(reference)s. You do not see this child here any more.")
    messages.success(request, words % {"reference": reference})
    return redirect("youth_inbox")


def _show(request: SignedInRequest, duty: YouthDuty, *, status: int = 200, **bound: Form) -> HttpResponse:
    """The page of a child; ``bound`` holds forms that were sent and could not be done, by key."""
    today, noted = clock.today(), queries.assessment_of_child(duty.case)
    standing = _forms(request, duty)
    forms = standing | {key: form for key, form in bound.items() if key in standing}
    context = {
        "duty": duty,
        "identity": presenters.identity_items(duty, today),
        "state": presenters.state_words(duty),
        "colour": presenters.state_colour(duty, today),
        "rows": presenters.duty_rows(duty, today),
        "rule": presenters.guidance_of(duty),
        "noted": noted,
        "noted_rows": presenters.assessment_rows(noted),
        "wrong": list(bound.values()),
        "left_over": left_over(bound.values(), forms.values()),
        **forms,
    }
    return render(request, "cases/youth_duty.html", context, status=status)


def _forms(request: SignedInRequest, duty: YouthDuty) -> dict[str, Form]:
    """What may be said as the duty stands, by somebody who may say it."""
    if not request.user.can(Permission.ANSWER_YOUTH_DUTIES):
        return {}
    who = f"{request.user}, {request.user.organisation}"
    forms: dict[str, Form] = {"assessment": AssessmentForm.of(queries.assessment_of_child(duty.case), done_by=who)}
    if duty.acknowledged_at is None:
        return {"acknowledge": VersionedForm(), **forms}
    if duty.not_kept_at is None:
        forms["not_kept"] = NotKeptForm(auto_id="not-kept-%s")
    return {**forms, "finish": FinishForm(auto_id="finish-%s", duty=duty)}


def _show_again(request: SignedInRequest, reference: str, **bound: Form) -> HttpResponse:
    """The page as it is now, with what was typed and what is wrong with it."""
    return _show(request, queries.open_duty(reference=reference, by=request.user), status=INVALID, **bound)


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
def services(request: SignedInRequest) -> HttpResponse:
    """The youth justice services that are told of the force's children; the coordinator adds one."""
    form = LinkServiceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and attempt(form, lambda: youth.link_service(by=request.user, **form.cleaned_data)):
        messages.success(request, _("%(service)s serves your force.") % {"service": form.cleaned_data["service"]})
        return redirect("youth_services")
    return _show_services(request, form, status=INVALID if form.is_bound else 200)


@requires(Permission.MANAGE_SCHEMES, kind=POLICE)
@require_POST
def end_service(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a service see the force's children until a last day."""
    link = get_object_or_404(queries.youth_links(by=request.user), pk=pk)
    form = EndLinkForm(request.POST, auto_id=f"end-{pk}-%s")
    if not attempt(form, lambda: youth.end_link(link=link, by=request.user, **form.cleaned_data)):
        return _show_services(request, LinkServiceForm(), ending=form, of=pk, status=INVALID)
    messages.success(request, _("The last day of %(service)s is set.") % {"service": link.service})
    return redirect("youth_services")


def _show_services(
    request: SignedInRequest, form: Form, *, ending: Form | None = None, of: int = 0, status: int = 200
) -> HttpResponse:
    links = list(queries.youth_links(by=request.user))
    ends = [
        {"link": one, "form": ending if ending and one.pk == of else EndLinkForm(auto_id=f"end-{one.pk}-%s")}
        for one in links
        if one.valid_to is None
    ]
    context: dict[str, Any] = {"form": form, "ends": ends, "wrong": [form, ending]}
    context["table"] = presenters.link_table(links, clock.today()) if links else None
    return render(request, "cases/youth_services.html", context, status=status)
