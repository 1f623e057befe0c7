"""What the page of a case shows of complaints, and the forms for them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.forms import Form

from cases.actions.complaints import RECORDS
from cases.barred import bar_to_answer
from cases.models import Case, Complaint
from diversion.accounts.models import User
from referrals.forms.complaints import AnswerComplaintForm, ComplaintForm
from referrals.presenters.complaints import complaint_rows

Bound = Mapping[str, Form]
COMPLAIN = "complain"


def key_of(complaint: Complaint) -> str:
    """The key of the form that answers it: ``complaint-7``."""
    return f"complaint-{complaint.pk}"


def complaint_form(data: Any = None) -> ComplaintForm:
    return ComplaintForm(data, auto_id=f"{COMPLAIN}-%s")


def complaints_context(case: Case, complaints: Sequence[Complaint], user: User, bound: Bound) -> dict[str, Any]:
    """Each complaint with its answer or the form for it; why somebody may not answer, where one is open."""
    if not user.can(*RECORDS):
        return {"complaints": [_view(one) for one in complaints]}
    is_open = any(one.is_open for one in complaints)
    bar = bar_to_answer(case, user) if is_open else ""
    views = [_view(one) | (_answer(one, bar, bound) if one.is_open else {}) for one in complaints]
    seen = len(complaints)
    return {"complaints": views, "complaints_seen": seen, COMPLAIN: bound.get(COMPLAIN) or complaint_form()}


def complaint_forms_in(context: Mapping[str, Any]) -> list[Any]:
    """The forms that stand on the page."""
    forms = [*(view.get("form") for view in context["complaints"]), context.get(COMPLAIN)]
    return [form for form in forms if form is not None]


def _view(one: Complaint) -> dict[str, Any]:
    return {"complaint": one, "rows": complaint_rows(one)}


def _answer(one: Complaint, bar: str, bound: Bound) -> dict[str, Any]:
    return {"bar": bar} if bar else {"form": bound.get(key_of(one)) or AnswerComplaintForm.of(one)}
