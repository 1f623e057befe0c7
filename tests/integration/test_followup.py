"""The follow-up extract: nothing lost, nothing twice, nobody guessed, and proven reoffending as counted by hand."""

import calendar
import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from diversion.audit.models import Event
from reporting import measures, outbox
from reporting.actions.followup import import_followup
from reporting.actions.suspects import import_suspects
from reporting.models import FollowUp, FollowUpBatch
from tests.conftest import Cast
from tests.factories.cases import crime, person, record
from tests.factories.followups import BY_CRIME, Life, decided, extract, first, lives, row, written
from tests.factories.imports import run_import
from tests.factories.killing import killed_half_way
from tests.integration.test_suspects import suspect
from tests.integration.test_suspects import written as outcomes

pytestmark = pytest.mark.usefixtures("frozen")
START, END = date(2022, 1, 1), date(2026, 6, 10)
DAY, TO = date(2024, 3, 5), date(2026, 5, 31)
Import = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def local(settings: Any, tmp_path: Path) -> Path:
    settings.LOCAL_DIR = tmp_path / "local"
    return tmp_path / "local"


@pytest.fixture
def imported(cast: Cast, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Import:
    def run(rows: list[dict[str, str]], **options: Any) -> dict[str, Any]:
        header = {"header": BY_CRIME} if "mapping" in options else {}
        path = written(tmp_path / "f.csv", rows, **header)
        found = run_import(capsys, "import_followup", str(path), force="avonford", **options)
        return found | {"why": Path(found["rejects_file"]).read_text() if found["rejects_file"] else ""}

    return run


def counts(done: dict[str, Any]) -> tuple[int, int, int, int]:
    return done["accepted"], done["unchanged"], done["rejected"], done["contradictions"]


def reoffended(cast: Cast, **more: Any) -> dict[str, tuple[int, int, int, int]]:
    """Measure -> (reoffended, of so many followed, pending, not found), over everybody."""
    outbox.drain()
    names = ["reoffended_12", "reoffended_24"]
    found = measures.compute(cast["ian"].organisation, START, END, measures=names, source="live", **more)
    return {
        one["measure"]: (one["numerator"], one["denominator"], one["pending"], one["not_found"])
        for one in found["rows"]
        if not one["at"]
    }


def by_hand(people: list[Life], told: dict[str, dict[str, str]], months: int) -> tuple[int, int, int, int]:
    """The Ministry's definition over every offence of every life known to the last extract, with its own calendar."""
    found: Counter[str] = Counter()
    for life in people:
        if life.result != "offered_accepted":
            continue
        said = told.get(life.case.reference)
        last_day = months_on(life.decided_on, months + 6)
        if last_day > "2026-06-10":
            found["pending"] += 1
        elif said is None:
            found["not found"] += 1
        elif last_day > said["followed_to"]:
            found["pending"] += 1
        else:
            limit = months_on(life.decided_on, months)
            found["followed"] += 1
            found["again"] += any(
                offence.isoformat() <= limit and proven.isoformat() <= last_day for offence, proven in life.offences
            )
    return found["again"], found["followed"], found["pending"], found["not found"]


def months_on(day: date, months: int) -> str:
    """ISO text of the same day of a later month, or of that month's last."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return f"{years:04}-{month + 1:02}-{min(day.day, calendar.monthrange(years, month + 1)[1]):02}"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_measures_are_what_a_count_by_hand_gives(cast: Cast, imported: Import, seed: int) -> None:
    """A generated extract with leap days, days on the very limit, late proofs, people left out and a short end."""
    people = lives(cast["amara"], seed)
    early, late = extract(people[3:30], date(2025, 3, 1)), extract(people[:24], TO)
    imported(early)
    imported(late)
    told = {one["case_reference"]: one for one in [*early, *late]}
    found = reoffended(cast)
    assert found == {f"reoffended_{months}": by_hand(people, told, months) for months in (12, 24)}
    assert all(number for number in found["reoffended_12"])
    assert all(sum(numbers[1:]) == 20 for numbers in found.values())


def test_the_limits_are_the_last_day_of_the_follow_up_and_of_the_wait(cast: Cast, imported: Import) -> None:
    """An offence a day late, or proven a day late, is none of the twelve months; a day earlier it is."""
    told = [
        first(date(2025, 3, 5), date(2025, 9, 5)),
        first(date(2025, 3, 6), date(2025, 3, 6)),
        first(date(2025, 3, 5), date(2025, 9, 6)),
        first(date(2024, 3, 6), date(2024, 3, 6)),
    ]
    imported([row(decided(cast["amara"], DAY), DAY, date(2025, 9, 6), **words) for words in told])
    assert reoffended(cast) == {"reoffended_12": (2, 4, 0, 0), "reoffended_24": (0, 0, 4, 0)}


def test_one_day_short_of_the_wait_is_pending(cast: Cast, imported: Import) -> None:
    """Counted a day early, an offence proven on the last day would be nobody's."""
    case = decided(cast["amara"], DAY)
    imported([row(case, DAY, date(2025, 9, 4), **first(date(2024, 6, 1), date(2024, 7, 1)))])
    assert reoffended(cast)["reoffended_12"] == (0, 0, 1, 0)
    imported([row(case, DAY, date(2025, 9, 5), **first(date(2024, 6, 1), date(2024, 7, 1)))])
    assert reoffended(cast)["reoffended_12"] == (1, 1, 0, 0)


def test_sent_again_nothing_changes_and_a_newer_extract_replaces(cast: Cast, imported: Import) -> None:
    """Two extracts of one person must never be two people, nor the older one the answer."""
    case = decided(cast["amara"], DAY)
    short = row(case, DAY, date(2025, 9, 30))
    assert counts(imported([short, short])) == (1, 1, 0, 0)
    assert reoffended(cast)["reoffended_12"] == (0, 1, 0, 0)
    longer = row(case, DAY, TO, **first(date(2025, 12, 1), date(2026, 2, 1)))
    assert counts(imported([longer])) == (1, 0, 0, 0)
    assert counts(imported([short])) == (0, 1, 0, 0)
    assert reoffended(cast) == {"reoffended_12": (0, 1, 0, 0), "reoffended_24": (0, 0, 1, 0)}
    assert FollowUp.objects.count() == 2
    FollowUpBatch.objects.get(file_name="f.csv", follow_ups__followed_to=TO).delete()
    assert reoffended(cast)["reoffended_24"] == (0, 0, 1, 0)
    assert FollowUp.objects.get().followed_to == date(2025, 9, 30)


@pytest.mark.parametrize(
    ("then", "why"),
    [
        ({}, "the reoffence of an earlier extract is gone"),
        (first(date(2024, 5, 1), date(2024, 6, 1)), "ought to have had"),
        (first(date(2024, 7, 1), date(2025, 12, 1)), "another one, and no earlier"),
        (first(date(2024, 6, 2), date(2024, 7, 1), 1), "fewer reoffences"),
    ],
    ids=["gone", "earlier", "later", "fewer"],
)
def test_a_contradiction_is_said_and_the_newer_word_counts(
    cast: Cast, imported: Import, then: dict[str, str], why: str
) -> None:
    """A conviction that vanishes between two extracts is a question for the force, not a silent change of a rate."""
    case = decided(cast["amara"], DAY)
    imported([row(case, DAY, date(2025, 9, 30), **first(date(2024, 6, 2), date(2024, 7, 1), 2))])
    done = imported([row(case, DAY, date(2025, 12, 31), **then)])
    assert counts(done) == (1, 0, 0, 1)
    assert "Line 2 contradicts an earlier extract: " in done["said"]
    assert why in done["said"]
    assert FollowUpBatch.objects.filter(contradictions=1).count() == 1


def test_a_longer_follow_up_that_finds_more_contradicts_nothing(cast: Cast, imported: Import) -> None:
    """Proof takes time: an offence of May that is proven in November was no mistake of the October extract."""
    case = decided(cast["amara"], DAY)
    imported([row(case, DAY, date(2025, 10, 1), **first(date(2025, 6, 1), date(2025, 7, 1)))])
    done = imported([row(case, DAY, TO, **first(date(2025, 5, 1), date(2025, 11, 1), 2))])
    assert (counts(done), done["said"]) == ((1, 0, 0, 0), "")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"case_reference": "DV-NOBODY"}, "no decision here has that case reference"),
        ({"case_reference": ""}, "it names no decision"),
        ({"force": "northmoor"}, "of another force"),
        ({"followed_to": ""}, "the day to which it is followed is missing"),
        ({"followed_to": "2026-06-11"}, "has not come yet"),
        ({"followed_from": "5 March"}, "cannot be read"),
        ({"followed_from": "2024-03-06"}, "from a day after the decision"),
        ({"followed_from": "2024-02-01", "followed_to": "2024-03-04"}, "to a day before the decision"),
        ({"followed_from": "2024-03-05", "followed_to": "2024-03-04"}, "to a day before it is followed from"),
        ({"first_reoffence_date": "2024-04-01"}, "one is missing"),
        (first(date(2024, 3, 5), date(2024, 4, 1)), "not after the day of the decision"),
        (first(date(2024, 4, 1), date(2024, 3, 31)), "proven before it happened"),
        (first(date(2024, 4, 1), date(2026, 6, 1)), "after the day to which it is followed"),
        ({"reoffences": "2"}, "does not agree"),
        (first(date(2024, 4, 1), date(2024, 5, 1), 0), "does not agree"),
        ({"reoffences": "some"}, "not a whole number"),
    ],
    ids=str,
)
def test_a_row_that_cannot_be_is_rejected_by_itself_with_its_reason(
    cast: Cast, imported: Import, changes: dict[str, str], why: str
) -> None:
    """One bad row must cost neither the file nor go unseen, and the person stays unknown."""
    good, bad = decided(cast["amara"], DAY), decided(cast["amara"], DAY)
    done = imported([row(good, DAY, TO), row(bad, DAY, TO) | changes])
    assert counts(done) == (1, 0, 1, 0)
    assert why in done["why"]
    assert bad.reference not in done["why"]
    assert reoffended(cast)["reoffended_12"] == (0, 1, 0, 1)


