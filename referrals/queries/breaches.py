"""Reading breaches: for the worker, the officer in the case, and whoever decides."""

from datetime import date
from itertools import islice

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from cases.law.outcomes import Result
from cases.law.workdays import working_days_after
from cases.models import Case, YouthDuty
from cases.queries import log_shown
from diversion import clock
from diversion.accounts.models import User
from referrals.codes import BreachTrigger, CaseStatus
from referrals.judging.breach import FOLLOWS, ladder_of, obstacle_to
from referrals.models import Breach, Referral
from referrals.queries.cases import live_referral, status_of
from referrals.queries.undoing import ended_just_now

#: Working days to decide, once the person has had their days to speak. Our default.
DECIDED_WITHIN = 2
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
    """All of a case that the caller has opened that police are told of, the first first, with who said what."""
    rows = Breach.objects.filter(case=case).select_related(*PEOPLE).order_by("opened_at", "pk")
    return [one for one in rows if is_told(one)]


def is_told(breach: Breach) -> bool:
    """Whether police are told of it: one that began with the end of the support, once that cannot be undone."""
    return breach.trigger != BreachTrigger.ENDED or not breach.is_live or not ended_just_now(breach.case)


def open_breach_page(*, pk: int, by: User) -> Breach:
    """A breach in a case that ``by`` may see, with what its page shows; 404 for any other."""
    seen = Q(case__in=Case.objects.visible_to(by))
    rows = Breach.objects.of_force(by).filter(seen)
    rows = rows.select_related(
        "case__person", "case__officer", "case__decision", "referral__scheme_version__scheme", *PEOPLE
    )
    breach = get_object_or_404(rows, pk=pk)
    if not is_told(breach):
        raise Http404
    log_shown("breach.opened", [breach.case, breach.case.person], by=by)
    return breach


def last_known(referral: Referral) -> int:
    """The id of the last breach of a case whose referral its worker has opened, 0 for none: what a page has seen."""
    return Breach.objects.filter(case=referral.case_id).values_list("pk", flat=True).first() or 0


def breaches_to_decide(*, by: User, most: int | None = None) -> list[Breach]:
    """The first ``most`` that ``by`` can decide or sign now, in cases that ``by`` may see, the longest wait first.

    The rank follows from the rules of each scheme, so each is asked in turn until there are enough.
    """
    found = seen_breaches(by=by).select_related(
        *("case__person", "case__standing", "case__decision", "case__force"),
        *("referral__scheme_version", "account_noted_by__organisation"),
    )
    return list(islice((one for one in found.order_by("opened_at", "pk") if not obstacle_to(one, by)), most))


def seen_breaches(*, by: User) -> QuerySet[Breach]:
    """Those that are looked into in cases that ``by`` may see and has no part in, whoever is to decide them."""
    rows = Breach.objects.of_force(by).live().filter(case__in=Case.objects.visible_to(by), case__closed_at__isnull=True)
    own = Q(case__officer=by) | Q(case__decision__decided_by=by) | Q(account_noted_by=by) | Q(advised_by=by)
    return rows.exclude(own)


def decide_by(breach: Breach) -> date:
    """By which day a rank should have decided: so many working days after the last one for the person's side."""
    return working_days_after(breach.account_by, DECIDED_WITHIN)


def late_breaches(*, force: int | None = None) -> list[Breach]:
    """Those that are not decided in time, the longest wait first: of all forces, or of one by its id.

    For the service itself and for whoever coordinates there, who may see each case of the force.
    """
    rows = Breach.objects.due() if force is None else Breach.objects.due().filter(case__force=force)
    found = rows.select_related("case__person").order_by("account_by", "pk")
    return [one for one in found if decide_by(one) < clock.today()]


def childrens_breaches() -> list[tuple[Breach, YouthDuty]]:
    """Those of children that are looked into and told of, each with the duty by which youth justice was told."""
    rows = Breach.objects.live().filter(case__closed_at__isnull=True).select_related("case")
    of = {one.case_id: one for one in rows if is_told(one)}
    duties = YouthDuty.objects.live().filter(case__in=of, service__isnull=False, notified_at__isnull=False)
    return [(of[one.case_id], one) for one in duties.select_related("case__person").order_by("pk")]


def needs_decision(case: Case) -> bool:
    """Whether what follows may be recorded only once a rank has decided that the agreement was broken."""
    if status_of(case) != CaseStatus.NOT_KEPT:
        return False
    return ladder_of(case, live_referral(case)) is not None


def is_to_be_heard(case: Case) -> bool:
    """Whether nothing may follow yet from an agreement that was not kept: no rank has decided that it was broken."""
    breach = breach_of(case)
    return needs_decision(case) and not (breach is not None and breach.ends_agreement)


def may_follow(case: Case) -> tuple[Result, ...]:
    """What an officer may record of an agreement that was not kept, or of a case whose partner declined.

    What a rank decided, where it had to; and of somebody whom a partner declined, who broke nothing, no more than that
    nothing follows.
    """
    if status_of(case) == CaseStatus.RETURNED:
        return (Result.FAILED_NO_ACTION,)
    breach = breach_of(case) if needs_decision(case) else None
    if breach is not None and breach.ends_agreement:
        return FOLLOWS[breach.decision]
    return (Result.FAILED_PROSECUTED, Result.FAILED_CAUTIONED, Result.FAILED_NO_ACTION)
