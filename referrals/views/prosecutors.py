"""A case that is referred to a prosecutor: asking, entering what they decided, and taking it back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.actions import prosecutors
from cases.actions.asking import TYPED, kept_of
from cases.models import Authorisation, ProsecutorReferral
from cases.prosecutors import bar_to_enter, bar_to_refer, last_asked, was_corrected_since
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt, left_over, too_late
from diversion.design_system.repeating import typed_number
from diversion.refusals import Unseen
from diversion.requests import SignedInRequest
from referrals.forms.prosecutors import ProsecutorsAnswerForm, ReferToProsecutorForm, TakeBackForm
from referrals.presenters import case as presenters
from referrals.presenters.prosecutors import rows_of
from referrals.queries.authorising import authorisation_of, may_read, was_withdrawn
from referrals.queries.prosecutors import asked_of_prosecutors
from referrals.views.authorising import KEPT, withdrawn

POLICE = Organisation.Kind.POLICE_FORCE
MAY = (Permission.AUTHORISE, Permission.MANAGE_SCHEMES)


@requires(*MAY, people=True, kind=POLICE)
def with_prosecutor(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask a prosecutor, or say what they decided: whichever the case waits for."""
    if was_withdrawn(reference=reference, by=request.user):
        return withdrawn(request, ReferToProsecutorForm(request.POST or None), reference)
    authorisation = _opened(request, reference)
    asked = last_asked(authorisation)
    if "begin" in request.POST:
        return _begin(request, authorisation)
    if "refer" in request.POST or (asked is None and request.method != "POST"):
        return _asking(request, authorisation)
    form = _answer_form(request, asked)
    if request.method == "POST" and attempt(form, lambda: _enter(request, authorisation, form)):
        messages.success(request, _("Entered. It is with those who authorise again."))
        return redirect("with_prosecutor", reference)
    return _show(request, authorisation, answer=form)


@requires(*MAY, people=True, kind=POLICE)
def take_back_from_prosecutor(request: SignedInRequest, reference: str) -> HttpResponse:
    """It is decided here after all."""
    authorisation = _opened(request, reference)
    if request.method != "POST":
        return redirect("with_prosecutor", reference)
    form = TakeBackForm(request.POST, auto_id="take-back-%s")

    def act() -> Any:
        because = form.cleaned_data["because"]
        return prosecutors.take_back_from_prosecutor(case=authorisation.case, because=because, by=request.user)

    if attempt(form, act):
        messages.success(request, _("Taken back: it waits for authority again."))
        return redirect("with_prosecutor", reference)
    return _show(request, authorisation, take_back=form)


def _opened(request: SignedInRequest, reference: str) -> Authorisation:
    """The authorisation, read and logged; 404 for whoever may not read it."""
    authorisation = authorisation_of(reference=reference, by=request.user)
    if not may_read(authorisation, by=request.user):
        raise Http404
    return authorisation


def _begin(request: SignedInRequest, authorisation: Authorisation) -> HttpResponse:
    """From the page of the decision, with what was typed there: the reason is why a prosecutor is to decide."""
    words, asked = {"reason": request.POST.get("rationale", "")}, last_asked(authorisation)
    is_open = authorisation.state == Authorisation.State.WAITING and not (asked and asked.is_waiting)
    if is_open and not bar_to_refer(authorisation.case, request.user):
        return _show(request, authorisation, refer=ReferToProsecutorForm(initial=words, auto_id="refer-%s"))
    return _show(request, authorisation, refer=ReferToProsecutorForm(words, auto_id="refer-%s"))  # too late


def _typed(request: SignedInRequest) -> dict[str, str]:
    """What stood in the other fields of a decision when it was to be referred instead."""
    sent = request.POST if {"begin", "refer"} & set(request.POST) else {}
    return kept_of({name: str(sent.get(name, "")) for name in TYPED})


