"""The administrator's pages: who may sign in and what they may do. They show no case content."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from diversion import audit, clock
from diversion.access import requires, signed_in
from diversion.accounts import passwords, queries, work
from diversion.accounts.actions import approvals, own_sessions, training, users, vetting
from diversion.accounts.forms import (
    ActingForm,
    ApprovalForm,
    EndSessionsForm,
    NewUserForm,
    TrainingForm,
    UserFilterForm,
    UserForm,
    VettingForm,
    details_of,
)
from diversion.accounts.models import AccountRequest, User
from diversion.accounts.permissions import SECOND_PERSONS, Permission
from diversion.accounts.presenters import (
    account_rows,
    account_state,
    acting_rows,
    factor_words,
    request_rows,
    session_words,
    training_rows,
    user_table,
    vetting_words,
)
from diversion.attempts import INVALID, attempt
from diversion.refusals import Refused
from diversion.requests import SignedInRequest
from diversion.searching import asked, is_over, keep

ON_A_PAGE = 25
DECISIONS = {"approve": approvals.approve, "refuse": approvals.refuse}


@requires(Permission.MANAGE_USERS)
def user_list(request: SignedInRequest) -> HttpResponse:
    form = UserFilterForm(asked(request, UserFilterForm, page="user_list"))
    if request.method == "POST" and form.is_valid():
        return keep(request, form, page="user_list")
    given = form.cleaned_data if form.is_valid() else {}
    active = {"active": True, "disabled": False}.get(given.get("status", ""))
    found = queries.users(by=request.user, text=given.get("text", ""), active=active)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    shown = {"count": len(page)}
    audit.record("user.list_shown", audit.Nature.CONSULTATION, by=request.user, subjects=page, detail=shown)
    context = {"form": form, "page": page, "table": user_table(page), "is_over": is_over(request, page="user_list")}
    return render(request, "accounts/user_list.html", context, status=INVALID if request.method == "POST" else 200)


@requires(Permission.MANAGE_USERS)
def user_add(request: SignedInRequest) -> HttpResponse:
    form = NewUserForm(request.POST if request.method == "POST" else None, by=request.user)
    made: list[User] = []

    def act() -> None:
        made.append(users.add_user(email=form.cleaned_data["email"], details=form.details(), by=request.user))

    if attempt(form, act):
        messages.success(request, _("%(name)s is added, and waits for a second person.") % {"name": made[0]})
        return redirect("user_page", made[0].pk)
    status = INVALID if form.is_bound else 200
    return render(request, "accounts/user_add.html", {"form": form}, status=status)


@requires(Permission.MANAGE_USERS)
@never_cache
def user_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One user: changed here, disabled and enabled, and given a link to set a password."""
    user = queries.open_user(pk=pk, by=request.user)
    form = UserForm(request.POST if request.method == "POST" else None, by=request.user, initial=details_of(user))
    if attempt(form, lambda: users.change_user(user=user, details=form.details(), by=request.user)):
        waits = user.account_requests.filter(state=AccountRequest.State.WAITING).exists()
        messages.success(request, _("Saved. What gives power waits for a second person.") if waits else _("Saved."))
        return redirect("user_page", pk)
    audit.record("user.opened", audit.Nature.CONSULTATION, by=request.user, subjects=[user])
    return _show(request, user, form, status=INVALID if form.is_bound else 200)


@requires(Permission.MANAGE_USERS)
def user_disable(request: SignedInRequest, pk: int) -> HttpResponse:
    return _do(request, pk, users.disable_user, _("This account is disabled, and its sessions have ended."))


@requires(Permission.MANAGE_USERS)
def user_sign_out(request: SignedInRequest, pk: int) -> HttpResponse:
    return _do(request, pk, users.end_sessions_of, _("They are signed out everywhere, and can sign in again."))


@requires(Permission.MANAGE_USERS)
def user_enable(request: SignedInRequest, pk: int) -> HttpResponse:
    return _do(request, pk, users.enable_user, _("This account opens again once a second person agrees."))


