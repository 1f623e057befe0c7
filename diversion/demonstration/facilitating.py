"""One facilitator, who manages at a provider and helps nobody, and what they lead: a letter of somebody's."""

from cases.models import Allegation
from cases.models.victim import VictimRecord
from diversion.accounts.actions.roles import grant
from diversion.accounts.models import Role, User
from referrals.actions.facilitating import name_facilitator
from referrals.actions.victims import keep_wishes
from referrals.models import Condition, Facilitation
from referrals.queries.facilitating import who_may_facilitate

AGREED = {"letter": "yes", "sharing": "yes", "contact_by": "telephone", "contact_when": "After six"}
TELEPHONE = "01632 960 133"  # of the numbers that are kept for stories
MOST = 2


def tell(victim_coordinator: User, facilitator: User) -> None:
    """Name them to two victims who were asked, once."""
    if Facilitation.objects.exists():
        return
    grant(user=facilitator, role=Role.objects.get(slug="provider-facilitator"), by=None)
    letters = Condition.objects.filter(kind="apology", state=Condition.State.OPEN, agreement__referral=None)
    rows = Allegation.objects.filter(
        case__force=victim_coordinator.organisation, case__closed_at=None, victim__kind="person",
        case__agreement__conditions__in=letters, victim_record__remedies=["apology"],
    ).distinct()  # fmt: skip
    found = [one for one in rows.order_by("pk")[: MOST * 4] if facilitator in who_may_facilitate(one)]
    for one in found[:MOST]:
        seen = VictimRecord.objects.get(allegation=one).version
        said = AGREED | {"telephone": TELEPHONE}
        keep_wishes(allegation=one, said=said, seen=seen, by=victim_coordinator)
        name_facilitator(allegation=one, facilitator=facilitator, by=victim_coordinator)
