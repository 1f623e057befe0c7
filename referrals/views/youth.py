"""What police say of youth justice on the page of a case: who was told, that a child was assessed, what came back."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.actions import youth
from cases.forms.youth import AssessmentForm
from cases.models import YouthDuty
from cases.queries import assessment_of_child, open_case
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import attempt
from diversion.requests import SignedInRequest
from referrals.views.case_page import show_case_again
from referrals.views.case_youth import ASSESSMENT, finish_form, key_of, not_kept_form, tell_form

POLICE = Organisation.Kind.POLICE_FORCE


@requires(Permission.RECORD_DECISION, people=True, kind=POLICE)
@require_POST
def tell(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Choose the service that is told of the child, or say who was told in another way."""
    duty = _duty(request, reference, pk)
    form = tell_form(duty, request.POST)

    def act() -> None:
        youth.tell(duty=duty, by=request.user, **form.told())

    return _answer(request, reference, form, act, key_of("tell", duty), _("Youth justice has been told."))


@requires(Permission.RECORD_DECISION, people=True, kind=POLICE)
@require_POST
def note_assessment(request: SignedInRequest, reference: str) -> HttpResponse:
    """Note that youth justice assessed the child (PDAT)."""
    case = open_case(reference=reference, by=request.user)
    form = AssessmentForm.of(assessment_of_child(case), request.POST)

    def act() -> None:
        youth.record_assessment(case=case, by=request.user, **form.cleaned_data)

    return _answer(request, reference, form, act, ASSESSMENT, _("Assessment noted."))


@requires(Permission.RECORD_DECISION, people=True, kind=POLICE)
@require_POST
def note_not_kept(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Note what a service without sign-ins here has told police of a plan."""
    duty = _duty(request, reference, pk)
    form = not_kept_form(duty, request.POST)

    def act() -> None:
        youth.report_not_kept(duty=duty, by=request.user, **form.cleaned_data)

    return _answer(request, reference, form, act, key_of("not-kept", duty), _("Noted: the plan is not kept."))


@requires(Permission.RECORD_DECISION, people=True, kind=POLICE)
@require_POST
def finish(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Note what came of it in the end, as a service without sign-ins here has told police."""
    duty = _duty(request, reference, pk)
    form = finish_form(duty, request.POST)

    def act() -> None:
        youth.finish(duty=duty, by=request.user, **form.cleaned_data)

    return _answer(request, reference, form, act, key_of("finish", duty), _("Noted what came of it."))


def _duty(request: SignedInRequest, reference: str, pk: int) -> YouthDuty:
    """A duty of a case that the user may see; the look is logged with the case."""
    case = open_case(reference=reference, by=request.user)
    rows = YouthDuty.objects.visible_to(request.user).select_related("case__person", "case__force", "service")
    return get_object_or_404(rows, pk=pk, case=case)


def _answer(
    request: SignedInRequest, reference: str, form: Form, act: Callable[[], object], key: str, done: str
) -> HttpResponse:
    if not attempt(form, act):
        return show_case_again(request, reference, **{key: form})
    messages.success(request, done)
    return redirect("case_page", reference)
