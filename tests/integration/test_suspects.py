"""The force's outcome extract: nothing lost, nothing twice, no key of a person kept, and coverage as it is known."""

import csv
import gzip
import json
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from diversion.accounts.models import Organisation
from diversion.audit.models import Event
from reporting import outbox
from reporting.actions.suspects import import_suspects
from reporting.intake.rows.suspects import SuspectReader
from reporting.measures.coverage import coverage, funnel, sample_unconsidered
from reporting.models import ImportBatch, Suspect, SuspectBatch
from reporting.monitoring import choose_source
from tests.conftest import Cast
from tests.factories.cases import crime, decision, person, record
from tests.factories.imports import run_import
from tests.factories.killing import killed_half_way
from tests.factories.sheets import xlsx

pytestmark = pytest.mark.usefixtures("frozen")
HEADER = ["force", "crime_number", "suspect_key", "outcome", "outcome_date", "date_of_birth", "age", "sex"]
HEADER += ["ethnicity_self_defined", "ethnicity_officer_defined", "offence"]
START, END = date(2026, 1, 1), date(2026, 6, 30)
Import = Callable[..., dict[str, Any]]


def suspect(number: str, key: str, **changes: str) -> dict[str, str]:
    values = {
        "force": "avonford",
        "crime_number": number,
        "suspect_key": key,
        "outcome": "1",
        "outcome_date": "2026-05-20",
        "date_of_birth": "2001-03-04",
        "sex": "male",
        "ethnicity_self_defined": "B1",
        "ethnicity_officer_defined": "IC3",
        "offence": "Theft from a shop",
    }
    return values | changes


