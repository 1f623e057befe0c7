"""Which tables `recompute` takes, and what it says of those that it refuses."""

import json
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command

RRI: dict[str, Any] = {"category": "rri", "reference": "White", "group": "ethnicity"}
COUNTS = RRI | {"events": "offered", "total": "considered"}
PEOPLE = RRI | {"outcome": "offered"}
#: 6 of 44 Black people and 29 of 114 White people, in every form.
FOUR = {"group_events": 6, "group_total": 44, "ref_events": 29, "ref_total": 114}
WIDE = "ethnicity,offered,considered\nWhite,29,114\nBlack,6,44\n"
LONG = "ethnicity,offered,people\nWhite,yes,29\nWhite,no,85\nBlack,yes,6\nBlack,no,38\n"
ROWS = "ethnicity,offered\n" + "White,1\n" * 29 + "White,0\n" * 85 + "Black,1\n" * 6 + "Black,0\n" * 38


def told(tmp_path: Path, content: str | bytes, **options: Any) -> list[dict[str, Any]]:
    path = tmp_path / "table.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    out = StringIO()
    call_command("recompute", str(path), stdout=out, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def workbook() -> bytes:
    book, made = openpyxl.Workbook(), BytesIO()
    assert book.active is not None
    for line in WIDE.splitlines():
        book.active.append([int(cell) if cell.isdigit() else cell for cell in line.split(",")])
    book.save(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (WIDE, COUNTS),
        (WIDE.replace(",", ";"), COUNTS),
        (WIDE.replace(",", "\t"), COUNTS),
        (WIDE.replace(",", "|"), COUNTS),
        (b"\xef\xbb\xbf" + WIDE.encode(), COUNTS),
        (WIDE.encode("utf-16"), COUNTS),
        (WIDE.replace("\n", "\r\n"), COUNTS),
        (workbook(), COUNTS),
        ("Offers in June\n\n" + WIDE, COUNTS),
        (WIDE.replace("114", "114.0"), COUNTS),
        (
            WIDE.replace("114", "85").replace("44", "38").replace("considered", "not"),
            COUNTS | {"total": "", "others": "not"},
        ),
        (LONG, PEOPLE | {"count": "people"}),
        (ROWS, PEOPLE),
        (ROWS.replace(",1\n", ",Accepted\n").replace(",0\n", ",Never\n"), PEOPLE | {"yes": ["accepted", "declined"]}),
        ("ethnicity,offered,considered\nWhite,20,100\nWhite,9,14\nBlack,6,44\n", COUNTS),
        (WIDE.replace("White", "1").replace("Black", "2"), COUNTS | {"reference": "1"}),
    ],
)
def test_one_comparison_in_every_form(tmp_path: Path, content: str | bytes, options: dict[str, Any]) -> None:
    """A researcher who has to rewrite a file first checks what they rewrote."""
    (line,) = told(tmp_path, content, **options)
    assert line["counted"] == FOUR
    assert line["computed"]["rri"] == pytest.approx(6 / 44 / (29 / 114))


def test_other_letters_are_read_once_they_are_named(tmp_path: Path) -> None:
    """Excel's own text has one byte for é, which could be any letter until somebody says which."""
    table = WIDE.replace("Black", "Métis").encode("cp1252")
    with pytest.raises(CommandError, match=r"Line 3 is not UTF-8.*--encoding cp1252"):
        told(tmp_path, table, **COUNTS)
    assert told(tmp_path, table, encoding="cp1252", **COUNTS)[0]["id"] == "Métis against White"


@pytest.mark.parametrize("word", ["", "NA", "n/a", "#N/A", "NaN", "null", ".", "-", "–"])
def test_what_is_missing_is_told_and_never_dropped(tmp_path: Path, word: str) -> None:
    """People of no known group who fall out of a table change every ratio, and nobody sees it."""
    rows = f"ethnicity,offered\nWhite,1\nWhite,0\n{word or '  '},1\nBlack,{word}\nBlack,0\n"
    black, unknown = told(tmp_path, rows, **PEOPLE)[::-1]
    assert (black["id"], unknown["id"]) == ("Black against White", "Unknown against White")
    assert black["left_out"] == {"offered": 1}
    assert unknown["counted"]["group_total"] == 1


def test_many_groups_strata_and_one_list_of_cases(tmp_path: Path) -> None:
    """Each group against the reference; a case a row where the table says the category itself."""
    strata = "ethnicity,offence,offered,considered\nW,Theft,3,9\nB,Theft,2,8\nA,Theft,1,5\nW,Drugs,4,7\nB,Drugs,1,6\n"
    found = told(tmp_path, strata, **COUNTS | {"category": "stratified", "stratum": "offence", "reference": "W"})
    assert [line["id"] for line in found] == ["B against W", "A against W"]
    assert [row["group_total"] for row in found[1]["counted"]["strata"]] == [5, 0]
    (together,) = told(tmp_path, strata, **COUNTS | {"category": "k_groups"})
    assert together["counted"] == {"events": [7, 3, 1], "totals": [16, 14, 5]}
    one = "one_proportion"
    rows = f'category,events,total,expected\n{one},3,"1,000,000","wilson_low share"\n{one},1,4,\n{one},six,4,\n'
    first, second, third = told(tmp_path, rows)
    assert third["error"] == "line 4, events: 'six' is no number."
    assert (list(first["computed"]), first["counted"]["total"]) == (["wilson_low", "share"], 1_000_000)
    assert second["computed"]["proportion"] == 0.25
    lines = '{"id": 1, "category": "trial"}\n{"id": 2, "category": "trial"}\n'
    assert [line["id"] for line in told(tmp_path, lines)] == [1, 2]


