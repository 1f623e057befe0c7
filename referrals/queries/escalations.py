"""Reading warnings before a time limit: whose turn it is, whom to tell, and what asks for an answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value

from cases import rulebook
from cases.law.notices import escalations
from cases.models import Allegation, Case
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.home import Shown, first
from referrals.models import Escalation, Standing


@dataclass(frozen=True)
class Waiting:
    """Warnings that ask for an answer: those before their limit and those after it, and how many there are."""

    before: Shown[Escalation]
    after: Shown[Escalation]

    @property
    def shown(self) -> list[Escalation]:
        """All that are shown, those before their limit first."""
        return [*self.before, *self.after]


def next_limits() -> QuerySet[Allegation]:
    """Limits of crimes without an outcome that have not passed, the first first.

    Asked of the crimes each time: what is kept of a case (Standing) holds nothing that depends on the day.
    """
    return Allegation.objects.filter(outcome="", limit_on__gte=clock.today()).order_by("limit_on")


def cases_near_a_limit() -> list[int]:
    """The open cases whose next limit is so near that a warning may be due, the nearest first.

    How near is each force's own choice of the day; whether one is due says `actions.escalating.escalate`.
    """
    today, found = clock.today(), list[int]()
    for force in Organisation.objects.filter(kind=Organisation.Kind.POLICE_FORCE).order_by("pk"):
        first = max(rulebook.settings_of(force, today).escalation_days, default=0)
        last = today + timedelta(days=first)
        near = Standing.objects.open().filter(force=force, limit_on__lte=last)  # the first of all its limits: an index
        rows = near.annotate(next_on=Subquery(next_limits().filter(case=OuterRef("pk")).values("limit_on")[:1]))
        found += rows.filter(next_on__lte=last).order_by("next_on", "pk").values_list("pk", flat=True)
    return found


def next_limit(case_id: int) -> date | None:
    """The first limit of a case that has not passed, of a crime without an outcome; none where there is none."""
    return next_limits().filter(case=case_id).values_list("limit_on", flat=True).first()


def later_limits(standings: list[Standing]) -> dict[int, date]:
    """The next limit of each case whose first has passed, by the case's id: of another crime, to charge yet."""
    passed = [one.pk for one in standings if one.limit_on and one.limit_on < clock.today()]
    found = next_limits().filter(case__in=passed).values_list("case", "limit_on") if passed else []
    return {case: limit for case, limit in reversed(list(found)) if limit}


def due_now(limit: date, standing: Standing) -> list[int]:
    """The days before a limit at which its case should have been warned of by today, the nearest last."""
    today = clock.today()
    settings = rulebook.settings_of(standing.force, today)
    return [one.days_before for one in escalations(limit, settings=settings) if one.on <= today]


def _may_be_told(cases: QuerySet[Case]) -> Iterable[User]:
    """Who may be told of one of these cases: their officers, those of their teams who authorise, and the hubs."""
    able = User.objects.who_may(Permission.AUTHORISE).filter(team__in=cases.values("team"))
    hub = User.objects.who_may(Permission.MANAGE_SCHEMES)
    wanted = Q(pk__in=cases.values("officer")) | Q(pk__in=able.values("pk")) | Q(pk__in=hub.values("pk"))
    here = User.objects.with_permissions().here().filter(organisation__in=cases.values("force"))
    return here.filter(wanted)


def escalations_for_home(*, by: User) -> Waiting:
    """What ``by`` is told of and nobody has answered: ten before their limit, the nearest first, and ten after it."""
    rows = Escalation.objects.for_home_of(by).select_related("case__person")
    before, after = rows.before_limit().order_by("limit_on", "pk"), rows.after_limit().order_by("-limit_on", "pk")
    return Waiting(first(before), first(after))


def escalations_of(case: Case) -> list[Escalation]:
    """Those of a case that the caller has opened, the last first; what was overtaken is among them."""
    return list(case.escalations.select_related("answered_by").order_by("-raised_at", "days_before"))


def waiting_in(case: Case) -> Waiting:
    """Those of a case that the caller has opened to which somebody is to say what is done: one for each limit."""
    found = list(Escalation.objects.filter(case=case).open().select_related("case__person").order_by("limit_on"))
    before, after = ([one for one in found if one.has_passed is passed] for passed in (False, True))
    return Waiting(Shown(before), Shown(after))


def open_escalation(case: Case) -> Escalation | None:
    """The one of a case that the caller has opened that is to be answered first: those before their limit go before."""
    return next(iter(waiting_in(case).shown), None)


def messages_to_send() -> list[tuple[int, int]]:
    """The warnings before a limit that somebody is written to of, told before or not, each with whom: the ids of both.

    Whose home page shows it is told, as things stand now: whoever left the case or its team is not, and whoever came
    since is. The nearest limit goes first.
    """
    live = Escalation.objects.open().before_limit()
    cases = Case.objects.filter(pk__in=live.values("case"))
    found: list[tuple[date, int, int]] = []
    for user in _may_be_told(cases):
        rows = Escalation.objects.for_home_of(user).before_limit()
        found += rows.order_by().values_list("limit_on", "pk").annotate(to=Value(user.pk))
    return [(pk, to) for _limit, pk, to in sorted(found)]
