"""Whether an agreement was broken: what the worker puts to police, and the page on which it is decided."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import legal
from cases.queries import open_case
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission as P
from diversion.attempts import INVALID, attempt, left_over
from diversion.refusals import Refused
from diversion.requests import SignedInRequest
from referrals.actions import breaching as actions
from referrals.forms.breaches import (
    AccountForm,
    AdviceForm,
    DecideBreachForm,
    OfficersAccountForm,
    PutForm,
    SignForm,
)
from referrals.judging.breach import obstacle_to, rank_of
from referrals.models import Appointment, Breach
from referrals.presenters.breaches import decided_rows, fact_rows, side_rows
from referrals.presenters.case import identity_items
from referrals.queries.breaches import open_breach_page
from referrals.queries.cases import agreement_of
from referrals.queries.referrals import open_referral
from referrals.views.partner import PROVIDER
from referrals.views.referral_page import show_again

POLICE = Organisation.Kind.POLICE_FORCE
SEES = (P.VIEW_OWN_CASES, P.VIEW_TEAM_CASES, P.VIEW_FORCE_CASES)
State = Breach.State


@requires(P.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def put(request: SignedInRequest, reference: str) -> HttpResponse:
    """The worker puts to police that the agreement is not being kept."""
    referral = open_referral(reference=reference, by=request.user)
    form = PutForm(request.POST, auto_id="put-%s")
    if not attempt(form, lambda: actions.put_breach(referral=referral, by=request.user, **form.cleaned_data)):
        return show_again(request, reference, put=form)
    messages.success(request, _("Put to the police. Tell the person, and note what they say."))
    return redirect(f"{reverse('referral_page', args=[reference])}#breach")


@requires(P.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def worker_account(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """The worker notes the person's side."""
    breach = _of_worker(request, reference, pk)
    form = AccountForm(request.POST, auto_id="account-%s", is_child=legal.is_child(breach.case))
    if not attempt(form, lambda: actions.note_account(breach=breach, by=request.user, **form.cleaned_data)):
        _bring_up_to_date(form, breach)
        return show_again(request, reference, account=form)
    messages.success(request, _("Noted."))
    return redirect(f"{reverse('referral_page', args=[reference])}#breach")


