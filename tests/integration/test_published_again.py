"""A month published again: told, replaced whole months at a time, and brought back."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import ProtectedError

from diversion.accounts.models import Organisation
from diversion.audit.models import Event
from reporting import monitoring
from reporting.actions.importing import import_facts
from reporting.actions.releases import make_release
from reporting.intake.periods import Months
from reporting.models import Fact, ImportBatch, ReplacedFact, UnrecognisedValue
from tests.factories.imports import run_import
from tests.factories.searches import MAPPING, as_csv, search

FORCE = "avonshire"
AFRICAN = "Black/African/Caribbean/Black British - African"
FEBRUARY = ("2020-02", "2020-02")

Summary = dict[str, Any]
Import = Callable[..., Summary]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def local(settings: Any, tmp_path: Path) -> None:
    settings.LOCAL_DIR = tmp_path / "local"


@pytest.fixture
def imported(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Import:
    def run(content: str, *, force: str = FORCE, **options: object) -> Summary:
        (tmp_path / "f.csv").write_text(content, encoding="utf-8")
        return run_import(capsys, "import_facts", str(tmp_path / "f.csv"), mapping=MAPPING, force=force, **options)

    return run


def february(*outcomes: str, **changes: str) -> list[dict[str, str]]:
    return [search(Date=f"2020-02-{day:02}", Outcome=word) | changes for day, word in enumerate(outcomes, 1)]


FIRST = february("Arrest", "", "", "Community resolution", "Arrest", "Community resolution")
#: Outcomes came in late, one person's ethnicity was taken back, and one resolution had been an arrest.
SECOND = [
    FIRST[0],
    *(row | {"Outcome": "A no further action disposal"} for row in FIRST[1:3]),
    FIRST[3],
    FIRST[4] | {"Self-defined ethnicity": "Other ethnic group - Not stated", "Officer-defined ethnicity": ""},
    FIRST[5] | {"Outcome": "Arrest"},
]


def figures(force: str = FORCE) -> tuple[int, int, int]:
    """Rows, considered and diverted, as the report tells them."""
    of = Organisation.objects.get(slug=force)
    totals = monitoring.compute(of, date(2019, 1, 1), date(2021, 12, 31), MAPPING)["totals"]
    return totals["rows"], totals["considered"], totals["diverted"]


def test_a_month_published_again_is_told(imported: Import) -> None:
    """Both were counted, silently: 10 facts and 6 considered for 6 searches and 4."""
    imported(as_csv(FIRST))
    said = imported(as_csv(SECOND))["said"]
    assert "this file covers days of which 4 facts stand that it does not repeat (2020-02-02 to 2020-02-06)" in said
    assert "--replace 2020-02 2020-02" in said


def test_a_file_that_repeats_or_adds_is_not_warned_of(imported: Import) -> None:
    """The same file again, the year after the month, and the next month are the usual cases."""
    imported(as_csv(FIRST))
    for rows in (FIRST, [*FIRST, search(Date="2020-03-01")], february("Arrest", Date="2020-04-01"), [FIRST[0]]):
        assert "does not repeat" not in imported(as_csv(rows))["said"]


def test_replacing_gives_the_figures_of_the_later_publication(imported: Import) -> None:
    """Also where the months have been counted twice before anybody saw it."""
    imported(as_csv([*FIRST, search(Date="2020-03-01"), search(Date="2020-01-31")]))
    imported(as_csv(SECOND))
    done = imported(as_csv(SECOND), replace=FEBRUARY)
    assert figures() == (8, 6, 3)
    assert (done["replaced"], done["accepted"], done["taken_out"]) == (6, 0, 10)
    assert f"{FORCE} 2020-02: 10 facts before, 6 after (-40%)" in done["said"]


@pytest.mark.parametrize(("earlier", "again"), [(2, (0,)), (2, (0, 1)), (3, (0,))], ids=str)
def test_what_was_not_counted_twice_is_a_fall(imported: Import, earlier: int, again: tuple[int, ...]) -> None:
    """A month that came in several files is not replaced by one of them."""
    parts = [[search(Date=f"2020-02-{day:02}", Policing_operation=str(part)) for day in range(1, 11)] for part in "abc"]
    weeks = [[search(Date=f"2020-02-{day:02}") for day in range(first, first + 7)] for first in (1, 8, 15, 22)]
    for rows in (*parts[:earlier], *weeks):
        imported(as_csv(rows))
    with pytest.raises(CommandError, match="would fall by over a third"):
        imported(as_csv([row for week in again for row in weeks[week]]), replace=FEBRUARY)


def test_a_month_that_falls_by_over_a_third_stops_it(imported: Import) -> None:
    """Half a download is a publication too, as far as a program can see."""
    imported(as_csv(FIRST))
    with pytest.raises(CommandError, match=r"2020-02 from 6 facts to 3 \(-50%\)\. If .* add --confirm"):
        imported(as_csv(FIRST[:3]), replace=FEBRUARY)
    assert figures() == (6, 4, 2)
    assert ImportBatch.objects.count() == 1
    assert not ReplacedFact.objects.exists()
    assert imported(as_csv(FIRST[:3]), replace=FEBRUARY, confirm=True)["replaced"] == 3
    assert imported(as_csv(FIRST[:2]), replace=FEBRUARY)["replaced"] == 2  # a third, and no more
    with pytest.raises(CommandError, match="2020-02 from 2 facts to 0"):
        imported(as_csv([]), replace=FEBRUARY)


def test_before_and_after_are_told_by_month(imported: Import) -> None:
    """Whoever replaces sees at once whether the new file is the one they meant."""
    imported(as_csv([*FIRST, search(Date="2020-03-01")]))
    later = [*SECOND, *(search(Date=f"2020-03-0{day}") for day in (1, 2)), search(Date="2020-04-01")]
    said = imported(as_csv(later), replace=("2020-02-01", "2020-03-31"))["said"]
    assert f"{FORCE} 2020-02: 6 facts before, 6 after (+0%)." in said
    assert f"{FORCE} 2020-03: 1 facts before, 2 after (+100%)." in said
    assert "2020-04:" not in said
    assert figures() == (9, 7, 4)


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        ("2020-02-01", "2020-02-28", "are not whole months: name them as 2020-02 2020-02"),
        ("2020-02-03", "2020-03-31", "are not whole months"),
        ("2020-03", "2020-02", "give the earlier month first"),
        ("February", "2020-02", "are no months"),
        ("2020-13", "2020-14", "are no months"),
        ("2020-02-01", "2020-02-30", "are no months"),
    ],
)
def test_only_whole_months_are_replaced(imported: Import, start: str, end: str, why: str) -> None:
    """A part of a month would stand beside the rest of the older publication."""
    with pytest.raises(CommandError, match=why):
        imported(as_csv(FIRST), replace=(start, end))
    assert Months.named("2020-02", "2020-02-29") == Months(date(2020, 2, 1), date(2020, 2, 29))


def test_another_force_and_another_source_keep_their_facts(imported: Import) -> None:
    """One force's correction is no other force's."""
    imported(as_csv(FIRST), force="other")
    imported(as_csv(FIRST))
    imported(as_csv(SECOND), replace=FEBRUARY)
    assert figures("other") == (6, 4, 2)


def undone(batch: int, capsys: pytest.CaptureFixture[str]) -> Summary:
    call_command("undo_import", str(batch))
    out, said = capsys.readouterr()
    found: Summary = json.loads(out.splitlines()[-1])
    return found | {"said": said}


def everything() -> list[dict[str, Any]]:
    return list(Fact.objects.order_by("digest", "occurrence").values()) + list(UnrecognisedValue.objects.values())


def without_ids(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key != "id"} for row in rows]


def test_undone_it_is_as_if_it_had_not_been(imported: Import, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong file must cost nothing: every fact comes back, with the words that nobody could read."""
    imported(as_csv([*FIRST, search(Date="2020-02-20", Gender="Nonbinary")]))
    before = without_ids(everything())
    done = imported(as_csv([*SECOND, search(Date="2020-03-01")]), replace=FEBRUARY)
    assert not UnrecognisedValue.objects.exists()
    assert f"manage.py undo_import {done['batch']}" in done["said"]
    found = undone(done["batch"], capsys)
    assert (found["gone"], found["back"]) == (7, 7)
    assert "2020-02: 6 facts before, 7 after (+17%)" in found["said"]
    assert without_ids(everything()) == before
    assert not ReplacedFact.objects.exists()
    assert imported(as_csv(SECOND), replace=FEBRUARY)["replaced"] == 6


