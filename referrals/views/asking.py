"""People who ask a service for help with no offence alleged: its own list, and a page for each of them.

To whoever works elsewhere, police before all, none of these pages exists.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.queries import log_shown
from diversion import clock
from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt, left_over
from diversion.design_system.forms import VersionedForm
from diversion.requests import SignedInRequest
from diversion.searching import asked as asked_for
from diversion.searching import is_over, keep
from referrals.actions import duty as actions
from referrals.actions import helping
from referrals.actions.partner import navigators_of
from referrals.forms.help import CloseHelpForm, DutyForm, HelpContactForm, HelpForm, ListForm, MergeForm, TakeUpForm
from referrals.models import HelpRequest
from referrals.presenters import help as presenters
from referrals.queries import help as queries
from referrals.views.partner import ON_A_PAGE, PROVIDER

State = HelpRequest.State
Act = Callable[[Any], object]


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def help_list(request: SignedInRequest) -> HttpResponse:
    """Who asks for help: whom nobody helps yet first. The closed ones stand apart, since any of them may come back."""
    return show_list(request)


def show_list(request: SignedInRequest, *, duty: DutyForm | None = None) -> HttpResponse:
    """The list; with the form ``duty`` where that could not be done."""
    form = _filter(request, is_search=duty is None)
    if request.method == "POST" and duty is None and form.is_valid():
        return keep(request, form, page="help_list")
    narrowed, is_closed = form.narrowed, request.GET.get("which") == "closed"
    rows = queries.listed(by=request.user, is_closed=is_closed, **narrowed)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    log_shown("help.list_shown", shown, by=request.user)
    context = {"page": page, "tables": _tables(shown), "form": form, "is_narrowed": any(narrowed.values())}
    context |= {"is_closed": is_closed, "which": _which(is_closed=is_closed, is_search=bool(narrowed["text"]))}
    context |= {"left": queries.somebody_left(by=request.user), "is_over": is_over(request, page="help_list")}
    context |= _duty(request, duty) | {"wrong": [form, *([duty] if duty else [])]}
    context["may_hand_over"] = request.user.can(Permission.DECIDE_REFERRALS)
    status = INVALID if request.method == "POST" else 200
    return render(request, "referrals/help/list.html", context, status=status)


def _filter(request: SignedInRequest, *, is_search: bool) -> ListForm:
    data = asked_for(request, ListForm, page="help_list") if is_search else QueryDict()
    return ListForm(data, colleagues=navigators_of(request.user), by=request.user)


def _duty(request: SignedInRequest, sent: DutyForm | None) -> dict[str, Any]:
    """Who is on duty, and the form with which one says so of oneself: the telephone of last time is in it."""
    on_duty, own = queries.on_duty(request.user.organisation), queries.own_duty(by=request.user)
    initial = {"telephone": own.telephone} if own else {}
    is_mine = any(one.worker_id == request.user.pk for one in on_duty)
    form = sent or DutyForm(auto_id="duty-%s", initial=initial)
    return {"on_duty": presenters.on_duty_in_words(on_duty), "is_on_duty": is_mine, "duty": form}


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
@require_POST
def begin_duty(request: SignedInRequest) -> HttpResponse:
    """On duty from now on: officers see it, and hears who asks for help."""
    form = DutyForm(request.POST, auto_id="duty-%s")
    if not attempt(form, lambda: actions.go_on_duty(by=request.user, **form.cleaned_data)):
        return show_list(request, duty=form)
    messages.success(request, _("You are on duty. You hear by e-mail as soon as somebody asks for help."))
    return redirect("help_list")


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
@require_POST
def end_duty(request: SignedInRequest) -> HttpResponse:
    actions.go_off_duty(by=request.user)
    messages.success(request, _("You are off duty."))
    return redirect("help_list")


def _tables(shown: list[HelpRequest]) -> list[Any]:
    """A table for each of what people stand as; a search finds them in all three."""
    by_state = {state: [one for one in shown if one.state == state] for state in State.values}
    return [
        *([presenters.waiting_table(rows, clock.now())] if (rows := by_state[State.SENT]) else []),
        *([presenters.helped_table(rows)] if (rows := by_state[State.TAKEN_UP]) else []),
        *([presenters.closed_table(rows)] if (rows := by_state[State.CLOSED]) else []),
    ]


def _which(*, is_closed: bool, is_search: bool) -> list[dict[str, Any]]:
    address = reverse("help_list")
    return [
        {"text": _("Open"), "href": address, "current": not is_closed and not is_search},
        {"text": _("Closed"), "href": f"{address}?which=closed", "current": is_closed and not is_search},
    ]


@requires(Permission.SUPPORT_PEOPLE, kind=PROVIDER)
def write_down(request: SignedInRequest) -> HttpResponse:
    """Somebody came themselves: the same page as an officer has, and whoever writes helps."""
    services = queries.services(by=request.user)
    form = HelpForm(request.POST if request.method == "POST" else None, services=services)
    made: list[HelpRequest] = []
    if request.method == "POST" and services and attempt(form, lambda: made.append(_written(form, request))):
        messages.success(request, _("Written down. You help %(name)s.") % {"name": made[0]})
        return redirect("help_page", made[0].reference)
    context = {"form": form, "services": services, "left_over": left_over([form], [form] if services else [])}
    status = INVALID if request.method == "POST" else 200
    return render(request, "referrals/help/write_down.html", context, status=status)


def _written(form: HelpForm, request: SignedInRequest) -> HelpRequest:
    return helping.write_down_help(**form.passed_on, by=request.user)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def help_page(request: SignedInRequest, reference: str) -> HttpResponse:
    """The page of one of them; of a record that was merged, that of the record it was merged into."""
    asked = queries.open_help(reference=reference, by=request.user)
    if asked.reference != reference:
        messages.info(request, presenters.merged_in_words(reference))
        return redirect("help_page", asked.reference)
    return _show(request, asked)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
@require_POST
def take_up(request: SignedInRequest, reference: str) -> HttpResponse:
    """Help them oneself, or have a colleague do it."""
    asked = queries.help_of(reference=reference, by=request.user)
    form = TakeUpForm(request.POST, auto_id="take-up-%s", colleagues=navigators_of(request.user))

    def act(given: Any) -> None:
        helping.take_up_help(asked=asked, by=request.user, **given)
        words = {"helper": given["worker"].full_name, "name": asked}
        messages.success(request, _("%(helper)s now helps %(name)s.") % words)

    return _done(request, asked, "take_up", form, act)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
@require_POST
def note_contact(request: SignedInRequest, reference: str) -> HttpResponse:
    """Met or spoke, left word, or not seen."""
    asked = queries.help_of(reference=reference, by=request.user)

    def act(given: Any) -> None:
        contact = helping.note_help_contact(asked=asked, by=request.user, **given)
        messages.success(request, _("Noted: %(what)s.") % {"what": contact.get_kind_display().lower()})

    return _done(request, asked, "contact", HelpContactForm(request.POST, auto_id="contact-%s"), act)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
@require_POST
def stop(request: SignedInRequest, reference: str) -> HttpResponse:
    """They want no more of it, and need not say why."""
    asked = queries.help_of(reference=reference, by=request.user)

    def act(given: Any) -> None:
        helping.stop_help(asked=asked, by=request.user, **given)
        messages.success(request, _("Stopped. How to reach them has been removed: nobody rings again."))

    return _done(request, asked, "stop", VersionedForm(request.POST), act)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
@require_POST
def close(request: SignedInRequest, reference: str) -> HttpResponse:
    asked = queries.help_of(reference=reference, by=request.user)

    def act(given: Any) -> None:
        helping.close_help(asked=asked, by=request.user, **given)
        messages.success(request, _("Closed. A contact opens it again."))

    return _done(request, asked, "close", CloseHelpForm(request.POST, auto_id="close-%s"), act)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
@require_POST
def merge(request: SignedInRequest, reference: str) -> HttpResponse:
    """Two records are of one person: both stand on this page from now on."""
    asked = queries.help_of(reference=reference, by=request.user)

    def act(given: Any) -> None:
        helping.merge_help(kept=asked, by=request.user, **given)
        messages.success(request, _("Merged. What was sent with the other record stands below."))

    return _done(request, asked, "merge", _merge_form(asked, request, request.POST), act)


def _done(request: SignedInRequest, asked: HelpRequest, name: str, form: Form, act: Act) -> HttpResponse:
    """Do it and lead back to the page; or the page as it stands now, with what was typed.

    Where the record was merged meanwhile that is the page of the record that it was merged into.
    """
    if attempt(form, lambda: act(form.cleaned_data)):
        return redirect("help_page", asked.reference)
    return _show(request, queries.open_help(reference=asked.reference, by=request.user), **{name: form})


def _merge_form(asked: HelpRequest, request: SignedInRequest, data: Any = None) -> MergeForm:
    others = presenters.to_merge_in_words(queries.to_merge(asked, by=request.user))
    return MergeForm(data, auto_id="merge-%s", others=others)


def _show(request: SignedInRequest, asked: HelpRequest, **bound: Form) -> HttpResponse:
    forms: dict[str, Form] = {"contact": bound.get("contact") or HelpContactForm(auto_id="contact-%s")}
    sent = bound.get("merge")
    merging = sent if isinstance(sent, MergeForm) else _merge_form(asked, request)
    if merging.is_bound or merging.by_pk:
        forms["merge"] = merging
    if asked.is_open:
        colleagues = navigators_of(request.user)
        forms["take_up"] = bound.get("take_up") or TakeUpForm(auto_id="take-up-%s", colleagues=colleagues)
        forms["close"] = bound.get("close") or CloseHelpForm(auto_id="close-%s")
    context = {
        "asked": asked,
        "pack": presenters.HelpPack(asked),
        "contacts": presenters.contact_items(queries.contacts_of(asked)),
        "wrong": list(bound.values()),
        "left_over": left_over(bound.values(), forms.values()),
        **forms,
    }
    status = INVALID if request.method == "POST" else 200
    return render(request, "referrals/help/page.html", context, status=status)