@requires(Permission.MANAGE_USERS)
def user_ask_for_link(request: SignedInRequest, pk: int) -> HttpResponse:
    return _do(request, pk, users.ask_for_link, _("A second person is asked for the link."))


@requires(Permission.MANAGE_USERS)
def user_ask_for_reset(request: SignedInRequest, pk: int) -> HttpResponse:
    return _do(request, pk, users.ask_for_reset, _("A second person is asked to remove the second factor."))


@requires(Permission.MANAGE_USERS)
def user_password_link(request: SignedInRequest, pk: int) -> HttpResponse:
    return _do(request, pk, approvals.use_link, "", link=True)


@requires(*SECOND_PERSONS)
def account_requests(request: SignedInRequest) -> HttpResponse:
    """Changes of accounts that wait for a second person."""
    return _show_requests(request)


@requires(*SECOND_PERSONS)
def account_request(request: SignedInRequest, pk: int) -> HttpResponse:
    """One of them, approved or refused by a button of the list."""
    asked = queries.open_request(pk=pk, by=request.user)
    if request.method != "POST":
        return redirect("account_requests")
    button, decision = _approval(request, asked, sent=True), request.POST.get("decision", "")

    def act() -> None:
        if decision not in DECISIONS:
            raise Refused(_("Choose whether to approve it or to refuse it."))
        DECISIONS[decision](request=asked, by=request.user)

    if not attempt(button, act):
        return _show_requests(request, sent={asked.pk: button}, status=INVALID)
    said = _("Approved.") if decision == "approve" else _("Refused. Nothing has changed.")
    messages.success(request, said)
    return redirect("account_requests")


def _approval(request: SignedInRequest, asked: AccountRequest, *, sent: bool = False) -> ApprovalForm:
    return ApprovalForm(request.POST if sent else None, request=request, auto_id=f"change-{asked.pk}-%s")


def _show_requests(
    request: SignedInRequest, *, sent: dict[int, ApprovalForm] | None = None, status: int = 200
) -> HttpResponse:
    forms = sent or {}
    waiting = [
        {
            "request": asked,
            "rows": request_rows(asked),
            "form": forms.get(asked.pk) or _approval(request, asked),
            "is_own": request.user.pk in (asked.asked_by_id, asked.user_id),
        }
        for asked in queries.waiting_requests(by=request.user)
    ]
    context = {"waiting": waiting, "wrong": list(forms.values())}
    return render(request, "accounts/account_requests.html", context, status=status)


