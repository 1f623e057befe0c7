"""Who delivers messages: chosen by settings, replaced without touching what is sent."""

from collections.abc import Callable, Mapping

from django.conf import settings

from diversion.notifications.models import Channel
from diversion.notifications.senders.base import Sender
from diversion.notifications.senders.console import ConsoleSender
from diversion.notifications.senders.gateway import GatewaySender
from diversion.notifications.senders.mail import MailSender
from diversion.notifications.senders.notify import NotifySender

EMAIL: Mapping[str, Callable[[], Sender]] = {
    "backend": MailSender,
    "notify": lambda: NotifySender(Channel.EMAIL),
}
TEXT: Mapping[str, Callable[[], Sender]] = {
    "console": ConsoleSender,
    "notify": lambda: NotifySender(Channel.TEXT),
    "gateway": GatewaySender,
}


def sender_of(channel: str) -> Sender | None:
    """What sends by a channel (``EMAIL_SENDER``, ``TEXT_SENDER``); None where nothing does."""
    if channel == Channel.EMAIL:
        return EMAIL[settings.EMAIL_SENDER]()
    return TEXT[settings.TEXT_SENDER]() if settings.TEXT_SENDER != "none" else None


def can_send(channel: str) -> bool:
    return sender_of(channel) is not None
