"""Authority by radio or telephone: the officer enters it, and the named officer confirms it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases import legal
from cases.authority_asks import asks_of
from cases.barred import bar_to
from cases.models import Authorisation, SpokenAuthority
from cases.queries import open_case
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt, left_over, too_late
from diversion.design_system.repeating import typed_number
from diversion.design_system.wording import date_and_time
from diversion.refusals import Outdated, Unseen
from diversion.requests import SignedInRequest
from referrals.actions import speaking
from referrals.forms.speaking import AnswerSpokenForm, SpokenForm, StopSpokenForm
from referrals.presenters import case as presenters
from referrals.presenters.assessment import AssessmentView, marked
from referrals.presenters.speaking import given_in_words, standing_in_words
from referrals.queries.authorising import authorisation_of, may_read
from referrals.queries.speaking import authorisers_for, spoken_last
from referrals.views.authorising import not_theirs
from referrals.views.case_page import case_context

POLICE = Organisation.Kind.POLICE_FORCE


@requires(Permission.RECORD_DECISION, people=True, kind=POLICE)
def spoken_authority(request: SignedInRequest, reference: str) -> HttpResponse:
    """Who gave authority by radio or telephone, and when; the offer may then be explained at once."""
    case = open_case(reference=reference, by=request.user)
    authorisation = Authorisation.objects.filter(case=case).first()
    if authorisation is None or authorisation.state == Authorisation.State.GIVEN:
        return redirect("case_page", reference)
    data = request.POST if request.method == "POST" else None
    form = SpokenForm(data, authorisers=authorisers_for(authorisation, by=request.user))
    if data is not None and attempt(
        form, lambda: speaking.enter_spoken(case=case, spoken=form.spoken(), by=request.user)
    ):
        messages.success(request, _("Authority entered. It is confirmed afterwards by whoever gave it."))
        return redirect("case_explain", reference)
    context = {
        "case": case,
        "form": form,
        "authorisation": authorisation,
        "authority_reasons": marked(authorisation.reasons, map(AssessmentView, case.assessments.all())),
        "obstacle": "" if form.is_bound else speaking.why_not_spoken(authorisation),
        "resolution": legal.disposal_label(case.decision.disposal, clock.local_date(case.decision.decided_at)),
        "identity": presenters.identity_items(case.person, clock.today()),
    }
    return render(request, "referrals/spoken_authority.html", context, status=INVALID if data is not None else 200)


@requires(Permission.AUTHORISE, people=True, kind=POLICE)
def confirm_authority(request: SignedInRequest, reference: str) -> HttpResponse:
    """What the officer entered, everything the decision rests on, and whether it was given so."""
    authorisation = authorisation_of(reference=reference, by=request.user)
    spoken = spoken_last(authorisation)
    is_theirs = may_read(authorisation, by=request.user)
    if request.method != "POST" and is_theirs and not spoken.is_waiting:
        return redirect("authorise", reference)
    obstacle = _obstacle(spoken, request.user)
    stops = "stop" in request.POST or _may_stop(spoken, request.user, obstacle)
    form = _form(spoken, request, stops=stops)
    if not is_theirs:
        return not_theirs(request, form, reference, obstacle)
    if request.method == "POST" and attempt(form, lambda: _answer(spoken, form, request)):
        messages.success(request, form.done % {"name": str(authorisation.case.person), "case": reference})
        return redirect("authorisation_list")
    is_open = not obstacle or _may_stop(spoken, request.user, obstacle)
    if not is_open and form.is_bound:
        too_late(form, obstacle)
    context = {
        "case": authorisation.case,
        "form": form,
        "obstacle": obstacle,
        "is_open": is_open,
        "stops": stops,
        "left_over": left_over([form], [form] if is_open else []) if form.is_bound else [],
        "given": spoken,
        "seen": authorisation.case.times_changed,
        "spoken_words": given_in_words(spoken),
        "spoken_standing": standing_in_words(spoken),
        **case_context(authorisation.case),
    }
    status = INVALID if request.method == "POST" else 200
    return render(request, "referrals/confirm_authority.html", context, status=status)


def _form(spoken: SpokenAuthority, request: SignedInRequest, *, stops: bool) -> AnswerSpokenForm | StopSpokenForm:
    """To confirm it or not; or, for a higher rank, to stop the offer meanwhile."""
    data = request.POST or None
    if stops:
        return StopSpokenForm(data, request=request)
    certifies = asks_of(spoken.authorisation).evidence
    return AnswerSpokenForm(data, instead=spoken.named_id != request.user.pk, certifies=certifies, request=request)


def _may_stop(spoken: SpokenAuthority, user: User, obstacle: str) -> bool:
    """Whether ``user``, who may not confirm it now, may stop the offer."""
    authorisation = spoken.authorisation
    barred = bar_to(authorisation.case, authorisation.rank, user) or spoken.entered_by_id == user.pk
    return bool(obstacle) and not barred and speaking.may_stop(spoken, user)


def _answer(spoken: SpokenAuthority, form: AnswerSpokenForm | StopSpokenForm, request: SignedInRequest) -> None:
    """What the page showed is what is answered for: this authority, and the crimes as they stood then."""
    shown, seen = (typed_number(request.POST.get(name), digits=18) for name in ("authority", "seen"))
    if shown is None or seen is None:
        raise Unseen
    if shown != spoken.pk:
        raise Outdated("This authority")
    said: dict[str, Any] = {"spoken": spoken, "answer": form.cleaned_data["reason"], "seen": seen, "by": request.user}
    if isinstance(form, StopSpokenForm):
        speaking.stop_spoken(**said)
    elif form.is_confirmed:
        speaking.confirm_spoken(**said, evidence_met=form.cleaned_data.get("evidence_met", False))
    else:
        speaking.deny_spoken(**said)


def _obstacle(spoken: SpokenAuthority, user: User) -> str:
    """Why this user cannot answer for it, in a sentence; "" where they can."""
    authorisation = spoken.authorisation
    if not spoken.is_waiting:
        return _("Nobody has to confirm this any more. %(standing)s.") % {"standing": standing_in_words(spoken)}
    if bar := bar_to(authorisation.case, authorisation.rank, user):
        return bar.format(rank=authorisation.rank)
    if spoken.entered_by_id == user.pk:
        return _("You entered this: someone else must confirm it.")
    if not speaking.may_answer(spoken, user):
        words = _("%(who)s confirms this, by %(when)s. After that somebody else may decide it.")
        return words % {"who": spoken.named, "when": date_and_time(spoken.confirm_by)}
    return ""
