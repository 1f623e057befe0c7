"""How an agreement that is not being kept is decided: on which step of its scheme's ladder it stands, and by whom.

Nobody speaks of a breach before the reason of what was missed was asked: a reason that is not known counts for nothing.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from cases import legal
from cases.barred import bar_to
from cases.eligibility.schemes import Ladder
from cases.findings import highest
from cases.law.dates import long_date
from cases.law.outcomes import Result
from cases.models import Authorisation, Case
from cases.trained import lacks_training
from diversion import clock
from diversion.accounts.models import User
from diversion.unit_of_work import as_service
from referrals.codes import BreachWay, MissedReason, Way
from referrals.judging.variation import least_rank
from referrals.models import Appointment, Breach, Condition, ConditionChange, Facilitation, MissedStep, Referral
from referrals.schemes.missed import MISSED, is_missed

#: What may follow each decision that an agreement was not kept.
FOLLOWS: dict[str, tuple[Result, ...]] = {
    BreachWay.PROSECUTE.value: (Result.FAILED_PROSECUTED, Result.FAILED_CAUTIONED),
    BreachWay.FINALISE.value: (Result.FAILED_NO_ACTION,),
}


def has_decided_breach(case: Case, who: User) -> bool:
    """Whether ``who`` decided, or signed as a second, that the agreement of ``case`` was broken: for `cases.barred`."""
    return Breach.objects.filter(Q(decided_by=who) | Q(second_by=who), case=case).exists()


def ladder_of(case: Case, referral: Referral | None) -> Ladder | None:
    """What the scheme says of it, or the usual where no partner helps; None where nothing of it can be enforced."""
    disposal = legal.disposal_of(case.decision)
    if disposal is None or not disposal.enforceable:
        return None
    return referral.scheme_version.rules.ladder if referral is not None else Ladder()


def rank_of(case: Case, referral: Referral | None) -> str:
    """The lowest rank that may decide whether it was broken: never below that which may change the agreement."""
    ladder = ladder_of(case, referral)
    least = least_rank(case, referral)
    return highest([least, str(ladder.rank)]) if ladder and ladder.rank else least


def obstacle_to(breach: Breach, who: User) -> str:
    """Why ``who`` may not decide ``breach`` now, or sign it where it waits for that; "" where they may.

    Nobody decides on what they noted or advised themselves, nor while it is not settled whether this was to be offered.
    """
    case, is_signing = breach.case, breach.state == Breach.State.SIGNING
    if not breach.is_live or case.closed_at is not None:
        return "This has ended: nothing is to be decided on it any more."
    rank = breach.second_rank if is_signing else rank_of(case, breach.referral)
    if bar := bar_to(case, rank, who):
        return bar.format(rank=rank)
    if who.pk in (breach.account_noted_by_id, breach.advised_by_id):
        return "You noted what the person says, or recommended what is done: somebody else decides it."
    if is_signing and breach.decided_by_id == who.pk:
        return "You decided it: somebody else signs it as well."
    if words := _unsettled(case):
        return words
    if not is_signing and not breach.is_heard(clock.today()):
        day = long_date(breach.account_by)
        return (
            f"Hear the person and the worker first: what is missing can be given until {day}. That they were not"
            " reached, or that police alone note that they say nothing, leaves these days running."
        )
    return lacks_training(case, who, clock.today())


def _unsettled(case: Case) -> str:
    """Why it is not settled whether what was agreed was to be offered at all; "" where it is."""
    states = Authorisation.State
    words = {
        states.WAITING: "It is being decided again whether this was to be offered at all: decide on this afterwards.",
        states.SPOKEN: "The authority given by radio or telephone is not confirmed yet: decide on this afterwards.",
    }
    found = Authorisation.objects.filter(case=case).first()
    return words.get(states(found.state), "") if found else ""


@dataclass(frozen=True)
class Standing:
    """Where somebody stands on the ladder of ``missed`` steps: ``counted`` of them without a good reason.

    ``unasked``: steps of which the reason was not asked, or is not known yet. ``overdue``: conditions past their day of
    which it is known why they were, and of which no change waits for a decision.
    """

    missed: int
    counted: int
    unasked: int
    overdue: int

    @property
    def is_at_the_end(self) -> bool:
        return self.counted >= self.missed


def standing_of(referral: Referral, ladder: Ladder) -> Standing:
    """Where the person of ``referral`` stands. What was decided in their favour before begins it anew."""
    came_to = [*_missed_appointments(referral), *_overdue_conditions(referral)]
    counted = [condition for condition, step in came_to if _counts(step)]
    unasked = [step for _condition, step in came_to if step is None or step.reason == MissedReason.NOT_KNOWN]
    return Standing(ladder.missed, len(counted), len(unasked), sum(one is not None for one in counted))


def _missed_appointments(referral: Referral) -> list[tuple[Condition | None, MissedStep | None]]:
    since = _decided_before(referral)
    missed = Appointment.objects.filter(referral=referral, attendance__in=MISSED).select_related("missed_step")
    later = [one for one in missed if since is None or clock.local_date(one.starts_at) > since]
    return [(None, getattr(one, "missed_step", None)) for one in later]


def _overdue_conditions(referral: Referral) -> list[tuple[Condition | None, MissedStep | None]]:
    """Those past their day of which no change waits for a decision, and that were not past it when it was excused.

    What a facilitator leads is none of them: it would be held against the person that nobody took their letter.
    """
    since = _decided_before(referral)
    waiting = ConditionChange.objects.waiting().filter(condition__agreement__referral=referral)
    steps = {(one.condition_id, one.due_on): one for one in MissedStep.objects.filter(referral=referral)}
    rows = Condition.objects.filter(agreement__referral=referral).exclude(pk__in=waiting.values("condition"))
    rows = rows.select_related("agreement__referral")
    led = _led(rows)
    return [
        (one, steps.get((one.pk, one.due_on)))
        for one in rows
        if is_missed(one) and one.is_with_worker and one.pk not in led and (since is None or one.due_on >= since)
    ]


@as_service()  # a partner finds no facilitation behind the wall
def _led(rows: "QuerySet[Condition]") -> set[int]:
    return set(rows.filter(Facilitation.objects.working().lead()).values_list("pk", flat=True))


def _decided_before(referral: Referral) -> date | None:
    rows = Breach.objects.filter(case=referral.case, state=Breach.State.DECIDED).exclude(decision__in=Breach.ENDS)
    last = rows.order_by("decided_at").last()
    return clock.local_date(last.decided_at) if last and last.decided_at else None


def _counts(step: MissedStep | None) -> bool:
    """Whether it counts: the reason is known, it was not excused, and police are not asked about it."""
    if step is None or step.reason == MissedReason.NOT_KNOWN:
        return False
    return step.way != Way.EXCUSED and not step.waits_for_police
