"""Celery's entry points."""

import logging
from contextlib import suppress
from enum import Enum, auto
from smtplib import SMTPRecipientsRefused

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from diversion.celery import app
from diversion.unit_of_work import unit_of_work
from referrals.actions import drafts, duty, escalating, helping, notices
from referrals.queries.escalations import cases_near_a_limit, messages_to_send
from referrals.queries.help import untold
from referrals.queries.notices import News, news_to_send

logger = logging.getLogger(__name__)


class Went(Enum):
    """What came of giving a message to the mail server; NO is of this message alone."""

    YES = auto()
    NO = auto()
    BROKE_OFF = auto()


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
    """Send the messages that wait, each once; how many went. Where the mail server does not answer all of them wait.

    Each is claimed just before it is given to the server. Where that breaks off, the others wait for the next time.
    """
    with unit_of_work("look for messages"):
        waiting = messages_to_send()
    connection = _open_connection(len(waiting)) if waiting else None
    if connection is None:
        return 0
    sent = 0
    for escalation_id, to_id in waiting:
        went = _send(escalation_id, to_id, connection)
        if went == Went.BROKE_OFF:
            break
        sent += went == Went.YES
    _close(connection)
    return sent


def _send(escalation_id: int, to_id: int, connection: BaseEmailBackend) -> Went:
    with unit_of_work("claim a message"):
        claimed = escalating.claim(escalation_id=escalation_id, to_id=to_id)
    if claimed is None:
        return Went.NO
    mail, message = claimed
    went = _goes(message, connection, f"Message {mail.pk} about a time limit")
    if went == Went.YES:
        with unit_of_work("note a message as sent"):
            escalating.mark_sent(mail_id=mail.pk)
    return went


@app.task
def send_news() -> int:
    """Tell officers that there is news of whom they sent, each once; how many messages went. As `send_escalations`."""
    with unit_of_work("look for news of referrals"):
        waiting = news_to_send()
    connection = _open_connection(len(waiting)) if waiting else None
    if connection is None:
        return 0
    sent = 0
    for one in waiting:
        went = _send_one(one, connection)
        if went == Went.BROKE_OFF:
            break
        sent += went == Went.YES
    _close(connection)
    return sent


def _send_one(news: News, connection: BaseEmailBackend) -> Went:
    with unit_of_work("claim a message"):
        claimed = notices.claim_news(news=news)
    if claimed is None:
        return Went.NO
    mail, message = claimed
    went = _goes(message, connection, f"Message {mail.pk} about a referral")
    if went == Went.YES:
        with unit_of_work("note a message as sent"):
            notices.mark_news_sent(mail_id=mail.pk)
    return went


@app.task
def tell_of_help() -> int:
    """Whoever is on duty hears at once that somebody asks for help; of how many they were told, of each once.

    Where the mail server does not answer, or breaks off, the others wait for the next minute.
    """
    with unit_of_work("look for who asks for help"):
        waiting = untold()
    connection = _open_connection(len(waiting)) if waiting else None
    told = 0
    for pk in waiting:
        if connection is None:
            break
        with unit_of_work("claim a request for help"):
            messages = duty.tell_of_help(pk=pk)
        connection = _send_all(messages, connection, "An e-mail that somebody asks for help")
        told += 1
    if connection is not None:
        _close(connection)
    return told


def _send_all(messages: list[EmailMessage], connection: BaseEmailBackend, what: str) -> BaseEmailBackend | None:
    """Send messages that were claimed together, the rest of them over a new connection where one breaks off.

    The connection where it held; None where it broke off. Where the mail server does not answer again the rest is lost,
    and the log says how many.
    """
    held = True
    for place, message in enumerate(messages, start=1):
        if _goes(message, connection, what) != Went.BROKE_OFF:
            continue
        _close(connection)
        again = _open_connection(0)
        if again is None:
            logger.error("%s: %d more were not sent, and are not sent again.", what, len(messages) - place)
            return None
        connection, held = again, False
    if held:
        return connection
    _close(connection)
    return None


def _open_connection(waiting: int) -> BaseEmailBackend | None:
    """A connection to the mail server; None, with a line in the log, where it does not answer."""
    connection: BaseEmailBackend = get_connection()
    try:
        connection.open()
    except OSError as error:  # every SMTPException is one
        logger.warning("The mail server does not answer (%s): %d messages wait.", error, waiting)
        return None
    return connection


def _close(connection: BaseEmailBackend) -> None:
    """Close it; a connection that broke may not be closed any more either."""
    with suppress(OSError):
        connection.close()


def _goes(message: EmailMessage, connection: BaseEmailBackend, what: str) -> Went:
    """Send it. Where that failed it may have gone: never twice, and a page of the service says the same.

    Only where the server refused the address for good (a code of 500 or more) can the connection be used for the next.
    """
    message.connection = connection
    try:
        message.send()
    except OSError as error:
        logger.error("%s failed (%s), and is not sent again.", what, error)
        return Went.NO if _is_of_this_address(error) else Went.BROKE_OFF
    return Went.YES


def _is_of_this_address(error: OSError) -> bool:
    refused = error.recipients.values() if isinstance(error, SMTPRecipientsRefused) else ()
    return bool(refused) and all(code >= 500 for code, _words in refused)
