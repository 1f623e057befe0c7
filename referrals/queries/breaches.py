"""Reading breaches: for the worker, the officer in the case, and whoever decides."""

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from cases.models import Case
from cases.queries import log_shown
from diversion import clock
from diversion.accounts.models import User
from referrals.codes import CaseStatus
from referrals.judging.breach import ladder_of
from referrals.models import Breach, Referral
from referrals.queries.cases import live_referral, status_of

PEOPLE = ("opened_by", "account_noted_by", "advised_by", "decided_by", "second_by")


def breach_of(case: Case) -> Breach | None:
    """The last breach of a case that the caller has opened: live, or decided."""
    return Breach.objects.filter(case=case).select_related("referral", *PEOPLE).first()


def breach_under(referral: Referral) -> Breach | None:
    """The last breach under a referral that its worker has opened; none of voluntary support."""
    if referral.is_voluntary:
        return None
    return Breach.objects.filter(referral=referral).select_related(*PEOPLE).first()


def breaches_of(case: Case) -> list[Breach]:
    """All of a case that the caller has opened, the first first, with who said and decided what."""
    return list(Breach.objects.filter(case=case).select_related(*PEOPLE).order_by("opened_at", "pk"))


def open_breach_page(*, pk: int, by: User) -> Breach:
    """A breach in a case that ``by`` may see, with what its page shows; 404 for any other."""
    seen = Q(case__in=Case.objects.visible_to(by))
    rows = Breach.objects.of_force(by).filter(seen)
    rows = rows.select_related(
        "case__person", "case__officer", "case__decision", "referral__scheme_version__scheme", *PEOPLE
    )
    breach = get_object_or_404(rows, pk=pk)
    log_shown("breach.opened", [breach.case, breach.case.person], by=by)
    return breach


def breaches_to_decide(*, by: User) -> QuerySet[Breach]:
    """Those of ``by``'s force that can be decided or signed now, in cases that are not ``by``'s own."""
    rows = Breach.objects.of_force(by).exclude(case__officer=by).exclude(case__decision__decided_by=by)
    heard = ~Q(account_how="") & ~Q(advice="") | Q(account_by__lt=clock.today())
    ready = Q(state=Breach.State.OPEN) & heard | Q(state=Breach.State.SIGNING) & ~Q(decided_by=by)
    return rows.filter(ready).select_related("case__person", "case__standing").order_by("opened_at", "pk")


def needs_decision(case: Case) -> bool:
    """Whether what follows may be recorded only once a rank has decided that the agreement was broken."""
    if status_of(case) != CaseStatus.NOT_KEPT:
        return False
    return ladder_of(case, live_referral(case)) is not None


def is_to_be_heard(case: Case) -> bool:
    """Whether nothing may follow yet from an agreement that was not kept: no rank has decided that it was broken."""
    breach = breach_of(case)
    return needs_decision(case) and not (breach is not None and breach.ends_agreement)
