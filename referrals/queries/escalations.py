"""Reading warnings before a time limit: whose turn it is, whom to tell, and what asks for an answer."""

from datetime import timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from cases import rulebook
from cases.law.notices import escalations
from cases.models import Case
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from referrals.models import Escalation, EscalationMail, Standing

LISTED = 10


def cases_near_a_limit() -> list[int]:
    """The open cases whose limit is so near that a warning may be due, the nearest first.

    How near is each force's own choice of the day; whether one is due says `actions.escalating.escalate`.
    """
    today, found = clock.today(), list[int]()
    for force in Organisation.objects.filter(kind=Organisation.Kind.POLICE_FORCE).order_by("pk"):
        first = max(rulebook.settings_of(force, today).escalation_days, default=0)
        rows = Standing.objects.open().filter(force=force, limit_on__range=(today, today + timedelta(days=first)))
        found += rows.order_by("limit_on", "pk").values_list("pk", flat=True)
    return found


def due_now(standing: Standing) -> list[int]:
    """The days before its limit at which a case should have been warned of by today, the nearest last."""
    today = clock.today()
    if standing.limit_on is None or standing.limit_on < today:
        return []
    settings = rulebook.settings_of(standing.force, today)
    return [one.days_before for one in escalations(standing.limit_on, settings=settings) if one.on <= today]


def told_of(case: Case) -> QuerySet[User]:
    """Who hears of it: the officer in the case, those of its team who authorise, and the hub of the force."""
    here = User.objects.filter(organisation=case.force_id, is_active=True)
    able = User.objects.who_may(Permission.AUTHORISE).filter(organisation=case.force_id, team__isnull=False)
    hub = User.objects.who_may(Permission.MANAGE_SCHEMES).filter(organisation=case.force_id)
    wanted = Q(pk=case.officer_id) | Q(pk__in=able.filter(team=case.team_id).values("pk")) | Q(pk__in=hub.values("pk"))
    return here.filter(wanted).order_by("pk")


def escalations_for_home(*, by: User) -> list[Escalation]:
    """What ``by`` is told of and nobody has answered, the nearest limit first, at most ten."""
    rows = Escalation.objects.for_home_of(by).select_related("case__person")
    return list(rows.order_by("limit_on", "pk")[:LISTED])


def escalations_of(case: Case) -> list[Escalation]:
    """Those of a case that the caller has opened, the last first; what was overtaken is among them."""
    return list(case.escalations.select_related("answered_by").order_by("-raised_at", "days_before"))


def open_escalation(case: Case) -> Escalation | None:
    """The one of a case that the caller has opened to which somebody is to say what is being done."""
    return Escalation.objects.filter(case=case).open().first()


def mails_to_send() -> list[int]:
    """Messages that nobody has begun to send, about what still asks for an answer, to people who work here still."""
    waiting = EscalationMail.objects.filter(claimed_at=None, to__is_active=True)
    about: Any = Escalation.objects.open().values("pk")
    to_them = waiting.filter(escalation__in=about, to__organisation=F("escalation__case__force"))
    return list(to_them.order_by("pk").values_list("pk", flat=True))
