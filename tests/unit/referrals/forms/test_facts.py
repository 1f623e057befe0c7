"""What is asked of a person before an offer is recorded, and what the answers come to."""

from typing import Any

import pytest
from django.http import QueryDict

from cases.eligibility.reading import Facts
from referrals.forms.facts import FactsForm


def needs(*ticked: str, why: str = "") -> FactsForm:
    data = QueryDict(mutable=True)
    data.setlist("fact-needs", list(ticked))
    data["fact-not_known_because"] = why
    return FactsForm(data, asked=["needs"])


@pytest.mark.parametrize(
    ("ticked", "facts", "not_known"),
    [
        (["drugs"], {"needs": ["drugs"]}, {}),
        (["none"], {"needs": []}, {}),
        (["drugs", "not_known"], {"needs": {"drugs": True, "rest": None}}, {"needs": "The interpreter had to leave."}),
        (["not_known"], {}, {"needs": "The interpreter had to leave."}),
        (["none", "not_known"], {}, {"needs": "The interpreter had to leave."}),
    ],
)
def test_needs_may_be_known_in_part(ticked: list[str], facts: dict[str, Any], not_known: dict[str, str]) -> None:
    """What the person told so far would be thrown away, or be taken for all there is."""
    form = needs(*ticked, why="The interpreter had to leave.")
    assert form.is_valid(), form.errors
    assert (form.facts, form.not_known) == (facts, not_known)
    assert Facts.read(form.facts)


def test_why_the_rest_is_not_known_is_asked() -> None:
    """The rank that decides without the answer would not learn why there is none."""
    form = needs("drugs", "not_known")
    assert not form.is_valid()
    assert "Say why it is not known yet" in str(form.errors["not_known_because"])