@requires(Permission.MANAGE_USERS)
def user_training(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record that somebody was trained in deciding where there is domestic abuse."""
    user = queries.open_user(pk=pk, by=request.user)
    form = TrainingForm(request.POST)
    if request.method != "POST":
        return redirect("user_page", pk)
    if not attempt(form, lambda: training.record_training(user=user, by=request.user, **form.cleaned_data)):
        return _show(request, user, UserForm(by=request.user, initial=details_of(user)), trained=form, status=INVALID)
    messages.success(request, _("The training is recorded."))
    return redirect("user_page", pk)


@requires(Permission.MANAGE_USERS)
def user_training_back(request: SignedInRequest, pk: int, mark: int) -> HttpResponse:
    """Take back a mark that was recorded by mistake."""
    user = queries.open_user(pk=pk, by=request.user)
    found = get_object_or_404(user.trainings, pk=mark)
    button = Form(request.POST)
    if request.method == "POST" and attempt(
        button, lambda: training.take_back_training(training=found, by=request.user)
    ):
        messages.success(request, _("The mark is taken back."))
    return redirect("user_page", pk)


@requires(Permission.MANAGE_USERS)
def user_vetting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record how somebody at a partner is vetted, and until when."""
    user = queries.open_user(pk=pk, by=request.user)
    form = VettingForm(request.POST, auto_id="vetting-%s")
    if request.method != "POST":
        return redirect("user_page", pk)
    if not attempt(form, lambda: vetting.record_vetting(user=user, by=request.user, **form.cleaned_data)):
        return _show(request, user, UserForm(by=request.user, initial=details_of(user)), vetted=form, status=INVALID)
    messages.success(request, _("The vetting is recorded."))
    return redirect("user_page", pk)


@requires(Permission.MANAGE_USERS)
def user_acting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask that somebody acts in a higher rank for some days."""
    user = queries.open_user(pk=pk, by=request.user)
    form = ActingForm(request.POST, auto_id="acting-%s")
    if request.method != "POST":
        return redirect("user_page", pk)
    if not attempt(form, lambda: users.ask_acting(user=user, by=request.user, **form.cleaned_data)):
        return _show(request, user, UserForm(by=request.user, initial=details_of(user)), acting=form, status=INVALID)
    messages.success(request, _("A second person is asked for the acting rank."))
    return redirect("user_page", pk)


@requires(Permission.MANAGE_USERS)
def user_acting_end(request: SignedInRequest, pk: int, asked: int) -> HttpResponse:
    """End an acting rank before its last day."""
    user = queries.open_user(pk=pk, by=request.user)
    found = get_object_or_404(user.account_requests, pk=asked)
    button = Form(request.POST)
    if request.method == "POST" and attempt(button, lambda: approvals.end_acting(request=found, by=request.user)):
        messages.success(request, _("The acting rank has ended."))
    return redirect("user_page", pk)


@signed_in
@never_cache
def your_account(request: SignedInRequest) -> HttpResponse:
    """What somebody's account says of them, where they are signed in, and to sign out elsewhere."""
    here = audit.digest(request.session.kept_key)
    known = {audit.digest(one.pk): one for one in queries.sessions_of(request.user)}
    others = [(digest, session_words(one)) for digest, one in known.items() if digest != here]
    form = EndSessionsForm(request.POST if request.method == "POST" else None, request=request, others=others)
    if attempt(form, lambda: own_sessions.end_sessions(ends=form.cleaned_data["ends"], by=request.user)):
        messages.success(request, _("You are signed out there."))
        return redirect("your_account")
    context = {
        "rows": account_rows(request.user),
        "factors": factor_words(request.user),
        "here": session_words(known[here]) if here in known else "",
        "form": form,
        "others": others,
    }
    return render(request, "accounts/your_account.html", context, status=INVALID if form.is_bound else 200)


def _do(
    request: SignedInRequest, pk: int, action: Callable[..., User], said: str, *, link: bool = False
) -> HttpResponse:
    """One button: do it, and come back to the user's page. Opening the address does nothing."""
    user = queries.open_user(pk=pk, by=request.user)
    if request.method != "POST":
        return redirect("user_page", pk)
    button = Form(request.POST)  # holds nothing but what the action may say against it
    if not attempt(button, lambda: action(user=user, by=request.user)):
        form = UserForm(by=request.user, initial=details_of(user))
        return _show(request, user, form, button=button, status=INVALID)
    if link:
        passwords.keep_link(request, queries.open_user(pk=pk, by=request.user))
    if said:
        messages.success(request, said)
    return redirect("user_page", pk)


def _show(
    request: SignedInRequest,
    user: User,
    form: UserForm,
    *,
    button: Form | None = None,
    trained: TrainingForm | None = None,
    acting: ActingForm | None = None,
    vetted: VettingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    waits = user.account_requests.filter(state=AccountRequest.State.WAITING).select_related("asked_by").first()
    context = {
        "trained": trained or TrainingForm(),
        "acting": acting or ActingForm(auto_id="acting-%s"),
        "vetted": vetted or VettingForm(auto_id="vetting-%s"),
        "vetting": vetting_words(user),
        "acting_rows": acting_rows(user, clock.today()) if user.is_police else [],
        "trainings": training_rows(user, clock.today()),
        "wrong": [one for one in (form, button, trained, acting, vetted) if one is not None],
        "person": user,
        "form": form,
        "button": button,
        "link": passwords.take_link(request, user),
        "state": account_state(user),
        "factors": factor_words(user),
        "held": _(" and ").join(work.held_by(user)),
        "waits": waits,
        "waiting_rows": request_rows(waits) if waits else [],
        "has_link": approvals.approved_links(user).exists(),
    }
    return render(request, "accounts/user_page.html", context, status=status)
