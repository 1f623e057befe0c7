"""A force that had schemes before their rules were documents keeps what they said."""

from importlib import import_module
from types import SimpleNamespace

from cases.eligibility.schemes import SchemeDocument

migration = import_module("referrals.migrations.0002_scheme_document")


CONSENT = {
    "id": "agrees",
    "severity": "blocks",
    "reason": "Has not agreed.",
    "sources": [{"key": "force policy", "tag": "known"}],
    "test": {"kind": "consent"},
}
SAID = {
    "sources": [{"key": "force policy", "tag": "known"}],
    "note": "As before.",
    "criteria": [CONSENT],
    "worker_title": "coach",
    "disposal_modes": ["community_resolution"],
    "enforceable": False,
    "duration": {"amount": 12, "unit": "weeks"},
    "max_conditions": 4,
    "conditions": [
        {
            "slug": "course-1",
            "type": "course",
            "object": "rehabilitative",
            "wording": "I will go.",
            "mandatory": True,
            "due": {"amount": 14, "unit": "days"},
        }
    ],
    "confidentiality": "voluntary",
}


def stored_in_columns(**changes: object) -> SimpleNamespace:
    values = {
        "sources": [],
        "notes": "As before.",
        "criteria": [CONSENT],
        "worker_title": "coach",
        "disposals": ["community_resolution"],
        "confidentiality": "voluntary",
        "duration": 12,
        "duration_unit": "weeks",
        "min_conditions": 0,
        "max_conditions": 4,
    }
    return SimpleNamespace(**(values | changes))


def test_a_scheme_from_before_says_the_same_in_its_document() -> None:
    """Every page of the scheme would break from the upgrade on, or the scheme would be open to everybody."""
    condition = SimpleNamespace(
        kind="course", object="rehabilitative", wording="I will go.", is_mandatory=True, due_days=14
    )
    found = migration.document_of(stored_in_columns(), [condition])
    assert SchemeDocument.model_validate(found) == SchemeDocument.model_validate(SAID)


def test_a_scheme_without_rules_or_end_still_asks_whether_the_person_agrees() -> None:
    """A scheme that asked nothing has no document: somebody would be referred against their will, or nobody at all."""
    stored = stored_in_columns(criteria=[], disposals=[], duration=None, duration_unit="open")
    found = SchemeDocument.model_validate(migration.document_of(stored, []))
    assert [one.test.kind for one in found.criteria] == ["consent"]
    assert (found.open_ended, found.disposals) == (True, ())
