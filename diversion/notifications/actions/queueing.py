"""Putting messages into the outbox. No worker does that twice: what is there is there once."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from diversion import clock
from diversion.celery import TELL, send
from diversion.notifications import kinds
from diversion.notifications.kinds import Due
from diversion.notifications.models import Message
from diversion.unit_of_work import as_service

#: What nobody took back within this time, or tried, is not sent any more (a kind may say less).
KEPT_WAITING = timedelta(days=60)


@transaction.atomic
def queue_due(*, kind: str) -> None:
    """Put into the outbox what a kind says is due and is not there; what was cancelled and is due again waits anew."""
    queue(kind=kind, due=kinds.kind(kind).due())


@transaction.atomic
def queue(*, kind: str, due: Iterable[Due]) -> None:
    """Put messages of a kind into the outbox, in their order."""
    wanted = {(one.about, one.to): one for one in due}
    with as_service():
        there = Message.objects.filter(kind=kind, about__in={about for about, _to in wanted})
        known = {(one.about, one.to_id): one for one in there}
        fresh = [_message(kind, one) for key, one in wanted.items() if key not in known]
        Message.objects.bulk_create(fresh, ignore_conflicts=True)
        for key in wanted.keys() & known.keys():
            if known[key].state == Message.State.CANCELLED:
                _revive(known[key], wanted[key])


def queue_now(*, kind: str, due: Due) -> None:
    """Put one message into the outbox, and ask a worker to send it once what goes on is committed."""
    queue(kind=kind, due=[due])
    transaction.on_commit(lambda: send(TELL, kind))


def _message(kind: str, due: Due) -> Message:
    now = clock.now()
    return Message(
        kind=kind,
        about=due.about,
        channel=due.channel,
        organisation_id=due.organisation,
        to_id=due.to,
        queued_at=now,
        due_at=due.at or now,
        good_until=due.until or now + KEPT_WAITING,
    )


def _revive(cancelled: Message, due: Due) -> None:
    anew = _message(cancelled.kind, due)
    times = {"due_at": anew.due_at, "good_until": anew.good_until}
    rows = Message.objects.filter(pk=cancelled.pk, state=Message.State.CANCELLED)
    rows.update(**times, state=Message.State.WAITING, reason="")


def over() -> QuerySet[Message]:
    """What is kept no longer: nothing that could be due again, since a kind tells of nothing so old."""
    before = clock.now() - timedelta(days=settings.MESSAGE_DAYS)
    return Message.objects.filter(queued_at__lt=before).exclude(state=Message.State.WAITING)
