"""Published tables: one row for many events, some of them hidden, with totals among them."""

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.test import Client

from diversion.accounts.models import Organisation
from reporting import measures, monitoring
from reporting.actions.importing import undo_import
from reporting.facts import loading
from reporting.facts.selection import NoReport
from reporting.models import Fact, SuppressedCount
from reporting.presenters import report as presenters
from tests.conftest import Cast
from tests.factories.imports import run_import
from tests.factories.mappings import Written, mapped

__all__ = ["mapped"]

FORCE = "avonshire"
MAPPING = """
name = "made-up"
title = "Searches by race"
licence = "none"
[file]
columns = ["year", "race", "search", "count"]
[date]
column = "year"
format = "year"
earliest = 2000-01-01
outside = "reject"
[count]
column = "count"
[considered]
"search" = { in = ["Consent", "Warrant"] }
[diverted]
"search" = { in = ["Consent"] }
[disposal]
column = "search"
values = { "Consent" = "consent", "Warrant" = "warrant", "None" = "none" }
[ethnicity_officer_defined]
column = "race"
values = { "Black" = "Black", "White" = "White" }
[words]
row = "stop"
considered = "searches"
diverted = "agreed to"
rate = "share of searches that were agreed to"
benefit = true
grade = "descriptive"
footnotes = ["Made up."]
"""

Summary = dict[str, Any]
Import = Callable[..., Summary]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def local(settings: Any, tmp_path: Path) -> None:
    settings.LOCAL_DIR = tmp_path / "local"


@pytest.fixture
def imported(capsys: pytest.CaptureFixture[str], tmp_path: Path, mapped: Written) -> Import:
    def run(*rows: tuple[str, ...], change: tuple[tuple[str, str], ...] = (), **options: Any) -> Summary:
        name = mapped(*change, text=MAPPING)
        text = io.StringIO()
        csv.writer(text).writerows([("year", "race", "search", "count"), *rows])
        (tmp_path / "f.csv").write_text(text.getvalue(), encoding="utf-8")
        return run_import(capsys, "import_facts", str(tmp_path / "f.csv"), mapping=name, **({"force": FORCE} | options))

    return run


def report() -> dict[str, Any]:
    force = Organisation.objects.get(slug=FORCE)
    return monitoring.compute(force, date(2000, 1, 1), date(2030, 12, 31), "made-up")


def races() -> dict[str, dict[str, Any]]:
    table = next(table for table in report()["tables"] if table["by"] == "ethnicity_officer_defined")
    return {row["group"]: row for row in table["rows"]} | {"Total": table["total"]}


BY_GROUP = (("2020", "Black", "Consent", "3"), ("2020", "White", "Consent", "120"), ("2020", "White", "", "587"))


def test_a_row_is_as_many_events_as_it_counts(imported: Import) -> None:
    """Three rows were three events, and 710 had happened."""
    done = imported(*BY_GROUP, ("2020", "White", "Warrant", "1,080"))
    assert (done["rows"], done["accepted"], done["events"]) == (4, 4, 1790)
    assert "1,790 events, not people" in done["said"]
    assert "if a row of it is many events" not in done["said"]
    found = report()
    assert (found["totals"]["rows"], found["totals"]["considered"], found["totals"]["rate"]) == (1790, 1203, 123 / 1203)
    assert found["footnotes"][0].startswith("Events, not people")
    assert found["data_quality"]["repeated_rows"] == 0
    assert Fact.objects.filter(happened_on=date(2020, 1, 1)).count() == 1790


