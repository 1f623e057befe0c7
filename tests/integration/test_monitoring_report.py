"""The report as the command line makes it."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diversion.accounts.models import Organisation
from diversion.audit.models import Event
from reporting import codes, monitoring
from reporting.actions.importing import import_facts
from reporting.models import Fact
from tests.factories.searches import MAPPING, search, write

FORCE = "avonshire"
YEAR = {"from": "2020-01-01", "to": "2020-12-31"}

Report = dict[str, Any]
Make = Callable[..., Report]


def run(**options: object) -> None:
    """The command with these options, as the command line gives them."""
    words = {"force": FORCE} | YEAR | {name.rstrip("_"): value for name, value in options.items()}
    call_command("monitoring_report", *(f"--{name}={value}" for name, value in words.items()))


@pytest.fixture
def force(db: None) -> Organisation:
    return Organisation.objects.create(slug=FORCE, name="Avonshire", kind=Organisation.Kind.POLICE_FORCE)


@pytest.fixture
def imported(force: Organisation, tmp_path: Path) -> Callable[..., None]:
    def bring(*rows: dict[str, str]) -> None:
        import_facts(path=write(tmp_path / "f.csv", rows), mapping=MAPPING, force=force.slug, by=None)

    return bring


@pytest.fixture
def made(tmp_path: Path) -> Make:
    def make(**options: str) -> Report:
        run(out=tmp_path / "out", **options)
        found: Report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
        return found

    return make


def table(report: Report, by: str) -> dict[str, dict[str, Any]]:
    (found,) = (table for table in report["tables"] if table["by"] == by)
    return {row["group"]: row for row in found["rows"]}


def live(force: Organisation, day: date, **changes: Any) -> None:
    values = {"disposal": "community_resolution", "considered": True, "diverted": True, "age_band": "18-24"}
    people = {"ethnicity_self_group": "White", "ethnicity_officer_group": "White", "gender": "Male"}
    about = {"force": force, "source": codes.LIVE, "happened_on": day, "month": day.replace(day=1)}
    Fact.objects.create(**(values | people | about | changes))


def test_the_report_holds_what_was_promised(imported: Callable[..., None], made: Make) -> None:
    """The keys that other programs read, and the counts behind them."""
    imported(
        search(),
        search(Outcome="Arrest", Gender=""),
        search(Outcome="A no further action disposal"),
        search(Type="Vehicle search"),
        search(Gender="Nonbinary", Outcome="Arrest"),
    )
    report = made()
    assert (report["force"], report["from"], report["to"]) == (FORCE, "2020-01-01", "2020-12-31")
    assert (report["source"], report["audience"]) == (MAPPING, "operational")
    assert "not for release" in report["marking"]
    assert [table["by"] for table in report["tables"]] == [
        "ethnicity_self_defined",
        "ethnicity_officer_defined",
        "age_band",
        "gender",
        "month",
        "scheme",
    ]
    row = table(report, "ethnicity_self_defined")["White"]
    assert (row["considered"], row["diverted"], row["rate"]) == (3, 1, 1 / 3)
    assert row["interval"] == [pytest.approx(0.0614919), pytest.approx(0.7923404)]
    assert {code: number for code, number in row["disposals"].items() if number} == {
        "arrest": 2,
        "community_resolution": 1,
    }
    assert report["not_considered"] == {"community_resolution": 1, "no_further_action": 1}
    assert report["totals"]["rows"] == 5
    assert report["unknown_values"] == {"Gender": {"Nonbinary": 1}}
    (gender,) = (table for table in report["tables"] if table["by"] == "gender")
    assert gender["unknown_share"] == 2 / 3
    assert len(report["footnotes"]) == 3
    assert report["words"]["diverted"] == "settled at the search without arrest or summons"


def test_both_days_are_included_and_are_days_of_london(imported: Callable[..., None], made: Make) -> None:
    """A search in the first minutes of July in London is July's, though its stamp says June."""
    imported(
        search(Date="2020-06-14T22:59:59+00:00"),
        search(Date="2020-06-14T23:00:00+00:00"),
        search(Date="2020-06-30T22:59:59+00:00"),
        search(Date="2020-06-30T23:00:00+00:00", Gender="Nonbinary"),
    )
    report = made(from_="2020-06-15", to="2020-06-30")
    assert report["totals"]["rows"] == 2
    assert report["unknown_values"] == {}
    by_month = table(made(), "month")
    assert (by_month["2020-06"]["considered"], by_month["2020-07"]["considered"]) == (3, 1)


def test_the_two_ethnicities_are_never_merged(imported: Callable[..., None], made: Make) -> None:
    """An officer's view does not fill in for an answer that was not given."""
    imported(search(**{"Self-defined_ethnicity": "", "Officer-defined_ethnicity": "Black"}))
    report = made()
    assert table(report, "ethnicity_self_defined")["Unknown"]["considered"] == 1
    assert table(report, "ethnicity_self_defined")["Black"]["considered"] == 0
    assert table(report, "ethnicity_officer_defined")["Black"]["considered"] == 1