def test_two_words_about_one_decision_in_one_file_are_not_both_taken(cast: Cast, imported: Import) -> None:
    """Which of them counted would depend on the order of the rows."""
    case = decided(cast["amara"], DAY)
    rows = [row(case, DAY, TO), row(case, DAY, TO, **first(date(2024, 4, 1), date(2024, 5, 1)))]
    assert counts(imported(rows)) == (1, 0, 1, 0)
    assert counts(imported(rows)) == (0, 1, 1, 0)


def test_bytes_that_are_not_utf_8_reject_their_row_and_no_other(cast: Cast, tmp_path: Path) -> None:
    """In a column of words they were taken for an unknown word, and the good row after them was refused."""
    case = decided(cast["amara"], date(2024, 2, 29))
    good = row(case, date(2024, 2, 29), date(2026, 5, 20))
    path = written(tmp_path / "x.csv", [good | {"records_searched": "caf\u00e9"}, good])
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    batch = import_followup(path=path, force="avonford", by=None, rejects_file=tmp_path / "rejects.csv").batch
    assert (batch.rows, batch.accepted, batch.rejected) == (2, 1, 1)
    assert "not written in UTF-8" in (tmp_path / "rejects.csv").read_text()
    assert FollowUp.objects.get().scope == "national"


def test_by_crime_and_date_of_birth(cast: Cast, imported: Import) -> None:
    """A system that knows no case reference of ours: the crime and the date of birth are one decision, or none."""
    number = "AV/500/24"
    older = record(cast["amara"], person=person(date_of_birth=date(1980, 1, 1)), crimes=[crime(number=number)])
    record(cast["amara"], person=person(date_of_birth=date(1990, 1, 1)), crimes=[crime(number=number)])
    record(cast["amara"], person=person(date_of_birth=date(1990, 1, 1)), crimes=[crime(number=number)])
    day = date(2026, 6, 10)
    base = row(older, day, day) | {"crime_number": "av 500/24".replace(" ", "/"), "case_reference": ""}
    known = {"date_of_birth": "1980-01-01"}
    rows = [base | known, base | {"date_of_birth": "1990-01-01"}, base | {"date_of_birth": "1970-01-01"}, base]
    done = imported([*rows, base | known | {"crime_number": "AV/501/24"}], mapping="proven-reoffending-by-crime")
    assert counts(done) == (1, 0, 4, 0)
    assert FollowUp.objects.get().case_id == older.pk
    for why in ("more than one decision over", "no decision over", "does not say whom", "no decision here is over"):
        assert why in done["why"]


