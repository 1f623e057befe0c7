"""What the page of a case shows of youth justice, and what police may say there."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.forms import Form

from cases import legal, queries
from cases.actions.youth import services_of
from cases.forms.youth import AssessmentForm, FinishForm, NotKeptForm, TellForm
from cases.models import Case, YouthDuty
from cases.presenters import youth as presenters
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission

Bound = Mapping[str, Form]
ASSESSMENT = "assessment"


def key_of(step: str, duty: YouthDuty) -> str:
    """The key of a form on the page: ``tell-7``."""
    return f"{step}-{duty.pk}"


def tell_form(duty: YouthDuty, data: Any = None) -> TellForm:
    return TellForm(data, auto_id=f"{key_of('tell', duty)}-%s", services=services_of(duty.case.force))


def not_kept_form(duty: YouthDuty, data: Any = None) -> NotKeptForm:
    return NotKeptForm(data, auto_id=f"{key_of('not-kept', duty)}-%s")


def finish_form(duty: YouthDuty, data: Any = None) -> FinishForm:
    return FinishForm(data, auto_id=f"{key_of('finish', duty)}-%s", duty=duty)


def youth_context(case: Case, duties: Iterable[YouthDuty], user: User, bound: Bound) -> dict[str, Any]:
    """Each duty with its clock and the forms for it, and the assessment where the person was a child."""
    may = user.can(Permission.RECORD_DECISION)
    context: dict[str, Any] = {"youth": [_view(duty, may, bound) for duty in duties]}
    if legal.child_assessment(case) is not None:
        noted = queries.assessment_of_child(case)
        context |= {"was_child": True, "noted": noted, "noted_rows": presenters.assessment_rows(noted)}
        if may:
            context[ASSESSMENT] = bound.get(ASSESSMENT) or AssessmentForm.of(noted)
    return context


def forms_in(context: Mapping[str, Any]) -> list[Any]:
    """The forms that stand on the page."""
    steps = [view.get(step) for view in context["youth"] for step in ("tell", "not_kept", "finish")]
    return [form for form in (*steps, context.get(ASSESSMENT)) if form is not None]


def _view(duty: YouthDuty, may: bool, bound: Bound) -> dict[str, Any]:
    view = {
        "duty": duty,
        "rows": presenters.police_rows(duty, clock.today()),
        "rule": presenters.guidance_of(duty),
        "attention": presenters.attention_words(duty, clock.today()),
    }
    return view | (_steps(duty, bound) if may and duty.is_live else {})


def _steps(duty: YouthDuty, bound: Bound) -> dict[str, Form]:
    """What police may say now: whom they told; and for somebody without sign-ins here what came back."""
    if duty.notified_at is None:
        return {"tell": bound.get(key_of("tell", duty)) or tell_form(duty)}
    if duty.service_id is not None:
        return {}
    steps: dict[str, Form] = {"finish": bound.get(key_of("finish", duty)) or finish_form(duty)}
    if duty.not_kept_at is None:
        steps["not_kept"] = bound.get(key_of("not-kept", duty)) or not_kept_form(duty)
    return steps
