"""The agreement on paper: printed, signed by hand and taken home."""

from django.http import HttpResponse
from django.shortcuts import render

from cases import rulebook
from cases.queries import open_case
from diversion import audit, clock
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.requests import SignedInRequest
from referrals.judging.recorded import answers_of
from referrals.presenters.agreement import Paper, obstacle
from referrals.queries import cases as case_queries
from referrals.queries.varying import conditions_for_police


@requires(Permission.RECORD_DECISION, people=True, kind=Organisation.Kind.POLICE_FORCE)
def agreement_paper(request: SignedInRequest, reference: str) -> HttpResponse:
    """What the person takes home, for the officer to print; or why there is nothing to hand over yet."""
    case = open_case(reference=reference, by=request.user)
    agreement = case_queries.agreement_of(case)
    words = obstacle(case, agreement, case_queries.told_status_of(case))
    paper = None
    if agreement is not None and not words:
        settings = rulebook.settings_of(case.force, clock.local_date(case.decision.decided_at))
        follow = answers_of(case).get("follow") or ()
        agreed = conditions_for_police(agreement)
        paper = Paper(case, agreement, case_queries.live_referral(case), settings, agreed, follow)
        audit.record("agreement.shown", audit.Nature.CONSULTATION, by=request.user, subjects=[case, case.person])
    return render(request, "referrals/agreement_paper.html", {"case": case, "paper": paper, "obstacle": words})
