"""The e-mail with which somebody who forgot their password sets a new one. Its link is made as it goes, never kept."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion import clock
from diversion.accounts.models import User
from diversion.notifications.actions.queueing import queue_now
from diversion.notifications.kinds import Due, Kind, Letter
from diversion.notifications.models import Message

#: Whoever asked has asked again, or gone home, after so long (our own default).
WANTED_FOR = timedelta(hours=2)


def ask_for_link(user: User) -> None:
    """Have a link sent to ``user``; each time that it is asked for is a message of its own."""
    until = clock.now() + WANTED_FOR
    queue_now(kind=NEW_PASSWORD.name, due=Due(uuid4().hex, user.organisation_id, user.pk, until=until))


def write_link(message: Message) -> Letter | None:
    """None where nobody may sign in with that account any more."""
    from diversion.accounts.passwords import link_path  # it needs allauth, and this is read as the apps are made ready

    to = message.to
    if to is None or not to.may_sign_in:
        return None
    words = _(
        "Somebody asked for a new password for your account. If it was you, set it here:\n%(link)s\n\n"
        "The link works once. If it was not you, nothing has changed and you need do nothing.\n"
    )
    return Letter(to.email, _("Set a new password"), words % {"link": f"{settings.SERVICE_URL}{link_path(to)}"})


def _nothing_due() -> Iterable[Due]:
    """They are put into the outbox as somebody asks."""
    return ()


NEW_PASSWORD = Kind("new_password", gettext_lazy("Link for a new password"), _nothing_due, write_link)
