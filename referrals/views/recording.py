"""Record a decision: one page, from the person to the referral."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.codes import DecisionResult
from cases.models import Allegation, Authorisation, Case, KnownCrime, Person
from cases.models.crime import MOST_OF_NUMBER, crime_number
from cases.queries import (
    case_of_submission,
    case_to_decide,
    chosen_person,
    crime_on_record,
    find_people,
    known_crime,
    log_shown,
    open_person,
)
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID
from diversion.design_system.repeating import resized, typed_number
from diversion.names.typed import Sought, in_two, read
from diversion.refusals import Refused
from diversion.requests import SignedInRequest
from diversion.searching import asked, is_over, keep
from diversion.unit_of_work import read_again
from referrals.actions import deciding
from referrals.forms.answers import for_action
from referrals.forms.conditions import usual_due
from referrals.forms.filling import FILL, NAMED, crime_sought, filled
from referrals.forms.holding import brought_back
from referrals.forms.narrowing import SHOW, RecordingPage
from referrals.forms.person_search import PersonSearchForm
from referrals.forms.person_values import initial_of
from referrals.forms.reopening import typed_of
from referrals.forms.summary import SummaryForm
from referrals.models import DecisionDraft
from referrals.presenters.drafts import address_of, draft_items
from referrals.presenters.on_call import reached_for
from referrals.queries.drafts import draft_of, unfinished
from referrals.views import drafts

POLICE = Organisation.Kind.POLICE_FORCE
PAGE = "record_decision"  # what a search is kept for
PICK = "pick"  # the button that takes somebody on record, and keeps all else that is typed


@requires(Permission.RECORD_DECISION, people=True, kind=POLICE)
@require_http_methods(["GET", "HEAD", "POST"])
def record_decision(request: SignedInRequest) -> HttpResponse:
    """The page: what a search found by ``?search=``, somebody on record by ``?person=``, and the decision by POST.

    A crime on record comes by ``?crime=``, so that a case, or the force's record system, can link to it; a case that
    was left open, to be decided, by ``?case=``; and a page that was not finished by ``?draft=``.
    """
    if request.method == "POST":
        return _submitted(request)
    if "draft" in request.GET:
        return _draft_opened(request)
    return _reopened(request) if "case" in request.GET else _opened(request)


@requires(Permission.RECORD_DECISION, people=True, kind=POLICE)
@require_http_methods(["GET", "HEAD", "POST"])
def search_people(request: SignedInRequest) -> HttpResponse:
    """Look for a crime by its number, or for somebody: a name is kept out of the address of what is found."""
    if request.method != "POST":
        log_shown("decision.form_shown", [], by=request.user)
        return redirect("record_decision")
    if number := crime_sought(request.POST.get("q", ""), by=request.user):
        return redirect(f"{reverse('record_decision')}?{urlencode({'crime': number})}")
    form = PersonSearchForm(request.POST)
    if form.is_valid():
        return keep(request, form, page=PAGE, to="record_decision")
    return show(request, RecordingPage(by=request.user), person=None, search={"form": form}, status=INVALID)


def _opened(request: SignedInRequest) -> HttpResponse:
    person = _person_named(request, request.GET.get("person"))
    form = PersonSearchForm(asked(request, PersonSearchForm, page=PAGE))
    text = form.cleaned_data["q"] if form.is_valid() else ""
    sought = read(text)
    found = find_people(sought=sought, by=request.user) if text and person is None else None
    number = request.GET.get("crime", "").strip()
    crime = _crime_numbered(request, number) if number else None
    page = RecordingPage(by=request.user, person=person, crime=crime, names=_names(sought))
    if found is not None and not found.people:
        page.begin_with_somebody_new()
    search = {"form": form, "found": found, "is_over": is_over(request, page=PAGE), "crime": number if crime else ""}
    return show(request, page, person=person, search=search)


def _crime_numbered(request: SignedInRequest, number: str) -> Allegation | KnownCrime | None:
    """A crime of which a case is on record here, else what the record system tells of it, else its number alone."""
    kept, force = crime_number(number), request.user.organisation
    if len(kept) > MOST_OF_NUMBER:
        messages.info(request, _("A crime number has %(most)s characters at most.") % {"most": MOST_OF_NUMBER})
        return None
    try:
        found = crime_on_record(number=number, by=request.user) or known_crime(number=number, by=request.user)
    except Refused:  # the page says why
        return KnownCrime(force=force, number=kept)
    if found is None:
        messages.info(request, _("Nothing is known here of %(number)s: it is filled in below.") % {"number": kept})
    return found or KnownCrime(force=force, number=kept)


def _person_named(request: SignedInRequest, words: str | None) -> Person | None:
    """The person whose number stands in an address or a button; a refusal is told on the page."""
    wanted = typed_number(words, digits=18)
    try:
        return open_person(pk=wanted, by=request.user) if wanted is not None else None
    except Refused as refusal:
        messages.error(request, str(refusal))
        return None


def _draft_opened(request: SignedInRequest) -> HttpResponse:
    """A page that was not finished, as it was typed; once it is recorded, the case."""
    wanted = request.GET["draft"]
    if case := case_of_submission(wanted, by=request.user):
        return redirect("case_page", case.reference)
    if draft := draft_of(wanted, by=request.user):
        return show_typed(request, drafts.typed_again(draft), draft=draft)
    messages.info(request, _("What stood on that page is not kept any more."))
    return redirect("record_decision")


def _reopened(request: SignedInRequest) -> HttpResponse:
    """The page of a case that was left open, with everything that was said; any other is shown as it is."""
    case = case_to_decide(reference=request.GET["case"], by=request.user)
    if case.decision.result != DecisionResult.UNDECIDED or case.closed_at is not None:
        return redirect("case_page", case.reference)
    return show_typed(request, typed_of(case))


def _case_in(data: QueryDict, by: User) -> Case | None:
    """The case that the page decides, where it decides one; 404 for one that ``by`` may not see."""
    reference = data.get("deciding", "")
    return case_to_decide(reference=reference, by=by) if reference else None


def _submitted(request: SignedInRequest) -> HttpResponse:
    if PICK in request.POST:
        return show_typed(request, _with_person(request), taken=True)
    if FILL in request.POST or NAMED in request.POST:
        return _with_what_is_told(request)
    data, changed = _resized(request.POST)
    if changed or SHOW in request.POST or drafts.INSISTS in request.POST:
        return show_typed(request, data)
    if earlier := _made_already(request):
        return _again(request, earlier)
    if drafts.is_elsewhere(request):
        return show_typed(request, data)
    if _is_unseen(request):
        messages.info(request, _("What you had typed for the offer is back. Read it, then record the decision."))
        return show_typed(request, data)
    page = RecordingPage(by=request.user, data=request.POST, case=_case_in(request.POST, request.user))
    if case := _recorded_case(request, page):
        return _recorded(request, case, page)
    if twin := _made_already(request):
        return _again(request, twin)
    if page.only_more_is_asked():
        return show_typed(request, data)
    return show(request, page, person=_chosen_person(page), status=INVALID)


def _is_unseen(request: SignedInRequest) -> bool:
    """Whether an agreement that was typed, and left the page with another answer, is asked again by what was sent: it
    is not recorded before it was seen, and not lost either."""
    back = brought_back(request.POST)
    return back is not request.POST and RecordingPage(by=request.user, data=back).is_agreement


def _with_what_is_told(request: SignedInRequest) -> HttpResponse:
    """The page with what the record system tells, where one of its buttons asked for it."""
    data = filled(RecordingPage(by=request.user, data=request.POST), request.POST)
    if data == request.POST:
        messages.info(request, _("The record system does not tell that any more, or the page has it already."))
    return show_typed(request, data, taken=NAMED in request.POST)


def _with_person(request: SignedInRequest) -> QueryDict:
    """What was posted, with the details of the person picked from the record in place of what was typed of them."""
    person = _person_named(request, request.POST[PICK])
    data = request.POST.copy()
    if person is not None:
        for name, value in initial_of(person).items():
            data[name] = "" if value is None else str(value)
    return data


def _made_already(request: SignedInRequest) -> Case | None:
    """The case that this very submission has made: sent twice, both answers land on it.

    Asked again where a submission fails, because its twin may have been recorded while it was being checked: then what
    is wrong with it (the person is on record, the slot is taken) is the twin's own doing.
    """
    return case_of_submission(request.POST.get("submission", ""), by=request.user)


def _again(request: SignedInRequest, case: Case) -> HttpResponse:
    """Nothing that was changed on the page since is lost in silence."""
    words = _("This page was recorded already, and sending it again changed nothing. What is wrong is corrected here.")
    messages.info(request, words)
    return redirect("case_page", case.reference)


def _recorded_case(request: SignedInRequest, page: RecordingPage) -> Case | None:
    if not page.is_valid():
        return None
    try:
        if page.case is not None:
            return deciding.decide_case(case=page.case, seen=page.case_version, **for_action(page), by=request.user)
        return deciding.record_decision(**for_action(page), is_first=True, by=request.user)
    except Refused as refusal:
        read_again()  # a policy that was set up meanwhile was taken back with the rest
        page.decision.add_error(None, str(refusal))
    except IntegrityError:
        if not _made_already(request) and not _sent_by_another(page):
            raise
    return None


def _sent_by_another(page: RecordingPage) -> bool:
    """Whether this very page, copied or left open, was sent by a colleague: it is given a number of its own."""
    submission = page.decision.cleaned_data["submission"]
    if not Case.objects.filter(submission=submission).exists():
        return False
    posted: Any = page.decision.data
    page.decision.data = fresh = posted.copy()
    fresh["submission"] = str(uuid.uuid4())
    words = _("A colleague has sent this page already. Check that it is your decision, then record it once more")
    page.decision.add_error(None, words)
    return True


def _resized(posted: QueryDict) -> tuple[QueryDict, bool]:
    """What was posted, with a crime or a condition more or less where one of those buttons was pressed."""
    for prefix in ("crimes", "conditions", "earlier"):
        data, changed = resized(posted, prefix)
        if changed:
            return _with_usual_dates(data), True
    return posted, False


def _with_usual_dates(data: QueryDict) -> QueryDict:
    """What was posted, with the usual date in a row that was added just now: a bound form has no initial values."""
    usual = {"crimes": ("committed_on", clock.today()), "conditions": ("due_on", usual_due())}
    for prefix, (name, day) in usual.items():
        total = typed_number(data.get(f"{prefix}-TOTAL_FORMS"))
        last = f"{prefix}-{total - 1}-{name}" if total else ""
        if last and not any(key.startswith(last) for key in data):
            data[last] = day.isoformat()
    return data


def show_typed(
    request: SignedInRequest, data: QueryDict, draft: DecisionDraft | None = None, *, taken: bool = False
) -> HttpResponse:
    """The page as typed, with another row, or with the conditions of the scheme now chosen; or ``draft`` as kept.

    ``taken``: somebody was just taken with a button.
    """
    page = RecordingPage(by=request.user, data=brought_back(data), case=_case_in(data, request.user))
    page.show_again()
    if taken:
        page.go_on_after_who()
    return show(request, page, person=_chosen_person(page), draft=draft)


def _recorded(request: SignedInRequest, case: Case, page: RecordingPage) -> HttpResponse:
    rows = Authorisation.objects.filter(case=case, state=Authorisation.State.WAITING)
    if waiting := rows.first() if page.judged.needs else None:
        words = _(
            "Recorded as a proposal. It waits for authorisation (%(rank)s or above); nothing is agreed before that."
        )
        messages.success(request, words % {"rank": waiting.get_rank_display().lower()})
        if request.POST.get("signed_as", "").strip():
            messages.info(request, _("The signature is not kept: it is explained and signed once it is authorised."))
    elif case.decision.result == DecisionResult.UNDECIDED:
        messages.success(request, _("Recorded, and not decided yet. Nothing has been offered."))
    else:
        messages.success(request, _("Decision recorded."))
    return redirect("case_page", case.reference)


def _chosen_person(page: RecordingPage) -> Person | None:
    """The person on record whose form this is, as posted: their details are on the page that is shown."""
    wanted = typed_number(page.person["existing"].value(), digits=18)
    return chosen_person(pk=wanted, by=page.by) if wanted is not None else None


def show(
    request: SignedInRequest,
    page: RecordingPage,
    *,
    person: Person | None,
    search: dict[str, Any] | None = None,
    draft: DecisionDraft | None = None,
    summary: SummaryForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page. One that was sent is kept with that, and the entry of that in the log says that it was shown."""
    if page.data is not None and request.method == "POST":
        keeping = drafts.keep(request, page)
    else:
        keeping = drafts.not_kept(request, draft)
    if not keeping.goes or draft is not None:
        shown = [one for one in (person, page.case) if one is not None]
        log_shown("decision.form_shown", shown, by=request.user)
    pasted = summary or SummaryForm()
    search = search or {"form": PersonSearchForm()}
    wrong = [form for form in (search["form"], pasted) if form.errors] or page.forms
    context = {"page": page, "forms": page.forms, "wrong": wrong, "chosen_person": person, "search": search}
    context["pasted"] = pasted
    context["on_call"] = _on_call(page)
    context |= {"keeping": keeping, "address": address_of(str(page.decision["submission"].value()))}
    if page.data is None:
        context["unfinished"] = draft_items(unfinished(by=request.user))
    return render(request, "referrals/record_decision.html", context, status=status)


def _on_call(page: RecordingPage) -> dict[str, Any] | None:
    """Whom the officer can ring, where what is chosen waits for a rank."""
    by, offered = page.by, page.offered if page.is_agreement else None
    rank = offered.rank_needed if offered else ""
    return reached_for(rank, force=by.organisation_id, team=by.team_id) if rank else None


def _names(sought: Sought) -> dict[str, Any]:
    """A search that found nobody has typed the names already, and the date of birth: "Price, Sam" or "sam price"."""
    given, family = in_two(sought.rest)
    return {"given_names": given, "family_name": family} | ({"date_of_birth": sought.born} if sought.born else {})
