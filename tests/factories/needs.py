"""Facts of needs written straight into their table, where a test needs hundreds."""

from typing import Any

from diversion.accounts.models import Organisation
from reporting.models import NeedFact
from tests.factories.facts import live


def needy(force: Organisation, times: int, needs: dict[str, dict[str, Any]], **changes: Any) -> None:
    """So many people with the same needs: {"drugs": {"at_start": 3, "outcome": "met", "days_to_met": 5}}; unless told,
    each need was not met."""
    facts = live(force, times, **changes)
    rows = []
    for fact in facts:
        for domain, columns in needs.items():
            values = {"at_start": 2, "at_end": None, "outcome": "not_met", "days_to_met": None} | columns
            latest = values["at_start"] if values["at_end"] is None else values["at_end"]
            rows.append(NeedFact(fact=fact, domain=domain, **({"at_latest": latest} | values)))
    NeedFact.objects.bulk_create(rows)
