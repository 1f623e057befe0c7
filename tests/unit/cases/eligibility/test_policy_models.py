"""Policies, criteria and schemes refuse what would mislead whoever reads them later."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from cases.eligibility.criteria import KINDS, Criterion
from cases.eligibility.policy import Policy, SchemeEntry, load_policy
from cases.eligibility.schemes import Data, SchemeDefinition, load_scheme_library, read_toml

from .builders import criterion, policy

SOURCES = [{"key": "DUR2", "tag": "found"}]
GOOD: dict[str, Any] = {"id": "adult", "reason": "The person is under 18.", "sources": SOURCES,
                        "test": {"kind": "age", "minimum": 18}}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"severity": "needs_authority"}, "a rank goes with severity needs_authority"),
        ({"rank": "sergeant"}, "a rank goes with severity needs_authority"),
        ({"severity": "needs_authority", "rank": "constable"}, "starts at sergeant"),
        ({"severity": "warns", "override_by": "inspector"}, "override_by goes with severity blocks"),
        ({"sources": [{"key": "DUR2", "tag": "unsure"}]}, "unsure = true"),
        ({"sources": []}, "at least 1 item"),
        ({"reason": "No."}, "at least 10 characters"),
        ({"id": "Adult!"}, "pattern"),
        ({"test": {"kind": "ethnicity"}}, "does not match any of the expected tags"),
        ({"test": {"kind": "flag", "fact": "ethnicity", "expected": True}}, "Input should be"),
        ({"test": {"kind": "age"}}, "needs a minimum, a maximum or both"),
        ({"test": {"kind": "age", "minimum": 25, "maximum": 18}}, "above the maximum"),
        ({"test": {"kind": "offence"}}, "needs groups or codes"),
        ({"test": {"kind": "offence", "groups": ["thefts"]}}, "did you mean 'theft'"),
        ({"test": {"kind": "needs", "any_of": ["drug"]}}, "did you mean 'drugs'"),
        ({"test": {"kind": "history", "outcomes": ["caution"]}}, "not a known earlier outcome"),
        ({"test": {"kind": "age", "minimum": 18, "maxmum": 25}}, "Extra inputs"),
    ],
)  # fmt: skip
def test_a_criterion_that_does_not_hang_together_is_refused(changes: dict[str, Any], message: str) -> None:
    """The editor must say what is wrong before the policy goes live, not after."""
    with pytest.raises(ValidationError, match=message):
        Criterion.model_validate({**GOOD, **changes})


def test_every_kind_has_its_own_name() -> None:
    """Two kinds of one name could not be told apart in stored JSON."""
    names = [kind.model_fields["kind"].default for kind in KINDS]
    assert len(names) == len(set(names))


def test_two_criteria_of_one_option_may_not_share_a_name() -> None:
    """A reason must name exactly one criterion."""
    with pytest.raises(ValidationError, match="two criteria called 'adult'"):
        policy([Criterion.model_validate(GOOD), Criterion.model_validate(GOOD)])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"valid_to": date(1999, 1, 1)}, "ends before it starts"),
        ({"review_date": date(1999, 1, 1)}, "review date is before"),
        ({"disposals": [{"disposal": "caution", "title": "Caution", "criteria": [GOOD]}]}, "not a known disposal"),
    ],
)
def test_a_policy_that_does_not_hang_together_is_refused(changes: dict[str, Any], message: str) -> None:
    """A policy out of order could never be in force, or never be reviewed."""
    rules = policy([criterion("adult", {"kind": "age", "minimum": 18})])
    with pytest.raises(ValidationError, match=message):
        Policy.model_validate({**rules.model_dump(), **changes})


def test_one_option_may_not_appear_twice() -> None:
    """Two sets of rules for one disposal would be two answers."""
    rules = policy([criterion("adult", {"kind": "age", "minimum": 18})])
    with pytest.raises(ValidationError, match="appears twice"):
        Policy.model_validate({**rules.model_dump(), "disposals": [*rules.model_dump()["disposals"]] * 2})


@pytest.mark.parametrize("scheme", load_scheme_library(), ids=lambda scheme: scheme.slug)
def test_each_day_has_at_most_one_version_of_a_scheme(scheme: SchemeDefinition) -> None:
    """A decision must be able to say which rules it was made under."""
    for version in scheme.versions:
        assert scheme.on(version.valid_from) is version
        assert [v.version for v in scheme.versions if v.covers(version.valid_from)] == [version.version]
    assert scheme.on(scheme.versions[0].valid_from - timedelta(days=1)) is None


@pytest.mark.parametrize("scheme", load_scheme_library(), ids=lambda scheme: scheme.slug)
def test_a_scheme_goes_to_json_and_back_unchanged(scheme: SchemeDefinition) -> None:
    """Copying a scheme to another force must copy all of it."""
    assert SchemeDefinition.model_validate_json(scheme.model_dump_json()) == scheme


def test_versions_that_overlap_are_refused() -> None:
    """Two versions on one day would be two rules for one person."""
    entry = next(e for e in load_policy().schemes if e.scheme == "checkpoint").model_dump()
    entry["versions"][0]["valid_to"] = date(2019, 1, 1)
    with pytest.raises(ValidationError, match="overlap"):
        SchemeEntry.model_validate(entry)


def test_a_file_at_fault_is_named(tmp_path: Path) -> None:
    """Whoever edits the library must be told which file to mend."""
    path = tmp_path / "broken.toml"
    path.write_text('slug = "broken"')
    with pytest.raises(ValueError, match=r"broken\.toml: name: Field required; force"):
        read_toml(path, SchemeDefinition)


def test_an_unknown_policy_is_refused_with_those_there_are() -> None:
    """A misspelt policy must not fall back to another."""
    with pytest.raises(ValueError, match="there are: default"):
        load_policy("kent")


def test_stored_models_cannot_be_changed_in_place() -> None:
    """A policy that is in force is replaced by a new version, never altered."""
    with pytest.raises(ValidationError, match="frozen"):
        load_policy().name = "Another"  # type: ignore[misc]
    assert issubclass(Policy, Data)
