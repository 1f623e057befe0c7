"""Warning that a sharing agreement ends: whoever makes agreements at the force, and whoever decides at the provider."""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.design_system.wording import long_date
from diversion.notifications.kinds import Due, Letter
from diversion.notifications.models import Message
from referrals.models import SharingAgreement
from referrals.queries.managing import WARNED, Ending, agreements_ending


def due_endings() -> Iterator[Due]:
    """Of each agreement that ends the nearest warning whose day has come, to each who is told."""
    for one in agreements_ending(since=0):
        for user in _told(one.agreement):
            yield Due(_about(one), user.organisation_id, user.pk)


def write_ending(message: Message) -> Letter | None:
    """None where another agreement follows by now, its last day was changed, or a nearer warning has come."""
    to = message.to
    still = [one for one in agreements_ending(since=0) if _about(one) == message.about]
    if to is None or not still or to not in _told(still[0].agreement):
        return None
    agreement = still[0].agreement
    page = "scheme_list" if to.organisation_id == agreement.force_id else "managing"
    words = {
        "force": agreement.force.name,
        "provider": agreement.provider.name,
        "day": long_date(still[0].last),
        "page": f"{settings.SERVICE_URL}{reverse(page)}",
    }
    body = _(
        "The sharing agreement between %(force)s and %(provider)s ends on %(day)s. After that day nobody new can be "
        "sent; whoever is helped already goes on.\n\n%(page)s\n"
    )
    return Letter(to.email, _("A sharing agreement ends on %(day)s") % words, body % words)


def _about(one: Ending) -> str:
    nearest = min(days for days in WARNED if one.days <= days)
    return f"{one.agreement.pk}:{nearest}:{one.last.isoformat()}"


def _told(agreement: SharingAgreement) -> list[User]:
    makes = User.objects.who_may(Permission.MANAGE_SCHEMES).filter(organisation=agreement.force_id)
    decides = User.objects.who_may(Permission.DECIDE_REFERRALS).filter(organisation=agreement.provider_id)
    wanted = Q(pk__in=makes.values("pk")) | Q(pk__in=decides.values("pk"))
    return list(User.objects.filter(wanted).order_by("pk"))
