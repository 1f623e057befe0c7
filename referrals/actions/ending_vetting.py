"""Warning that somebody's vetting ends: whoever plans the work there, and whoever records the vetting."""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.accounts.vetted import WARNED, vetting_ending
from diversion.design_system.wording import long_date
from diversion.notifications.kinds import Due, Letter
from diversion.notifications.models import Message


def due_vetting() -> Iterator[Due]:
    """For each whose vetting ends the nearest warning whose day has come, to each who is told."""
    for one in vetting_ending(since=0):
        for user in _told(one):
            yield Due(_about(one), user.organisation_id, user.pk)


def write_vetting(message: Message) -> Letter | None:
    """None where it was renewed by now, or a nearer warning has come. It names nobody: others may read a letter."""
    to = message.to
    still = [one for one in vetting_ending(since=0) if _about(one) == message.about]
    if to is None or not still or to not in _told(still[0]):
        return None
    page = "managing" if to.can(Permission.DECIDE_REFERRALS) else "user_list"
    day = still[0].vetted_until
    words = {"day": long_date(day) if day else "", "page": f"{settings.SERVICE_URL}{reverse(page)}"}
    body = _(
        "The vetting of somebody at your organisation ends on %(day)s. From the day after it they cannot sign in, and "
        "nobody looks after their work: record the new vetting, or hand their work over.\n\n%(page)s\n"
    )
    return Letter(to.email, _("Somebody’s vetting ends on %(day)s") % words, body % words)


def _about(one: User) -> str:
    assert one.vetted_until  # noqa: S101 (that is what was asked for)
    left = (one.vetted_until - clock.today()).days
    nearest = min(days for days in WARNED if left <= days)
    return f"{one.pk}:{nearest}:{one.vetted_until.isoformat()}"


def _told(one: User) -> list[User]:
    """At their organisation; not they themselves, who can do nothing about it here."""
    plans = User.objects.who_may(Permission.DECIDE_REFERRALS).filter(organisation=one.organisation_id)
    records = User.objects.who_may(Permission.MANAGE_USERS).filter(organisation=one.organisation_id)
    wanted = Q(pk__in=plans.values("pk")) | Q(pk__in=records.values("pk"))
    return list(User.objects.filter(wanted).exclude(pk=one.pk).order_by("pk"))
