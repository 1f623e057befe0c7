"""What waits for a rank: the queue, and one page for each decision. There is no deciding in bulk."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import actions as case_actions
from cases import legal, setting_aside
from cases.actions.asking import typed_by
from cases.authority_asks import Asks, asks_of
from cases.barred import bar_of_correction
from cases.findings import Finding, highest
from cases.models import Assessment, Authorisation, Case, ProsecutorReferral
from cases.models.case import since_decision
from cases.prosecutors import bar_to_refer, last_asked, why_not_authorised
from cases.queries import log_shown
from cases.trained import lacks_training
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt, left_over, too_late
from diversion.design_system.pagination import page_so_far
from diversion.design_system.repeating import typed_number
from diversion.refusals import Unseen
from diversion.requests import SignedInRequest
from referrals.actions import deciding
from referrals.forms.authorising import AuthoriseForm
from referrals.judging.recorded import stands_against
from referrals.presenters import case as presenters
from referrals.presenters.admitting import with_admission
from referrals.presenters.authorising import proposed_rows, queue_table
from referrals.presenters.breaches import breaches_table
from referrals.presenters.on_call import all_now_in_words
from referrals.presenters.prosecutors import waiting_items
from referrals.presenters.speaking import home_items
from referrals.presenters.varying import changes_table
from referrals.presenters.victims import remedy_rows
from referrals.queries.authorising import (
    BREACHES,
    CHANGES,
    ON_CALL,
    PUT,
    SPOKEN,
    authorisation_of,
    beside_queue,
    first_waiting,
    may_read,
    was_withdrawn,
    whole_rows_of,
)
from referrals.queries.breaches import breaches_to_decide
from referrals.queries.prosecutors import prosecutors_for_home
from referrals.queries.remedies import asked_for
from referrals.queries.speaking import spoken_to_answer
from referrals.queries.varying import changes_to_decide, late_before
from referrals.views.case_page import case_context

POLICE = Organisation.Kind.POLICE_FORCE
ON_A_PAGE = 25


@requires(Permission.AUTHORISE, people=True, kind=POLICE)
def authorisation_list(request: SignedInRequest) -> HttpResponse:
    """The queue: whoever waits beside the officer first, then the nearest time limit."""
    page = page_so_far(lambda most: first_waiting(most, by=request.user), ON_A_PAGE, request.GET.get("page"))
    waiting = whole_rows_of(list(page.object_list))
    log_shown("authorisation.list_shown", [row.case for row in waiting], by=request.user)
    rows = [_row(authorisation, request.user) for authorisation in waiting]
    context = {"page": page, "table": queue_table(rows), **_beside(request, beside_queue(by=request.user))}
    return render(request, "referrals/authorisation_list.html", context)


def _beside(request: SignedInRequest, there: set[str]) -> dict[str, object]:
    """What is shown beside the queue, of the kinds that there are."""
    context: dict[str, object] = {}
    if ON_CALL in there:
        context["on_call_now"] = all_now_in_words(request.user.organisation_id)
    if SPOKEN in there:
        to_confirm = list(spoken_to_answer(by=request.user)[:ON_A_PAGE])
        log_shown("authority.list_shown", [one.authorisation.case for one in to_confirm], by=request.user)
        context["spoken_items"] = home_items(to_confirm, reader=request.user)
    if PUT in there:
        context |= _with_prosecutors(request)
    if BREACHES in there:
        context |= _breaches(request)
    return context | _changes(request) if CHANGES in there else context


def _changes(request: SignedInRequest) -> dict[str, object]:
    """The changes of agreements that wait, the longest first."""
    found = list(changes_to_decide(by=request.user)[: ON_A_PAGE + 1])
    changes = found[:ON_A_PAGE]
    log_shown("condition.changes_shown", [one.case for one in changes], by=request.user)
    return {"changes": changes_table(changes, late_before()), "more_changes": found[ON_A_PAGE:]}


def _with_prosecutors(request: SignedInRequest) -> dict[str, object]:
    """What is with a prosecutor, the nearest day first: the first page of it, and how many there are."""
    found = prosecutors_for_home(by=request.user)
    if not found:
        return {}
    log_shown("prosecutor.list_shown", [one.authorisation.case for one in found], by=request.user)
    return {"put_items": waiting_items(found, enters=True), "put_total": found.total}


def _breaches(request: SignedInRequest) -> dict[str, object]:
    """The page of breaches asked for, of those that this reader can decide or sign."""
    user, number = request.user, request.GET.get("breaches")
    page = page_so_far(lambda most: breaches_to_decide(by=user, most=most), ON_A_PAGE, number)
    if not page.object_list:
        return {}
    log_shown("breach.list_shown", [one.case for one in page.object_list], by=user)
    return {"breaches": breaches_table(page.object_list), "breaches_page": page}


def _row(authorisation: Any, user: User) -> dict[str, object]:
    case, today = authorisation.case, clock.today()
    limit = case.standing.limit_on
    return {
        "authorisation": authorisation,
        "case": case,
        "offences": authorisation.offences,
        "resolution": legal.disposal_label(case.decision.disposal, clock.local_date(case.decision.decided_at)),
        "limit": presenters.limit_in_words(limit, today),
        "colour": presenters.limit_colour(limit, today),
        "set_aside": [setting_aside.in_words(one) for one in _waiting_aside(authorisation.assessed)],
        "asked": next((one for one in authorisation.asked if one.answered_at is None), None),
        "answered": any(one.answered_at for one in authorisation.asked),
        "may": legal.may_record_decision(user.authorising_rank, authorisation.rank),
    }


DONE = {
    AuthoriseForm.AUTHORISE: gettext_lazy("Authorised: %(name)s, %(reference)s."),
    AuthoriseForm.REFUSE: gettext_lazy("Not authorised: %(name)s, %(reference)s."),
    AuthoriseForm.ASK: gettext_lazy("Returned to the officer with your question: %(name)s, %(reference)s."),
}

KEPT = gettext_lazy("What else you had typed is kept: it stands there when you open this again.")


@requires(Permission.AUTHORISE, people=True, kind=POLICE)
def authorise(request: SignedInRequest, reference: str) -> HttpResponse:
    """One page with everything the decision rests on, and the decision."""
    if was_withdrawn(reference=reference, by=request.user):
        return withdrawn(request, AuthoriseForm(request.POST or None, request=request, asks=Asks()), reference)
    authorisation = authorisation_of(reference=reference, by=request.user)
    is_theirs = may_read(authorisation, by=request.user)
    if request.method != "POST" and is_theirs and authorisation.state == Authorisation.State.SPOKEN:
        return redirect("confirm_authority", reference)
    asked = Asked.of(authorisation, is_theirs=is_theirs)
    form = _form(request, authorisation, asked)
    if not is_theirs:
        return not_theirs(request, form, reference, _moved_on(authorisation))
    seen = typed_number(request.POST.get("seen"))
    if request.method == "POST" and attempt(form, lambda: _decide(authorisation, form, seen, request.user)):
        _say_what_was_done(request, authorisation, form)
        return redirect("authorisation_list")
    obstacle = _obstacle(authorisation, request.user)
    if obstacle and form.is_bound:
        too_late(form, obstacle)
    context = _shown(authorisation, asked, request.user) | {
        "form": form,
        "obstacle": obstacle,
        "left_over": left_over([form], [] if obstacle else [form]) if form.is_bound else [],
    }
    return render(request, "referrals/authorise.html", context, status=INVALID if request.method == "POST" else 200)


@dataclass(frozen=True)
class Asked:
    """What an authorisation asks of whoever decides, and what stands against it.

    ``aside`` are the findings to be set aside; ``against`` what no rank can set aside, and ``barred`` why it is not
    authorised while a prosecutor is asked (``put``). Of one that waits no more nothing is looked for.
    """

    is_open: bool
    is_prosecutors: bool
    aside: list[setting_aside.Kept]
    against: list[Finding]
    put: ProsecutorReferral | None
    barred: str

    @classmethod
    def of(cls, authorisation: Authorisation, *, is_theirs: bool) -> "Asked":
        is_waiting = authorisation.state == Authorisation.State.WAITING
        put = last_asked(authorisation) if is_waiting else None
        return cls(
            is_open=is_theirs and is_waiting,
            # Whoever entered the prosecutor's answer has named them.
            is_prosecutors=authorisation.rank == "prosecutor" and put is None,
            aside=asked_aside(authorisation.case),
            against=stands_against(authorisation.case) if is_theirs and is_waiting else [],
            put=put,
            barred=why_not_authorised(authorisation) if put else "",
        )

    @property
    def never(self) -> str:
        """Why nobody may authorise it; "" where somebody may."""
        return str(deciding.never_words(self.against)) if self.against else self.barred


def _form(request: SignedInRequest, authorisation: Authorisation, asked: Asked) -> AuthoriseForm:
    return AuthoriseForm(
        request.POST or None,
        request=request,
        sets_aside=bool(asked.aside),
        is_prosecutors=asked.is_prosecutors,
        never=bool(asked.never),
        asks=asks_of(authorisation),
        initial=typed_by(authorisation, request.user) if asked.is_open else None,
    )


def _say_what_was_done(request: SignedInRequest, authorisation: Authorisation, form: AuthoriseForm) -> None:
    decision, case = form.cleaned_data["decision"], authorisation.case
    messages.success(request, DONE[decision] % {"name": str(case.person), "reference": case.reference})
    if decision == AuthoriseForm.ASK and form.typed:
        messages.info(request, KEPT)


def _shown(authorisation: Authorisation, asked: Asked, user: User) -> dict[str, Any]:
    """The case as whoever decides reads it."""
    case, is_waiting = authorisation.case, authorisation.state == Authorisation.State.WAITING
    context = {
        "case": case,
        "aside": asked.aside,
        "is_prosecutors": asked.is_prosecutors,
        "never": asked.never,
        "may_refer": is_waiting and not bar_to_refer(case, user),
        "put": asked.put,
        "seen": case.times_changed,
        "remedies": remedy_rows(asked_for(case, by=user)),
        **case_context(case),
    }
    # Whoever decides has no use for ethnicity.
    context["identity"] = presenters.identity_items(case.person, clock.today(), with_ethnicity=False)
    context["proposed_rows"] = with_admission(proposed_rows(case, context["views"]), context["admitted"])
    said = since_decision(case.assessments.all())  # none of a decision that was withdrawn
    views = [one for one in context["assessments"] if one.assessment in said]
    context["rules_said"] = [(one, one.against_beside(authorisation.reasons)) for one in views]
    return context


def _decide(authorisation: Authorisation, form: AuthoriseForm, seen: int | None, user: User) -> None:
    data = form.cleaned_data
    if data["decision"] == AuthoriseForm.ASK:
        case_actions.ask(case=authorisation.case, question=data["rationale"], typed=form.typed, by=user)
        return
    if seen is None:
        raise Unseen
    said: dict[str, Any] = {"rationale": data["rationale"], "exceptional": data.get("exceptional", "")}
    said |= {"case": authorisation.case, "by": user, "seen": seen, "prosecutor": form.by_prosecutor}
    if data["decision"] == AuthoriseForm.AUTHORISE:
        deciding.authorise(**said, evidence_met=data.get("evidence_met", False))
    else:
        deciding.refuse(**said)


def withdrawn(request: SignedInRequest, form: Form, reference: str) -> HttpResponse:
    """To whoever is late: that nothing waits any more, and for a form that they sent its words."""
    words = _("This decision was withdrawn: nobody has to decide on it any more.")
    if form.is_bound:
        return not_theirs(request, form, reference, words)
    messages.info(request, words)
    if request.user.can(Permission.AUTHORISE):
        return redirect("authorisation_list")
    return redirect("case_page", reference)


def not_theirs(request: SignedInRequest, form: Form, reference: str, why: str) -> HttpResponse:
    """To somebody whose matter it is not, or no longer: 404, and for a form that they sent its words and ``why``."""
    if not form.is_bound:
        raise Http404
    too_late(form, why)
    context = {"form": form, "reference": reference, "left_over": left_over([form], [])}
    return render(request, "referrals/not_theirs.html", context, status=INVALID)


def _moved_on(authorisation: Authorisation) -> str:
    """What became of it since it waited for a decision here."""
    spoken = authorisation.spoken.waiting().select_related("named").first()
    if authorisation.state == Authorisation.State.LAPSED:
        return _("The person declined what was offered: nobody has to decide on it any more.")
    if spoken is None:
        return _("This has been decided already.")
    words = _("Authority for this was entered as given by %(channel)s: it is %(who)s’s to confirm, not decided here.")
    return words % {"channel": spoken.get_channel_display().lower(), "who": spoken.named}


def _obstacle(authorisation: Authorisation, user: User) -> str:
    """Why this user cannot decide it, in a sentence; "" where they can."""
    if authorisation.state != Authorisation.State.WAITING:
        return _moved_on(authorisation)
    if authorisation.case.officer_id == user.pk:
        return _("You are the officer in this case: someone else must decide it.")
    if bar := bar_of_correction(authorisation.case, user):
        return _(bar)
    if (put := last_asked(authorisation)) and put.is_waiting:
        return why_not_authorised(authorisation)
    ranks = [authorisation.rank, *(str(one["override_by"]) for one in asked_aside(authorisation.case))]
    lacking = [rank for rank in ranks if not legal.may_record_decision(user.authorising_rank, rank)]
    if not lacking:
        return lacks_training(authorisation.case, user, clock.today())
    if lacking[0] == "prosecutor":
        return _("A prosecutor decides this: an inspector or above records what they decided.")
    return _("This needs the rank of %(rank)s or above.") % {"rank": User.Rank(highest(lacking)).label.lower()}


def asked_aside(case: Case) -> list[setting_aside.Kept]:
    """The rules that are asked to be set aside, and wait for it."""
    return _waiting_aside(case.assessments.all())


def _waiting_aside(assessments: Iterable[Assessment]) -> list[setting_aside.Kept]:
    return [one for assessment in assessments for one in setting_aside.waiting(assessment.findings)]