def written(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(autouse=True)
def local(settings: Any, tmp_path: Path) -> Path:
    settings.LOCAL_DIR = tmp_path / "local"
    return tmp_path / "local"


@pytest.fixture
def imported(cast: Cast, capsys: pytest.CaptureFixture[str]) -> Import:
    def run(path: Path, force: str = "avonford") -> dict[str, Any]:
        return run_import(capsys, "import_suspects", str(path), force=force)

    return run


def extract(cast: Cast, path: Path, groups: dict[str, tuple[int, int]]) -> Path:
    """For each ethnic code so many suspects, of whom so many have a decision recorded here."""
    rows = []
    for code, (suspects, decided) in groups.items():
        for number in range(suspects):
            name = f"AV/{code}{number}/26"
            rows.append(suspect(name.lower() if number % 2 else name, f"{code}{number}", ethnicity_self_defined=code))
            if number < decided:
                who = person(given_names=f"{code} {number}", ethnicity_self_defined=code)
                record(cast["amara"], person=who, crimes=[crime(number=name)])
    random.Random(1).shuffle(rows)
    outbox.drain()
    return written(path, rows)


def test_coverage_is_what_was_put_in(cast: Cast, imported: Import, tmp_path: Path) -> None:
    """A generated extract of known coverage: Black people considered half as often as White people."""
    imported(extract(cast, tmp_path / "x.csv", {"W1": (10, 8), "B1": (10, 4), "A1": (3, 0)}))
    avonford = cast["ian"].organisation
    found = coverage(avonford, START, END)
    rows = {row["group"]: (row["numerator"], row["denominator"]) for row in found["rows"] if row["denominator"]}
    assert rows == {"White": (8, 10), "Black": (4, 10), "Asian": (0, 3)}
    assert (found["total"]["numerator"], found["total"]["denominator"], found["doubtful"]) == (12, 23, 0)
    assert found["marking"].startswith("operational")
    above = funnel(avonford, START, END)
    assert above["coverage"]["rows"] == found["rows"]
    assert {row["measure"] for row in above["rows"]} >= {"offered", "completed"}


def test_the_funnel_is_handed_out_with_its_coverage(
    cast: Cast, imported: Import, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A statistician who has no Python shell here had the stages, and never of how many suspects they were."""
    imported(extract(cast, tmp_path / "x.csv", {"W1": (10, 8), "B1": (10, 4)}))
    call_command("measures", "--force=avonford", f"--from={START}", f"--to={END}", "--funnel", "--by=gender")
    told = json.loads(capsys.readouterr().out)
    above = funnel(cast["ian"].organisation, START, END, "gender")
    assert (told["rows"], told["coverage"]) == (above["rows"], above["coverage"])
    assert (told["coverage"]["total"]["numerator"], told["audience"]) == (12, "operational")
    for more in ("--by=gender,ethnicity", "--where=gender=Male", "--measure=offered", "--by=scheme,gender"):
        with pytest.raises(CommandError, match="by one dimension"):
            call_command("measures", "--force=avonford", f"--from={START}", f"--to={END}", "--funnel", more)


def test_a_crime_of_several_suspects_counts_only_whom_a_decision_is_about(
    cast: Cast, imported: Import, tmp_path: Path
) -> None:
    """Three at one theft, one decision: two of them were never considered."""
    number = "AV/77/26"
    record(cast["amara"], person=person(sex="female", ethnicity_self_defined="W1"), crimes=[crime(number=number)])
    rows = [suspect(number, "a"), suspect(number, "b"), suspect(number, "c", sex="female", ethnicity_self_defined="W1")]
    imported(written(tmp_path / "x.csv", rows))
    found = coverage(cast["ian"].organisation, START, END, by="gender")
    assert {row["group"]: row["numerator"] for row in found["rows"] if row["denominator"]} == {"Male": 0, "Female": 1}


def test_no_sum_of_periods_has_more_considered_than_decisions(cast: Cast, imported: Import, tmp_path: Path) -> None:
    """One decision, two suspects whose cases ended in different quarters: both were called considered, one in each."""
    number, first_of_april = "AV/77/26", date(2026, 4, 1)
    record(cast["amara"], person=person(sex="female", ethnicity_self_defined="W1"), crimes=[crime(number=number)])
    she = suspect(number, "c", sex="female", ethnicity_self_defined="W1")
    imported(written(tmp_path / "x.csv", [suspect(number, "a", outcome_date="2026-03-20"), she]))
    periods = ((START, date(2026, 3, 31)), (first_of_april, END), (START, END))
    totals = [coverage(cast["ian"].organisation, *period)["total"] for period in periods]
    assert [(total["numerator"], total["denominator"]) for total in totals] == [(0, 1), (1, 1), (1, 2)]
    (left,) = sample_unconsidered(cast["ian"].organisation, *periods[0], seed="June", count=5)["sample"]
    assert left["gender"] == "Male"


def test_a_suspect_sent_again_with_another_outcome_is_one_suspect(cast: Cast, imported: Import, tmp_path: Path) -> None:
    """Counted twice for one decision, whoever's outcome came late would seem considered half as often."""
    number = "AV/78/26"
    record(cast["amara"], person=person(ethnicity_self_defined="B1"), crimes=[crime(number=number)])
    imported(written(tmp_path / "x.csv", [suspect(number, "a", outcome="", outcome_date="2026-03-20")]))
    assert imported(written(tmp_path / "y.csv", [suspect(number, "a")]))["accepted"] == 1
    found = coverage(cast["ian"].organisation, START, END)
    assert (found["total"]["numerator"], found["total"]["denominator"], found["doubtful"]) == (1, 1, 0)
    assert coverage(cast["ian"].organisation, START, date(2026, 3, 31))["total"]["denominator"] == 0


def test_a_crime_dated_before_its_suspect_was_born_stops_no_figure(
    cast: Cast, imported: Import, tmp_path: Path
) -> None:
    """One mistyped day, and nobody could see the coverage of anybody."""
    case = record(cast["amara"], crimes=[crime(number="AV/1/26")])
    case.allegations.update(committed_on=date(1950, 1, 1))
    imported(written(tmp_path / "x.csv", [suspect("AV/1/26", "a")]))
    assert coverage(cast["ian"].organisation, START, END)["total"]["numerator"] == 1


def test_a_sample_of_fewer_than_nobody_is_refused_in_words(cast: Cast) -> None:
    """A page of the program is no answer to a typing mistake."""
    with pytest.raises(CommandError, match="of nobody or more, not of -1"):
        call_command("sample_unconsidered", force="avonford", seed="June", count=-1)


def test_no_key_of_a_person_is_kept(cast: Cast, imported: Import, tmp_path: Path, local: Path) -> None:
    """The force's own key is a person's identity in its systems: not in a row, a batch, the log or the rejects."""
    rows = [suspect("AV/1/26", "PNC-SECRET-1"), suspect("AV/2/26", "PNC-SECRET-2", outcome_date="never")]
    done = imported(written(tmp_path / "x.csv", rows))
    assert (done["accepted"], done["rejected"]) == (1, 1)
    kept = json.dumps([*Suspect.objects.values(), *SuspectBatch.objects.values(), *Event.objects.values()], default=str)
    assert "PNC-SECRET" not in kept
    (file,) = (local / "rejects").iterdir()
    assert "PNC-SECRET" not in file.read_text()
    assert "3,the date cannot be read" in file.read_text()


def test_the_same_key_of_two_forces_is_not_the_same_digest(cast: Cast, tmp_path: Path) -> None:
    """Digests that agree across forces would match people whom no law lets one match."""
    for force in ("avonford", "northmoor"):
        path = written(tmp_path / f"{force}.csv", [suspect("X/1/26", "K1", force=force)])
        import_suspects(path=path, force=force, by=None)
    assert Suspect.objects.values("suspect_key").distinct().count() == 2


def test_sent_twice_longer_or_gzipped_it_adds_only_what_is_new(cast: Cast, imported: Import, tmp_path: Path) -> None:
    """A force sends the year so far each month: counted anew, every suspect would count twelve times."""
    rows = [suspect(f"AV/{n}/26", str(n)) for n in range(5)]
    assert imported(written(tmp_path / "a.csv", rows))["accepted"] == 5
    path = written(tmp_path / "b.csv", [*reversed(rows), rows[0], suspect("AV/9/26", "9")])
    packed = tmp_path / "b.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    done = imported(packed)
    assert (done["accepted"], done["already_present"]) == (2, 5)
    assert imported(path)["already_present"] == 7


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"crime_number": " "}, "crime number is missing"),
        ({"suspect_key": ""}, "key is missing"),
        ({"force": "northmoor"}, "of another force"),
        ({"outcome_date": "2027-01-01"}, "has not come yet"),
        ({"date_of_birth": "4 March"}, "date of birth cannot be read"),
        ({"date_of_birth": "", "age": "young"}, "not a whole number"),
        ({"date_of_birth": "", "age": "400"}, "nobody has that age"),
    ],
)
def test_a_row_that_cannot_be_is_rejected_by_itself_with_its_reason(
    cast: Cast, imported: Import, tmp_path: Path, local: Path, changes: dict[str, str], why: str
) -> None:
    """One bad row must cost neither the file nor go unseen."""
    done = imported(written(tmp_path / "x.csv", [suspect("AV/1/26", "1"), suspect("AV/2/26", "2") | changes]))
    assert (done["accepted"], done["rejected"]) == (1, 1)
    assert why in Path(done["rejects_file"]).read_text()


