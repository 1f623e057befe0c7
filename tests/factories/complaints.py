"""Somebody who complains about a case."""

from typing import Any

from cases.actions.complaints import Complained, record_complaint
from cases.models import Case, Complaint
from diversion import clock
from diversion.accounts.models import User


def complained(**changes: Any) -> Complained:
    """A mother on the telephone, today, of how her son was treated."""
    said: dict[str, Any] = {"who": "adult", "about": "treatment", "received_on": clock.today(), "channel": "telephone"}
    return Complained(**said | {"words": "He was shouted at."} | changes)


def complain(case: Case, by: User, **changes: Any) -> Complaint:
    """The same, written down by ``by``."""
    return record_complaint(case=case, said=complained(**changes), seen=case.complaints.count(), by=by)
