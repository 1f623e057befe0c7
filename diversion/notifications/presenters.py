"""The log of messages, as its page shows it."""

from collections.abc import Iterable

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion import clock
from diversion.design_system.tables import Column, Table, under
from diversion.design_system.wording import clock_time, short_date
from diversion.notifications import kinds
from diversion.notifications.models import Channel, Message

STATES = {
    Message.State.WAITING: gettext_lazy("Waiting"),
    Message.State.SENDING: gettext_lazy("Being sent"),
    Message.State.SENT: gettext_lazy("Sent"),
    Message.State.FAILED: gettext_lazy("Not sent"),
    Message.State.CANCELLED: gettext_lazy("Not wanted any more"),
}
CHANNELS = {Channel.EMAIL: gettext_lazy("E-mail"), Channel.TEXT: gettext_lazy("Text message")}


def log_table(rows: Iterable[Message]) -> Table:
    """A row for each message: when, of what kind, to whom, and what came of it."""
    headings = [_("When"), _("Of what"), _("To"), _("What came of it")]
    shown = [
        [_when(one), under(kinds.label(one.kind), CHANNELS[Channel(one.channel)]), _whom(one), _state(one)]
        for one in rows
    ]
    columns = [Column(heading) for heading in headings]
    return Table(caption=_("Messages"), caption_hidden=True, columns=columns, rows=shown, stacked=True)


def _when(one: Message) -> SafeString:
    at = one.tried_at or one.queued_at
    return under(short_date(clock.local_date(at)), clock_time(at))


def _whom(one: Message) -> str:
    return one.to.full_name if one.to else _("The person")


def _state(one: Message) -> SafeString:
    return under(str(STATES[Message.State(one.state)]), one.reason or _held(one))


def _held(one: Message) -> str:
    if one.state != Message.State.WAITING or one.due_at <= clock.now():
        return ""
    words = {"day": short_date(clock.local_date(one.due_at)), "time": clock_time(one.due_at)}
    return _("Held until %(day)s, %(time)s") % words