def test_replacements_are_undone_last_first(imported: Import, capsys: pytest.CaptureFixture[str]) -> None:
    """Otherwise two publications of one month would stand side by side again."""
    first = imported(as_csv(FIRST))["batch"]
    second = imported(as_csv(SECOND), replace=FEBRUARY)["batch"]
    third = imported(as_csv(february(*["Arrest"] * 5)), replace=FEBRUARY)["batch"]
    for batch, by in ((first, second), (second, third)):
        with pytest.raises(CommandError, match=rf"Import {by} \(f\.csv\) has replaced some of the same months"):
            undone(batch, capsys)
    assert [undone(batch, capsys)["back"] for batch in (third, second, first)] == [6, 6, 0]
    assert not Fact.objects.exists()
    with pytest.raises(CommandError, match=f"There is no import {first}"):
        undone(first, capsys)


def test_the_older_file_imported_again_does_not_come_back(imported: Import) -> None:
    """Somebody imports a folder of downloads, the older one among them."""
    imported(as_csv(FIRST))
    imported(as_csv(SECOND), replace=FEBRUARY)
    again = imported(as_csv(FIRST))
    assert (again["accepted"], again["already_present"]) == (0, 6)
    assert "4 rows were left out, as already present: a later publication has replaced" in again["said"]
    assert figures() == (6, 4, 1)
    assert imported(as_csv(FIRST), replace=FEBRUARY)["replaced"] == 6  # unless it is meant
    assert figures() == (6, 4, 2)


