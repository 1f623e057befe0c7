"""The provider's questions for check-ins, when answers are read, and the Welsh of the page that people see."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.refusals import Refused
from diversion.requests import SignedInRequest
from referrals import person_words
from referrals.actions import check_in_list as actions
from referrals.forms.check_ins import DeskForm, QuestionForm
from referrals.models import CheckInQuestion
from referrals.person_words import WELSH
from referrals.queries import check_ins as queries
from referrals.views.partner import PROVIDER


@requires(Permission.SUPPORT_PEOPLE, kind=PROVIDER)
def question_list(request: SignedInRequest) -> HttpResponse:
    """The list, with a form for one more question."""
    if request.method != "POST":
        return _show(request)
    form = QuestionForm(request.POST, auto_id="question-%s")
    if not attempt(form, lambda: actions.write_question(by=request.user, **form.cleaned_data)):
        return _show(request, form=form)
    messages.success(request, _("Written down. It is asked once somebody else here has reviewed it."))
    return redirect("check_in_questions")


@requires(Permission.SUPPORT_PEOPLE, kind=PROVIDER)
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say, as a second person, that a question can be asked."""
    question = _own(request, pk)
    return _do(request, lambda: actions.review_question(question=question, by=request.user), _("Reviewed: in use now."))


@requires(Permission.SUPPORT_PEOPLE, kind=PROVIDER)
def take_off(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask a question of nobody any more."""
    question = _own(request, pk)
    return _do(request, lambda: actions.retire_question(question=question, by=request.user), _("Taken off the list."))


@requires(Permission.SUPPORT_PEOPLE, kind=PROVIDER)
def welsh(request: SignedInRequest) -> HttpResponse:
    """Say that the page can be shown in Welsh as it stands."""
    return _do(request, lambda: actions.review_welsh(by=request.user), _("Reviewed: people can be asked in Welsh."))


@requires(Permission.DECIDE_REFERRALS, kind=PROVIDER)
def desk(request: SignedInRequest) -> HttpResponse:
    """Say when answers are read, and whom people ring."""
    if request.method != "POST":
        return redirect("check_in_questions")
    stands = queries.desk_of(request.user.organisation_id)
    form = DeskForm(request.POST, auto_id="desk-%s", desk=stands)
    if not attempt(form, lambda: actions.say_desk(by=request.user, **form.cleaned_data)):
        return _show(request, desk_form=form)
    messages.success(request, _("Saved. The page says it from now on."))
    return redirect("check_in_questions")


def _own(request: SignedInRequest, pk: int) -> CheckInQuestion:
    rows = queries.questions_of(request.user.organisation_id, live=False)
    return get_object_or_404(rows, pk=pk)


def _do(request: SignedInRequest, act: Any, words: str) -> HttpResponse:
    """Do what one button asks, or say on the list why not. A GET has asked nothing."""
    if request.method == "POST":
        try:
            act()
        except Refused as refusal:
            return _show(request, refused=str(refusal))
        messages.success(request, words)
    return redirect("check_in_questions")


def _show(
    request: SignedInRequest, *, form: QuestionForm | None = None, desk_form: DeskForm | None = None, refused: str = ""
) -> HttpResponse:
    provider = request.user.organisation_id
    stands, uses = queries.desk_of(provider), queries.question_uses(provider)
    rows = list(queries.questions_of(provider, live=False).exclude(state=CheckInQuestion.State.RETIRED))
    english = person_words.words("en")
    context = {
        "form": form or QuestionForm(auto_id="question-%s"),
        "desk": stands,
        "version": stands.version if stands else 0,
        "desk_form": desk_form or DeskForm(auto_id="desk-%s", desk=stands),
        "is_manager": request.user.can(Permission.DECIDE_REFERRALS),
        "drafts": [(one, one.written_by_id != request.user.pk) for one in rows if not one.is_live],
        "live": [(one, uses[one.pk]) for one in rows if one.is_live],
        "has_welsh": WELSH in queries.languages_of(stands),
        "sentences": [(_sentence(english, name), text) for name, text in person_words.sentences(WELSH)],
        "refused": refused,
    }
    wrong = refused or (form and form.is_bound and form.errors) or desk_form
    return render(request, "referrals/check_ins/questions.html", context, status=INVALID if wrong else 200)


def _sentence(english: Any, name: str) -> str:
    part, _dot, code = name.partition(".")
    return str(english[part][code] if code else english[part])
