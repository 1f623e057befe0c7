"""Warning that somebody's vetting ends: whoever plans the work there, and whoever records the vetting.

And the coordinators of each force that sends people there, where nobody would be left who answers a referral: people
would be sent to a partner at which nobody reads that they were.
"""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.accounts.vetted import WARNED, vetting_ending
from diversion.design_system.wording import long_date
from diversion.notifications.kinds import Due, Letter
from diversion.notifications.models import Message
from referrals.models import SharingAgreement


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
    day = long_date(still[0].vetted_until) if still[0].vetted_until else ""
    if to.organisation_id != still[0].organisation_id:
        return _to_a_force(to, still[0].organisation.name, day)
    page = "managing" if to.can(Permission.DECIDE_REFERRALS) else "user_list"
    words = {"day": day, "page": f"{settings.SERVICE_URL}{reverse(page)}"}
    body = _(
        "The vetting of somebody at your organisation ends on %(day)s. From the day after it they cannot sign in, and "
        "nobody looks after their work: record the new vetting, or hand their work over.\n\n%(page)s\n"
    )
    return Letter(to.email, _("Somebody’s vetting ends on %(day)s") % words, body % words)


def _to_a_force(to: User, provider: str, day: str) -> Letter:
    words = {"provider": provider, "day": day, "page": f"{settings.SERVICE_URL}{reverse('scheme_list')}"}
    body = _(
        "After %(day)s nobody at %(provider)s can answer a referral: vetting that is needed for it ends. Ask them to "
        "renew it or to let somebody else answer. Until they have, people who are sent there wait, and nobody there "
        "is told of them.\n\n%(page)s\n"
    )
    return Letter(to.email, _("After %(day)s nobody at %(provider)s answers referrals") % words, body % words)


def _about(one: User) -> str:
    assert one.vetted_until  # noqa: S101 (that is what was asked for)
    left = (one.vetted_until - clock.today()).days
    nearest = min(days for days in WARNED if left <= days)
    return f"{one.pk}:{nearest}:{one.vetted_until.isoformat()}"


def _told(one: User) -> list[User]:
    """At their organisation, not they themselves, who can do nothing about it here; and the forces that it concerns."""
    plans = User.objects.who_may(Permission.DECIDE_REFERRALS).filter(organisation=one.organisation_id)
    records = User.objects.who_may(Permission.MANAGE_USERS).filter(organisation=one.organisation_id)
    wanted = Q(pk__in=plans.values("pk")) | Q(pk__in=records.values("pk"))
    if _leaves_nobody(one):
        makes = User.objects.who_may(Permission.MANAGE_SCHEMES).filter(organisation__in=_forces_of(one))
        wanted |= Q(pk__in=makes.values("pk"))
    return list(User.objects.filter(wanted).exclude(pk=one.pk).order_by("pk"))


def _leaves_nobody(one: User) -> bool:
    """Whether nobody who answers referrals there is vetted for longer than ``one``, who does."""
    answer = User.objects.who_may(Permission.DECIDE_REFERRALS).filter(organisation=one.organisation_id)
    longer = Q(vetted_until=None) | Q(vetted_until__gt=one.vetted_until)
    return answer.filter(pk=one.pk).exists() and not answer.filter(longer).exists()


def _forces_of(one: User) -> QuerySet[Organisation]:
    """The forces whose sharing agreement lets them send people to the organisation of ``one`` today."""
    today = clock.today()
    goes_on = Q(valid_to=None) | Q(valid_to__gte=today)
    live = SharingAgreement.objects.filter(goes_on, provider=one.organisation_id, valid_from__lte=today)
    return Organisation.objects.filter(pk__in=live.values("force"))