def test_what_was_replaced_cannot_be_lost_by_deleting_the_batch(imported: Import) -> None:
    """The older facts hang on it."""
    imported(as_csv(FIRST))
    batch = imported(as_csv(SECOND), replace=FEBRUARY)["batch"]
    with pytest.raises(ProtectedError):
        ImportBatch.objects.get(pk=batch).delete()


def test_releases_of_the_months_are_told(imported: Import) -> None:
    """A release does not move: somebody has to say that its figures have been revised."""
    many = [search(Date=f"2020-{month:02}-{day:02}") for month in (1, 2, 3) for day in range(1, 29)] * 20
    imported(as_csv(many))
    force = Organisation.objects.get(slug=FORCE)
    make_release(
        force=force,
        audience="shared",
        start=date(2020, 1, 1),
        end=date(2020, 3, 31),
        by=None,
        name="Spring",
        source=MAPPING,
    )
    said = imported(as_csv(many), replace=FEBRUARY)["said"]
    assert "The release 'Spring' tells of these months as they were before." in said
    assert "Spring" not in imported(as_csv([search(Date="2020-04-01")]), replace=("2020-04", "2020-04"))["said"]


def test_a_replacement_stands_in_the_log(imported: Import, tmp_path: Path) -> None:
    """Figures that changed overnight must be explained by somebody later."""
    imported(as_csv(FIRST))
    done = imported(as_csv(SECOND), replace=FEBRUARY)
    event = Event.objects.filter(kind="facts.imported").latest("pk")
    assert event.detail["replaced"] == event.detail["taken_out"] == 6
    assert (event.detail["from"], event.detail["to"]) == ("2020-02-01", "2020-02-29")
    call_command("undo_import", str(done["batch"]))
    assert Event.objects.get(kind="facts.import_undone").detail["back"] == 6


PLACES = {"Latitude": "51.477990", "Longitude": "-3.184954", "Part of a policing operation": "False"}
RESAVED: dict[str, Callable[[list[list[str]]], list[list[str]]]] = {
    "numbers written anew": lambda rows: [[_anew(field) for field in row] for row in rows],
    "a row number in front": lambda rows: [[str(n) if n else "", *row] for n, row in enumerate(rows)],
    "another order of columns": lambda rows: [list(reversed(row)) for row in rows],
    "yes and no in words": lambda rows: [["No" if field == "False" else field for field in row] for row in rows],
}


def _anew(field: str) -> str:
    return {"51.477990": "51.47799", "False": "0.0", "True": "1.0", "-3.184954": "-3.1849540"}.get(field, field)


@pytest.mark.parametrize("save", RESAVED.values(), ids=RESAVED.keys())
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["plain", "quoted"])
def test_a_copy_that_another_program_saved_is_the_same_file(
    imported: Import, save: Callable[[list[list[str]]], list[list[str]]], quoting: Any
) -> None:
    """Opening a file and saving it changed every row, and doubled every figure."""
    rows = [row | PLACES for row in [*FIRST, FIRST[0]]]
    imported(as_csv(rows))
    text = io.StringIO()
    csv.writer(text, quoting=quoting, lineterminator="\r\n").writerows(
        save(list(csv.reader(io.StringIO(as_csv(rows)))))
    )
    assert imported(text.getvalue())["already_present"] == 7


def test_leading_zeros_and_undeclared_numbers_are_text(imported: Import) -> None:
    """Two references that differ only in a nought are two."""
    rows = [search(Policing_operation=word) for word in ("00123", "123", "123.0", "1e2", "100")]
    assert imported(as_csv(rows))["accepted"] == 5


def test_an_import_by_a_user_may_replace_only_for_their_force(cast: Any, tmp_path: Path) -> None:
    """The same rule as for importing at all, also from code."""
    (tmp_path / "f.csv").write_text(as_csv(FIRST), encoding="utf-8")
    months = Months.named(*FEBRUARY)
    done = import_facts(path=tmp_path / "f.csv", mapping=MAPPING, force="avonford", by=cast["ian"], replace=months)
    assert done.counts.replaced == 6
