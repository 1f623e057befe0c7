"""What a browser sends from the page "Record a decision", so that a test says only what is special about its own."""

import uuid
from collections.abc import Iterator
from typing import Any

from referrals.forms.facts import ELSEWHERE, EXCLUSIONS
from referrals.models import SchemeVersion
from referrals.schemes.document import criteria_in


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
        "ethnicity_said": "confirmed",
        "crimes-TOTAL_FORMS": "1",
        "crimes-INITIAL_FORMS": "0",
        **crime(0),
        "origin": "street",
        "admission": "admitted",
        "evidence": "offence_made_out",
        "earlier_outcomes": "none",
        "follow": ["alone"],
        "gravity_score": "2",
        "result": "offered_accepted",
        "disposal": "community_resolution",
        "scheme": "",
        "narrowed": "1",
        "signed_as": "Sam Price",
        "adult": "Jo Price",
        "conditions-TOTAL_FORMS": "1",
        "conditions-INITIAL_FORMS": "0",
        "conditions-0-kind": "" if version else "apology",
        "conditions-0-due_on": "2026-07-08",
        **(_scheme(version) if version else {}),
    }
    return _as_sent({name: value for name, value in (values | changes).items() if value is not None})


def _as_sent(values: dict[str, Any]) -> dict[str, Any]:
    """The resolution and the scheme are one choice on the page, and so are the facts that schemes exclude."""
    disposal, scheme = values.pop("disposal", ""), values.pop("scheme", "")
    if disposal == "conditional_caution":  # of a young adult it is asked why
        values.setdefault("rationale", "Only what can be enforced keeps her safe.")
    excluded = {name: values.pop(f"fact-{name}") for name in EXCLUSIONS if f"fact-{name}" in values}
    if disposal or scheme:
        values.setdefault("option", f"{disposal}:{scheme}")
    values |= {"signed_for": values.get("option", ""), **values}
    if excluded:
        ticked = [name for name, answer in excluded.items() if answer == "true"]
        values = {"fact-any_of": ticked or ["none_on_record"], "fact-any_of_shown": ",".join(excluded)} | values
    return values


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
    return values | {f"fact-{name}": value for name, value in in_favour(version).items()}


def in_favour(version: SchemeVersion) -> dict[str, Any]:
    """Answers to what a scheme's own criteria ask beside the page's questions, each as the scheme would have it."""
    found: dict[str, Any] = {}
    for criterion in criteria_in(version):
        for part in parts(criterion.test.model_dump(mode="json")):
            if part["kind"] == "flag" and part["fact"] not in ELSEWHERE:
                found.setdefault(part["fact"], str(part["expected"]).lower())
            elif part["kind"] == "area":
                found.setdefault(part["fact"], part["any_of"][0])
            elif part["kind"] == "needs":
                found.setdefault("needs", part["any_of"][: part["at_least"]] or ["drugs"])
            elif part["kind"] == "number":
                found.setdefault(part["fact"], str(part["maximum"]))
    return found


def parts(test: Any) -> Iterator[dict[str, Any]]:
    """A test and those inside it."""
    if isinstance(test, dict):
        yield from [test] if "kind" in test else []
        for value in test.values():
            yield from parts(value)
    elif isinstance(test, list):
        for value in test:
            yield from parts(value)
