"""The list of cases, the page of a case, and what an officer does next on it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import actions as case_actions
from cases.presenters.youth import line_for_list
from cases.queries import log_shown, open_case
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission as P
from diversion.attempts import INVALID, attempt
from diversion.design_system.forms import VersionedForm
from diversion.design_system.pagination import page_so_far
from diversion.design_system.tables import Column, Table, link, order_by, tag, under
from diversion.design_system.wording import short_date
from diversion.requests import SignedInRequest
from diversion.searching import asked, is_over, keep
from referrals.actions import closing, missed, referring, support, waiting_list
from referrals.actions.letting_go import Signed
from referrals.codes import CaseStatus
from referrals.forms.cases import ASK, AnswerForm, CaseFilterForm
from referrals.models import Condition
from referrals.presenters import case as presenters
from referrals.queries import listed as queries
from referrals.queries.listed import ORDERED_BY
from referrals.queries.referrals import told_referral
from referrals.views.case_page import (
    after_failure_form,
    refer_again_form,
    settle_form,
    settle_key,
    show_case,
    show_case_again,
    signing,
)

POLICE = Organisation.Kind.POLICE_FORCE
ON_A_PAGE = 25
VIEW = (P.VIEW_OWN_CASES, P.VIEW_TEAM_CASES, P.VIEW_FORCE_CASES)


@requires(*VIEW, people=True, kind=POLICE)
def case_list(request: SignedInRequest) -> HttpResponse:
    """The cases that this user may see, narrowed by the filter and sorted on the server."""
    form = CaseFilterForm(asked(request, CaseFilterForm, page="case_list"), by=request.user)
    if request.method == "POST" and form.is_valid():
        return keep(request, form, page="case_list")
    given = form.cleaned_data if form.is_valid() else {}
    order = order_by(request, ORDERED_BY, default="-recorded")
    asked_for = {"text": given.get("q", ""), "status": given.get("status", ""), "whose": given.get("whose", "")}
    page = page_so_far(
        lambda most: queries.case_keys(by=request.user, **asked_for, order=order, most=most),
        ON_A_PAGE,
        request.GET.get("page"),
    )
    cases = queries.case_rows(list(page.object_list), by=request.user)
    log_shown("case.list_shown", cases, by=request.user)
    context = {"form": form, "page": page, "table": _table(cases, order), "narrowed": any(given.values())}
    context["is_over"] = is_over(request, page="case_list")
    return render(request, "referrals/case_list.html", context, status=INVALID if request.method == "POST" else 200)


def _table(cases: Any, order: str) -> Table:
    columns = [
        Column(_("Person"), sort="name"),
        Column(_("Case")),
        Column(_("Offence")),
        Column(_("Where it stands")),
        Column(_("Time limit"), sort="limit"),
        Column(_("Officer")),
        Column(_("Recorded"), sort="recorded"),
    ]
    rows = [_row(case) for case in cases]
    return Table(_("Cases"), columns, rows, order=order, caption_hidden=True, stacked=True)


def _row(case: Any) -> list[Any]:
    more = _(" and %(n)d more") % {"n": len(case.offences) - 1} if len(case.offences) > 1 else ""
    return [
        link(case.person, reverse("case_page", args=[case.reference])),
        format_html('<span class="app-nowrap">{}</span>', case.reference),
        f"{case.offences[0]}{more}",
        _standing(case),
        _limit(case),
        under(case.officer.full_name, tag(_("Has left"), "red")) if case.officer_has_left else case.officer.full_name,
        short_date(case.recorded_at),
    ]


def _limit(case: Any) -> Any:
    if case.standing.status in (CaseStatus.CLOSED, CaseStatus.IN_ERROR, CaseStatus.RESCINDED):
        return "–"
    return presenters.limit_in_words(case.standing.limit_on, clock.today())


def _standing(case: Any) -> Any:
    """Where the case stands, and what of it is due to youth justice."""
    status, due = case.standing.told.label, line_for_list(case.live_duties, clock.today())
    return under(status, due) if due else status


@requires(*VIEW, people=True, kind=POLICE)
def case_page(request: SignedInRequest, reference: str) -> HttpResponse:
    """A case that this user may see; anybody else's does not exist for them."""
    return show_case(request, open_case(reference=reference, by=request.user))


@requires(P.RECORD_DECISION, people=True, kind=POLICE)
@require_POST
def refer_again(request: SignedInRequest, reference: str) -> HttpResponse:
    """Send the person to another scheme after a partner declined."""
    case = open_case(reference=reference, by=request.user)
    form = refer_again_form(case, request.user, request.POST)
    if not attempt(form, lambda: referring.refer_again(case=case, by=request.user, **form.chosen())):
        return show_case_again(request, reference, refer=form)
    messages.success(request, _("Referral sent."))
    return redirect("case_page", reference)


@requires(P.MANAGE_SCHEMES, people=True, kind=POLICE)
@require_POST
def take_off_list(request: SignedInRequest, reference: str) -> HttpResponse:
    """Bring the person back from a partner's waiting list."""
    case = open_case(reference=reference, by=request.user)
    referral = told_referral(case, by=request.user)
    form = VersionedForm(request.POST)
    if not attempt(form, lambda: waiting_list.take_off_list(referral=referral, by=request.user, **form.cleaned_data)):
        return show_case_again(request, reference, off_list=form)
    messages.success(request, _("Back from the waiting list: find another scheme."))
    return redirect("case_page", reference)


@requires(P.RECORD_DECISION, people=True, kind=POLICE)
@require_POST
def answer_question(request: SignedInRequest, reference: str) -> HttpResponse:
    """Answer an authoriser's question about a decision that waits."""
    case = open_case(reference=reference, by=request.user)
    form = AnswerForm(request.POST, auto_id="answer-%s")
    if not attempt(form, lambda: case_actions.answer(case=case, by=request.user, **form.cleaned_data)):
        return show_case_again(request, reference, answer=form)
    messages.success(request, _("Answered. The decision is back in the queue for authorisation."))
    return redirect("case_page", reference)


def _settle(condition: Condition, given: dict[str, Any], by: User) -> Condition:
    if given["state"] == ASK:
        return missed.ask_worker(condition=condition, version=given["version"], by=by)
    signed = Signed(given.pop("signed_on", None), given.pop("adult", ""))
    return support.settle_condition(condition=condition, by=by, signed=signed, **given)


@requires(P.RECORD_DECISION, people=True, kind=POLICE)
@require_POST
def settle_condition(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Say what came of a condition that police look after themselves."""
    case = open_case(reference=reference, by=request.user)
    condition = get_object_or_404(Condition, pk=pk, agreement__case=case)
    form = settle_form(condition, request.POST, signing=signing(case, request.user))
    if not attempt(form, lambda: _settle(condition, {**form.cleaned_data}, request.user)):
        return show_case_again(request, reference, **{settle_key(condition): form})
    asked = form.cleaned_data["state"] == ASK
    messages.success(request, _("The worker is asked why.") if asked else _("Condition recorded."))
    return redirect("case_page", reference)


@requires(P.RECORD_DECISION, people=True, kind=POLICE)
@require_POST
def decide_after_failure(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say what follows an agreement that was not kept, and close the case."""
    case = open_case(reference=reference, by=request.user)
    form = after_failure_form(case, request.POST)
    if not attempt(form, lambda: closing.decide_after_failure(case=case, by=request.user, **form.cleaned_data)):
        return show_case_again(request, reference, decide=form)
    messages.success(request, _("Recorded, and the case is closed."))
    return redirect("case_page", reference)
