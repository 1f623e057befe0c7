"""Cases made through the actions, so that a test starts from what the service itself would have written."""

import uuid
from datetime import date, timedelta
from typing import Any

from cases.details import CrimeDetails, DecisionDetails, PersonDetails
from cases.models import Case, Offence
from diversion import clock
from diversion.accounts.models import User
from referrals.actions.deciding import Support, record_decision
from referrals.models import Referral, SchemeVersion
from referrals.schemes.condition_words import ConditionDetails


def person(**changes: Any) -> PersonDetails:
    values: dict[str, Any] = {
        "given_names": "Sam",
        "family_name": "Price",
        "date_of_birth": date(2001, 3, 4),
        "sex": "male",
        "ethnicity_self_defined": "B1",
    }
    return PersonDetails(**(values | changes))


def crime(offence: str = "theft-from-a-shop", **changes: Any) -> CrimeDetails:
    values: dict[str, Any] = {
        "number": f"AV/{uuid.uuid4().hex[:8]}/26",
        "committed_on": clock.today() - timedelta(days=3),
        "offence": Offence.objects.get(code=offence),
    }
    return CrimeDetails(**(values | changes))


def decision(**changes: Any) -> DecisionDetails:
    values: dict[str, Any] = {
        "result": "offered_accepted",
        "admission": "admitted",
        "disposal": "community_resolution",
    }
    return DecisionDetails(**(values | changes))


def condition(wording: str = "I will go to the sessions.", **changes: Any) -> ConditionDetails:
    values: dict[str, Any] = {
        "kind": "course",
        "object": "rehabilitative",
        "wording": wording,
        "due_on": clock.today() + timedelta(days=28),
    }
    return ConditionDetails(**(values | changes))


def record(by: User, **changes: Any) -> Case:
    """A recorded decision; by default an accepted community resolution for one shop theft, with one condition."""
    values: dict[str, Any] = {
        "submission": uuid.uuid4(),
        "person": person(),
        "crimes": [crime()],
        "origin": "street",
        "earlier_outcomes": "none",
        "decision": decision(),
        "support": Support(conditions=[condition()]),
        "answers": {"admission": "admitted"},
        "findings": [],
        "options": [],
        "rules": "none",
    }
    return record_decision(**(values | changes), by=by)


def refer(by: User, version: SchemeVersion, **changes: Any) -> Referral:
    """A case referred to a scheme under a community resolution."""
    case = record(by, support=Support(scheme_version=version, conditions=[condition()]), **changes)
    return case.referrals.get()
