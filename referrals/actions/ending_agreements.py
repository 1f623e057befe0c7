"""Warning that a sharing agreement ends: whoever makes agreements at the force, and whoever decides at the provider."""

from collections.abc import Iterator
from functools import partial

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.design_system.wording import long_date
from diversion.notifications.kinds import Due, Letter
from diversion.notifications.models import Message
from referrals.actions.ends_told import EndTold, due, nearest, write
from referrals.models import SharingAgreement
from referrals.queries.managing import WARNED, Ending, agreements_ending


def due_endings() -> Iterator[Due]:
    """Of each agreement that ends the nearest warning whose day has come, to each who is told."""
    return due(_warnings())


def write_ending(message: Message) -> Letter | None:
    """None where another agreement follows by now, its last day was changed, or a nearer warning has come."""
    return write(message, _warnings())


def _warnings() -> Iterator[EndTold]:
    for one in agreements_ending(since=0):
        about = f"{one.agreement.pk}:{nearest(one.days, WARNED)}:{one.last.isoformat()}"
        yield EndTold(about, partial(_told, one.agreement), partial(_letter, one))


def _letter(one: Ending, to: User) -> Letter:
    agreement = one.agreement
    page = "scheme_list" if to.organisation_id == agreement.force_id else "managing"
    words = {
        "force": agreement.force.name,
        "provider": agreement.provider.name,
        "day": long_date(one.last),
        "page": f"{settings.SERVICE_URL}{reverse(page)}",
    }
    body = _(
        "The sharing agreement between %(force)s and %(provider)s ends on %(day)s. After that day nobody new can be "
        "sent; whoever is helped already goes on.\n\n%(page)s\n"
    )
    return Letter(to.email, _("A sharing agreement ends on %(day)s") % words, body % words)


def _told(agreement: SharingAgreement) -> list[User]:
    makes = User.objects.who_may(Permission.MANAGE_SCHEMES).filter(organisation=agreement.force_id)
    decides = User.objects.who_may(Permission.DECIDE_REFERRALS).filter(organisation=agreement.provider_id)
    wanted = Q(pk__in=makes.values("pk")) | Q(pk__in=decides.values("pk"))
    return list(User.objects.filter(wanted).order_by("pk"))
