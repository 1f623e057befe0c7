"""Reading messages and what users chose."""

from collections.abc import Iterable

from django.db.models import QuerySet

from diversion.accounts.models import User
from diversion.notifications import kinds
from diversion.notifications.models import Message


def log_of(*, by: User, unsent: bool = False) -> QuerySet[Message]:
    """The messages of ``by``'s organisation, the newest first; ``unsent``: those that failed or are tried again."""
    rows = Message.objects.visible_to(by).select_related("to")
    return rows.filter(reason__gt="").exclude(state=Message.State.SENT) if unsent else rows


def choices_of(user: User) -> dict[str, bool]:
    """Of each topic that ``user`` may choose: whether they are told."""
    return {one.name: wants(user, one.name) for one in kinds.topics_for(user)}


def wants(user: User, topic: str) -> bool:
    """Whether ``user`` is told of a topic. Prefetch ``message_choices`` where many are asked."""
    chosen = {one.topic: one.wanted for one in user.message_choices.all()}
    return chosen.get(topic, kinds.topic(topic).wanted)


def sent_about(kind: str, about: Iterable[str]) -> dict[str, Message]:
    """The message of a kind about each of these, for whoever has opened what they are about."""
    return {one.about: one for one in Message.objects.filter(kind=kind, about__in=list(about))}
