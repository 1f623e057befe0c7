"""What police settle beside a partner, or without one, for the first page of the officer in the case."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Least

from diversion import clock
from diversion.accounts.models import User
from diversion.home import Shown, first
from referrals.codes import CaseStatus
from referrals.models import Condition, Facilitation, MissedStep, Referral, Standing
from referrals.models.agreement import FOR_POLICE
from referrals.models.facilitation import FACILITATED
from referrals.queries.facilitating import once_led

#: Where a case stands in which something agreed may be settled.
RUNNING = (CaseStatus.SENT.value, CaseStatus.WITH_PARTNER.value, CaseStatus.CONDITIONS.value)


def to_settle(*, by: User) -> QuerySet[Condition]:
    """Of ``by``'s own cases."""
    return to_settle_in(Standing.objects.visible_to(by).filter(force=by.organisation_id, officer=by.pk))


def to_settle_in(standings: QuerySet[Standing]) -> QuerySet[Condition]:
    """No further offence, keeping away, what is paid: once its day has come or the partner has done its part. And then
    a letter or a meeting that no facilitator leads any more.

    That a partner has closed is told once it cannot be undone.
    """
    cases = standings.filter(status__in=RUNNING, is_closed=False).exclude(undo_until__gt=clock.now())
    rows = Condition.objects.filter(agreement__case__in=cases.values("case"), state=Condition.State.OPEN)
    has_come = Q(due_on__lte=clock.today()) | Q(agreement__ends_on__lte=clock.today())
    done = Q(agreement__referral__state=Referral.State.CLOSED)
    is_led = Facilitation.objects.working().lead()
    return rows.filter(Q(kind__in=FOR_POLICE) & (has_come | done) | Q(kind__in=FACILITATED) & done & ~is_led)


def is_left_over(condition: Condition, referral: Referral | None) -> bool:
    """Whether a letter or a meeting is left to police by a facilitator who leads it no longer: where no partner helps,
    or since the one that does, under ``referral``, has done its part without it. Whether a facilitator leads it the
    caller has asked."""
    if condition.kind not in FACILITATED or condition.by_facilitator:
        return False
    if referral is None:
        return condition.pk in once_led([condition])
    return referral.result == Referral.Result.COMPLETED and not referral.is_voluntary


def conditions_for_home(*, by: User) -> Shown[Condition]:
    """The first of them, the nearest day first; ``is_answered``: whether its worker has answered police why."""
    answered = MissedStep.objects.for_police().filter(condition=OuterRef("pk"), due_on=OuterRef("due_on"))
    rows = to_settle(by=by).select_related("agreement__case__person", "agreement__referral")
    rows = rows.annotate(is_answered=Exists(answered))
    return first(rows.order_by(Least(F("due_on"), F("agreement__ends_on")), "pk"))