def _asking(request: SignedInRequest, authorisation: Authorisation) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = ReferToProsecutorForm(data, auto_id="refer-%s")

    def act() -> ProsecutorReferral:
        return prosecutors.refer_to_prosecutor(
            case=authorisation.case,
            asked=form.asked(),
            seen=_seen(request),
            typed=_typed(request),
            by=request.user,
        )

    if data is not None and attempt(form, act):
        messages.success(request, _("Referred to a prosecutor. Nothing is decided, offered or signed meanwhile."))
        if _typed(request):
            messages.info(request, KEPT)
        return redirect("with_prosecutor", authorisation.case.reference)
    return _show(request, authorisation, refer=form)


def _answer_form(request: SignedInRequest, asked: ProsecutorReferral | None) -> ProsecutorsAnswerForm:
    corrects = asked is not None and asked.is_decided
    names = ("decision", "disposal", "prosecutor", "decided_on", "reference", "words")
    initial = {name: getattr(asked, name) for name in names} if corrects else {}
    data = request.POST if request.method == "POST" else None
    return ProsecutorsAnswerForm(data, corrects=corrects, initial=initial, auto_id="answer-%s")


def _enter(request: SignedInRequest, authorisation: Authorisation, form: ProsecutorsAnswerForm) -> ProsecutorReferral:
    because = form.cleaned_data.get("because", "")
    return prosecutors.enter_prosecutors_decision(
        case=authorisation.case, answer=form.answer(), seen=_seen(request), because=because, by=request.user
    )


def _seen(request: SignedInRequest) -> int:
    """How many corrections the page showed; Unseen where it does not say."""
    seen = typed_number(request.POST.get("seen"))
    if seen is None:
        raise Unseen
    return seen


def _show(request: SignedInRequest, authorisation: Authorisation, **bound: Form) -> HttpResponse:
    """The page as it stands, with the forms that may be sent; one that was sent keeps what was typed."""
    case, user, asked = authorisation.case, request.user, last_asked(authorisation)
    sent = [one for one in bound.values() if one.is_bound]
    is_open = authorisation.state == Authorisation.State.WAITING
    refers, enters = (is_open and not bar(case, user) for bar in (bar_to_refer, bar_to_enter))
    waits = asked is not None and asked.is_waiting
    forms: dict[str, Form | None] = {
        "refer": _kept(bound, "refer", refers and not waits, lambda: ReferToProsecutorForm(auto_id="refer-%s")),
        "answer": _kept(bound, "answer", enters and asked is not None, lambda: _answer_form(request, asked)),
        "take_back": _kept(bound, "take_back", refers and waits, lambda: TakeBackForm(auto_id="take-back-%s")),
    }
    obstacle = _obstacle(authorisation, request)
    shown = [one for one in forms.values() if one is not None]
    for form in sent:
        if form not in shown:
            too_late(form, obstacle or _("This has been done already: see how it stands below."))
    context = {
        "case": case,
        "asked": asked,
        "rows": rows_of(asked_of_prosecutors(case)),
        "corrected": asked is not None and was_corrected_since(asked),
        "obstacle": "" if shown else obstacle,
        "authorisation": authorisation,
        "back_to": reverse("authorise" if user.can(Permission.AUTHORISE) else "case_page", args=[case.reference]),
        "identity": presenters.identity_items(case.person, clock.today()),
        "seen": case.times_changed,
        "wrong": sent,
        "left_over": left_over(sent, shown),
        "typed": _typed(request),
        **forms,
    }
    return render(request, "referrals/with_prosecutor.html", context, status=INVALID if sent else 200)


def _kept(bound: dict[str, Form], name: str, may: bool, make: Callable[[], Form]) -> Form | None:
    return (bound.get(name) or make()) if may else None


def _obstacle(authorisation: Authorisation, request: SignedInRequest) -> str:
    """Why nothing can be done here, in a sentence; "" where something can."""
    if authorisation.state != Authorisation.State.WAITING:
        return _("This waits for no authority: open the case again to see how it stands.")
    if request.user.can(Permission.AUTHORISE):
        return bar_to_refer(authorisation.case, request.user)
    return bar_to_enter(authorisation.case, request.user) or _("Nothing of this is with a prosecutor.")
