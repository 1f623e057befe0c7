"""The provider's own week of first appointments: published by its workers, and booked by officers at once."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.queries import log_shown
from diversion import clock
from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.requests import SignedInRequest
from referrals.actions import slots as actions
from referrals.forms.week import WEEK, WeekForm
from referrals.forms.weekly import published
from referrals.models import Slot
from referrals.presenters.week import week_of
from referrals.queries import week as queries
from referrals.views.partner import PROVIDER

FIRST_YEAR, LAST_YEAR = 2000, 2100


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def slot_week(request: SignedInRequest) -> HttpResponse:
    """A week of first appointments, and the form that publishes more of them."""
    monday = _monday(request.GET.get("week", ""))
    versions = queries.delivered(by=request.user)
    chosen = next((str(one.pk) for one in versions if one.scheme.slug == _scheme(request)), "")
    sent = request.POST if request.method == "POST" else None
    form = WeekForm(sent, versions=versions, monday=monday, initial={"scheme": chosen})
    if request.method == "POST" and attempt(form, lambda: _publish(form, request)):
        return redirect(_address(monday, form.cleaned_data["scheme"].scheme.slug if chosen else ""))
    return _show(request, monday, form)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
@require_POST
def slot_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back an appointment that nobody has booked."""
    monday = _monday(request.GET.get("week", ""))
    form = Form(request.POST)  # holds nothing but what the action may say against it
    slot = Slot.objects.filter(pk=pk, version__provider=request.user.organisation).select_related("version").first()
    if slot is None:
        messages.info(request, _("Your organisation keeps no such appointment any more."))
    elif attempt(form, lambda: actions.withdraw_slot(scheme=slot.version.scheme, slot=slot, by=request.user)):
        messages.success(request, _("The appointment is taken back."))
    else:
        fresh = WeekForm(versions=queries.delivered(by=request.user), monday=monday)
        return _show(request, monday, fresh, wrong=form)
    return redirect(_address(monday, _scheme(request)))


def _publish(form: WeekForm, request: SignedInRequest) -> None:
    given = form.cleaned_data
    actions.offer_slots(
        scheme=given["scheme"].scheme,
        moments=form.moments,
        place=given["place"],
        places=given["places"],
        by=request.user,
    )
    messages.success(request, published(form.left_out))


def _show(request: SignedInRequest, monday: date, form: WeekForm, *, wrong: Form | None = None) -> HttpResponse:
    scheme = _scheme(request)
    slots = queries.slots_of_week(monday, scheme=scheme, by=request.user)
    booked = queries.booked_in(slots, by=request.user)
    log_shown("slots.week_shown", booked, by=request.user)
    context: dict[str, Any] = {
        "days": week_of(monday, slots, booked),
        "query": _query(monday, scheme),
        "before": _address(monday - timedelta(days=WEEK), scheme),
        "after": _address(monday + timedelta(days=WEEK), scheme),
        "schemes": _schemes(form, monday, scheme),
        "form": form,
        "wrong": [form, *([wrong] if wrong else [])],
        "may_publish": bool(form.versions),
    }
    status = INVALID if request.method == "POST" else 200
    return render(request, "referrals/slot_week.html", context, status=status)


def _monday(typed: str) -> date:
    """The Monday of the week that the address names by any of its days; of this week, where it names none."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = clock.today()
    day = day if FIRST_YEAR <= day.year <= LAST_YEAR else clock.today()
    return day - timedelta(days=day.weekday())


def _scheme(request: SignedInRequest) -> str:
    """The short name of the scheme that the week is narrowed to; "" for all of them."""
    return request.GET.get("scheme", "")


def _query(monday: date, scheme: str) -> str:
    return urlencode({"week": monday.isoformat(), **({"scheme": scheme} if scheme else {})})


def _address(monday: date, scheme: str) -> str:
    return f"{reverse('slot_week')}?{_query(monday, scheme)}"


def _schemes(form: WeekForm, monday: date, chosen: str) -> list[dict[str, Any]]:
    """All of them, or one, to choose from; nothing where there is one alone."""
    found = [("", _("All schemes")), *((one.scheme.slug, one.scheme.name) for one in form.versions)]
    if not form.versions[1:]:
        return []
    return [{"text": name, "href": _address(monday, slug), "current": slug == chosen} for slug, name in found]
