"""Who can see what about a case, asked of the code: the read door of each record, the rules of pages, and the wall.

One case has a row in every table behind the wall. For each role somebody in each place beside it (the officer in the
case, a colleague of the team, another of the force; the worker who helps, a colleague of the service) asks for every
row, as a page would: through ``visible_to``, and with PostgreSQL holding the organisation.
"""

from collections.abc import Mapping

from diversion.accounts.models import Role, User
from diversion.audit.models import Event
from referrals.models import Facilitation, FacilitatorContact, Referral
from tests.conftest import Cast
from tests.factories.ground import hold
from tests.integration.who_sees.doors import seen
from tests.integration.who_sees.kinds import EVERY, Kind

#: Whose a row is at most, narrowest first, for somebody of each kind of organisation.
PLACES: Mapping[str, tuple[str, ...]] = {
    "police_force": ("own", "team", "force"),
    "provider": ("own", "service"),
    "youth_justice": ("own", "service"),
    "oversight": ("own", "body"),
}

TITLES = {
    "police_force": "Police",
    "provider": "A partner",
    "youth_justice": "Youth justice",
    "oversight": "A panel, and commissioners",
}
#: Who stands where beside the case, narrowest first: the key of the cast.
STANDS: Mapping[str, tuple[str, ...]] = {
    "police_force": ("amara", "callum", "david"),
    "provider": ("george", "hugh"),
    "youth_justice": ("yusuf", "yan"),
    "oversight": ("petra", "quentin"),
}
#: Of the same kinds, who has nothing to do with the case.
STRANGERS = ("ben", "fatima")
#: Of what an organisation, or somebody, does themselves, whosever case it is.
THEIR_OWN = {Event._meta.db_table, "accounts_search", "notifications_message"}
Cells = dict[str, dict[Kind, str]]


def of_roles(cast: Cast, referral: Referral) -> Cells:
    """Role -> what each kind of information is to it: own, team, force, service, body, or nothing."""
    return {role.slug: _of_role(role, cast, referral) for role in Role.objects.order_by("pk")}


def farthest(cast: Cast, referral: Referral, roles: list[Role]) -> set[str]:
    """What somebody in all of these roles sees who has no part in the case but to work at the same organisation."""
    _name_facilitator(referral, cast["amara"])
    user = hold(User.objects.get(pk=cast[STANDS[roles[0].organisation_kind][-1]].pk), *roles)
    return {kind.words for kind in seen(user, [kind for kind in EVERY if kind.tables[0] not in THEIR_OWN])}


def _of_role(role: Role, cast: Cast, referral: Referral) -> dict[Kind, str]:
    """From the widest place to the narrowest: whoever sees a colleague's sees their own."""
    places, keys = PLACES[role.organisation_kind], STANDS[role.organisation_kind]
    found: dict[Kind, str] = {}
    for place, key in reversed(list(zip(places, keys, strict=True))):
        user = hold(User.objects.get(pk=cast[key].pk), role)
        _name_facilitator(referral, cast[keys[0]])
        left = [kind for kind in EVERY if kind not in found]
        found |= dict.fromkeys(seen(user, left), place)
    return found


def _name_facilitator(referral: Referral, user: User) -> None:
    """Whoever stands nearest leads between the victim and the person, so that a facilitator has something to see."""
    led = Facilitation.objects.filter(allegation__case=referral.case)
    led.update(facilitator=user)
    FacilitatorContact.objects.filter(facilitation__in=led).update(recorded_by=user)


def of_strangers(cast: Cast) -> dict[str, set[str]]:
    """What somebody of another force, or of another partner, sees of the case, in every role there is for them."""
    kinds = [kind for kind in EVERY if kind.tables[0] not in THEIR_OWN]
    found = {}
    for who in STRANGERS:
        user = User.objects.get(pk=cast[who].pk)
        hold(user, *Role.objects.filter(organisation_kind=user.organisation.kind))
        found[who] = {kind.words for kind in seen(user, kinds)}
    return found
