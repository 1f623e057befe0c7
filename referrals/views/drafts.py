"""Keeping the page "Record a decision" while it is written, and letting it go."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.codes import DecisionResult
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.design_system.repeating import typed_number
from diversion.refusals import Outdated
from diversion.requests import SignedInRequest
from referrals.actions import drafts as actions
from referrals.forms.narrowing import RecordingPage
from referrals.forms.sent import is_of_page
from referrals.models import DecisionDraft
from referrals.presenters.drafts import address_of, goes_in_words
from referrals.queries.drafts import draft_of

INSISTS = "draft_insists"  # the button that keeps this window's page in place of another's
WINDOW, REVISION = "draft_window", "draft_revision"


@dataclass(frozen=True)
class Keeping:
    """How the page on the screen is kept: by which ``window``, which ``revision`` it shows, and until when.

    ``elsewhere``: another window has written since, so that nothing of this one is kept until the officer says which.
    """

    window: str
    revision: int = 0
    goes: str = ""
    address: str = ""
    elsewhere: bool = False

    @classmethod
    def of(cls, draft: DecisionDraft, window: str, *, elsewhere: bool = False) -> "Keeping":
        return cls(window, draft.revision, goes_in_words(draft), address_of(str(draft.submission)), elsewhere)


def new_window() -> str:
    """A name for the browser window that is given a page."""
    return str(uuid.uuid4())


def not_kept(request: SignedInRequest, draft: DecisionDraft | None = None) -> Keeping:
    """Of a page that is only opened: a window of its own, which shows ``draft`` where one is opened again."""
    return Keeping.of(draft, new_window()) if draft else Keeping(new_window())


def keep(request: SignedInRequest, page: RecordingPage) -> Keeping:
    """Keep the page that was sent; where another window has written since, say so and keep nothing.

    Of a page that decides a case which is decided already nothing is kept: it can never be recorded.
    """
    sent, (window, seen) = request.POST, _place(request)
    window, number = window or new_window(), _number(page)
    if number is None or (page.case and page.case.decision.result != DecisionResult.UNDECIDED):
        return Keeping(window, seen)
    about = [one for one in (page.person.cleaned_data.get("existing"), page.case) if one is not None]
    given: dict[str, Any] = {
        "submission": number,
        "window": window,
        "seen": seen,
        "insists": INSISTS in sent,
        "about": about,
    }
    try:
        draft = actions.keep_draft(typed=_typed(page.data), **given, by=request.user)
    except Outdated:
        return _elsewhere(request, number, window, seen)
    return Keeping.of(draft, window)


def is_elsewhere(request: SignedInRequest) -> bool:
    """Whether another window has written what the page that was sent does not show."""
    draft = draft_of(request.POST.get("submission", ""), by=request.user)
    window, seen = _place(request)
    return draft is not None and bool(window) and draft.is_elsewhere(window, seen)


def _place(request: SignedInRequest) -> tuple[str, int]:
    """Which window sent the page, and which revision it showed; a name that no window was given is none."""
    name = request.POST.get(WINDOW, "")[:36]
    return "" if "\x00" in name else name, typed_number(request.POST.get(REVISION)) or 0


def typed_again(draft: DecisionDraft) -> QueryDict:
    """The page as it was sent last."""
    data = QueryDict(mutable=True)
    for name, values in draft.typed.items():
        data.setlist(name, values)
    return data


@requires(Permission.RECORD_DECISION, people=True, kind=Organisation.Kind.POLICE_FORCE)
@require_POST
def let_go(request: SignedInRequest, submission: uuid.UUID) -> HttpResponse:
    """Remove an unfinished page for good."""
    draft = get_object_or_404(DecisionDraft.objects.visible_to(request.user), submission=submission)
    actions.let_go(draft=draft, by=request.user)
    messages.success(request, _("Let go. Nothing of it is kept."))
    return redirect("home")


def _elsewhere(request: SignedInRequest, number: uuid.UUID, window: str, seen: int) -> Keeping:
    draft = draft_of(str(number), by=request.user)
    return Keeping(window, seen, address=address_of(str(number)), elsewhere=draft is not None)


def _number(page: RecordingPage) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(page.decision["submission"].value()))
    except ValueError:
        return None


def _typed(data: QueryDict) -> dict[str, list[str]]:
    return {name: list(values) for name, values in data.lists() if is_of_page(name)}
