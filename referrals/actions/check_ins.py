"""Check-ins between appointments: what somebody is asked, that a text goes with the link, and what is done about it.

None of this tells the figures or the police anything, and none of it is recorded on the case: it is the provider's.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.notifications.kinds import Due, Letter
from diversion.notifications.models import Channel, Message
from diversion.notifications.senders import can_send
from diversion.refusals import Outdated, Refused
from referrals import person_words
from referrals.actions.support import check_open
from referrals.codes import CheckInDone, Rhythm
from referrals.models import CheckIn, CheckInPlan, Referral
from referrals.models.check_in import MOST_QUESTIONS
from referrals.person_words import WELSH
from referrals.queries import check_ins as queries
from referrals.queries.reminders import first_allowed, texts_of


@transaction.atomic
def plan_check_ins(
    *,
    referral: Referral,
    questions: Sequence[int],
    rhythm: str,
    language: str,
    until_on: date | None,
    agreed: bool,
    version: int,
    by: User,
) -> CheckInPlan:
    """Ask the person of ``referral`` from tomorrow on how they are, as they agreed with ``by``.

    ``version`` is that of the plan as the page showed it, 0 where there was none. The same twice is once. What somebody
    stopped runs again only once they have agreed anew.
    """
    check_open(referral, by)
    _check_plan(referral, questions, rhythm, language, until_on, agreed=agreed)
    said: dict[str, Any] = {"questions": list(questions), "rhythm": rhythm, "language": language, "until_on": until_on}
    now = CheckInPlan.objects.select_for_update().filter(referral=referral).first()
    if now and now.is_running and all(getattr(now, name) == value for name, value in said.items()):
        return now
    if (now.version if now else 0) != version:
        raise Outdated("What they are asked")
    goes_on = now is not None and now.is_running and now.rhythm == rhythm
    first_on = now.first_on if now and goes_on else clock.today() + timedelta(days=1)
    said |= {"first_on": first_on, "set_by": by, "set_at": clock.now(), "version": version + 1}
    said |= {"stopped_at": None, "stopped_by": None}
    plan, _created = CheckInPlan.objects.update_or_create(referral=referral, defaults=said)
    audit.record("checkin.planned", audit.Nature.ALTERATION, by=by, subjects=[referral, referral.case.person])
    return plan


def _check_plan(
    referral: Referral, questions: Sequence[int], rhythm: str, language: str, until_on: date | None, *, agreed: bool
) -> None:
    if not agreed:
        raise Refused("Ask them first: nobody is sent these who has not agreed.")
    if rhythm not in Rhythm.values:
        raise Refused("Choose how often they are asked.")
    if until_on is not None and until_on <= clock.today():
        raise Refused("Choose a last day that is still to come, or leave it empty: then it ends with the support.")
    if len(set(questions)) != len(questions) or len(questions) > MOST_QUESTIONS:
        raise Refused(f"Choose {MOST_QUESTIONS} questions at most.")
    if language not in queries.languages_of(queries.desk_of(referral.provider_id)):
        raise Refused("Choose a language in which somebody at your organisation has reviewed the page.")
    found = list(queries.questions_of(referral.provider_id).filter(pk__in=questions))
    if len(found) != len(questions):
        raise Refused("Choose questions from your organisation's list that are in use.")
    lacking = [one.words for one in found if not one.welsh]
    if language == WELSH and lacking:
        raise Refused(f"“{lacking[0]}” has no Welsh yet: choose another question, or write one with its Welsh.")


@transaction.atomic
def stop_check_ins(*, referral: Referral, by: User) -> None:
    """Ask them no more. Stopped twice it is stopped once."""
    check_open(referral, by)
    rows = CheckInPlan.objects.filter(referral=referral, stopped_at=None)
    if rows.update(stopped_at=clock.now(), stopped_by=by):
        audit.record("checkin.stopped", audit.Nature.ALTERATION, by=by, subjects=[referral, referral.case.person])


@transaction.atomic
def review_check_in(*, check_in: CheckIn, done: str, note: str, by: User) -> CheckIn:
    """Say what was done about an answer. The same twice is once; raises Outdated where a colleague was first.

    Also once the support has ended: what somebody asked for on its last day is not lost.
    """
    access.check(by, Permission.SUPPORT_PEOPLE)
    row = CheckIn.objects.visible_to(by).select_for_update(of=("self",)).get(pk=check_in.pk)
    if done not in CheckInDone.values:
        raise Refused("Choose what was done.")
    if row.answered_at is None:
        raise Refused("They have not answered this one: there is nothing to see to.")
    if row.reviewed_at is not None:
        if (row.done, row.note) != (done, note.strip()):
            raise Outdated("This answer")
        return row
    row.done, row.note, row.reviewed_by, row.reviewed_at = done, note.strip(), by, clock.now()
    row.save(update_fields=["done", "note", "reviewed_by", "reviewed_at"])
    subjects = [row.referral, row.referral.case.person]
    audit.record("checkin.reviewed", audit.Nature.ALTERATION, by=by, subjects=subjects, detail={"done": done})
    return row


def due_check_ins() -> Iterator[Due]:
    """The texts that may go today; none where nothing sends texts."""
    if not can_send(Channel.TEXT):
        return
    for one in queries.asking_today(queries.running()):
        yield Due(one.about, one.plan.referral.provider_id, channel=Channel.TEXT, at=one.at, until=one.until)


def write_check_in(message: Message) -> Letter | None:
    """The text with a link of its own; None where it is not to go any more: stopped, ended, or they meet today.

    The link is made as it goes, and of its token only a digest is kept. One that was not taken gets another.
    """
    plan = queries.running().filter(pk=message.about.split(":")[0]).first()
    asking = next(iter(queries.asking_today([plan])), None) if plan else None
    if plan is None or asking is None or asking.about != message.about:
        return None
    referral = plan.referral
    held = texts_of([referral])[referral.pk]
    if first_allowed(clock.now(), held.rule.texts) > clock.now():
        return None
    token = _made(plan, asking.slot)
    if token is None:
        return None
    _log(message, "checkin.handed_over", audit.Nature.DISCLOSURE, recipients=["The person"])
    link = f"{settings.PERSON_URL}/a/{token}"
    return Letter(f"+44{held.number[1:]}", "", person_words.words(plan.language)["text"].format(link=link))


def _made(plan: CheckInPlan, slot: date) -> str | None:
    """The token of the check-in of that day; None where one went already, or was answered."""
    token, now = queries.new_token(), clock.now()
    values = {
        "token_digest": queries.digest_of(token),
        "language": plan.language,
        "asked": queries.asked_by(plan),
        "made_at": now,
        "expires_at": queries.lasts_until(plan, now),
    }
    row, created = CheckIn.objects.get_or_create(
        referral=plan.referral, appointment=None, due_on=slot, defaults=values | {"provider": plan.referral.provider}
    )
    if not created and (row.sent_at or row.answered_at):
        return None
    if not created:
        CheckIn.objects.filter(pk=row.pk).update(**values)
    return token


#: What came of a text that was handed over, as the log says it.
CAME_OF = {
    Message.State.SENT: "checkin.taken",
    Message.State.WAITING: "checkin.not_taken",  # and tried again
    Message.State.FAILED: "checkin.failed",
}


def log_check_in(message: Message) -> None:
    """Log what came of a text; one that was taken is shown to the worker as sent."""
    _log(message, CAME_OF[Message.State(message.state)], audit.Nature.ALTERATION, detail={"message": message.pk})
    if message.state == Message.State.SENT:
        plan, day = message.about.split(":")
        slot = date.fromisoformat(day)
        CheckIn.objects.filter(referral__check_in_plan__pk=plan, appointment=None, due_on=slot).update(
            sent_at=clock.now()
        )


def _log(message: Message, kind: str, nature: audit.Nature, **more: Any) -> None:
    rows = Referral.objects.filter(check_in_plan__pk=message.about.split(":")[0])
    audit.record(kind, nature, by=None, subjects=list(rows), organisation_id=message.organisation_id, **more)
