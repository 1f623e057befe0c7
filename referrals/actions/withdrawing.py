"""Withdrawing a decision on which nobody has acted yet: it is decided anew, or closes as recorded in error."""

from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404

from cases import actions as case_actions
from cases.actions.outbox import changed, told_once
from cases.actions.withdrawing import TakenBack, set_back
from cases.models import Case, Withdrawal
from diversion import access, audit
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from referrals.actions.facilitating import end_in
from referrals.actions.taking_back import withdraw_live
from referrals.models import Agreement, ProposedAgreement
from referrals.queries.withdrawing import is_left_open, is_theirs, why_not_withdrawn
from referrals.schemes.proposed import details_of, stored

Reason = Withdrawal.Reason


@transaction.atomic
def withdraw_decision(*, case: Case, why: TakenBack, seen: int, by: User) -> Withdrawal:
    """Withdraw the decision on ``case``: its referral, its agreement and its authority end, and it counts nowhere.

    The case is open again and not decided; where it was recorded on the wrong person or twice it closes as recorded in
    error. ``seen`` is the version of the case that the page showed. Refused to whoever did not decide it and has it
    not, but for the hub, and once somebody has acted on it (`why_not_withdrawn`). Sent twice it is done once.
    """
    access.check(by, Permission.RECORD_DECISION, Permission.MANAGE_SCHEMES)
    case_actions.lock(case)
    rows = Case.objects.visible_to(by).select_related("decision", "person", "force")
    case = get_object_or_404(rows, pk=case.pk)
    why = TakenBack(why.reason, why.words.strip())
    if earlier := _sent_before(case, why, seen, by):
        return earlier
    _check(case, why, seen, by)
    before = case.decision.result
    with told_once():
        withdraw_live(case, by)
        agreed = _end_agreed(case, by)
        kept = set_back(case, why, agreed, by)
        detail = {"reason": kept.reason, "was": before, "in_error": kept.closes}
        subjects = [case, case.person]
        audit.record("decision.withdrawn", audit.Nature.ALTERATION, by=by, subjects=subjects, detail=detail)
        changed(case)
    case.refresh_from_db()
    return kept


def _sent_before(case: Case, why: TakenBack, seen: int, by: User) -> Withdrawal | None:
    """What a browser that had no answer sends once more; the version has moved on with it."""
    last = case.withdrawals.order_by("pk").last()
    if last is None or case.version == seen:
        return None
    return last if (last.reason, last.words, last.by_id) == (why.reason, why.words, by.pk) else None


def _check(case: Case, why: TakenBack, seen: int, by: User) -> None:
    if not is_theirs(case, by):
        raise Refused(f"{case.officer} has this case: they withdraw the decision, or your coordinator.")
    if obstacle := why_not_withdrawn(case):
        raise Refused(obstacle)
    if case.version != seen:
        raise Outdated("This case")
    if why.reason not in Reason.values:
        raise Refused("Choose why the decision is withdrawn.")
    if is_left_open(case) and not why.closes:
        raise Refused("Nothing was decided in this case yet: only that it was recorded can be in error.")
    if why.reason == Reason.OTHER and not why.words:
        raise Refused("Say why it is withdrawn, in a sentence.")


def _end_agreed(case: Case, by: User) -> dict[str, Any]:
    """What was agreed or proposed, as it is kept with the withdrawal: the case itself holds nothing of it any more."""
    end_in(case, by=by)
    agreement = Agreement.objects.filter(case=case).prefetch_related("conditions").first()
    proposal = ProposedAgreement.objects.filter(case=case).first()
    found: dict[str, Any] = {}
    if proposal is not None:
        found = {"conditions": proposal.conditions, "proposed_on": proposal.proposed_on.isoformat()}
    if agreement is not None:
        conditions = stored(map(details_of, agreement.conditions.all()))
        found |= {"conditions": conditions, "agreed_on": agreement.agreed_on.isoformat()}
        found |= {"signed_as": agreement.signed_as, "adult": agreement.adult}
    Agreement.objects.filter(case=case).delete()
    ProposedAgreement.objects.filter(case=case).delete()
    return found
