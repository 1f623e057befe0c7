"""Somebody who is asked between appointments how they are, and what they answer."""

from datetime import time, timedelta
from typing import Any

from diversion import clock
from diversion.accounts.models import User
from referrals.actions import answering, check_in_list, check_ins
from referrals.models import CheckIn, CheckInPlan, CheckInQuestion, Referral
from referrals.queries.check_ins import asked_by, digest_of, lasts_until, new_token

TELEPHONE = "01632 960 177"
SAFE = {"words": "Do you feel safe where you are?", "welsh": "Ydych chi'n teimlo'n ddiogel?"}


def desk(manager: User, replies: str = "") -> None:
    """Answers are read Monday to Friday from nine to five; to a reminder people may answer ``replies``."""
    hours = {"opens": time(9), "closes": time(17)}
    check_in_list.say_desk(telephone=TELEPHONE, days="weekdays", **hours, replies=replies, version=0, by=manager)


def question(writer: User, second: User | None, **changes: Any) -> CheckInQuestion:
    """ "Do you feel safe?", of which a no asks for somebody; in use once ``second`` has reviewed it."""
    values: dict[str, Any] = SAFE | {"answers": "yes_no", "flags": ["no"]} | changes
    made = check_in_list.write_question(**values, by=writer)
    return check_in_list.review_question(question=made, by=second) if second else made


def plan(referral: Referral, by: User, *questions: CheckInQuestion, **changes: Any) -> CheckInPlan:
    """Every week, in English, until the support ends."""
    said: dict[str, Any] = {"rhythm": "weekly", "language": "en", "until_on": None, "agreed": True, "version": 0}
    chosen = [one.pk for one in questions]
    return check_ins.plan_check_ins(referral=referral, questions=chosen, **said | changes, by=by)


def sent(plan: CheckInPlan, *, days: int = 0) -> tuple[CheckIn, str]:
    """A check-in whose text went ``days`` after the first, and the token of its link."""
    token, now = new_token(), clock.now()
    made = CheckIn.objects.create(
        referral=plan.referral,
        provider=plan.referral.provider,
        due_on=plan.first_on + timedelta(days=days),
        token_digest=digest_of(token),
        language=plan.language,
        asked=asked_by(plan),
        sent_at=now,
        expires_at=lasts_until(plan, now),
    )
    return made, token


def answered(plan: CheckInPlan, **said: Any) -> CheckIn:
    """A check-in that was answered: "Very bad", unless ``said`` is something else."""
    _made, token = sent(plan)
    values: dict[str, Any] = {"mood": "bad", "wants_help": False, "wants_call": False, "answers": {}} | said
    kept = answering.answer_check_in(token=token, **values)
    assert kept is not None
    return kept
