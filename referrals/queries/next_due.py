"""What is due next of a referral, worked out from its meetings, its conditions and what waits for a decision."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case as CaseWhen
from django.db.models import DateField, Exists, F, Func, Max, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Greatest, Least, TruncDate
from django.db.models.lookups import GreaterThan

from diversion import clock
from referrals.models import Appointment, Breach, Condition, ConditionChange, Contact, Facilitation, ParentRule
from referrals.models.agreement import FELL_DUE_ON_LIST, WITH_WORKER
from referrals.models.referral import ReferralQuerySet

#: The columns of NextDue, in the order in which `next_due` gives them.
COLUMNS = (
    *("referral_id", "provider_id", "navigator_id", "scheme_id"),
    *("meeting_at", "meeting_days", "step_on", "seen_at", "adult_on"),
)
#: The 18th birthday (`attains_on`): of somebody born on 29 February 1 March, where PostgreSQL has the day before.
TURNS_18 = Func(
    F("case__person__date_of_birth"),
    template="((%(expressions)s + interval '18 years')::date + (to_char(%(expressions)s, 'MMDD') = '0229')::int)",
    output_field=DateField(),
)


def next_due(rows: ReferralQuerySet) -> QuerySet[Any, tuple[Any, ...]]:
    """Of each of these that is open what is due next, in the order of `COLUMNS`."""
    planned = Appointment.objects.filter(referral=OuterRef("pk"), attendance=Appointment.Attendance.PLANNED)
    days = planned.annotate(day=TruncDate("starts_at", tzinfo=clock.LONDON)).order_by("day").values("day")
    facts = (
        rows.open()
        .order_by()
        .annotate(
            meeting_at=Subquery(planned.order_by("starts_at").values("starts_at")[:1]),
            meeting_days=ArraySubquery(days.distinct()),
            step_on=Least(_condition_on(), _ends_on()),
            seen_at=_seen(),
            adult_on=_adult_on(),
        )
    )
    return facts.values_list("pk", "provider", "navigator", "scheme_version__scheme", *COLUMNS[4:])


def _condition_on() -> Subquery:
    """The first open condition that the worker sees to, of which no change waits, that no facilitator leads, and
    whose day did not come on the waiting list."""
    waiting = ConditionChange.objects.waiting().filter(condition=OuterRef("pk"))
    to_do = Condition.objects.filter(agreement__referral=OuterRef("pk"), state=Condition.State.OPEN)
    own = to_do.exclude(Exists(waiting)).filter(WITH_WORKER, ~FELL_DUE_ON_LIST, ~Facilitation.objects.named().lead())
    return Subquery(own.order_by("due_on").values("due_on")[:1])


def _ends_on() -> CaseWhen:
    """The end of the agreement; none where anything of it waits for a decision."""
    changes = ConditionChange.objects.waiting().filter(condition__agreement__referral=OuterRef("pk"))
    asked = Breach.objects.live().filter(referral=OuterRef("pk"))
    return CaseWhen(When(~Exists(changes) & ~Exists(asked), then=F("agreement__ends_on")))


def _adult_on() -> CaseWhen:
    """When they turn 18; none of who was 18 as they were sent, or has said what they want afterwards."""
    said = ParentRule.objects.filter(referral=OuterRef("pk")).exclude(after_18="")
    was_under_18 = GreaterThan(TURNS_18, TruncDate("made_at", tzinfo=clock.LONDON))
    return CaseWhen(When(~Exists(said) & Q(was_under_18), then=TURNS_18), output_field=DateField())


def _seen() -> Greatest:
    """When the person was last reached or came; before that, since when the provider has had the referral."""
    reached = Contact.objects.filter(referral=OuterRef("pk"), reached=True).order_by().values("referral")
    came = Appointment.objects.filter(referral=OuterRef("pk"), attendance__in=Appointment.ATTENDED_STATES)
    last_came = came.order_by().values("referral").annotate(at=Max("starts_at")).values("at")
    return Greatest(Subquery(reached.annotate(at_last=Max("at")).values("at_last")), Subquery(last_came), "decided_at")