def test_by_the_force_s_own_key_only_where_the_outcome_extract_leaves_no_doubt(
    cast: Cast, imported: Import, tmp_path: Path
) -> None:
    """Of two suspects of one crime the one who was charged must not be counted as the one who was diverted."""
    with_her = record(cast["amara"], person=person(sex="female"), crimes=[crime(number="AV/1/26")])
    alike = record(cast["amara"], person=person(), crimes=[crime(number="AV/2/26")])
    rows = [suspect("AV/1/26", "HIM"), suspect("AV/1/26", "HER", sex="female")]
    rows += [suspect("AV/2/26", "ONE"), suspect("AV/2/26", "OTHER")]
    import_suspects(path=outcomes(tmp_path / "s.csv", rows), force="avonford", by=None)
    day = date(2026, 6, 10)

    def told(case: Any, number: str, key: str) -> dict[str, str]:
        return row(case, day, day) | {"crime_number": number, "suspect_key": key, "case_reference": ""}

    every = [told(with_her, "AV/1/26", key) for key in ("HIM", "HER", "NOBODY")] + [told(alike, "AV/2/26", "ONE")]
    done = imported(every, mapping="proven-reoffending-by-crime")
    assert counts(done) == (1, 0, 3, 0)
    assert FollowUp.objects.get().case_id == with_her.pk
    assert "about another suspect" in done["why"]
    assert "knows no such person" in done["why"]
    kept = json.dumps(
        [*FollowUp.objects.values(), *FollowUpBatch.objects.values(), *Event.objects.values()], default=str
    )
    assert '"HER"' not in kept
    assert "HER" not in done["why"]


