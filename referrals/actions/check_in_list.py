"""A provider's list of questions for check-ins, when answers are read, and the Welsh of the page: each read by two."""

from collections.abc import Collection
from datetime import time

from django.db import transaction

from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from referrals import person_words
from referrals.codes import ANSWERS, ReadDays, Replies
from referrals.models import CheckInDesk, CheckInQuestion

State = CheckInQuestion.State


@transaction.atomic
def write_question(*, words: str, welsh: str, answers: str, flags: Collection[str], by: User) -> CheckInQuestion:
    """Put a question forward for a second person to review. The same words again are the question that stands."""
    _check_helps(by)
    words, welsh = words.strip(), welsh.strip()
    if answers not in ANSWERS or not words:
        raise Refused("Write the question, and choose which answers it offers.")
    if not set(flags) <= set(ANSWERS[answers]):
        raise Refused("Mark only answers that this question offers.")
    if unsafe := person_words.never(f"{words} {welsh}"):
        raise Refused(f"Say it without “{unsafe[0]}”: others may read it over their shoulder.")
    values = {"welsh": welsh, "answers": answers, "flags": [one for one in ANSWERS[answers] if one in flags]}
    stands = CheckInQuestion.objects.filter(provider=by.organisation_id, words=words).exclude(state=State.RETIRED)
    if same := stands.first():
        if any(getattr(same, name) != value for name, value in values.items()):
            raise Refused("This question stands on the list already: take that one off first.")
        return same
    made = CheckInQuestion.objects.create(provider=by.organisation, words=words, **values, written_by=by)
    _log("checkin.question_written", made, by)
    return made


@transaction.atomic
def review_question(*, question: CheckInQuestion, by: User) -> CheckInQuestion:
    """Say, as a second person, that it can be asked as it stands, its Welsh too. Twice is once."""
    row = _own(question, by)
    if row.state == State.LIVE:
        return row
    if row.state == State.RETIRED:
        raise Refused("This question was taken off the list.")
    if row.written_by_id == by.pk:
        raise Refused("You wrote it: somebody else of your organisation reviews it.")
    row.state, row.reviewed_by, row.reviewed_at = State.LIVE, by, clock.now()
    row.save(update_fields=["state", "reviewed_by", "reviewed_at"])
    _log("checkin.question_reviewed", row, by)
    return row


@transaction.atomic
def retire_question(*, question: CheckInQuestion, by: User) -> CheckInQuestion:
    """Ask it of nobody any more, from the next check-in on. What was answered stays."""
    row = _own(question, by)
    if row.state != State.RETIRED:
        CheckInQuestion.objects.filter(pk=row.pk).update(state=State.RETIRED)
        row.refresh_from_db()
        _log("checkin.question_retired", row, by)
    return row


@transaction.atomic
def say_desk(
    *, telephone: str, days: str, opens: time, closes: time, replies: str = "", version: int, by: User
) -> CheckInDesk:
    """Say when somebody reads what people answer, and whom they ring then; and what they may answer to a reminder.

    Raises Outdated where somebody was first.
    """
    access.check(by, Permission.DECIDE_REFERRALS)
    if replies not in Replies.values:
        raise Refused("Choose what people may answer to a reminder.")
    if days not in ReadDays.values or not telephone.strip():
        raise Refused("Enter the telephone that people ring, and on which days somebody reads.")
    if closes <= opens:
        raise Refused("Choose a time of ending that is after the time of beginning.")
    said = {"telephone": telephone.strip(), "days": days, "opens": opens, "closes": closes}
    said |= {"replies": replies}
    now = CheckInDesk.objects.select_for_update().filter(provider=by.organisation_id).first()
    if now and all(getattr(now, name) == value for name, value in said.items()):
        return now
    if (now.version if now else 0) != version:
        raise Outdated("When answers are read")
    values = said | {"said_by": by, "said_at": clock.now(), "version": version + 1}
    desk, _created = CheckInDesk.objects.update_or_create(provider=by.organisation, defaults=values)
    audit.record("checkin.desk_said", audit.Nature.ADMINISTRATION, by=by)
    return desk


@transaction.atomic
def review_welsh(*, by: User) -> CheckInDesk:
    """Say, as somebody who reads Welsh, that the page can be shown in it as it stands."""
    _check_helps(by)
    desk = CheckInDesk.objects.select_for_update().filter(provider=by.organisation_id).first()
    if desk is None:
        raise Refused("Say first when answers are read, and whom people ring.")
    if desk.welsh_digest != person_words.welsh_digest():
        desk.welsh_digest, desk.welsh_by = person_words.welsh_digest(), by
        desk.save(update_fields=["welsh_digest", "welsh_by"])
        audit.record("checkin.welsh_reviewed", audit.Nature.ADMINISTRATION, by=by)
    return desk


def _check_helps(by: User) -> None:
    access.check(by, Permission.SUPPORT_PEOPLE)


def _own(question: CheckInQuestion, by: User) -> CheckInQuestion:
    _check_helps(by)
    return CheckInQuestion.objects.select_for_update().get(pk=question.pk, provider=by.organisation_id)


def _log(kind: str, question: CheckInQuestion, by: User) -> None:
    audit.record(kind, audit.Nature.ADMINISTRATION, by=by, detail={"question": question.pk})
