"""What is left of a case once its decision is withdrawn: what was decided is kept apart, and counts nowhere."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F

from cases import setting_aside
from cases.actions import youth
from cases.actions.closing import end_without_outcome, reopen
from cases.codes import WaitsFor
from cases.models import (
    Assessment,
    Authorisation,
    Case,
    Decision,
    PendingDecision,
    VictimDuty,
    Withdrawal,
    WordsOfAdmission,
)
from cases.models.case import UNDECIDED
from cases.models.victim import DutyKind
from cases.signals import decision_withdrawn
from diversion import clock
from diversion.accounts.models import User
from diversion.unit_of_work import as_service

#: What an officer said of the decision itself; what the person says and where it happened stays.
SAID = ("result", "not_offered_reason", "declined_reason", "disposal", "scheme", "without_scheme", "rationale")
WHY = "The decision was withdrawn."


@dataclass(frozen=True)
class TakenBack:
    """Why a decision is withdrawn (`Withdrawal.Reason`), in the officer's ``words`` too where they give any."""

    reason: str
    words: str = ""

    @property
    def closes(self) -> bool:
        return self.reason in Withdrawal.CLOSES


def set_back(case: Case, why: TakenBack, agreed: dict[str, Any], by: User) -> Withdrawal:
    """Keep what was decided on ``case``, with what was ``agreed``, and have it decided anew, or close it as in error.

    Called by `referrals.actions.withdrawing`, which holds the case, has checked who may, and ends what was agreed.
    """
    kept = _kept(case, why, agreed, by)
    tell_withdrawn(case)
    Authorisation.objects.filter(case=case).delete()  # asked anew of what is decided anew; the history keeps it
    WordsOfAdmission.objects.filter(case=case).delete()  # and so is what the person says then
    was_closed = case.closed_at
    said = {"result": UNDECIDED} | dict.fromkeys(SAID[1:], "")
    Decision.objects.filter(case=case).update(**said, decided_at=clock.now())
    Case.objects.filter(pk=case.pk).update(version=F("version") + 1, undoable_until=None)
    case.refresh_from_db()
    _count_no_more(case, by)
    VictimDuty.objects.open().filter(allegation__case=case, kind=DutyKind.REVIEW).delete()  # of what stands no more
    if why.closes:
        _close_in_error(case, by)
        return kept
    _decide_anew(case, by)
    if was_closed is not None:
        ended = VictimDuty.objects.filter(allegation__case=case, kind=DutyKind.ASK, done_by=None, channel="")
        ended.filter(done_at__gte=was_closed).update(done_at=None)  # it ended with the case alone
        reopen(case=case, by=by)
    return kept


def tell_withdrawn(case: Case) -> None:
    """Have what was made of ``case`` to be read by others go: whoever takes it back may know of nothing of the kind."""
    with as_service():
        decision_withdrawn.send(sender=Case, case_id=case.pk)


def _kept(case: Case, why: TakenBack, agreed: dict[str, Any], by: User) -> Withdrawal:
    given = Authorisation.objects.filter(case=case).select_related("decided_by").first()
    was = {name: getattr(case.decision, name) for name in (*SAID, "admission")} | {"agreed": agreed}
    if (said := WordsOfAdmission.objects.filter(case=case).first()) is not None:
        was["admitted"] = {"words": said.words, "recorded_in": said.recorded_in, "reference": said.reference}
    if given is not None:
        asked = given.questions.select_related("asked_by").order_by("asked_at", "pk")
        was["questions"] = [{"by": str(one.asked_by), "asked": one.question, "answer": one.answer} for one in asked]
        was["authority"] = {"state": given.state, "rank": given.rank, "by": given.decider_in_words, "why": given.why}
    return Withdrawal.objects.create(
        case=case,
        reason=why.reason,
        words=why.words,
        was=was,
        closes=why.closes,
        decided_at=case.decision.decided_at,
        decided_by=case.decision.decided_by,
        authorised_by=given.decided_by if given else None,
        by=by,
    )


def _count_no_more(case: Case, by: User) -> None:
    """What was answered stays on record as said before anything was decided (`since_decision`).

    A rule that a rank was asked to set aside is nobody's to decide on any more; one that was is asked anew.
    """
    for one in Assessment.objects.filter(case=case):
        one.findings = list(setting_aside.taken_back(one.findings, because=WHY, by=by, at=clock.now()))
        if one.answers.get("result", UNDECIDED) != UNDECIDED:  # of a decision before this one it is said already
            one.answers = one.answers | {"result": UNDECIDED, "withdrawn": one.answers["result"]}
        one.save(update_fields=["findings", "answers"])


def _decide_anew(case: Case, by: User) -> None:
    """It waits for its officer, until a day that a limit of its crimes leaves."""
    today = clock.today()
    limit = case.allegations.filter(limit_on__gte=today).order_by("limit_on").values_list("limit_on", flat=True).first()
    due = today + timedelta(days=settings.DECIDE_ANEW_DAYS)
    values = {"waits_for": WaitsFor.OFFICER, "due_on": min(due, limit or due), "asked_by": by}
    PendingDecision.objects.update_or_create(case=case, defaults=values | {"asked_at": clock.now(), "settled_at": None})


def _close_in_error(case: Case, by: User) -> None:
    """Its crimes have no outcome from it, and nobody in youth justice sees the child by it any more."""
    waits = PendingDecision.objects.filter(case=case, settled_at=None)
    waits.update(settled_at=clock.now(), submission=uuid.uuid4())
    youth.end_in_error(case, by)
    end_without_outcome(case, by)