def test_sources_are_never_added_together(force: Organisation, imported: Callable[..., None], made: Make) -> None:
    """A search and a decision are not the same thing; a sum of both is a figure about nothing."""
    imported(search())
    live(force, date(2020, 6, 15))
    live(force, date(2019, 6, 15))
    with pytest.raises(CommandError, match=f"choose --source live or --source {MAPPING}"):
        made()
    for source in (codes.LIVE, MAPPING):
        assert made(source=source)["totals"]["considered"] == 1
    assert made(from_="2019-01-01", to="2019-12-31")["source"] == codes.LIVE


def test_a_force_sees_only_its_own_facts(imported: Callable[..., None], made: Make, tmp_path: Path) -> None:
    """Another force's searches in the same file format stay its own."""
    imported(search())
    import_facts(path=write(tmp_path / "other.csv", [search()] * 5), mapping=MAPPING, force="other", by=None)
    assert made()["totals"]["rows"] == 1


def test_a_period_without_figures_is_noughts_and_a_warning(
    imported: Callable[..., None], made: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    """A month in which nothing was recorded is reported, and the person is told that it may be a slip."""
    imported(search())
    report = made(from_="2021-01-01", to="2021-01-31")
    assert (report["source"], report["totals"]["considered"]) == (MAPPING, 0)
    assert "no figures from 2021-01-01 to 2021-01-31: every count is 0" in capsys.readouterr().err


@pytest.mark.parametrize("audience", ["shared", "published"])
def test_other_audiences_are_refused_until_small_counts_can_be_hidden(
    imported: Callable[..., None], made: Make, tmp_path: Path, audience: str
) -> None:
    """Exact counts of a few people outside the force would tell who they are."""
    imported(search())
    with pytest.raises(CommandError, match=f"audience '{audience}' needs small counts to be hidden"):
        made(audience=audience)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"force": "nowhere"}, "There is no force 'nowhere'. Known: avonford, avonshire, northmoor."),
        ({"from": "2021-01-01"}, "ends on 2020-12-31, before it begins on 2021-01-01"),
    ],
)
def test_a_report_that_cannot_be_made_says_why(
    force: Organisation, tmp_path: Path, options: dict[str, str], said: str
) -> None:
    """A slip in a command is mended from its message, and writes no file."""
    with pytest.raises(CommandError, match=said):
        run(out=tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", ["2020-13-01", "20200101", "2020-1-1", "1 June 2020", ""])
def test_a_day_that_is_none_is_refused(db: None, tmp_path: Path, text: str) -> None:
    """Only one way of writing a day is taken, so that none is taken wrongly."""
    with pytest.raises(CommandError, match=r"write it as 2026-06-30|expected one argument"):
        run(out=tmp_path, from_=text)


def test_a_folder_that_cannot_be_written_to_is_told(imported: Callable[..., None], tmp_path: Path) -> None:
    """Not a traceback, but which folder."""
    imported(search())
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="cannot be written to"):
        run(out=tmp_path / "file" / "out")


def test_the_report_stands_in_the_log(imported: Callable[..., None], made: Make, force: Organisation) -> None:
    """Exact counts of few people say something about each: who had them made is on the record."""
    imported(search())
    made()
    event = Event.objects.get(kind="report.produced")
    assert event.subjects == [f"accounts.organisation:{force.pk}"]
    assert event.detail["source"] == MAPPING


def test_all_figures_come_from_one_pass_over_the_facts(imported: Callable[..., None], force: Organisation) -> None:
    """A table with a query of its own would make the report slower by a pass, and could disagree with the rest."""
    imported(search(), search(Gender="Female"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        monitoring.compute(force, date(2020, 1, 1), date(2020, 12, 31), MAPPING)
    passes = [query["sql"] for query in queries if "reporting_fact" in query["sql"]]
    assert len(passes) == 1


def test_what_is_doubtful_is_told_before_anybody_reads_a_figure(
    imported: Callable[..., None], force: Organisation, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of one group gives ratios of nobody, and repeats and blanks look like people."""
    imported(search(), search(), search(**{"Self-defined ethnicity": ""}))
    call_command("data_quality", f"--force={FORCE}", "--from=2020-01-01", "--to=2020-12-31")
    found = json.loads(capsys.readouterr().out)
    assert (found["rows"], found["repeated_rows"], found["missing_by_team"]) == (3, 1, None)
    assert found["missing"]["ethnicity_self_defined"] == pytest.approx(1 / 3)
    assert {"ethnicity_self_defined", "gender"} <= set(found["no_ratio"])
    assert found["marking"] == monitoring.MARKING
    live(force, date(2020, 3, 3), case_id=1)
    assert Event.objects.filter(kind="data_quality.produced").count() == 1
