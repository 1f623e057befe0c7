"""What a browser sends from the page "Record a decision", so that a test says only what is special about its own."""

import uuid
from typing import Any

from referrals.models import SchemeVersion


def posted(version: SchemeVersion | None = None, **changes: Any) -> dict[str, Any]:
    """An accepted community resolution for one shop theft by somebody new, with an apology, or with a scheme.

    With ``version`` the scheme's own conditions are sent as the page shows them. ``changes`` replace single answers;
    None leaves one out.
    """
    values: dict[str, Any] = {
        "submission": str(uuid.uuid4()),
        "given_names": "Sam",
        "family_name": "Price",
        "date_of_birth": "2001-03-04",
        "sex": "male",
        "ethnicity": "B1",
        "crimes-TOTAL_FORMS": "1",
        "crimes-INITIAL_FORMS": "0",
        **crime(0),
        "origin": "street",
        "admission": "admitted",
        "evidence": "offence_made_out",
        "earlier_outcomes": "none",
        "result": "offered_accepted",
        "disposal": "community_resolution",
        "scheme": "",
        "conditions-TOTAL_FORMS": "1",
        "conditions-INITIAL_FORMS": "0",
        "conditions-0-kind": "" if version else "apology",
        "conditions-0-due_on": "2026-07-08",
        **(_scheme(version) if version else {}),
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def crime(place: int, **changes: Any) -> dict[str, Any]:
    """The answers about one crime, in the row ``place`` of the page."""
    values: dict[str, Any] = {
        "number": f"AV/{place + 1}/26",
        "offence": "theft-from-a-shop",
        "committed_on": "2026-06-07",
        "victim_kind": "business",
        "victim_name": "Corner Shop",
        "victim_stance": "agrees",
    }
    return {f"crimes-{place}-{name}": value for name, value in (values | changes).items() if value is not None}


def _scheme(version: SchemeVersion) -> dict[str, Any]:
    values: dict[str, Any] = {"scheme": str(version.pk), "shown_scheme": str(version.pk)}
    for template in version.condition_templates.all():
        values[f"template-{template.pk}-wording"] = template.wording
        values[f"template-{template.pk}-due_on"] = "2026-07-08"
    return values
