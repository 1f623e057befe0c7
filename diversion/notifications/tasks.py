"""Celery's entry point: what is due of one kind is found and sent."""

import logging
from collections import defaultdict

from diversion.celery import app
from diversion.notifications.actions import queueing, sending
from diversion.notifications.models import Message
from diversion.notifications.senders import sender_of
from diversion.notifications.senders.base import Away, BrokeOff, NotTaken, Sender
from diversion.unit_of_work import unit_of_work

logger = logging.getLogger(__name__)


@app.task
def tell(kind: str) -> int:
    """Send what is due of a kind, each once; how many went. Where whoever delivers does not answer, all of it waits.

    Each is claimed just before it is handed over. Where that breaks off, the others wait for the next time.
    """
    with unit_of_work(f"look for messages: {kind}"):
        sending.give_up_broken(kind=kind)
        queueing.queue_due(kind=kind)
        waiting = defaultdict[str, list[int]](list)
        for channel, pk in Message.objects.ready(kind).values_list("channel", "pk"):
            waiting[channel].append(pk)
    return sum(_send_all(channel, found) for channel, found in waiting.items())


def _send_all(channel: str, waiting: list[int]) -> int:
    sender = sender_of(channel)
    if sender is None:
        logger.warning("Nothing is set that sends by %s: %d messages wait.", channel, len(waiting))
        return 0
    try:
        sender.open()
    except Away as error:
        logger.warning("What sends by %s does not answer (%s): %d messages wait.", channel, error, len(waiting))
        return 0
    sent = 0
    try:
        for pk in waiting:
            sent += _send(pk, sender)
    except BrokeOff:
        logger.warning("What sends by %s broke off: the other messages wait for the next time.", channel)
    finally:
        sender.close()
    return sent


def _send(pk: int, sender: Sender) -> bool:
    """Hand one message over; whether it was taken. Raises BrokeOff once that is noted."""
    with unit_of_work("claim a message"):
        letter = sending.claim(pk=pk)
    if letter is None:
        return False
    try:
        sender.send(letter, reference=str(pk))
    except NotTaken as error:
        logger.error("Message %d was not taken (%s).", pk, error)
        with unit_of_work("note that a message was not taken"):
            sending.mark_not_taken(pk=pk, error=error)
        return False
    except BrokeOff as error:
        logger.error("Message %d failed (%s), and is not sent again: it may have gone.", pk, error)
        with unit_of_work("note that a message may have gone"):
            sending.mark_broken_off(pk=pk)
        raise
    with unit_of_work("note a message as sent"):
        sending.mark_sent(pk=pk)
    return True
