"""What waits for a rank: whoever waits beside the officer first, then the nearest statutory limit."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Case as Choice
from django.db.models import Exists, F, Q, QuerySet, When
from django.shortcuts import get_object_or_404

from cases.codes import Origin
from cases.models import Authorisation, Case
from cases.queries import log_shown
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from referrals.models import Standing
from referrals.models.standing import StandingQuerySet
from referrals.queries.speaking import spoken_to_answer

#: How long after the decision somebody is taken to wait there still, our own defaults: nobody is kept at the roadside
#: for a morning, and a day in custody without charge is the most (Police and Criminal Evidence Act 1984 section 41).
WAITS_THERE: Mapping[str, timedelta] = {Origin.STREET: timedelta(hours=2), Origin.CUSTODY: timedelta(hours=24)}


def waiting_for_authorisation(*, by: User) -> StandingQuerySet:
    """Cases of ``by``'s force that wait for a decision by rank; never what ``by`` decided or is the officer of, nor
    what is with a prosecutor (`referrals.queries.prosecutors`).
    """
    if not by.can(Permission.AUTHORISE):
        return Standing.objects.none()
    waiting = Standing.objects.filter(force=by.organisation_id, queued_at__isnull=False)
    return waiting.exclude(Q(officer=by.pk) | Q(decided_by=by.pk, decided_by__isnull=False))


def waiting_in_order(*, by: User) -> QuerySet[Any, int]:
    """The ids of these cases: those of people who wait in custody or at the roadside, who has waited longest first;
    then by the nearest statutory limit, then by how long they wait."""
    since, nearest = F("there_since").asc(nulls_last=True), F("limit_on").asc(nulls_last=True)
    there = Choice(When(_are_there(), then=F("case__decision__decided_at")))
    rows = waiting_for_authorisation(by=by).annotate(there_since=there)
    return rows.order_by(since, nearest, "queued_at", "pk").values_list("pk", flat=True)


def _are_there() -> Q:
    """Cases whose person waits beside the officer, by where they were dealt with and when. What was signed before, and
    is decided once more since a correction, keeps nobody."""
    now, found = clock.now(), Q()
    for origin, long in WAITS_THERE.items():
        found |= Q(case__origin=origin, case__decision__decided_at__gt=now - long)
    return found & Q(case__agreement=None)


def minutes_there(case: Case) -> int | None:
    """How long the person of a case that waits has waited beside the officer; None where they do not, or went since."""
    long, waited = WAITS_THERE.get(case.origin), clock.now() - case.decision.decided_at
    if long is None or waited >= long or getattr(case, "agreement", None) is not None:
        return None
    return max(int(waited.total_seconds() // 60), 0)


def first_waiting(most: int, *, by: User) -> list[int]:
    """The first ``most`` of them."""
    return list(waiting_in_order(by=by)[:most])


def rows_of(cases: list[int], **others: QuerySet[Any]) -> list[Any]:
    """The authorisations of these cases in this order, with what a row of the queue shows.

    Each says under each name of ``others`` whether there is any of those: so a page that has rows asks for all at once.
    """
    rows = Authorisation.objects.select_related(
        "case__person", "case__officer", "case__decision", "case__standing", "case__agreement"
    ).prefetch_related("case__allegations__offence", "case__assessments", "questions__asked_by")
    there = {name: Exists(found) for name, found in others.items()}
    found = {one.case_id: one for one in rows.filter(case__in=cases).annotate(**there)}
    return [found[pk] for pk in cases if pk in found]


def lines_of(cases: list[int]) -> list[Any]:
    """The authorisations of these cases in this order, with what a line of the first page shows."""
    rows = Authorisation.objects.select_related(
        "case__person", "case__officer", "case__standing", "case__decision", "case__agreement"
    )
    rows = rows.filter(case__in=cases).prefetch_related("case__allegations__offence")
    found = {one.case_id: one for one in rows}
    return [found[pk] for pk in cases if pk in found]


def authorisation_of(*, reference: str, by: User) -> Authorisation:
    """The authorisation of a case of ``by``'s force, with what its one page shows; 404 where there is none.

    What of it ``by`` may read is `may_read`'s to say.
    """
    rows = Authorisation.objects.filter(case__force=by.organisation).select_related(
        "case__person", "case__officer", "case__team", "case__decision", "case__force", "decided_by"
    )
    rows = rows.prefetch_related(
        "case__allegations__offence", "case__allegations__crime", "case__allegations__victim", "case__assessments"
    )
    return get_object_or_404(rows, case__reference=reference)


def was_withdrawn(*, reference: str, by: User) -> bool:
    """Whether a decision of a case that ``by`` may see was withdrawn, and nothing waits or was authorised since."""
    rows = Case.objects.visible_to(by).filter(reference=reference, authorisation=None)
    return rows.filter(withdrawals__isnull=False).exists()


def may_read(authorisation: Authorisation, *, by: User) -> bool:
    """Whether ``by`` reads the case that is to be authorised, and the reading is logged.

    What waits is anybody's of the force who authorises. Once it is decided, or was spoken and the named officer has
    time to confirm it, it is read by whoever has to answer or has decided, and by those who see the case anyway.
    """
    case = authorisation.case
    may = (
        authorisation.state == Authorisation.State.WAITING
        or authorisation.decided_by_id == by.pk
        or spoken_to_answer(by=by).filter(authorisation=authorisation).exists()
        or Case.objects.visible_to(by).filter(pk=case.pk).exists()
    )
    if may:
        log_shown("authorisation.opened", [case, case.person], by=by)
    return may
