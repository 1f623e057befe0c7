"""``manage.py assess`` as somebody at a terminal meets it."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cases.rulebook import ensure_policies
from tests.conftest import Cast
from tests.factories.ground import adopt_scheme

FACTS = {
    "age": 24,
    "offence": "shoplifting",
    "mode": "either way",
    "offence_date": "2026-02-01",
    "admission": "admitted",
}


def run(tmp_path: Path, facts: Any, *extra: str) -> dict[str, Any]:
    """The command's JSON for facts written to a file."""
    path = tmp_path / "facts.json"
    path.write_text(facts if isinstance(facts, str) else json.dumps(facts))
    out = io.StringIO()
    call_command("assess", str(path), "--at", "2026-03-01", *extra, stdout=out)
    return json.loads(out.getvalue())


def test_it_prints_options_findings_and_open_questions(tmp_path: Path) -> None:
    """What is printed is what a page or another program can use."""
    found = run(tmp_path, FACTS)
    assert (found["policy"], found["at"]) == ("Default policy", "2026-03-01")
    options = {option["key"]: option for option in found["options"]}
    assert options["disposal:youth_caution"]["reasons"] == ["child"]
    assert options["disposal:community_resolution"]["status"] == "undetermined"
    assert {"hate_crime", "consent"} <= {question["fact"] for question in found["open_questions"]}
    assert found["derived"]["days_since_offence"] == 28
    assert [question["fact"] for question in found["monitoring"]]


def test_the_same_facts_print_the_same_answer(tmp_path: Path) -> None:
    """Two runs must compare equal, or nobody could tell what a new policy changed."""
    assert run(tmp_path, FACTS) == run(tmp_path, dict(reversed(FACTS.items())))


@pytest.mark.parametrize(
    ("facts", "extra", "message"),
    [
        ({"offnce": "theft"}, [], "did you mean 'offence'"),
        ({"age": 24}, ["--force", "kent"], "No policy is stored for the force 'kent'"),
        ({"age": 24}, ["--at", "tomorrow"], "--at 'tomorrow' is not a date"),
        ("[1, 2]", [], "one JSON object"),
        ("{", [], "is not JSON"),
        ('{"age": 20, "age": 30}', [], "age appears twice"),
        ({"offence_date": "2026-03-02"}, [], "after the day of the assessment"),
    ],
)
def test_what_it_cannot_use_is_refused_in_a_sentence(
    db: None, tmp_path: Path, facts: Any, extra: list[str], message: str
) -> None:
    """A traceback tells an officer nothing."""
    with pytest.raises(CommandError, match=message):
        run(tmp_path, facts, *extra)


def test_a_file_that_is_not_there_is_named() -> None:
    """The commonest mistake of all."""
    with pytest.raises(CommandError, match=r"nowhere\.json cannot be read"):
        call_command("assess", "nowhere.json")


def test_a_place_that_no_option_names_is_pointed_out(tmp_path: Path) -> None:
    """A misspelt town would otherwise quietly close every scheme."""
    assert "did you mean 'durham'" in run(tmp_path, {**FACTS, "home_area": "Durhm"})["notes"][0]


def test_a_force_is_assessed_by_its_own_live_policy_and_schemes(cast: Cast, tmp_path: Path) -> None:
    """A hub would be told what the default says, not what its own people signed."""
    ensure_policies()
    adopt_scheme("checkpoint", cast)
    found = run(tmp_path, FACTS, "--force", "avonford")
    assert found["policy"] == "Default policy (default, not yet approved by the force)"
    keys = [option["key"] for option in found["options"]]
    assert "scheme:checkpoint" in keys
    assert "scheme:pathfinder" not in keys