def test_unknown_words_are_told_and_kept_as_unknown(cast: Cast, imported: Import, tmp_path: Path) -> None:
    """A new code of the force's system must not make anybody White, or male, or uncounted."""
    odd = suspect("AV/1/26", "1", sex="X", ethnicity_self_defined="Z9", outcome="99", date_of_birth="")
    done = imported(written(tmp_path / "x.csv", [odd]))
    row = Suspect.objects.get()
    assert (row.gender, row.ethnicity_self_group, row.outcome, row.age) == ("Unknown", "Unknown", "unrecognised", None)
    assert "Not recognised in 'sex', kept as unknown: 'X' (1)" in done["said"]


def test_broken_off_half_way_it_leaves_nothing(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, local: Path
) -> None:
    """Half an extract would make the second half of the alphabet look as if nobody had suspected them."""
    from reporting.actions import suspects as action

    monkeypatch.setattr(action, "AT_ONCE", 2)
    read, seen = SuspectReader.read, []

    def fails(self: SuspectReader, fields: list[str]) -> dict[str, Any]:
        seen.append(fields)
        if len(seen) == 6:
            raise RuntimeError("the machine is going down")
        return read(self, fields)

    monkeypatch.setattr(SuspectReader, "read", fails)
    path = written(tmp_path / "x.csv", [suspect(f"AV/{n}/26", str(n)) for n in range(8)])
    with pytest.raises(RuntimeError, match="going down"):
        import_suspects(path=path, force="avonford", by=None)
    assert not Suspect.objects.exists()
    assert not SuspectBatch.objects.exists()
    assert not (local / "rejects").exists()