def test_the_same_table_again_adds_nothing_and_a_revised_one_says_so(imported: Import) -> None:
    """A count that was revised is of the same row: only the difference is new, and fewer are told."""
    imported(*BY_GROUP)
    again = imported(*BY_GROUP)
    assert (again["accepted"], again["already_present"], again["events"]) == (0, 3, 0)
    more = imported(BY_GROUP[0], ("2020", "White", "Consent", "125"), BY_GROUP[2])
    assert (more["accepted"], more["already_present"], more["events"]) == (1, 2, 5)
    fewer = imported(("2020", "Black", "Consent", "1"), ("2020", "White", "Consent", "125"), BY_GROUP[2])
    assert "covers days of which 2 facts stand that it does not repeat" in fewer["said"]
    replaced = imported(*BY_GROUP, replace=("2020-01", "2020-01"))
    assert (replaced["replaced"], replaced["taken_out"]) == (3, 715)
    assert Fact.objects.count() == 710


def test_total_rows_are_named_and_left_out(imported: Import) -> None:
    """A table with its totals would count everybody twice."""
    done = imported(
        *BY_GROUP, ("2020", "Total", "Consent", "123"), ("2020", "All", "", "710"), ("Total", "", "", "710")
    )
    assert (done["accepted"], done["skipped"], done["events"]) == (3, 3, 710)
    assert (
        "3 rows were left out: it is a total ('Total' in 'race') (1); it is a total ('All' in 'race') (1)"
        in done["said"]
    )


def test_a_word_that_the_mapping_knows_is_no_total(imported: Import) -> None:
    """In one table "All" is a kind of search."""
    change = (('"None" = "none"', '"All" = "none"'),)
    assert imported(("2020", "White", "All", "5"), change=change)["events"] == 5


HIDDEN = (("2020", "Black", "Consent", "c"), ("2020", "Black", "Warrant", "<5"), ("2020", "White", "", "3-7"))


def test_a_hidden_count_is_never_a_number(imported: Import) -> None:
    """Taken as nought it would make a rate of what nobody knows."""
    done = imported(*BY_GROUP[1:], *HIDDEN)
    assert (done["accepted"], done["events"], done["suppressed"]) == (5, 707, 3)
    assert "3 rows were suppressed by the publisher, and kept as suppressed" in done["said"]
    found = races()
    assert (found["Black"]["rate"], found["Black"]["interval"]) == (None, None)
    assert (found["Black"]["considered_range"], found["Black"]["diverted_range"]) == ([0, None], [0, None])
    assert found["Black"]["disposals_range"] == {"consent": [0, None], "warrant": [0, 4]}
    assert (found["White"]["considered"], found["White"]["rate"]) == (120, 1.0)
    assert found["White"]["not_considered_range"] == [590, 594]
    assert (found["Total"]["considered_range"], found["Total"]["rate"]) == ([120, None], None)
    assert report()["totals"]["rows_range"] == [710, None]
    again = imported(*BY_GROUP[1:], *HIDDEN)
    assert (again["already_present"], again["suppressed"]) == (5, 0)


def test_ranges_are_told_in_the_file_and_on_the_page(imported: Import) -> None:
    """A reader who sees 120 takes it for 120."""
    imported(*BY_GROUP[1:], HIDDEN[1])
    lines = list(csv.DictReader(io.StringIO(monitoring.as_csv(report()))))
    black = next(line for line in lines if (line["table"], line["group"]) == ("ethnicity_officer_defined", "Black"))
    assert (black["considered"], black["diverted"], black["rate"], black["warrant"]) == ("0 to 4", "0", "", "0 to 4")
    section = next(one for one in presenters.sections(report()) if one.key == "ethnicity_officer_defined")
    assert section.table.foot is not None
    assert section.table.foot[1] == "120 to 124"
    assert presenters.tiles(report())[0]["value"] == "120 to 124"
    assert "Counts that the source hid: 1. Sums over them are ranges." in presenters.quality_lines(report())


def test_no_rate_is_made_elsewhere_of_a_time_with_hidden_counts(imported: Import) -> None:
    """Measures, disparity and releases divide: over a hidden count they would divide by a guess."""
    imported(*BY_GROUP, HIDDEN[1], ("2021", "White", "Consent", "20"))
    force = Organisation.objects.get(slug=FORCE)
    with pytest.raises(NoReport, match="its publisher hid"):
        measures.compute(force, date(2020, 1, 1), date(2021, 12, 31), source="made-up")
    assert measures.compute(force, date(2021, 1, 1), date(2021, 12, 31), source="made-up")["rows"]


