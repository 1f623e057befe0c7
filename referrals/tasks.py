"""Celery's entry points."""

import logging
from smtplib import SMTPException

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from diversion.celery import app
from diversion.unit_of_work import unit_of_work
from referrals.actions import drafts, escalating, helping
from referrals.queries.escalations import cases_near_a_limit, mails_to_send

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
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        logger.warning("The mail server does not answer (%s): %d messages wait.", error, len(waiting))
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
    try:
        message.send()
    except (OSError, SMTPException) as error:
        # It may have gone: never twice, and the home page says the same.
        logger.error("Message %d about a time limit failed (%s), and is not sent again.", mail_id, error)
        return False
    with unit_of_work("note a message as sent"):
        escalating.mark_sent(mail_id=mail_id)
    return True