WITHOUT_END = """
import sys, time
from pathlib import Path
import django
django.setup()
from reporting.actions import suspects

suspects.AT_ONCE = 100
read, seen = suspects.SuspectReader.read, []

def stalls(self, fields):
    seen.append(fields)
    if len(seen) == 900:
        print("half-way", flush=True)
        time.sleep(60)
    return read(self, fields)

suspects.SuspectReader.read = stalls
suspects.import_suspects(path=Path(sys.argv[1]), force="avonford", by=None)
"""


def test_killed_half_way_and_run_again_it_is_as_if_run_once(
    transactional_db: None, tmp_path: Path, local: Path
) -> None:
    """A machine that loses power while eight hundred suspects are written must not leave one, nor lose one after."""
    path = written(tmp_path / "x.csv", [suspect(f"AV/{n}/26", str(n)) for n in range(1200)])
    killed_half_way(WITHOUT_END, str(path), local=local)
    assert not Suspect.objects.exists()
    assert not SuspectBatch.objects.exists()
    assert not (local / "rejects").exists()
    done = import_suspects(path=path, force="avonford", by=None)
    assert (done.batch.accepted, done.batch.already_present, Suspect.objects.count()) == (1200, 0, 1200)
    assert import_suspects(path=path, force="avonford", by=None).batch.already_present == 1200


def test_the_sample_is_reproducible_and_of_nobody_considered(cast: Cast, imported: Import, tmp_path: Path) -> None:
    """A review that cannot be drawn again can be suspected of having been chosen."""
    path = extract(cast, tmp_path / "x.csv", {"W1": (12, 4), "B1": (12, 2)})
    imported(path)
    avonford = cast["ian"].organisation
    first = sample_unconsidered(avonford, START, END, seed="June panel", count=5)
    Suspect.objects.all().delete()
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    imported(written(tmp_path / "again.csv", list(reversed(rows))))
    again = sample_unconsidered(avonford, START, END, seed="June panel", count=5)
    assert first["sample"] == again["sample"]
    assert (first["unconsidered"], len(first["sample"])) == (18, 5)
    considered = {f"AV/{code}{n}/26" for code, most in (("W1", 4), ("B1", 2)) for n in range(most)}
    assert not considered & {one["crime_number"] for one in first["sample"]}
    assert sample_unconsidered(avonford, START, END, seed="July panel", count=5)["sample"] != first["sample"]


