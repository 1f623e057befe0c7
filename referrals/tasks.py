"""Celery's entry points."""

from diversion.celery import app
from diversion.unit_of_work import unit_of_work
from referrals.actions import drafts, escalating, evidence, helping, waiting_list
from referrals.models import Referral
from referrals.queries.escalations import cases_near_a_limit


@app.task
def forget_drafts() -> int:
    """What was typed and never recorded is not kept for ever."""
    with unit_of_work("forget drafts"):
        return drafts.forget_drafts()


@app.task
def forget_help() -> int:
    """Who asked for help is not kept for ever by whoever helped."""
    with unit_of_work("forget help"):
        return helping.forget_help()


@app.task
def sweep_evidence() -> int:
    """What a worker removed is erased once nobody can put it back."""
    with unit_of_work("sweep evidence"):
        return evidence.sweep_evidence()


@app.task
def watch_limits() -> int:
    """Raise the warnings that are due before time limits; how many were. Each case is a unit of its own."""
    with unit_of_work("look for time limits"):
        found = cases_near_a_limit()
    raised = 0
    for case_id in found:
        with unit_of_work("escalate a time limit"):
            raised += escalating.escalate(case_id=case_id) is not None
    return raised


@app.task
def watch_waiting_lists() -> int:
    """Hand back to the hub whoever would begin too late; how many were. Each referral is a unit of its own."""
    with unit_of_work("look at waiting lists"):
        found = list(Referral.objects.on_list().values_list("pk", flat=True))
    back = 0
    for pk in found:
        with unit_of_work("hand back from a waiting list"):
            back += waiting_list.hand_back_late(referral_id=pk)
    return back
