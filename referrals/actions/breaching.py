"""Whether an agreement was broken: asked, heard on both sides, advised on, and decided by a rank.

A missed step is seen to first (`missed`, `varying`). Nothing here is about voluntary support: police hear none of it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from cases import actions as case_actions
from cases import legal
from cases.actions.outbox import changed
from cases.details import Prosecutor
from cases.law.clocks import PlanVerdict
from cases.models import Case
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from referrals.actions.letting_go import NOT_SIGNED, Signed, check_signature, keep_signed
from referrals.codes import AccountHow, BreachTrigger, BreachWay
from referrals.judging.breach import ladder_of, obstacle_to, rank_of, standing_of
from referrals.judging.variation import Clocks
from referrals.models import Agreement, Breach, Condition, ConditionChange, Referral, Undoable
from referrals.queries.breaches import is_told, last_known, needs_decision
from referrals.queries.cases import agreement_of, live_referral
from referrals.schemes.capacity import take_place_again

THIS = "This breach"
State = Breach.State
#: What an earlier signer said is of an earlier decision; the history keeps it.
UNSIGNED: dict[str, Any] = {"second_rationale": "", "second_at": None, "second_by": None}
#: What is taken back of a decision that stands no more: not signed, or overtaken by the end of its case.
UNDECIDED: dict[str, Any] = {
    **dict.fromkeys(("decision", "rationale", "told", "rank", "second_rank"), ""),
    **dict.fromkeys(("prosecutor", "prosecutor_reference", "youth_justice"), ""),
    **dict.fromkeys(("decided_at", "decided_by", "prosecutor_on")),
}
UNDER_WAY = (Referral.State.ACCEPTED, Referral.State.STARTED)
NO_LADDER = (
    "Nothing follows here from an agreement that is not kept: the support is voluntary, or what was decided cannot be"
    " enforced."
)


@dataclass(frozen=True)
class Ruling:
    """A decision: one of `BreachWay`, why (for police alone), and what the worker and the person are told.

    ``new_day``: by when what was not done is to be done, where no partner looks after it and the agreement goes on.
    ``signed``: that the person signed it, in a conditional caution.
    ``youth_justice``: whom police told in youth justice, before a child is prosecuted.
    """

    way: str
    rationale: str
    told: str = ""
    new_day: date | None = None
    prosecutor: Prosecutor | None = None
    youth_justice: str = ""
    signed: Signed = NOT_SIGNED


@transaction.atomic
def put_breach(*, referral: Referral, trigger: str, seen: int, by: User) -> Breach:
    """A worker puts to police that the agreement is not being kept: the person is asked for their side.

    Refused before the last step of the scheme's ladder, while the reason of a missed step was not asked, and where
    nothing of the agreement can be enforced. ``seen`` is the last breach that the page knew, 0 for none: the same page
    sent twice begins one, also where that was decided meanwhile.
    """
    access.check(by, Permission.SUPPORT_PEOPLE)
    case_actions.lock(referral.case)
    if not Referral.objects.visible_to(by).filter(pk=referral.pk, state__in=UNDER_WAY).exists():
        raise Refused("This referral is not open: nothing more can be recorded on it.")
    if live := Breach.objects.live().filter(case=referral.case).first():
        return live
    if seen != last_known(referral):
        raise Outdated(THIS)
    _check_ladder(referral, trigger)
    return _begin(referral.case, referral, trigger, by)


@transaction.atomic
def ask_for_account(*, case: Case, by: User) -> Breach:
    """The officer in the case asks the person for their side, where an agreement was not kept. Sent twice it is one."""
    access.check(by, Permission.RECORD_DECISION)
    case_actions.lock(case)
    if not Case.objects.visible_to(by).filter(pk=case.pk, closed_at__isnull=True).exists():
        raise Outdated("This case")
    if live := Breach.objects.live().filter(case=case).first():
        return live
    if not needs_decision(case):
        raise Refused("Nobody has to be heard here: the agreement can still be kept, or nothing of it is enforced.")
    return _begin(case, live_referral(case), BreachTrigger.ENDED, by)


def follow_end(referral: Referral, *, by: User) -> None:
    """The worker ended a support that was not completed: the person is asked before anything follows from it."""
    asked = Breach.objects.filter(case=referral.case)
    if ladder_of(referral.case, referral) is None or asked.live().exists():
        return
    last = asked.first()
    if last is None or not last.ends_agreement:
        _begin(referral.case, referral, BreachTrigger.ENDED, by)


def hear_after_review(case: Case, *, by: User) -> Breach:
    """A new offence was reviewed, and it may have broken what was agreed: the person is asked for their side first."""
    if live := Breach.objects.live().filter(case=case).first():
        return live
    return _begin(case, live_referral(case), BreachTrigger.OFFENCE, by)


@transaction.atomic
def note_account(*, breach: Breach, how: str, account: str = "", adult: str = "", version: int, by: User) -> Breach:
    """Keep the person's side, or that they gave none: noted by the worker, or by an officer who may see the case.

    It may be changed until it is decided; the history keeps each. What they said is not taken away again. A child is
    asked with their appropriate adult, ``adult``, who is named. The same sent twice is one.
    """
    values = {"account_how": how, "account": account.strip() if how == AccountHow.SAID else ""}
    values["account_adult"] = adult.strip() if how != AccountHow.NOT_REACHED else ""
    found = _held(breach, by)
    if _is_repeated(found, version, values):
        return found
    if how not in AccountHow.values:
        raise Refused("Choose what came of asking them.")
    if how == AccountHow.SAID and not account.strip():
        raise Refused("Write what they say, in their own words.")
    if version != found.version:
        raise Outdated(THIS)
    if how != AccountHow.SAID and found.account_how == AccountHow.SAID:
        raise Refused("They have spoken: mend their words where they are not right, and keep that they spoke.")
    if how != AccountHow.NOT_REACHED and legal.is_child(found.case) and not adult.strip():
        raise Refused("Name the appropriate adult who was with the child when they were asked.")
    noted = {"account_at": clock.now(), "account_noted_by": by}
    return _step(found, version, "breach.account_noted", by, **values, **noted)


@transaction.atomic
def advise(*, breach: Breach, advice: str, why: str, version: int, by: User) -> Breach:
    """Recommend what is done: the worker, or the officer where no partner helps. The same sent twice is one."""
    values = {"advice": advice, "advice_why": why.strip()}
    found = _held(breach, by)
    if _is_repeated(found, version, values):
        return found
    if found.referral_id and by.is_police:
        raise Refused("The worker recommends it, who knows the person.")
    if advice not in BreachWay.values or not why.strip():
        raise Refused("Choose what you recommend, and say why in a sentence.")
    return _step(found, version, "breach.advised", by, **values, advised_at=clock.now(), advised_by=by)


@transaction.atomic
def decide_breach(*, breach: Breach, ruling: Ruling, seen: int, by: User) -> Breach:
    """Decide it: excuse or change, and the agreement goes on; finalise or prosecute, and it ends as not kept.

    Refused before person and worker were heard or had the time to be, below the rank, and in one's own case
    (`obstacle_to`). Where the scheme asks for a second signature to prosecute, it waits for that. ``seen`` is the
    version of the breach on the page: nobody decides on an account that they have not read. Sent twice it is done once.
    """
    found = _to_decide(breach, by)
    if (found.decision, found.rationale, found.decided_by_id) == (ruling.way, ruling.rationale.strip(), by.pk):
        return found
    _check_decidable(found, State.OPEN, seen, by)
    rank, ladder = rank_of(found.case, found.referral), ladder_of(found.case, found.referral)
    _check_ruling(found, ruling)
    second = str(ladder.second_rank or "") if ladder and ruling.way == BreachWay.PROSECUTE else ""
    _step(
        found,
        found.version,
        "breach.decided",
        by,
        decision=ruling.way,
        rationale=ruling.rationale.strip(),
        told=ruling.told.strip(),
        rank=rank,
        second_rank=second,
        state=State.SIGNING if second else State.DECIDED,
        decided_at=clock.now(),
        decided_by=by,
        **UNSIGNED,
        **_named(found, rank, ruling),
        **_youth_justice(found, ruling),
    )
    if not second:
        _carry_out(found, ruling, by)
    return found


@transaction.atomic
def sign_breach(*, breach: Breach, agrees: bool, rationale: str, seen: int, by: User) -> Breach:
    """The second signature to a decision to prosecute. Not agreed, it is open again, and decided anew.

    Refused as a decision is (`decide_breach`), and to whoever decided it. The same answer sent twice is one.
    """
    found = _to_decide(breach, by)
    answered = State.DECIDED if agrees else State.OPEN
    if (found.state, found.second_by_id, found.second_rationale) == (answered, by.pk, rationale.strip()):
        return found
    _check_decidable(found, State.SIGNING, seen, by)
    if not rationale.strip():
        raise Refused("Say why, in a sentence.")
    signed: dict[str, Any] = {"second_rationale": rationale.strip(), "second_at": clock.now(), "second_by": by}
    if agrees:
        _step(found, found.version, "breach.signed", by, state=State.DECIDED, **signed)
        _carry_out(found, Ruling(found.decision, found.rationale), by)
        return found
    return _step(found, found.version, "breach.not_signed", by, state=State.OPEN, **UNDECIDED, **signed)


def end_with(case: Case, *, by: User, but: tuple[str, ...] = ()) -> None:
    """End what is still looked into in ``case``, which closes or whose support police take back: nothing is decided.

    Called by whatever ends them, which has checked the permission. ``but``: triggers of those that go on.
    """
    rows = Breach.objects.live().filter(case=case).exclude(trigger__in=but)
    for live in rows.select_related("case__person", "referral"):
        _step(live, live.version, "breach.ended", by, state=State.ENDED, **UNDECIDED, **UNSIGNED)


def go_on_with(case: Case, *, by: User) -> None:
    """Look into a breach again that ended with ``case`` or its support, which is undone: it is open, undecided.

    Called by whatever undoes the end. What was decided and waited for a signature is decided anew.
    """
    last = Breach.objects.filter(case=case).select_related("case__person", "referral").first()
    if last is not None and last.state == State.ENDED:
        _step(last, last.version, "breach.goes_on", by, state=State.OPEN)


def _begin(case: Case, referral: Referral | None, trigger: str, by: User) -> Breach:
    due = clock.today() + timedelta(days=settings.BREACH_ACCOUNT_DAYS)
    breach = Breach.objects.create(case=case, referral=referral, trigger=trigger, opened_by=by, account_by=due)
    _log(breach, "breach.begun", by, audit.Nature.COLLECTION)
    return breach


def _check_ladder(referral: Referral, trigger: str) -> None:
    """Refuse to speak of a breach before everything else was tried, in words that say what to do instead."""
    ladder = ladder_of(referral.case, referral)
    if ladder is None:
        raise Refused(NO_LADDER)
    if agreement_of(referral.case) is None:
        raise Refused("Nothing was agreed yet that could be broken.")
    at = standing_of(referral, ladder)
    if trigger == BreachTrigger.STOPPED:
        return
    if at.unasked:
        raise Refused("Ask first why each step was missed: one has no reason yet, or it is not known.")
    if trigger == BreachTrigger.OVERDUE and not at.overdue:
        raise Refused("Nothing is past its day of which you know the reason, and which no change could save.")
    if trigger == BreachTrigger.MISSED and not at.is_at_the_end:
        raise Refused(
            f"{at.counted} missed without a good reason so far: the scheme says to remind and to warn until it is"
            f" {at.missed}. Excuse, move or change a step instead."
        )
    if trigger not in (BreachTrigger.MISSED, BreachTrigger.OVERDUE):
        raise Refused("Choose why it is asked whether the agreement is kept.")


def _held(breach: Breach, by: User) -> Breach:
    """A live breach that ``by`` may write to, with its case locked."""
    access.check(by, Permission.RECORD_DECISION if by.is_police else Permission.SUPPORT_PEOPLE)
    case_actions.lock(breach.case)
    rows = Breach.objects.select_related("case", "referral__scheme_version")
    mine = rows.filter(referral__in=Referral.objects.visible_to(by))
    if by.is_police:
        mine = rows.of_force(by).filter(case__in=Case.objects.visible_to(by))
    found = mine.get(pk=breach.pk)
    if found.state != State.OPEN:
        raise Outdated(THIS)
    if by.is_police and not is_told(found):
        raise Refused("The support ended just now, and that can still be undone: nothing is recorded on it before.")
    return found


def _to_decide(breach: Breach, by: User) -> Breach:
    access.check(by, Permission.AUTHORISE)
    case_actions.lock(breach.case)
    rows = Breach.objects.of_force(by).select_related("case__decision", "referral__scheme_version")
    return rows.get(pk=breach.pk)


def _check_decidable(breach: Breach, state: str, seen: int, by: User) -> None:
    """Refuse what is not in ``state``, or not as the page showed it, and whoever may not decide or sign it now."""
    if breach.state != state or seen != breach.version:
        raise Outdated(THIS)
    if words := obstacle_to(breach, by):
        raise Refused(words)


def _check_ruling(breach: Breach, ruling: Ruling) -> None:
    if ruling.way not in BreachWay.values or not ruling.rationale.strip():
        raise Refused("Choose what is done, and say why in a sentence.")
    if ruling.way in Breach.ENDS:
        _check_may_end(breach)
    elif breach.referral_id and not ruling.told.strip():
        raise Refused("Say what the worker and the person are told, in a sentence.")
    elif not breach.referral_id:
        _check_new_day(breach, ruling.new_day)
        check_signature(breach.case.agreement, ruling.signed)


def _check_may_end(breach: Breach) -> None:
    if ConditionChange.objects.waiting().filter(condition__agreement__case=breach.case).exists():
        raise Refused("A change to a condition waits: decide on that first. Until then nothing counts as not kept.")


def _check_new_day(breach: Breach, day: date | None) -> None:
    """No partner moves the days here: whoever lets it go on says by when it is to be done."""
    if day is None or day < clock.today():
        raise Refused("Enter a day to come by which what was not done is to be done.")
    agreement = agreement_of(breach.case)
    if agreement and Clocks.of(agreement).plan(day).verdict == PlanVerdict.REFUSED:
        raise Refused("That day is later than this case allows: choose an earlier one.")


def _named(breach: Breach, rank: str, ruling: Ruling) -> dict[str, Any]:
    """Which prosecutor decided, where only one may: without a name nobody answers for it. Refused without."""
    if rank != "prosecutor" or ruling.way != BreachWay.PROSECUTE:
        return {}
    told = ruling.prosecutor
    if told is None or not told.name.strip() or not told.reference.strip():
        raise Refused("Say which prosecutor decided it, on what day, and the prosecution service's reference.")
    if not clock.local_date(breach.opened_at) <= told.decided_on <= clock.today():
        raise Refused("The prosecutor decided between the day on which it was asked and today: check the date.")
    name, reference = told.name.strip(), told.reference.strip()
    return {"prosecutor": name, "prosecutor_on": told.decided_on, "prosecutor_reference": reference}


def _youth_justice(breach: Breach, ruling: Ruling) -> dict[str, str]:
    """Whom police told in youth justice before a child is prosecuted: they decide that together. Refused without.

    Police decide at the end, with youth justice heard (domain notes 1.6: the route is a joint one).
    """
    if ruling.way != BreachWay.PROSECUTE or not legal.is_child(breach.case):
        return {}
    if not ruling.youth_justice.strip():
        raise Refused("Say whom you told in youth justice: a child is not prosecuted before they know of it.")
    return {"youth_justice": ruling.youth_justice.strip()}


def _carry_out(breach: Breach, ruling: Ruling, by: User) -> None:
    """The agreement ends as not kept, or what had ended goes on. What it rests on cannot be undone any more."""
    Undoable.objects.live().filter(case=breach.case).update(until=clock.now())
    referrals = Referral.objects.filter(breaches=breach)
    if breach.ends_agreement:
        ended = {"state": Referral.State.CLOSED, "result": Referral.Result.NOT_COMPLETED}
        closed = {"closed_at": clock.now(), "closed_by": by}
        referrals.filter(state__in=UNDER_WAY).update(version=F("version") + 1, **ended, **closed)
    else:
        stopped = referrals.filter(state=Referral.State.CLOSED, result=Referral.Result.NOT_COMPLETED)
        _take_places_again(stopped)
        again: dict[str, Any] = {"result": "", "closed_at": None, "closed_by": None, "closure_note": ""}
        begun = stopped.filter(started_at__isnull=False)
        begun.update(version=F("version") + 1, state=Referral.State.STARTED, **again)
        stopped.update(version=F("version") + 1, state=Referral.State.ACCEPTED, **again)
        _open_again(breach, ruling, by)
    changed(breach.case)


def _take_places_again(stopped: QuerySet[Referral]) -> None:
    for referral in stopped.select_related("scheme_version__scheme", "slot"):
        try:
            take_place_again(referral)
        except Refused as refusal:
            raise Refused(
                f"{referral.scheme_version.scheme.name} has given the person's place, or their first appointment, to"
                " somebody else since: ask your coordinator to let one more in, and then decide that this goes on."
            ) from refusal


def _open_again(breach: Breach, ruling: Ruling, by: User) -> None:
    """What was noted as not done is to be done after all."""
    new_day = ruling.new_day
    rows = Condition.objects.filter(agreement__case=breach.case, state=Condition.State.NOT_DONE)
    values: dict[str, Any] = {"state": Condition.State.OPEN, "settled_at": None, "settled_by": None}
    values["by_facilitator"] = False  # what one said stands no more, and is no reason once they lead it no longer
    values |= {"asked_for": None, "asked_at": None}  # what the worker was asked is of before: they are asked anew
    if new_day is not None:
        values["due_on"] = new_day
        for one in rows.select_related("agreement__case__decision"):
            keep_signed(one, ruling.signed, ruling.rationale, by, new_day=new_day)
        Agreement.objects.filter(case=breach.case, ends_on__lt=new_day).update(
            version=F("version") + 1, ends_on=new_day
        )
    rows.update(version=F("version") + 1, **values)


def _is_repeated(breach: Breach, version: int, values: dict[str, Any]) -> bool:
    return breach.version == version + 1 and all(getattr(breach, name) == value for name, value in values.items())


def _step(breach: Breach, version: int, kind: str, by: User, **values: Any) -> Breach:
    rows = Breach.objects.filter(pk=breach.pk, version=version)
    if not rows.update(version=F("version") + 1, **values):
        raise Outdated(THIS)
    breach.refresh_from_db()
    _log(breach, kind, by)
    return breach


def _log(breach: Breach, kind: str, by: User, nature: audit.Nature = audit.Nature.ALTERATION) -> None:
    """The event, and the row in the outbox: for a worker it is of the referral, as everything that they record."""
    subjects = [*([breach.referral] if breach.referral else []), breach.case, breach.case.person]
    audit.record(kind, nature, by=by, subjects=subjects)
    changed(breach.case)