def test_a_hidden_count_that_is_published_later_is_replaced_and_brought_back(imported: Import) -> None:
    """Until then both would stand, which the import says."""
    imported(*BY_GROUP[1:], HIDDEN[1])
    later = (*BY_GROUP[1:], ("2020", "Black", "Warrant", "4"))
    assert "1 facts stand that it does not repeat" in imported(*later)["said"]
    done = imported(*later, replace=("2020-01", "2020-01"))
    assert (races()["Black"]["considered"], races()["Black"].get("considered_range")) == (4, None)
    undo_import(batch=done["batch"], by=None)
    assert races()["Black"]["considered_range"] == [4, 8]
    assert SuppressedCount.objects.get().replaced_by is None


@pytest.mark.parametrize(
    ("count", "events"),
    [("1,234", 1234), ("1 234", 1234), ("1\u00a0234", 1234), ("12,345,678", None), ("587.0", 587), ("0", 0),
     ("5.5", None), ("-3", None), ("", None), ("many", None), ("1,23", None), ("٣", None), ("1.234,5", None)],
)  # fmt: skip
def test_how_counts_are_written(imported: Import, count: str, events: int | None) -> None:
    """What is no whole number is rejected and named: guessed, it would be a figure."""
    done = imported(("2020", "White", "Consent", count), ("2020", "White", "Warrant", "1"))
    assert done["rejected"] == (events is None)
    assert done["events"] == 1 + (events or 0)
    assert done["skipped"] == (events == 0)


@pytest.mark.parametrize(
    ("form", "text", "day"),
    [
        ("year", "2020", date(2020, 1, 1)),
        ("financial year", "2020/21", date(2020, 4, 1)),
        ("financial year", "2020-2021", date(2020, 4, 1)),
        ("financial year", "1999/00", None),
        ("financial year", "2020/22", None),
        ("month", "2020-02", date(2020, 2, 1)),
        ("month", "Feb 2020", date(2020, 2, 1)),
        ("%Y", "2020", date(2020, 1, 1)),
        ("%b-%y", "Feb-20", date(2020, 2, 1)),
    ],
)
def test_years_and_financial_years_are_dates(imported: Import, form: str, text: str, day: date | None) -> None:
    """Counts are of a period, and stand on its first day."""
    done = imported((text, "White", "Consent", "2"), change=(('format = "year"', f'format = "{form}"'),))
    assert done["rejected"] == (day is None)
    assert set(Fact.objects.values_list("happened_on", flat=True)) == ({day} if day else set())


def test_a_count_over_the_limit_is_a_fault_of_the_file(imported: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    """A telephone number in the wrong column must not fill the disk."""
    limit = (('column = "count"', 'column = "count"\nmost = 500'),)
    done = imported(*BY_GROUP, change=limit)
    assert (done["rejected"], done["events"]) == (1, 123)
    assert "the count is over" in done["said"]
    monkeypatch.setattr(loading, "MOST_EVENTS", 700)
    with pytest.raises(CommandError, match="add up to over 700 events"):
        imported(("2021", "White", "", "701"))
    assert Fact.objects.count() == 123


def test_the_dashboard_says_why_it_has_no_figures(
    imported: Import, cast: Cast, signed_in: Callable[..., Client]
) -> None:
    """A page that divides by a guess would be wrong, and one that fails would be silent."""
    imported(*BY_GROUP, HIDDEN[1], ("2021", "White", "Consent", "2"), force="avonford")
    client = signed_in(cast["ian"])
    page = client.get("/monitoring/", {"start": "2020-01-01", "end": "2020-12-31", "source": "made-up"})
    assert page.status_code == 422
    assert "that its publisher hid" in page.content.decode()
    later = {"start": "2021-01-01", "end": "2021-12-31", "source": "made-up"}
    assert client.get("/monitoring/", later).status_code == 200
