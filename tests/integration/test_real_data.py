"""The figures of real files, against an independent count of the same rows: csv, collections and datetime only."""

import csv
import gzip
import io
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from diversion.accounts.models import Organisation
from reporting import monitoring
from reporting.actions.importing import import_facts

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
FORCES = ("thames-valley", "durham", "surrey", "devon-and-cornwall")
PERIODS = {
    "everything": (date(2010, 1, 1), date(2022, 12, 31)),
    "a summer month": (date(2019, 6, 1), date(2019, 6, 30)),
    "the first days of summer time": (date(2020, 3, 28), date(2020, 3, 31)),
    "from the day summer time ends": (date(2020, 10, 25), date(2020, 11, 30)),
    "one day": (date(2021, 5, 14), date(2021, 5, 14)),
    "a midsummer month's last day": (date(2021, 4, 30), date(2021, 4, 30)),
    "a year across winters": (date(2019, 10, 27), date(2020, 10, 26)),
}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.exists(), reason="needs the real files in ../shared/data, which are not here"),
]

Record = dict[str, str]
Group = Callable[[Record], str]


@cache
def rows(path: Path) -> list[Record]:
    with gzip.open(path) as packed:
        return list(csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8-sig", newline="")))


def file_of(force: str) -> Path:
    (path,) = (DATA / "police-uk").glob(f"{force}-stop-and-search_*.csv.gz")
    return path


def last_sunday(year: int, month: int) -> datetime:
    """The moment in UTC at which London's clocks change in March or October."""
    last = datetime(year, month, 31, 1)  # noqa: DTZ001 (UTC throughout)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def local_day(row: Record) -> date:
    return london(row["Date"])


@cache
def london(text: str) -> date:
    stamp = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S+00:00")  # noqa: DTZ007 (UTC throughout)
    summer = last_sunday(stamp.year, 3) <= stamp < last_sunday(stamp.year, 10)
    return (stamp + timedelta(hours=summer)).date()


LENIENT = {
    "Community resolution",
    "Khat or Cannabis warning",
    "Penalty Notice for Disorder",
    "Caution (simple or conditional)",
}
ACTION = LENIENT | {"Arrest", "Summons / charged by post"}


def self_defined(row: Record) -> str:
    word = row["Self-defined ethnicity"]
    if not word or word == "Other ethnic group - Not stated":
        return "Unknown"
    return word.split("/")[0].split(" ")[0]


GROUPINGS: dict[str, Group] = {
    "ethnicity_self_defined": self_defined,
    "ethnicity_officer_defined": lambda row: row["Officer-defined ethnicity"] or "Unknown",
    "age_band": lambda row: row["Age range"] or "Unknown",
    "gender": lambda row: row["Gender"] or "Unknown",
    "month": lambda row: f"{local_day(row):%Y-%m}",
    "scheme": lambda row: "Unknown",
}
CODE = {
    "Community resolution": "community_resolution",
    "Khat or Cannabis warning": "khat_or_cannabis_warning",
    "Penalty Notice for Disorder": "penalty_notice",
    "Caution (simple or conditional)": "caution",
    "Arrest": "arrest",
    "Summons / charged by post": "summons",
}


def counted_here(force: str, start: date, end: date) -> dict[str, dict[str, tuple[int, int, dict[str, int]]]]:
    """Table -> group -> (considered, diverted, disposals), of groups with anybody in them."""
    led_to_action = [
        row
        for row in rows(file_of(force))
        if row["Type"] != "Vehicle search" and row["Outcome"] in ACTION and start <= local_day(row) <= end
    ]
    tables = {}
    for name, group_of in GROUPINGS.items():
        outcomes: dict[str, Counter[str]] = {}
        for row in led_to_action:
            outcomes.setdefault(group_of(row), Counter())[row["Outcome"]] += 1
        tables[name] = {
            group: (
                sum(found.values()),
                sum(found[outcome] for outcome in LENIENT),
                {CODE[outcome]: number for outcome, number in found.items()},
            )
            for group, found in outcomes.items()
        }
    return tables


def reported(report: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for table in report["tables"]:
        cells = {}
        for row in table["rows"]:
            disposals = {code: number for code, number in row["disposals"].items() if number}
            if row["considered"]:
                cells[row["group"]] = (row["considered"], row["diverted"], disposals)
        yield table["by"], cells


@pytest.mark.parametrize("force", FORCES)
def test_every_cell_agrees_with_an_independent_count(force: str) -> None:
    """An inspector's figure that differs from the published file by one would discredit all of them."""
    done = import_facts(path=file_of(force), mapping="police-uk-stop-search", force=force, by=None)
    assert done.counts.accepted == done.counts.rows == len(rows(file_of(force)))
    organisation = Organisation.objects.get(slug=force)
    for name, (start, end) in PERIODS.items():
        report = monitoring.compute(organisation, start, end, "police-uk-stop-search")
        assert dict(reported(report)) == counted_here(force, start, end), name
        in_period = [row for row in rows(file_of(force)) if start <= local_day(row) <= end]
        assert report["totals"]["rows"] == len(in_period), name
        assert report["unknown_values"] == {}, name
        for table in report["tables"]:
            known = [row for row in table["rows"] if row["group"] != "Unknown"]
            considered = sum(row["considered"] for row in table["rows"])
            share = 1 - sum(row["considered"] for row in known) / considered if considered else None
            assert table["unknown_share"] == (share if share is None else pytest.approx(share, abs=1e-12)), name


@pytest.mark.parametrize("force", FORCES)
def test_what_is_doubtful_in_a_file_is_counted(force: str) -> None:
    """A cannabis warning to a child is a finding for the force; dropping the row would hide it."""
    import_facts(path=file_of(force), mapping="police-uk-stop-search", force=force, by=None)
    report = monitoring.compute(Organisation.objects.get(slug=force), *PERIODS["everything"])
    records = rows(file_of(force))
    adults_only = {"Khat or Cannabis warning", "Penalty Notice for Disorder"}
    children = [row for row in records if row["Age range"] in ("under 10", "10-17")]
    expected = {
        "warning_or_notice_under_18": sum(row["Outcome"] in adults_only for row in children),
        "outcome_under_10": sum(row["Age range"] == "under 10" and row["Outcome"] in ACTION for row in children),
    }
    quality = report["data_quality"]
    assert {rule["code"]: rule["rows"] for rule in quality["rules"]} == expected
    assert quality["repeated_rows"] == len(records) - len({tuple(row.values()) for row in records})
    both = [
        (self_defined(row), row["Officer-defined ethnicity"])
        for row in records
        if self_defined(row) != "Unknown" and row["Officer-defined ethnicity"]
    ]
    assert quality["ethnicity"] == {"both_known": len(both), "disagree": sum(a != b for a, b in both)}


def cook_county() -> Path:
    (path,) = (DATA / "cook-county").glob("*.csv.gz")
    return path


def test_cook_county_graduation_is_reproduced() -> None:
    """The published facts of the county's file: 81.2% of closed referrals of White people graduated, 70.7% of Black."""
    done = import_facts(path=cook_county(), mapping="cook-county-diversion", force="cook-county", by=None)
    assert done.counts.accepted == done.counts.rows == len(rows(cook_county())) == 22508
    report = monitoring.compute(Organisation.objects.get(slug="cook-county"), date(1900, 1, 1), date(2021, 12, 31))
    tables = {table["by"]: {row["group"]: row for row in table["rows"]} for table in report["tables"]}
    by_race = tables["ethnicity_officer_defined"]
    assert round(by_race["White"]["rate"], 3) == 0.812
    assert round(by_race["Black"]["rate"], 3) == 0.707
    assert (by_race["Black"]["diverted"], by_race["Black"]["considered"]) == (6225, 6225 + 2578)
    assert tables["ethnicity_self_defined"]["Unknown"]["considered"] == report["totals"]["considered"] == 17393
    programmes = Counter(row["DIVERSION_PROGRAM"].lower() for row in rows(cook_county()) if row["DIVERSION_RESULT"])
    assert {group: row["considered"] for group, row in tables["scheme"].items() if row["considered"]} == programmes
    assert {rule["code"]: rule["rows"] for rule in report["data_quality"]["rules"]} == {
        "referred_before_received": 4360,
        "closed_on_day_of_referral": 5016,
        "impossible_date": 2,
    }
