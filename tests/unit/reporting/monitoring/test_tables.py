"""The tables of the report, from counts made by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting import codes
from reporting.facts.sources import all_names, source_named
from reporting.monitoring.cube import SETS, Counts, Cube
from reporting.monitoring.quality import data_quality
from reporting.monitoring.tables import TABLES, counted, groups, months, sum_over, tables
from reporting.statistics.intervals import wilson

SOURCE = source_named("police-uk-stop-search")
MAY, JUNE = date(2020, 5, 1), date(2020, 6, 30)


def cube(**cells: dict[tuple[object, ...], Counts]) -> Cube:
    """A cube in which only the named columns have counts."""
    found = Cube({columns: {} for columns in SETS})
    for column, counts in cells.items():
        found.cells[(column, "disposal") if (column, "disposal") in SETS else (column,)] = counts
    return found


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2020, 6, 30), date(2020, 6, 30), ["2020-06"]),
        (date(2020, 11, 30), date(2021, 1, 1), ["2020-11", "2020-12", "2021-01"]),
        (date(999, 12, 31), date(1000, 1, 1), ["0999-12", "1000-01"]),
    ],
)
def test_every_month_with_a_day_in_the_period_has_a_row(start: date, end: date, expected: list[str]) -> None:
    """A month in which nothing happened is a figure; a gap looks like missing data."""
    assert months(start, end) == expected


@pytest.mark.parametrize("name", all_names())
def test_every_table_has_all_its_groups_even_empty_and_in_order(name: str) -> None:
    """An inspector who compares two reports finds each group in the same place."""
    source = source_named(name)
    made = tables(cube(), source, MAY, JUNE)
    assert [table["by"] for table in made] == [table for table, _ in TABLES]
    shown = {table["by"]: [row["group"] for row in table["rows"]] for table in made}
    assert shown["ethnicity_self_defined"] == ["White", "Black", "Asian", "Mixed", "Other", "Unknown"]
    assert shown["ethnicity_officer_defined"] == shown["ethnicity_self_defined"]
    assert shown["gender"] == ["Male", "Female", "Other", "Unknown"]
    assert shown["age_band"] == [*source.age_bands, "Unknown"]
    assert shown["month"] == ["2020-05", "2020-06"]
    assert shown["scheme"] == ["Unknown"]
    for table in made:
        assert table["unknown_share"] is None
        for row in (*table["rows"], table["total"]):
            assert (row["considered"], row["diverted"], row["rate"], row["interval"]) == (0, 0, None, None)
            assert row["disposals"] == dict.fromkeys(source.disposals, 0)


def test_a_row_counts_the_considered_only_and_keeps_full_precision() -> None:
    """Rates are rounded where they are shown, never where they are kept."""
    cells = {
        "arrest": Counts(7, 6, 0, 0),
        "community_resolution": Counts(4, 3, 3, 0),
        "no_further_action": Counts(9, 0, 0, 0),
    }
    row = counted("White", cells, SOURCE)
    assert (row["considered"], row["diverted"], row["not_considered"]) == (9, 3, 11)
    assert row["rate"] == 3 / 9
    low, high = wilson(3, 9) or (0, 0)
    assert row["interval"] == [low, high]
    assert row["disposals"] == dict.fromkeys(SOURCE.disposals, 0) | {"arrest": 6, "community_resolution": 3}


def test_an_outcome_that_the_source_does_not_list_is_shown_all_the_same() -> None:
    """The outcomes of a row always add up to those considered."""
    row = counted("White", {"something_new": Counts(2, 2, 0, 0)}, SOURCE)
    assert row["disposals"]["something_new"] == 2


def test_the_share_unknown_is_of_the_considered() -> None:
    """Rows that led to nothing say nothing about how well the considered are known."""
    counts = {
        ("Unknown", "arrest"): Counts(5, 1, 0, 0),
        ("Male", "arrest"): Counts(3, 3, 0, 0),
    }
    table = {table["by"]: table for table in tables(cube(gender=counts), SOURCE, MAY, JUNE)}["gender"]
    assert table["unknown_share"] == 1 / 4
    assert table["total"]["considered"] == 4


def test_self_defined_detail_says_of_which_group_each_code_is() -> None:
    """The 18+1 codes stand beside the groups they roll up to; not stated and blank stay apart."""
    counts = {
        ("NS", "arrest"): Counts(2, 2, 0, 0),
        ("", "arrest"): Counts(1, 1, 0, 0),
        ("W2", "arrest"): Counts(1, 1, 0, 0),
    }
    detail = tables(cube(ethnicity_self_code=counts), SOURCE, MAY, JUNE)[0]["detail"]
    found = {row["group"]: (row["of"], row["considered"]) for row in detail}
    assert list(found) == [*codes.SELF_CODES, "Unknown"]
    assert (found["NS"], found["Unknown"], found["W2"]) == (("Unknown", 2), ("Unknown", 1), ("White", 1))


def test_schemes_come_by_name_then_none_then_unknown() -> None:
    """ "No scheme" is an answer; "Unknown" is a source that cannot say."""
    counts = {(scheme, "arrest"): Counts(1, 1, 0, 0) for scheme in ("pathways", "", "none", "checkpoint")}
    assert groups("scheme", cube(scheme=counts), SOURCE, MAY, JUNE) == ["checkpoint", "pathways", "none", ""]


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["arrest", "caution"]), st.builds(Counts, *[st.integers(0, 10**9)] * 4)),
        max_size=6,
    )
)
def test_totals_are_the_sums_of_their_groups(every: list[dict[str, Counts]]) -> None:
    """A table whose total differs from its rows is a table nobody believes."""
    total = sum_over(every)
    for disposal in ("arrest", "caution"):
        expected = [sum(column) for column in zip(*(cells.get(disposal, (0,) * 4) for cells in every), strict=True)]
        assert list(total.get(disposal, (0,) * 4)) == (expected or [0] * 4)


def test_what_is_doubtful_is_counted_once_for_each_rule_it_breaks() -> None:
    """A warning to a child under 10 breaks two rules, and is one row under each."""
    both = "warning_or_notice_under_18 outcome_under_10"
    marks = {("",): Counts(9, 5, 0, 2), (both,): Counts(2, 1, 0, 0), ("outcome_under_10",): Counts(1, 1, 0, 1)}
    found = data_quality(cube(quality=marks), SOURCE, tables(cube(), SOURCE, MAY, JUNE))
    assert {rule["code"]: (rule["rows"], rule["considered"]) for rule in found["rules"]} == {
        "warning_or_notice_under_18": (2, 1),
        "outcome_under_10": (3, 2),
    }
    assert found["repeated_rows"] == 3


def test_a_table_of_one_group_is_named_because_no_ratio_can_be_made_of_it() -> None:
    """Some forces' files hold one officer-defined ethnicity, or no sexes at all."""
    made = tables(
        cube(
            ethnicity_officer_group={
                ("White", "arrest"): Counts(3, 3, 0, 0),
                ("Unknown", "arrest"): Counts(1, 1, 0, 0),
            },
            gender={("Unknown", "arrest"): Counts(4, 4, 0, 0)},
        ),
        SOURCE,
        MAY,
        JUNE,
    )
    found = data_quality(cube(), SOURCE, made)
    assert found["single_group"] == ["ethnicity_officer_defined"]
    assert found["all_unknown"] == ["gender"]
