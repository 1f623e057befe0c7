"""What becomes of a message in the outbox: claimed, handed over, and settled."""

from datetime import timedelta

from django.db import transaction

from diversion import clock
from diversion.notifications import kinds
from diversion.notifications.kinds import Letter
from diversion.notifications.models import Message
from diversion.notifications.senders.base import BROKE_OFF, NotTaken

#: After so many tries nobody tries again; the waits between them add up to about a day (our own default).
MOST_ATTEMPTS = 16
LONGEST_WAIT = timedelta(hours=2)
#: A worker that hands something over for so long has died: the longest wait of any sender is a minute.
SENDING_FOR = timedelta(minutes=15)

State = Message.State


@transaction.atomic
def give_up_broken(*, kind: str) -> None:
    """Say of what a worker claimed and never settled that it may have gone, and is not sent again."""
    rows = Message.objects.filter(kind=kind, state=State.SENDING, tried_at__lt=clock.now() - SENDING_FOR)
    for message in rows.select_for_update():
        _settle(message, State.FAILED, BROKE_OFF)


@transaction.atomic
def claim(*, pk: int) -> Letter | None:
    """Take one message to hand it over; once this is committed nobody else does. What it says, and to which address.

    None where somebody has taken it, or where it is not wanted any more, which is then written on it.
    """
    taken = Message.objects.select_for_update(skip_locked=True, of=("self",)).select_related("to", "organisation")
    message = taken.filter(pk=pk, state=State.WAITING, due_at__lte=clock.now()).first()
    if message is None:
        return None
    late = message.good_until is not None and message.good_until < clock.now()
    letter = None if late else kinds.kind(message.kind).write(message)
    message.state = State.SENDING if letter else State.CANCELLED
    message.tried_at = clock.now()
    message.attempts += letter is not None
    message.save(update_fields=["state", "tried_at", "attempts"])
    return letter


@transaction.atomic
def mark_sent(*, pk: int) -> None:
    """Note that a message was taken by whoever delivers it."""
    _settle(Message.objects.get(pk=pk), State.SENT)


@transaction.atomic
def mark_not_taken(*, pk: int, error: NotTaken) -> None:
    """Note that a message was certainly not taken: it is tried again after a while, unless that is of no use."""
    message = Message.objects.get(pk=pk)
    again = not error.for_good and message.attempts < MOST_ATTEMPTS
    message.due_at = clock.now() + min(timedelta(minutes=2**message.attempts), LONGEST_WAIT)
    message.save(update_fields=["due_at"])
    _settle(message, State.WAITING if again else State.FAILED, str(error)[:120])


@transaction.atomic
def mark_broken_off(*, pk: int) -> None:
    """Note that nobody knows whether a message went: it is not sent again."""
    _settle(Message.objects.get(pk=pk), State.FAILED, BROKE_OFF)


def _settle(message: Message, state: State, reason: str = "") -> None:
    message.state, message.reason = state, reason
    message.save(update_fields=["state", "reason"])
    kinds.kind(message.kind).settled(message)
