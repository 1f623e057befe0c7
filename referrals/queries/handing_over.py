"""Who holds open work, what each of them holds, and whom it can be given to."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from cases.models import Case
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.written import written
from referrals.models import HelpRequest, Referral, Standing
from referrals.queries.cases import not_here

MOST = 200  # shown, and handed over, at a time


@dataclass(frozen=True)
class Holder:
    """Somebody with ``count`` open cases or referrals; ``has_left`` where nobody looks after them."""

    user: User
    count: int
    has_left: bool


def open_cases(*, by: User) -> QuerySet[Any]:
    """The cases that ``by`` may see on which something is still to be done, each with its ``standing``.

    One that a voluntary scheme's partner declined is among them: it was closed when it was sent, and has come back.
    """
    still_open = Standing.objects.visible_to(by).open()
    return Case.objects.filter(standing__in=still_open).select_related("standing")


def nobodys_cases_count(*, by: User) -> int:
    """How many open cases that ``by`` may see are of an officer who has left."""
    return next((n for (n,) in _nobodys(by=by)), 0)


@written()
def _nobodys(*, by: User) -> QuerySet[Any, Any]:
    rows = Standing.objects.visible_to(by).open().filter(officer__in=not_here(by.organisation, at_once=True))
    return rows.order_by().values("force").annotate(n=Count("pk")).values_list("n")


def holders(*, by: User) -> list[Holder]:
    """Who holds open work that ``by`` may see: those who have left first, then by name."""
    counts = _owners(by)
    here = set(takers(by=by, anywhere=True).values_list("pk", flat=True))
    users = User.objects.filter(pk__in=counts)
    found = [Holder(user, counts[user.pk], user.pk not in here) for user in users]
    return sorted(found, key=lambda one: (not one.has_left, one.user.full_name, one.user.pk))


def takers(*, by: User, anywhere: bool = False) -> QuerySet[User]:
    """Whom ``by`` may give work to, by name: the provider's navigators, or the force's officers.

    Whoever sees no more than their own team's cases gives them to that team, unless ``anywhere``.
    """
    permission = Permission.RECORD_DECISION if by.is_police else Permission.SUPPORT_PEOPLE
    colleagues = User.objects.who_may(permission).filter(organisation=by.organisation)
    if by.is_police and not anywhere and not by.can(Permission.VIEW_FORCE_CASES):
        colleagues = colleagues.filter(team=by.team)
    return colleagues.order_by("full_name", "pk")


def open_holder(*, pk: int, by: User) -> User:
    """Somebody who works with ``by``, or left work there; 404 for anybody else."""
    return get_object_or_404(User.objects.filter(Q(organisation=by.organisation) | Q(pk__in=_owners(by))), pk=pk)


def cases_held(holder: User, *, by: User) -> list[Any]:
    """The open cases of ``holder`` that ``by`` may see, the oldest first."""
    rows = open_cases(by=by).filter(officer=holder).select_related("person").prefetch_related("allegations__offence")
    return list(rows.order_by("recorded_at", "pk")[:MOST])


def referrals_held(holder: User, *, by: User) -> list[Referral]:
    """The open referrals of ``holder`` at ``by``'s provider, the oldest first."""
    rows = Referral.objects.visible_to(by).open().filter(navigator=holder)
    return list(rows.select_related("case__person", "scheme_version__scheme").order_by("made_at", "pk")[:MOST])


def help_held(holder: User, *, by: User) -> list[HelpRequest]:
    """Whom ``holder`` helps of those who asked ``by``'s service for help, the first sent first."""
    rows = HelpRequest.objects.visible_to(by).open().filter(worker=holder)
    return list(rows.select_related("scheme_version__scheme").order_by("sent_at", "pk")[:MOST])


def held_already(references: Collection[str], *, to: int | None, by: User) -> list[str]:
    """Those of ``references`` that ``to`` (a user's id) holds already: what is sent twice is handed over once."""
    if not to:
        return []
    work: Sequence[tuple[QuerySet[Any], str]] = _work(by)
    if by.is_police:
        work = [(Case.objects.visible_to(by), "officer")]
    theirs = [rows.filter(reference__in=references, **{owner: to}) for rows, owner in work]
    return [reference for rows in theirs for reference in rows.values_list("reference", flat=True)]


def held_counts(user: User) -> tuple[int, int, int]:
    """How many open cases and referrals ``user`` holds, and people who asked for help: numbers are all it tells."""
    cases, asked = Standing.objects.filter(officer=user).open(), HelpRequest.objects.filter(worker=user).open()
    return cases.count(), Referral.objects.filter(navigator=user).open().count(), asked.count()


def _work(by: User) -> "list[tuple[QuerySet[Any], str]]":
    """The open work that ``by`` may see, each kind with the name of whoever holds it."""
    if by.is_police:
        return [(Standing.objects.visible_to(by).open(), "officer")]
    return [
        (Referral.objects.visible_to(by).open(), "navigator"),
        (HelpRequest.objects.visible_to(by).open(), "worker"),
    ]


def _owners(by: User) -> dict[int, int]:
    """How much of the open work that ``by`` may see each user holds, by id."""
    held: Counter[int] = Counter()
    for rows, owner in _work(by):
        held.update(dict(rows.order_by().exclude(**{owner: None}).values_list(owner).annotate(Count("pk"))))
    return dict(held)
