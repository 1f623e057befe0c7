"""Two made-up people who are asked between appointments how they are: one is well enough, one asks to be rung."""

from datetime import time
from typing import Any

from diversion import clock
from diversion.accounts.models import User
from diversion.unit_of_work import unit_of_work
from referrals.actions import answering, check_in_list, check_ins
from referrals.models import CheckIn, CheckInDesk, CheckInPlan, CheckInQuestion, Referral
from referrals.queries.check_ins import asked_by, digest_of, lasts_until, new_token

DESK: dict[str, Any] = {
    "telephone": "01632 960 144",
    "days": "weekdays",
    "opens": time(9),
    "closes": time(17),
    "replies": "move",
}
QUESTIONS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("Do you feel safe where you are?", "Ydych chi'n teimlo'n ddiogel lle rydych chi?", "yes_no", ("no",)),
    ("Are you getting enough sleep?", "Ydych chi'n cael digon o gwsg?", "yes_no", ()),
    ("Is anything in the way of your next appointment?", "", "yes_no", ("yes",)),
)
SAID: tuple[dict[str, Any], ...] = (
    {"mood": "low", "wants_help": False, "wants_call": True},
    {"mood": "fair", "wants_help": False, "wants_call": False},
)


def tell(people: dict[str, User]) -> None:
    """Say when answers are read, write the questions and have both answer, where there is somebody; once."""
    manager, worker = people["hugh"], people["george"]
    with unit_of_work("demonstration"):
        helped = _helped_by(worker)
        if len(helped) < len(SAID) or CheckInDesk.objects.filter(provider=manager.organisation).exists():
            return
        check_in_list.say_desk(**DESK, version=0, by=manager)
        asked = [_question(*one, worker, manager) for one in QUESTIONS]
        for referral, said in zip(helped, SAID, strict=True):
            _answer(_plan(referral, asked, worker), said)


def _helped_by(worker: User) -> list[Referral]:
    rows = Referral.objects.open().filter(navigator=worker, provider=worker.organisation)
    return list(rows.order_by("pk")[: len(SAID)])


def _question(words: str, welsh: str, answers: str, flags: tuple[str, ...], by: User, second: User) -> CheckInQuestion:
    made = check_in_list.write_question(words=words, welsh=welsh, answers=answers, flags=flags, by=by)
    return check_in_list.review_question(question=made, by=second)


def _plan(referral: Referral, asked: list[CheckInQuestion], by: User) -> CheckInPlan:
    said: dict[str, Any] = {"rhythm": "weekly", "language": "en", "until_on": None, "agreed": True, "version": 0}
    return check_ins.plan_check_ins(referral=referral, questions=[one.pk for one in asked], **said, by=by)


def _answer(plan: CheckInPlan, said: dict[str, Any]) -> None:
    """As by the link in a text, which nobody sends here."""
    token, now = new_token(), clock.now()
    CheckIn.objects.create(
        referral=plan.referral,
        provider=plan.referral.provider,
        due_on=clock.today(),
        token_digest=digest_of(token),
        language=plan.language,
        asked=asked_by(plan),
        sent_at=now,
        expires_at=lasts_until(plan, now),
    )
    answering.answer_check_in(token=token, **said, answers={})
