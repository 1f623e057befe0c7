"""What a valid page hands to the action."""

from typing import Any

from cases.details import CaseDetails
from referrals.forms.recording import RecordingForms


def for_action(page: RecordingForms) -> dict[str, Any]:
    """The arguments of ``record_decision`` from a page that is valid, other than ``by``."""
    decision = page.decision.cleaned_data
    details = CaseDetails(
        person=page.person.details(),
        crimes=page.crime_details,
        origin=decision["origin"],
        earlier_outcomes=page.answers["earlier_outcomes"],
        decision=page.decision_details,
        answers=page.answers,
    )
    return {"submission": decision["submission"], "details": details, "support": page.support, "judged": page.judged}
