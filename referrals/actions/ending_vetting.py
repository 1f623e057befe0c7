"""Warning that somebody's vetting ends: whoever plans the work there, and whoever records the vetting.

And the coordinators of each force that sends people there, where nobody would be left who answers a referral: people
would be sent to a partner at which nobody reads that they were.
"""

from collections.abc import Iterator
from functools import partial

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
from referrals.actions.ends_told import EndTold, due, nearest, write
from referrals.models import SharingAgreement


def due_vetting() -> Iterator[Due]:
    """For each whose vetting ends the nearest warning whose day has come, to each who is told."""
    return due(_warnings())


def write_vetting(message: Message) -> Letter | None:
    """None where it was renewed by now, or a nearer warning has come. It names nobody: others may read a letter."""
    return write(message, _warnings())


def _warnings() -> Iterator[EndTold]:
    """One for each whose vetting ends; and for forces one for all of a partner's of one day, which say the same."""
    of_a_day: dict[str, list[User]] = {}
    for one in vetting_ending(since=0):
        assert one.vetted_until  # noqa: S101 (that is what was asked for)
        when = f"{nearest((one.vetted_until - clock.today()).days, WARNED)}:{one.vetted_until.isoformat()}"
        yield EndTold(f"{one.pk}:{when}", partial(_colleagues, one), partial(_letter, long_date(one.vetted_until)))
        of_a_day.setdefault(f"of-{one.organisation_id}:{when}", []).append(one)
    for about, ending in of_a_day.items():
        yield EndTold(about, partial(_forces, ending), partial(_to_a_force, ending[0]))


def _letter(day: str, to: User) -> Letter:
    page = "managing" if to.can(Permission.DECIDE_REFERRALS) else "user_list"
    words = {"day": day, "page": f"{settings.SERVICE_URL}{reverse(page)}"}
    body = _(
        "The vetting of somebody at your organisation ends on %(day)s. From the day after it they cannot sign in, and "
        "nobody looks after their work: record the new vetting, or hand their work over.\n\n%(page)s\n"
    )
    return Letter(to.email, _("Somebody’s vetting ends on %(day)s") % words, body % words)


def _to_a_force(one: User, to: User) -> Letter:
    day = long_date(one.vetted_until) if one.vetted_until else ""
    words = {"provider": one.organisation.name, "day": day, "page": f"{settings.SERVICE_URL}{reverse('scheme_list')}"}
    body = _(
        "After %(day)s nobody at %(provider)s can answer a referral: vetting that is needed for it ends. Ask them to "
        "renew it or to let somebody else answer. Until they have, people who are sent there wait, and nobody there "
        "is told of them.\n\n%(page)s\n"
    )
    return Letter(to.email, _("After %(day)s nobody at %(provider)s answers referrals") % words, body % words)


def _colleagues(one: User) -> list[User]:
    """At their organisation, not they themselves, who can do nothing about it here."""
    plans = User.objects.who_may(Permission.DECIDE_REFERRALS).filter(organisation=one.organisation_id)
    records = User.objects.who_may(Permission.MANAGE_USERS).filter(organisation=one.organisation_id)
    wanted = Q(pk__in=plans.values("pk")) | Q(pk__in=records.values("pk"))
    return list(User.objects.filter(wanted).exclude(pk=one.pk).order_by("pk"))


def _forces(ending: list[User]) -> list[User]:
    """Those at the forces who are told where nobody would be left, of these whose vetting ends at one partner."""
    if not any(_leaves_nobody(one) for one in ending):
        return []
    makes = User.objects.who_may(Permission.MANAGE_SCHEMES).filter(organisation__in=_forces_of(ending[0]))
    return list(makes.order_by("pk"))


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