def test_the_sample_command_says_its_seed_and_is_logged(
    cast: Cast, imported: Import, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever looks at people who were never cases leaves a trace of the look."""
    imported(written(tmp_path / "x.csv", [suspect("AV/1/26", "1")]))
    call_command("sample_unconsidered", force="avonford", seed="June panel")
    one, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert (one["crime_number"], last["seed"], last["unconsidered"]) == ("AV/1/26", "June panel", 1)
    assert "suspect_key" not in one
    assert Event.objects.filter(kind="suspects.sampled").count() == 1


def test_another_force_or_another_role_imports_nothing(cast: Cast, tmp_path: Path) -> None:
    """An extract is thousands of people's data: only those who report for that force may bring it in."""
    path = written(tmp_path / "x.csv", [suspect("AV/1/26", "1")])
    for key in ("amara", "hana", "ben"):
        with pytest.raises(PermissionDenied):
            import_suspects(path=path, force="avonford", by=cast[key])
    with pytest.raises(CommandError, match="There is no mapping of suspects 'none'"):
        call_command("import_suspects", str(path), force="avonford", mapping="none")


def test_suspects_are_no_source_of_facts(cast: Cast, imported: Import, tmp_path: Path) -> None:
    """Suspects added to decisions would be counted as considered, which is what they were not."""
    imported(written(tmp_path / "x.csv", [suspect("AV/1/26", "1")]))
    avonford: Organisation = cast["ian"].organisation
    record(cast["amara"], decision=decision())
    outbox.drain()
    assert choose_source(avonford, START, END).name == "live"
    assert not ImportBatch.objects.exists()


def test_the_extract_is_read_as_strangers_save_it(imported: Import, tmp_path: Path) -> None:
    """The same reader, whatever is imported: a sheet, semicolons, titles, empty rows and words for nothing."""
    rows = [suspect("AV/1/26", "1", offence="Theft"), suspect("AV/2/26", "2", age="-", date_of_birth="N/A")]
    path = written(tmp_path / "x.csv", rows)
    assert imported(path)["accepted"] == 2
    table = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    text = "\n".join(["Suspects", "", *(";".join(row) for row in table), ";" * 10])
    (tmp_path / "y.csv").write_bytes(text.encode("utf-16"))
    done = imported(tmp_path / "y.csv")
    assert (done["already_present"], done["skipped"], done["rejected"]) == (2, 1, 0)
    assert "The fields are separated by semicolons." in done["said"]
    assert "not on line 1 but on line 3" in done["said"]
    assert imported(xlsx(tmp_path / "z.xlsx", Sheet1=table))["already_present"] == 2
    assert "Unknown" in set(Suspect.objects.values_list("age_band", flat=True))


def test_another_secret_is_refused_until_the_earlier_extracts_are_forgotten(
    imported: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A host with a secret of its own would count everybody twice, and no figure would look wrong."""
    path = written(tmp_path / "june.csv", [suspect("AV/1/26", "1"), suspect("AV/2/26", "2")])
    monkeypatch.setenv("SUSPECTS_SECRET", "the first of two long secrets")
    assert imported(path)["accepted"] == 2
    before = set(Suspect.objects.values_list("digest", "suspect_key"))
    monkeypatch.setenv("SUSPECTS_SECRET", "the second of two long secrets")
    with pytest.raises(CommandError, match=r"not the one with which june.csv was read on .* forget_extracts avonford"):
        imported(path)
    with pytest.raises(CommandError, match=r"then say --yes: june\.csv"):
        call_command("forget_extracts", "avonford")
    assert set(Suspect.objects.values_list("digest", "suspect_key")) == before

    call_command("forget_extracts", "avonford", "--yes")
    assert not Suspect.objects.exists()
    assert Event.objects.get(kind="extracts.forgotten").detail == {"count": 1, "rows": 2}
    assert imported(path)["accepted"] == 2
    after = set(Suspect.objects.values_list("digest", "suspect_key"))
    assert len(after) == 2
    assert not {digest for digest, _key in after} & {digest for digest, _key in before}
    assert not {key for _digest, key in after} & {key for _digest, key in before}
    assert imported(path)["already_present"] == 2
