"""Victims: what they are owed, and the record of one in a case. For those who may know, and nobody at a partner."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.actions import victims as actions
from cases.actions.victims import MAY_SEE, record_of
from cases.codes import VictimStance
from cases.models import Allegation, VictimDuty
from cases.models.victim import DutyKind
from cases.queries import log_shown
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission as P
from diversion.attempts import INVALID, attempt
from diversion.design_system.pagination import page_so_far
from diversion.requests import SignedInRequest
from referrals.actions.victims import hear_victim, keep_wishes
from referrals.forms.facilitating import NameForm
from referrals.forms.victims import ContactForm, ReviewForm, TellForm, VictimFilterForm, ViewForm, WishesForm
from referrals.models import Facilitation
from referrals.presenters import victims as presenters
from referrals.presenters.facilitating import past_rows, rows_for_police
from referrals.queries import victims as queries
from referrals.queries.facilitating import agrees, facilitations_for_police, to_choose_from, who_may_facilitate

POLICE = Organisation.Kind.POLICE_FORCE
ON_A_PAGE = 25
TOLD = (DutyKind.DECISION, DutyKind.END)


@requires(P.VIEW_VICTIMS, people=True, kind=POLICE)
def victim_list(request: SignedInRequest) -> HttpResponse:
    """What the force's victims are owed, the nearest day first."""
    form = VictimFilterForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    asked = {"kind": given.get("kind", ""), "text": given.get("q", "")}
    page = page_so_far(
        lambda most: queries.duty_keys(by=request.user, **asked, most=most), ON_A_PAGE, request.GET.get("page")
    )
    duties = queries.duty_rows(list(page.object_list))
    log_shown("victims.list_shown", dict.fromkeys(one.allegation.case for one in duties), by=request.user)
    context = {"form": form, "page": page, "table": presenters.duty_table(duties, clock.today())}
    return render(request, "referrals/victim_list.html", context | {"narrowed": any(asked.values())})


