"""Celery's entry points."""

import logging
from smtplib import SMTPException

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from diversion.celery import app
from diversion.unit_of_work import unit_of_work
from referrals.actions import drafts, duty, escalating, helping
from referrals.queries.escalations import cases_near_a_limit, mails_to_send
from referrals.queries.help import untold

logger = logging.getLogger(__name__)


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
def send_escalations() -> int:
    """Send the messages that wait, each once; how many went. Where the mail server does not answer all of them wait."""
    with unit_of_work("look for messages"):
        waiting = mails_to_send()
    if not waiting:
        return 0
    connection = _open_connection(len(waiting))
    if connection is None:
        return 0
    sent = sum(_send(mail_id, connection) for mail_id in waiting)
    connection.close()
    return sent


def _send(mail_id: int, connection: BaseEmailBackend) -> bool:
    with unit_of_work("claim a message"):
        message: EmailMessage | None = escalating.claim(mail_id=mail_id)
    if message is None:
        return False
    message.connection = connection
    if not _goes(message, f"Message {mail_id} about a time limit"):
        return False
    with unit_of_work("note a message as sent"):
        escalating.mark_sent(mail_id=mail_id)
    return True


@app.task
def tell_of_help() -> int:
    """Whoever is on duty hears at once that somebody asks for help; of how many they were told, of each once.

    Where the mail server does not answer, all of them wait for the next minute.
    """
    with unit_of_work("look for who asks for help"):
        waiting = untold()
    connection = _open_connection(len(waiting)) if waiting else None
    if connection is None:
        return 0
    for pk in waiting:
        with unit_of_work("claim a request for help"):
            messages = duty.tell_of_help(pk=pk)
        for message in messages:
            message.connection = connection
            _goes(message, "An e-mail that somebody asks for help")
    connection.close()
    return len(waiting)


def _open_connection(waiting: int) -> BaseEmailBackend | None:
    """A connection to the mail server; None, with a line in the log, where it does not answer."""
    connection: BaseEmailBackend = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        logger.warning("The mail server does not answer (%s): %d messages wait.", error, waiting)
        return None
    return connection


def _goes(message: EmailMessage, what: str) -> bool:
    """Send it; False where that failed. It may have gone then: never twice, and a page of the service says the same."""
    try:
        message.send()
    except (OSError, SMTPException) as error:
        logger.error("%s failed (%s), and is not sent again.", what, error)
        return False
    return True
