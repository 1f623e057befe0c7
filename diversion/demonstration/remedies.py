"""A community remedy document, and what some of the victims chose from it."""

from datetime import timedelta

from cases.actions.remedies import RemedyDetails, publish_remedies
from cases.models import Allegation, RemedyDocument, VictimRecord
from cases.remedies import NO_PREFERENCE, asks
from diversion import clock
from diversion.accounts.models import User
from referrals.actions.victims import keep_wishes

BEGAN = timedelta(days=400)
ACTIONS = (
    RemedyDetails("A letter that says sorry, or an apology face to face", "apology", "apology"),
    RemedyDetails("A meeting with somebody trained to lead it", "rj", "meeting"),
    RemedyDetails("Money for what was lost or broken", "compensation", "money"),
    RemedyDetails("Putting right what was damaged", "repair", "repair"),
    RemedyDetails("A course about what such an act does to people", "course", "course"),
    RemedyDetails("Unpaid work for the neighbourhood", "unpaid_work", "work"),
)
#: What they say in turn: most ask for what is agreed in most cases, and one for what is not.
SAID = (["apology"], ["money"], [NO_PREFERENCE], ["apology"], ["apology"])
ASKED = 10


def set_up(coordinator: User) -> None:
    """Enter the document of the coordinator's force, once."""
    if RemedyDocument.objects.filter(force=coordinator.organisation).exists():
        return
    with clock.set_to(clock.now() - BEGAN):
        today, title = clock.today(), f"Community remedy document, {coordinator.organisation}"
        publish_remedies(title=title, valid_from=today, actions=ACTIONS, seen=0, by=coordinator)


def tell(victim_coordinator: User) -> None:
    """Ask the victims of some cases, once."""
    force = victim_coordinator.organisation
    if VictimRecord.objects.filter(allegation__case__force=force).exclude(remedies=[]).exists():
        return
    rows = Allegation.objects.filter(case__force=force, victim__kind="person", case__closed_at=None)
    rows = rows.filter(victim_record=None).select_related("case__decision").order_by("pk")
    asked = [one for one in rows if asks(one.case)][:ASKED]
    for number, one in enumerate(asked):
        keep_wishes(allegation=one, said={"remedies": SAID[number % len(SAID)]}, seen=0, by=victim_coordinator)