@requires(*MAY_SEE, people=True, kind=POLICE)
def victim_page(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """How a victim is reached, what they think and wish, what was tried, and what they are owed."""
    return show_victim(request, reference, pk)


def show_victim(request: SignedInRequest, reference: str, pk: int, **bound: Form) -> HttpResponse:
    """The page as it is now, with forms that were sent and could not be done, by key."""
    allegation = queries.open_victim(reference=reference, pk=pk, by=request.user)
    record, duties = record_of(allegation), list(allegation.victim_duties.all())
    waits = [one for one in duties if one.done_at is None]
    stance = {"seen": allegation.victim_stance}
    if allegation.victim_stance != VictimStance.NOT_ASKED:
        stance["stance"] = allegation.victim_stance
    tells = [(one, bound.get(_key(one)) or TellForm(auto_id=f"{_key(one)}-%s")) for one in waits if one.kind in TOLD]
    reviews = [one for one in waits if one.kind == DutyKind.REVIEW] if request.user.can(P.AUTHORISE) else []
    if "view" in bound:  # the second attempt is made at the view as it is now, which the page shows
        sent = request.POST.copy()
        sent["seen"] = allegation.victim_stance
        bound["view"].data = sent
    facilitation, past = facilitations_for_police(allegation)
    may_name = allegation.case.closed_at is None and agrees(record)
    context: dict[str, Any] = {
        "facilitation": facilitation,
        "facilitator_rows": rows_for_police(facilitation) if facilitation else [],
        "led_before": [past_rows(one) for one in past],
        "lead": _lead_form(allegation, bound, facilitation) if may_name else None,
        "allegation": allegation,
        "case": allegation.case,
        "record": record,
        "sees_case": request.user.can(P.RECORD_DECISION, P.AUTHORISE),
        "view": bound.get("view") or ViewForm(initial=stance, auto_id="view-%s"),
        "contact": bound.get("contact") or ContactForm(auto_id="contact-%s"),
        "wishes": bound.get("wishes") or WishesForm(record=record, auto_id="wishes-%s"),
        "tells": tells,
        "reviews": [(one, bound.get(_key(one)) or ReviewForm(auto_id=f"{_key(one)}-%s")) for one in reviews],
        "wrong": list(bound.values()),
        "about": presenters.about_rows(allegation),
        "touching": presenters.touching_rows(allegation),
        "remedies": presenters.remedy_row(allegation),
        "contacts": presenters.contact_rows(allegation),
        "owed": presenters.duty_rows(allegation),
    }
    return render(request, "referrals/victim_page.html", context, status=INVALID if bound else 200)


def _lead_form(allegation: Allegation, bound: Mapping[str, Form], running: Facilitation | None) -> Form | None:
    """Who leads it; where somebody does, what of the agreement is for this victim, if others were harmed too."""
    sent = bound.get("lead")
    if isinstance(sent, NameForm):
        return sent
    form = lead_form(allegation, running)
    return form if running is None or form.listed else None


def lead_form(allegation: Allegation, running: Facilitation | None, data: Any = None) -> NameForm:
    """Nothing is ticked before somebody at police has said whose it is. Where somebody leads it, they are not changed
    here; a page from before they were named gets its answer from the action.
    """
    people = who_may_facilitate(allegation) if running is None or data is not None else []
    if running is not None and running.facilitator not in people:
        people = [running.facilitator, *people]
    chosen = {"facilitator": running.facilitator_id, "conditions": running.conditions} if running else {}
    return NameForm(data, people=people, conditions=to_choose_from(allegation), initial=chosen, auto_id="lead-%s")


def _key(duty: VictimDuty) -> str:
    return f"duty-{duty.pk}"


def _do(
    request: SignedInRequest, reference: str, pk: int, form: Form, key: str, action: Callable[[Any], object], said: str
) -> HttpResponse:
    """Do what the form asks for the victim, and show the page; or show it again with what is wrong."""
    allegation = queries.open_victim(reference=reference, pk=pk, by=request.user)
    if not attempt(form, lambda: action(allegation)):
        return show_victim(request, reference, pk, **{key: form})
    messages.success(request, said)
    return redirect("victim_page", reference, pk)


@requires(*MAY_SEE, people=True, kind=POLICE)
@require_POST
def victim_view(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """What the victim thinks of settling it out of court, now."""
    form = ViewForm(request.POST, auto_id="view-%s")
    return _do(
        request, reference, pk, form, "view",
        lambda one: hear_victim(allegation=one, by=request.user, **form.cleaned_data), _("View recorded."),
    )  # fmt: skip


@requires(*MAY_SEE, people=True, kind=POLICE)
@require_POST
def victim_contact(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """An attempt to reach the victim."""
    form = ContactForm(request.POST, auto_id="contact-%s")
    return _do(
        request, reference, pk, form, "contact",
        lambda one: actions.note_contact(allegation=one, by=request.user, **form.cleaned_data), _("Attempt noted."),
    )  # fmt: skip


@requires(*MAY_SEE, people=True, kind=POLICE)
@require_POST
def victim_wishes(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """How the victim is reached, and what they wish."""
    record = record_of(queries.open_victim(reference=reference, pk=pk, by=request.user))
    form = WishesForm(request.POST, record=record, auto_id="wishes-%s")
    return _do(
        request, reference, pk, form, "wishes",
        lambda one: keep_wishes(allegation=one, by=request.user, **form.said()), _("Saved."),
    )  # fmt: skip


@requires(*MAY_SEE, people=True, kind=POLICE)
@require_POST
def victim_number(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """The number, which is also the person's, is safe to reach the victim by."""
    form = Form(request.POST)
    return _do(
        request, reference, pk, form, "number",
        lambda one: actions.check_number(allegation=one, by=request.user), _("Number checked."),
    )  # fmt: skip


@requires(*MAY_SEE, people=True, kind=POLICE)
@require_POST
def victim_told(request: SignedInRequest, reference: str, pk: int, duty: int) -> HttpResponse:
    """The victim was told of the decision, or of how it ended."""
    owed = get_object_or_404(VictimDuty, pk=duty, allegation=pk)
    form = TellForm(request.POST, auto_id=f"{_key(owed)}-%s")
    return _do(
        request, reference, pk, form, _key(owed),
        lambda _one: actions.tell(duty=owed, by=request.user, **form.chosen()), _("Recorded: the victim was told."),
    )  # fmt: skip


@requires(P.AUTHORISE, people=True, kind=POLICE)
@require_POST
def victim_review(request: SignedInRequest, reference: str, pk: int, duty: int) -> HttpResponse:
    """What a sergeant makes of an objection that came after the decision."""
    owed = get_object_or_404(VictimDuty, pk=duty, allegation=pk, kind=DutyKind.REVIEW)
    form = ReviewForm(request.POST, auto_id=f"{_key(owed)}-%s")
    return _do(
        request, reference, pk, form, _key(owed),
        lambda _one: actions.review_objection(duty=owed, by=request.user, **form.cleaned_data), _("Review recorded."),
    )  # fmt: skip
