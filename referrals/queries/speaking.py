"""Authority by radio or telephone: who may have given it, and what waits to be confirmed, for whom."""

from datetime import timedelta

from django.db.models import Case as CaseWhen
from django.db.models import IntegerField, Q, QuerySet, Value, When
from django.http import Http404

from cases.findings import RANKS
from cases.models import Absence, Authorisation, Case, SpokenAuthority
from diversion import clock
from diversion.accounts.models import AccountRequest, User
from diversion.accounts.permissions import Permission
from diversion.home import Shown, first

State = SpokenAuthority.State


def authorisers_for(authorisation: Authorisation, *, by: User) -> QuerySet[User]:
    """Who of the case's force may be named as having authorised it to ``by``: those of the officer's team first.

    Whoever acted in the rank yesterday is among them: until when, is asked of the moment at which they spoke.
    """
    case, rank = authorisation.case, authorisation.rank
    reaching = RANKS[RANKS.index(rank) :]
    may = User.objects.who_may(Permission.AUTHORISE, at_once=True).reaching(reaching)
    yesterday = clock.today() - timedelta(days=1)
    acted = AccountRequest.objects.acting_on(yesterday).filter(rank__in=reaching)
    either = Q(pk__in=may.values("pk")) | Q(pk__in=acted.values("user"), is_active=True)
    users = User.objects.filter(either, organisation=case.force_id)
    barred = [by.pk, case.officer_id, case.decision.decided_by_id]
    near = CaseWhen(When(team=case.team_id, then=Value(0)), default=Value(1), output_field=IntegerField())
    return users.with_acting().exclude(pk__in=barred).order_by(near, "full_name", "pk")


def spoken_for_home(*, by: User) -> Shown[SpokenAuthority]:
    """What heads ``by``'s home: authority in their name or in a case of theirs that is not confirmed, and what of
    theirs was denied and is not decided yet; also of those they cover for. The soonest first.
    """
    return first(_listed(heads_home_of(by)))


def heads_home_of(by: User) -> QuerySet[SpokenAuthority]:
    """The rows of `spoken_for_home`, to ask whether there are any."""
    rows = SpokenAuthority.objects.filter(_heads_home_of(by), authorisation__case__force=by.organisation_id)
    return rows.filter(Q(named=by.pk) | Q(authorisation__case__in=Case.objects.visible_to(by)))


def spoken_to_answer(*, by: User) -> QuerySet[SpokenAuthority]:
    """What ``by`` may confirm: in their own name, and whatever nobody confirmed in time and they may decide instead."""
    rows = SpokenAuthority.objects.filter(authorisation__case__force=by.organisation)
    theirs = rows.waiting().filter(Q(named=by) | Q(pk__in=rows.overdue().values("pk")))
    barred = Q(entered_by=by) | Q(authorisation__case__officer=by) | Q(authorisation__case__decision__decided_by=by)
    return _listed(theirs.exclude(barred))


def spoken_of(case: Case) -> list[SpokenAuthority]:
    """All that was entered in a case that the caller has opened, the first first."""
    rows = SpokenAuthority.objects.filter(authorisation__case=case)
    people = ("named", "entered_by", "answered_by")
    return list(rows.select_related("authorisation", *people).order_by("entered_at", "pk"))


def spoken_last(authorisation: Authorisation) -> SpokenAuthority:
    """What was entered last for it; 404 where nothing was."""
    rows = SpokenAuthority.objects.filter(authorisation=authorisation)
    found = rows.select_related("named", "entered_by", "answered_by").order_by("entered_at", "pk").last()
    if found is None:
        raise Http404
    found.authorisation = authorisation
    return found


def _heads_home_of(by: User) -> Q:
    covered = Absence.objects.covered_by(by).values("user")
    officers = Q(authorisation__case__officer=by.pk) | Q(authorisation__case__officer__in=covered)
    undecided = officers & Q(state=State.DENIED, authorisation__state=Authorisation.State.WAITING)
    return Q(state=State.WAITING) & (Q(named=by.pk) | Q(named__in=covered) | officers) | undecided


def _listed(rows: QuerySet[SpokenAuthority]) -> QuerySet[SpokenAuthority]:
    shown = rows.select_related("named", "entered_by", "answered_by", "authorisation__case__person")
    return shown.order_by("confirm_by", "pk")