@requires(P.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def worker_advice(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """The worker recommends what is done."""
    breach = _of_worker(request, reference, pk)
    form = AdviceForm(request.POST, auto_id="advice-%s")
    if not attempt(form, lambda: actions.advise(breach=breach, by=request.user, **form.cleaned_data)):
        _bring_up_to_date(form, breach)
        return show_again(request, reference, advice=form)
    messages.success(request, _("Recommended. You read here what is decided."))
    return redirect(f"{reverse('referral_page', args=[reference])}#breach")


def _bring_up_to_date(form: Form, breach: Breach) -> None:
    """A form that was refused is shown beside the breach as it is now: sent again, it is of that."""
    breach.refresh_from_db(fields=["version"])
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["version"] = str(breach.version)  # type: ignore[index]


def _of_worker(request: SignedInRequest, reference: str, pk: int) -> Breach:
    return get_object_or_404(Breach, pk=pk, referral=open_referral(reference=reference, by=request.user))


@requires(P.RECORD_DECISION, people=True, kind=POLICE)
@require_POST
def ask(request: SignedInRequest, reference: str) -> HttpResponse:
    """The officer asks the person for their side."""
    case = open_case(reference=reference, by=request.user)
    try:
        return redirect("breach_page", actions.ask_for_account(case=case, by=request.user).pk)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("case_page", reference)


@requires(*SEES, people=True, kind=POLICE)
def breach_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """What both sides say, the facts, and the decision."""
    breach = open_breach_page(pk=pk, by=request.user)
    sent = request.POST.get("what", "") if request.method == "POST" else ""
    forms = _forms(breach, request, sent)
    if sent and (done := _done(breach, sent, forms.get(sent), request.user)):
        messages.success(request, done)
        return redirect("breach_page", pk)
    if sent in forms:
        _bring_up_to_date(forms[sent], breach)
    return _show(request, open_breach_page(pk=pk, by=request.user), forms, sent)


def _forms(breach: Breach, request: SignedInRequest, sent: str) -> dict[str, Any]:
    """The forms that ``request``'s user may send now, that which was sent among them with what was typed."""
    user, data = request.user, request.POST
    initial = {"version": breach.version}
    account = initial | {"how": breach.account_how, "account": breach.account, "adult": breach.account_adult}
    advice = initial | {"advice": breach.advice, "why": breach.advice_why}
    is_prosecutors = rank_of(breach.case, breach.referral) == "prosecutor"
    named: dict[str, Any] = {"request": request, "initial": initial}
    forms: dict[str, Any] = {}
    if user.can(P.RECORD_DECISION) and breach.state == State.OPEN:
        forms["account"] = OfficersAccountForm(
            data if sent == "account" else None,
            auto_id="account-%s",
            initial=account,
            is_child=legal.is_child(breach.case),
        )
        if breach.referral_id is None:
            forms["advice"] = AdviceForm(data if sent == "advice" else None, auto_id="advice-%s", initial=advice)
    if user.can(P.AUTHORISE) and (breach.state == State.OPEN or sent == "decide"):
        given = named | {"breach": breach, "is_prosecutors": is_prosecutors}
        forms["decide"] = DecideBreachForm(data if sent == "decide" else None, auto_id="decide-%s", **given)
    if user.can(P.AUTHORISE) and (breach.state == State.SIGNING or sent == "sign"):
        forms["sign"] = SignForm(data if sent == "sign" else None, auto_id="sign-%s", **named)
    return forms


def _done(breach: Breach, sent: str, form: Any, user: User) -> str:
    """Do what was sent; what to say of it, or "" where it could not be done."""
    acts = {
        "account": lambda: actions.note_account(breach=breach, by=user, **form.cleaned_data),
        "advice": lambda: actions.advise(breach=breach, by=user, **form.cleaned_data),
        "decide": lambda: actions.decide_breach(breach=breach, ruling=form.ruling,
                                                seen=form.cleaned_data["version"], by=user),
        "sign": lambda: actions.sign_breach(breach=breach, agrees=form.cleaned_data["decision"] == SignForm.SIGN,
                                            rationale=form.cleaned_data["rationale"],
                                            seen=form.cleaned_data["version"], by=user),
    }  # fmt: skip
    if sent not in acts:
        raise Http404
    if form is None or not attempt(form, acts[sent]):
        return ""
    return _("Recorded: %(name)s.") % {"name": breach.case.person}


def _show(request: SignedInRequest, breach: Breach, forms: dict[str, Form], sent: str) -> HttpResponse:
    """The page as it stands now; a form that was sent and has no place on it any more is told of in words."""
    bound = [forms[sent]] if sent in forms else []
    obstacle = obstacle_to(breach, request.user)
    shown = {name: form for name, form in forms.items() if name not in ("decide", "sign") or not obstacle}
    appointments = Appointment.objects.filter(referral=breach.referral) if breach.referral_id else ()
    context = {
        "breach": breach,
        "case": breach.case,
        "identity": identity_items(breach.case.person, clock.today(), with_ethnicity=False),
        "sides": [row for row in side_rows(breach) if row["value"]],
        "facts": fact_rows(breach, agreement_of(breach.case), appointments),
        "decided": decided_rows(breach) if breach.decision else [],
        "obstacle": obstacle if breach.is_live and request.user.can(P.AUTHORISE) else "",
        "forms": shown,
        "wrong": bound,
        "left_over": left_over(bound, shown.values()),
    }
    return render(request, "referrals/breach_page.html", context, status=INVALID if sent else 200)
