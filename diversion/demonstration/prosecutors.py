"""One decision of made-up people that is with a prosecutor."""

from datetime import timedelta

from cases.actions.prosecutors import AskedOfProsecutor, refer_to_prosecutor
from cases.models import Authorisation, ProsecutorReferral
from cases.prosecutors import bar_to_refer
from diversion import clock
from diversion.accounts.models import User
from diversion.unit_of_work import unit_of_work


def tell(people: dict[str, User]) -> int:
    """Put the longest wait to one, where something waits and none is told yet; how many were put."""
    david = people["david"]
    with unit_of_work("demonstration"):
        if ProsecutorReferral.objects.filter(asked_by=david).exists():
            return 0
        rows = Authorisation.objects.filter(state=Authorisation.State.WAITING, case__force=david.organisation_id)
        rows = rows.select_related("case__decision", "case__force").order_by("asked_at", "pk")
        case = next((one.case for one in rows if not bar_to_refer(one.case, david)), None)
        if case is None:
            return 0
        asked = AskedOfProsecutor(
            "The public interest is finely balanced, and the victim wants to hear a prosecutor’s view.",
            "Do you agree that it is dealt with out of court?",
            clock.today() + timedelta(days=5),
        )
        refer_to_prosecutor(case=case, asked=asked, seen=case.corrections.count(), by=david)
        return 1
