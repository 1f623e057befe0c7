"""Rescinding a decision on which somebody has acted: one asks with a reason, another of the rank decides."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404

from cases import actions as case_actions
from cases.actions import youth
from cases.actions.closing import end_without_outcome
from cases.actions.outbox import changed, told_once
from cases.actions.withdrawing import tell_withdrawn
from cases.details import Prosecutor
from cases.models import Case, Rescission
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from referrals.actions.breaching import end_with
from referrals.actions.facilitating import end_in
from referrals.actions.taking_back import take_back, withdraw
from referrals.judging.rescission import obstacle_to_rescind, rank_to_rescind, why_not_asked
from referrals.models import ConditionChange, Referral, Undoable
from referrals.queries.withdrawing import why_not_withdrawn

State, Reason = Rescission.State, Rescission.Reason


@dataclass(frozen=True)
class AskedBack:
    """Why a decision is to be rescinded (`Rescission.Reason`), and in words."""

    reason: str
    words: str


@transaction.atomic
def ask_rescission(*, case: Case, why: AskedBack, seen: int, by: User) -> Rescission:
    """Ask that the decision on ``case`` be rescinded: until somebody of the rank has decided that, it stands.

    Refused where nobody has acted on it (it is withdrawn), and while it is decided whether it stands. ``seen`` is the
    version of the case that the page showed. Sent twice it is asked once.
    """
    access.check(by, Permission.RECORD_DECISION)
    case_actions.lock(case)
    case = get_object_or_404(Case.objects.visible_to(by).select_related("decision", "person", "force"), pk=case.pk)
    why = AskedBack(why.reason, why.words.strip())
    waiting = Rescission.objects.waiting().filter(case=case).first()
    if waiting and (waiting.reason, waiting.words, waiting.asked_by_id) == (why.reason, why.words, by.pk):
        return waiting
    if obstacle := why_not_asked(case):
        raise Refused(obstacle)
    if not why_not_withdrawn(case):
        raise Refused("Nobody has acted on this decision yet: it is withdrawn, and needs no rank.")
    if case.version != seen:
        raise Outdated("This case")
    if why.reason not in Reason.values or not why.words:
        raise Refused("Choose why it is to be rescinded, and say it in a sentence.")
    asked = Rescission.objects.create(
        case=case, reason=why.reason, words=why.words, rank=rank_to_rescind(case), asked_by=by
    )
    _log("rescission.asked", asked, by, reason=asked.reason, rank=asked.rank)
    return asked


@transaction.atomic
def decide_rescission(
    *, rescission: Rescission, agrees: bool, rationale: str, by: User, prosecutor: Prosecutor | None = None
) -> Rescission:
    """Rescind the decision, or let it stand. Refused below the rank, in one's own case and to whoever asked for it.

    Rescinded, its referral is withdrawn, nothing of its agreement is to be done, its crimes have no outcome, and the
    case is closed; voluntary support is the person's, and goes on. ``prosecutor``: who decided, where only one may.
    Sent twice it is done once.
    """
    access.check(by, Permission.AUTHORISE)
    case_actions.lock(rescission.case)
    rows = Rescission.objects.visible_to(by).select_related("case__decision", "case__person", "case__force")
    kept = get_object_or_404(rows, pk=rescission.pk)
    state = State.GIVEN if agrees else State.REFUSED
    if (kept.state, kept.rationale, kept.decided_by_id) == (state, rationale.strip(), by.pk):
        return kept
    if obstacle := obstacle_to_rescind(kept, by):
        raise Refused(obstacle)
    if not rationale.strip():
        raise Refused("Say why, in a sentence.")
    kept.state, kept.rationale = state, rationale.strip()
    kept.decided_at, kept.decided_by, kept.decided_as = clock.now(), by, by.rank_in_words.lower()
    for name, value in _named(kept, prosecutor).items():
        setattr(kept, name, value)
    kept.save()
    with told_once():
        if agrees:
            _carry_out(kept.case, kept, by)
        _log("decision.rescinded" if agrees else "rescission.refused", kept, by, **by.acting_detail)
    return kept


def _named(kept: Rescission, told: Prosecutor | None) -> dict[str, Any]:
    """Which prosecutor decided, where only one may: without a name nobody answers for it. Refused without."""
    if kept.rank != "prosecutor":
        return {}
    if told is None or not told.name.strip() or not told.reference.strip():
        raise Refused("Say which prosecutor decided it, on what day, and the prosecution service's reference.")
    if not clock.local_date(kept.asked_at) <= told.decided_on <= clock.today():
        raise Refused("The prosecutor decided between the day on which it was asked and today: check the date.")
    name, reference = told.name.strip(), told.reference.strip()
    return {"prosecutor": name, "prosecutor_on": told.decided_on, "prosecutor_reference": reference}


def _carry_out(case: Case, kept: Rescission, by: User) -> None:
    Undoable.objects.live().filter(case=case).update(until=clock.now())  # what is rescinded is not put back
    over = [*Referral.ENDED, Referral.State.CLOSED]
    for referral in Referral.objects.filter(case=case).exclude(state__in=over).select_related("scheme_version"):
        if not referral.is_voluntary:
            withdraw(referral, by)
    take_back(ConditionChange.objects.filter(condition__agreement__case=case), by)
    end_with(case, by=by)
    end_in(case, by=by)
    if kept.is_in_error:
        youth.end_in_error(case, by)
        tell_withdrawn(case)
    end_without_outcome(case, by)


def _log(kind: str, kept: Rescission, by: User, **detail: Any) -> None:
    case = kept.case
    audit.record(kind, audit.Nature.ALTERATION, by=by, subjects=[case, case.person], detail=detail)
    changed(case)
