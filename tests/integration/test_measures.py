"""The measures as JSON: the same figures as ``compute`` gives, through the door, logged, and refused in words."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from diversion import clock
from diversion.accounts.models import Organisation
from diversion.audit.models import Event
from referrals.actions.deciding import Support
from reporting.door import NotThroughTheDoor
from reporting.management.commands import measures as command
from reporting.measures import compute
from tests.conftest import Cast
from tests.factories.cases import decision, record
from tests.factories.facts import live
from tests.factories.needs import needy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
QUARTER = (date(2026, 1, 1), date(2026, 3, 31))
DAY = date(2026, 2, 3)


@pytest.fixture
def force() -> Organisation:
    """A force with decisions that tell something of every kind of measure."""
    made = Organisation.objects.create(slug="testshire", name="Testshire", kind=Organisation.Kind.POLICE_FORCE)
    ended = {"referred_on": DAY, "started_on": DAY, "scheme": "checkpoint", "happened_on": DAY}
    for disability in ("yes", "no"):
        for result in ("completed", "not_completed"):
            live(made, 10, disability=disability, result=result, **ended)
    live(made, 3, gender="Female", scheme="checkpoint", without_scheme="no_action", happened_on=DAY)
    needy(made, 12, {"drugs": {"at_start": 3, "outcome": "met", "days_to_met": 10}}, happened_on=DAY)
    needy(made, 12, {"alcohol": {"at_start": 2}}, happened_on=DAY)
    return made


def asked(*options: str) -> None:
    call_command("measures", "--force=testshire", f"--from={QUARTER[0]}", f"--to={QUARTER[1]}", *options)


@pytest.mark.parametrize(
    ("options", "question"),
    [
        ((), {}),
        (("--by=gender,ethnicity",), {"by": ["gender", "ethnicity"]}),
        (("--where=gender=Female", "--measure=net_widening"), {"where": {"gender": ["Female"]}}),
        (("--where=gender=Female", "--where=gender=Male"), {"where": {"gender": ["Female", "Male"]}}),
        (("--measure=reoffended_12", "--measure=reoffended_24"), {}),
        (("--by=disability", "--measure=completed"), {"by": ["disability"]}),
        (("--by=need,gender", "--measure=need_met"), {"by": ["need", "gender"]}),
        (("--by=need",), {"by": ["need"]}),
    ],
)
def test_what_is_printed_is_what_compute_gives(
    force: Organisation, options: tuple[str, ...], question: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """Two ways to a figure are two figures, sooner or later."""
    names = [each.removeprefix("--measure=") for each in options if each.startswith("--measure=")]
    asked(*options)
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads(json.dumps(compute(force, *QUARTER, measures=names or None, **question)))
    assert (told["audience"], told["marking"]) == ("operational", "operational: exact counts, not for release")
    assert any(row["denominator"] for row in told["rows"]) or "reoffended_12" in names
    event = Event.objects.get(kind="measures.produced")
    assert (set(event.detail["by"]), event.detail["where"]) == (set(question.get("by", [])), question.get("where", {}))


def test_it_is_written_where_one_says(force: Organisation, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exact counts in a file that everybody on the machine may read have left."""
    asked(f"--out={tmp_path / 'new'}")
    (file,) = (tmp_path / "new").iterdir()
    assert (file.name, file.stat().st_mode & 0o077) == ("measures.json", 0)
    assert json.loads(file.read_text())["facts"] == 67
    assert capsys.readouterr().out.strip() == f"{file} (operational: exact counts, not for release)"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--by=shoe_size"], "There is no dimension 'shoe_size': choose ethnicity"),
        (["--by=gender,ethnicity,age_band,area"], "at most 3 different dimensions"),
        (["--measure=happiness"], "There is no measure 'happiness'"),
        (["--measure=considered"], "manage.py measures --funnel"),
        (["--measure=need_met", "--measure=offered"], "'offered' counts decisions, not needs"),
        (["--measure=need_met", "--where=gender=Male"], "Needs are counted by need and by one of"),
        (["--by=disability,gender"], "told to a provider in confidence"),
        (["--where=disability=yes"], "told to a provider in confidence"),
        (["--where=gender=female"], "'gender' has no group 'female': choose Male; Female"),
        (["--where=shoe_size=9"], "There is no dimension 'shoe_size'"),
        (["--where=gender"], "'gender' is no filter: write it as gender=Female"),
        (["--to=2025-12-31"], "before it begins"),
        (["--force=nowhere"], "There is no force 'nowhere'"),
    ],
)
def test_what_cannot_be_had_is_refused_in_words(force: Organisation, options: list[str], why: str) -> None:
    """A question that cannot be answered must not look like an answer of nought; and nothing is on record as seen."""
    with pytest.raises(CommandError, match=why):
        asked(*options)
    assert not Event.objects.filter(kind="measures.produced").exists()


def test_what_did_not_come_through_the_door_is_not_printed(
    force: Organisation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Figures without an audience have no marking, and whoever gets them does not know that they are exact."""
    monkeypatch.setattr(command, "compute", lambda *args, **more: dict(compute(*args, **more)))
    with pytest.raises(NotThroughTheDoor):
        asked()
    assert capsys.readouterr().out == ""


def test_the_offers_that_wait_are_told_by_the_rule_that_held_them_up(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where usual cases wait for a sergeant, officers charge instead, and nobody would know which rule it was."""
    free = record(cast["amara"])
    record(cast["amara"], decision=decision(disposal="simple_caution"), support=Support())
    unsure = {"facts": {"specified_offence": False}, "not_known": {"gravity_score": "No matrix to hand"}}
    record(cast["amara"], answers=unsure)
    record(cast["amara"], decision=decision(result="not_offered", disposal="", not_offered_reason="evidence"))
    day = str(clock.local_date(free.recorded_at))
    call_command("measures", "--force=avonford", f"--from={day}", f"--to={day}", "--waiting")
    told = json.loads(capsys.readouterr().out)
    assert (told["accepted"], told["waited"], round(told["share"], 2)) == (3, 2, 0.67)
    assert told["interval"][0] < told["share"] < told["interval"][1]
    rules = {one["rule"]: (one["waited"], one["not_known"]) for one in told["by_rule"]}
    assert rules["law.authority"] == (1, 0)
    assert (1, 1) in rules.values()


def test_the_offers_that_wait_are_told_of_everybody_together(cast: Cast) -> None:
    """A rule by ethnicity would need the protection that a release has."""
    day = "2026-06-10"
    with pytest.raises(CommandError, match="everybody together"):
        call_command("measures", "--force=avonford", f"--from={day}", f"--to={day}", "--waiting", "--by=gender")