WITHOUT_END = """
import sys, time
from pathlib import Path
import django
django.setup()
from reporting.actions import followup

followup.AT_ONCE = 5
read, seen = followup.FollowUpReader.read, []

def stalls(self, fields):
    seen.append(fields)
    if len(seen) == 18:
        print("half-way", flush=True)
        time.sleep(60)
    return read(self, fields)

followup.FollowUpReader.read = stalls
followup.import_followup(path=Path(sys.argv[1]), force="avonford", by=None)
"""


def test_killed_half_way_and_run_again_it_is_as_if_run_once(
    transactional_db: None, cast: Cast, tmp_path: Path, local: Path
) -> None:
    """Half an extract is a rate in which the reoffending of the second half has not happened."""
    people = lives(cast["amara"], 4, 25)
    path = written(tmp_path / "f.csv", extract(people, date(2026, 3, 1)))
    killed_half_way(WITHOUT_END, str(path), local=local)
    assert not FollowUp.objects.exists()
    assert not FollowUpBatch.objects.exists()
    assert not (local / "rejects").exists()
    done = import_followup(path=path, force="avonford", by=None).batch
    assert (done.accepted, done.unchanged, done.rejected, FollowUp.objects.count()) == (25, 0, 0, 25)
    again = import_followup(path=path, force="avonford", by=None).batch
    assert (again.accepted, again.unchanged, FollowUp.objects.count()) == (0, 25, 25)


def test_another_force_or_another_role_imports_nothing(cast: Cast, tmp_path: Path) -> None:
    """Convictions of thousands of people: only those who report for that force may bring them in."""
    path = written(tmp_path / "f.csv", [])
    for key in ("amara", "hana", "ben"):
        with pytest.raises(PermissionDenied):
            import_followup(path=path, force="avonford", by=cast[key])
    with pytest.raises(CommandError, match="There is no mapping of follow-up extracts 'none'"):
        call_command("import_followup", str(path), force="avonford", mapping="none")
    with pytest.raises(CommandError, match="There is no force 'nowhere' here"):
        call_command("import_followup", str(path), force="nowhere")


def test_an_import_stands_in_the_log(cast: Cast, imported: Import) -> None:
    """Collecting people's convictions leaves an event (s.62), which repeats none of them."""
    imported([row(decided(cast["amara"], DAY), DAY, TO)])
    event = Event.objects.get(kind="followup.imported")
    assert event.detail == {"rows": 1, "accepted": 1, "contradictions": 0}
