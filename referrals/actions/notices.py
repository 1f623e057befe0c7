"""What an officer is told by e-mail about whom they sent: chosen by each, and sent once. No message says what it is."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from diversion.accounts.models import User
from diversion.notifications.kinds import Due, Letter
from diversion.notifications.models import Message
from referrals.models import Referral
from referrals.queries.notices import news_to_send


def due_news() -> Iterator[Due]:
    """What officers are to be told of: the messages are written once they go."""
    found = news_to_send()
    forces = dict(User.objects.filter(pk__in={to for _referral, to, _about in found}).values_list("pk", "organisation"))
    for referral, to, about in found:
        yield Due(f"{referral}:{about}", forces[to], to)


def write_news(message: Message) -> Letter | None:
    """None where it is no news any more: it was taken back, or the officer wants none of it.

    It says neither who it is nor what came of it: that stands on the page, behind the sign-in.
    """
    referral, _colon, about = message.about.partition(":")
    to = message.to
    if to is None or (int(referral), to.pk, about) not in news_to_send(referral=int(referral)):
        return None
    reference = Referral.objects.select_related("case").get(pk=referral).case.reference
    words = {
        "case": reference,
        "page": f"{settings.SERVICE_URL}{reverse('case_page', args=[reference])}",
        "choose": f"{settings.SERVICE_URL}{reverse('notices')}",
    }
    body = _(
        "There is news of %(case)s, which you sent to a partner:\n%(page)s\n\n"
        "This message names nobody. Choose what you are told of:\n%(choose)s\n"
    )
    return Letter(to.email, _("News of %(case)s") % words, body % words)
