"""Telling who was named that they lead a letter or a meeting: nothing else would bring them to the page of it."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from diversion import clock
from diversion.notifications.kinds import Due, Letter
from diversion.notifications.models import Message
from referrals.models import Facilitation

#: Who has not been told by then hears of it in another way; nobody is told of what is long known to them.
TOLD_WITHIN = timedelta(days=7)


def due_named() -> Iterator[Due]:
    """Each who was named, once. It stands in the log of the force: at a provider nobody else may learn of it."""
    rows = Facilitation.objects.working().filter(named_at__gt=clock.now() - TOLD_WITHIN)
    for row in rows.select_related("allegation__case"):
        yield Due(str(row.pk), row.allegation.case.force_id, row.facilitator_id)


def write_named(message: Message) -> Letter | None:
    """None where they lead it no longer. It names neither the victim nor the person."""
    to = message.to
    if to is None or not Facilitation.objects.working().filter(pk=message.about, facilitator=to).exists():
        return None
    page = f"{settings.SERVICE_URL}{reverse('facilitation_list')}"
    body = _(
        "You were named to lead a letter or a meeting:\n%(page)s\n\n"
        "You alone can open it. Tell nobody at your service of it. This message names nobody.\n"
    )
    return Letter(to.email, _("You were named to lead a letter or a meeting"), body % {"page": page})