@pytest.mark.parametrize("days", ["2026-06-01,2026-06-15", "01/06/2026,15/06/2026", "1 June 2026,15 Jun 2026"])
def test_times_between_days_of_either_form(tmp_path: Path, days: str) -> None:
    """British and ISO days alike: 14 days until the first event, with one person followed for longer."""
    rows = f"referred,seen,started\n{days},yes\n2026-06-01,2026-07-01,no\n"
    asked = {"category": "kaplan_meier", "start": "referred", "end": "seen", "outcome": "started"}
    (line,) = told(tmp_path, rows, **asked)
    assert line["counted"] == {"times": [14.0, 30.0], "event": [1, 0]}
    assert line["computed"]["survival"][0] == 0.5


def test_decimal_commas_of_a_family_and_of_person_time(tmp_path: Path) -> None:
    """As Excel saves them in half of Europe."""
    (family,) = told(tmp_path, "test;p\na;0,03\nb;0,001\n", category="multiple_testing", p="p")
    assert family["counted"]["p"] == [0.03, 0.001]
    times = "ethnicity;offered;years\nWhite;60;3000,5\nBlack;30;1000\n"
    (rates,) = told(tmp_path, times, **RRI | {"category": "person_time", "events": "offered", "time": "years"})
    assert rates["counted"]["ref_time"] == 3000.5


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        ("", COUNTS, "is empty"),
        ("ethnicity,offered,considered\n", COUNTS, "has a header and no rows"),
        ("ethnicity,offered,considered\nWhite,29,114\n", COUNTS, "one group only"),
        (WIDE.replace("considered", "offered"), COUNTS, "two columns called 'offered': rename or remove one"),
        (WIDE, COUNTS | {"total": "people"}, "no column 'people': its columns are ethnicity, offered, considered"),
        (WIDE, COUNTS | {"reference": ""}, "--reference: Black, White"),
        (WIDE, {}, "--category"),
        (WIDE, COUNTS | {"category": "moon"}, "hand 'moon' over as JSON"),
        (WIDE, COUNTS | {"category": "log_rank"}, "name --category kaplan_meier and --reference"),
        (WIDE, RRI, "Name the counts"),
        (WIDE + "Total,35,158\n", COUNTS, "line 4: 'Total' looks like the sum"),
        (WIDE.replace("6,", "6.5,"), COUNTS, "Weights that are not whole"),
        (WIDE.replace("6,", "14%,"), COUNTS, "give the count and of how many"),
        (WIDE.replace("6,", "<10,"), COUNTS, "a count that the table hides"),
        (WIDE.replace("6,", "1e400,"), COUNTS, "larger than any number"),
        (WIDE.replace("6,", "[c],"), COUNTS, "a count that the table hides"),
        (WIDE.replace("6,", ","), COUNTS, "line 3, offered: there is no number"),
        (WIDE.replace(",", ";").replace("114", "1,114"), COUNTS, "could be over a thousand or a decimal"),
        (WIDE.replace(",", ";").replace("114", "1.114"), COUNTS, "could be over a thousand or a decimal"),
        (WIDE + "Black,1\n", COUNTS, "Line 4 has 2 fields, and the header 3"),
        (ROWS.replace("Black,0", "Black,9"), PEOPLE, "neither yes nor no. Say with --yes"),
        (ROWS.replace("Black,0", "Black,9"), PEOPLE | {"yes": ["1"]}, "offered holds 0, 9: say with --yes and --no"),
        (b"PAR1" + bytes(40), COUNTS, "is a Parquet file: save it as CSV"),
        (b"<stata_dta>", COUNTS, "is a Stata file"),
        (
            "a,b,c\n06/15/2026,2026-07-01,1\n",
            {"category": "cox", "start": "a", "end": "b", "outcome": "c"},
            "day first",
        ),
        ("a,b,c\n2026-07-01,1/6/2026,1\n", {"category": "cox", "start": "a", "end": "b", "outcome": "c"}, "is before"),
        (
            "a,b\n4,1\n-2,1\n",
            {"category": "kaplan_meier", "time": "a", "outcome": "b"},
            "line 3, a: nobody is followed",
        ),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_with_the_mend(
    tmp_path: Path, content: str | bytes, options: dict[str, Any], says: str
) -> None:
    """A guess that is right nine times gives the tenth force a wrong figure, and nobody knows which."""
    with pytest.raises(CommandError) as refused:
        told(tmp_path, content, **options)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("times", "event", "says"),
    [
        ([5, float("nan")], [1, 1], "nan is no time"),
        ([5, None], [1, 1], "None is no time"),
        ([5, -2], [1, 1], "-2 is no time"),
        ([5, 6, 7], [1, 1], "3 times and 2 marks"),
        ([5, 6], [1, 2], "2 is no mark"),
        ([5, 6], [1, 0.5], "0.5 is no mark"),
    ],
)
@pytest.mark.parametrize("category", ["kaplan_meier", "cox"])
def test_a_time_or_mark_that_is_none_makes_no_curve_and_no_test(
    tmp_path: Path, category: str, times: list[Any], event: list[Any], says: str
) -> None:
    """A time of NaN made p = 1 of the log-rank test: two groups that differ were told to be alike."""
    group = {"times": times, "event": event}
    inputs = {"group1": group, "group2": {"times": [5, 5], "event": [1, 0]}}
    (line,) = told(tmp_path, json.dumps([{"id": 1, "category": category, "inputs": inputs}]))
    assert says in line["error"]
