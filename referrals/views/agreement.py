"""The agreement on paper and as a file: signed by hand, and taken home."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases import rulebook
from cases.models import Case
from cases.queries import open_case
from diversion import audit, clock
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.documents import as_attachment, typeset
from diversion.requests import SignedInRequest
from referrals.judging.recorded import answers_of
from referrals.presenters.agreement import Paper, obstacle
from referrals.presenters.easy_agreement import EasyPaper
from referrals.queries import cases as case_queries
from referrals.queries.varying import conditions_for_police

EASY = "easy"  # the parameter that asks for large print and short sentences


@requires(Permission.RECORD_DECISION, people=True, kind=Organisation.Kind.POLICE_FORCE)
def agreement_paper(request: SignedInRequest, reference: str) -> HttpResponse:
    """What the person takes home, for the officer to print; or why there is nothing to hand over yet."""
    case = open_case(reference=reference, by=request.user)
    is_easy = EASY in request.GET
    paper, words = _paper(case, is_easy=is_easy)
    if paper is not None:
        audit.record("agreement.shown", audit.Nature.CONSULTATION, by=request.user, subjects=[case, case.person])
    context = {"case": case, "paper": paper, "obstacle": words, "is_easy": is_easy}
    return render(request, "referrals/agreement_paper.html", context)


@requires(Permission.RECORD_DECISION, people=True, kind=Organisation.Kind.POLICE_FORCE)
def agreement_pdf(request: SignedInRequest, reference: str) -> HttpResponse:
    """The same as a file. The log keeps its SHA-256, by which a copy that somebody brings is known for this one."""
    case = open_case(reference=reference, by=request.user)
    is_easy = EASY in request.GET
    paper, _why_not = _paper(case, is_easy=is_easy)
    if paper is None:
        return redirect("agreement_paper", case.reference)
    title = _("Your agreement")
    words = {"title": title, "caption": case.force.name, "reference": case.reference}
    made = typeset(**words, blocks=paper.blocks(), is_large=is_easy)
    detail = {"sha256": made.digest, "unprinted": [f"U+{ord(one):04X}" for one in made.unprinted]}
    audit.record(
        "agreement.made", audit.Nature.CONSULTATION, by=request.user, subjects=[case, case.person], detail=detail
    )
    return as_attachment(made, f"agreement-{case.reference}.pdf")


def _paper(case: Case, *, is_easy: bool) -> tuple[Paper | None, str]:
    """What is handed over; or None, and why there is nothing."""
    agreement = case_queries.agreement_of(case)
    words = obstacle(case, agreement, case_queries.told_status_of(case))
    if agreement is None or words:
        return None, words
    settings = rulebook.settings_of(case.force, clock.local_date(case.decision.decided_at))
    follow = answers_of(case).get("follow") or ()
    referral, agreed = case_queries.live_referral(case), conditions_for_police(agreement)
    kind = EasyPaper if is_easy else Paper
    return kind(case, agreement, referral, settings, agreed, follow), ""
