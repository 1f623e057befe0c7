"""What a row of a file becomes."""

from datetime import date

import pytest

from reporting.intake.mappings import facts as mapping
from reporting.intake.rows.facts import Reading, RowReader, line

TODAY = date(2026, 6, 10)
SEARCH = {
    "Type": "Person search",
    "Date": "2019-06-30T23:00:00+00:00",
    "Gender": "Female",
    "Age range": "10-17",
    "Self-defined ethnicity": "Asian/Asian British - Chinese",
    "Officer-defined ethnicity": "White",
    "Outcome": "Community resolution",
}
REFERRAL = {
    "CASE_ID": "1",
    "CASE_PARTICIPANT_ID": "2",
    "RECEIVED_DATE": "01/02/2013 12:00:00 AM",
    "DIVERSION_PROGRAM": "DS",
    "REFERRAL_DATE": "06/17/2013 12:00:00 AM",
    "RACE": "Latinx",
    "GENDER": "Male",
    "DIVERSION_RESULT": "Graduated",
    "DIVERSION_CLOSED_DATE": "01/10/2014 12:00:00 AM",
}


def reader(name: str = "police-uk-stop-search", *, force: int = 1, columns: list[str] | None = None) -> RowReader:
    known = mapping.load(name)
    columns = columns or list(known.file.columns)
    places = [columns.index(column) for column in known.file.columns]
    return RowReader(known, places, len(columns), keys=(force, name, 7), today=TODAY)


def fields(row: dict[str, str], name: str = "police-uk-stop-search") -> list[str]:
    return [row.get(column, "") for column in mapping.load(name).file.columns]


def fact(name: str, row: dict[str, str]) -> dict[str, str]:
    """The fact of a row, by column."""
    of = reader(name)
    return dict(zip(of.columns, line(of.read(fields(row, name)), 1).rstrip("\n").split("\t"), strict=True))


def search(**changes: str) -> dict[str, str]:
    return fact("police-uk-stop-search", SEARCH | {key.replace("_", " "): value for key, value in changes.items()})


def referral(**changes: str) -> dict[str, str]:
    return fact("cook-county-diversion", REFERRAL | changes)


def test_a_search_becomes_a_fact() -> None:
    """Every dimension of the report comes from the words of one row."""
    found = search()
    assert found | {"digest": ""} == {
        "force_id": "1",
        "source": "police-uk-stop-search",
        "batch_id": "7",
        "disposal": "community_resolution",
        "considered": "t",
        "diverted": "t",
        "gender": "Female",
        "age_band": "10-17",
        "ethnicity_self_code": "A4",
        "ethnicity_self_group": "Asian",
        "ethnicity_officer_group": "White",
        "scheme": "",
        "result": "",
        "happened_on": "2019-07-01",
        "month": "2019-07-01",
        "quality": "",
        "digest": "",
        "occurrence": "1",
    }


@pytest.mark.parametrize(
    ("outcome", "considered", "diverted"),
    [
        ("Arrest", "t", "f"),
        ("Summons / charged by post", "t", "f"),
        ("Caution (simple or conditional)", "t", "t"),
        ("Penalty Notice for Disorder", "t", "t"),
        ("Khat or Cannabis warning", "t", "t"),
        ("Community resolution", "t", "t"),
        ("A no further action disposal", "f", "f"),
        ("", "f", "f"),
        ("Banished", "f", "f"),
    ],
)
def test_which_outcomes_led_to_action_and_which_were_settled(outcome: str, considered: str, diverted: str) -> None:
    """The two words on which every rate of the report rests."""
    found = search(Outcome=outcome)
    assert (found["considered"], found["diverted"]) == (considered, diverted)


@pytest.mark.parametrize(
    ("kind", "considered"),
    [("Person search", "t"), ("Person and Vehicle search", "t"), ("", "t"), ("Vehicle search", "f")],
)
def test_a_search_of_a_vehicle_alone_concerns_nobody(kind: str, considered: str) -> None:
    """It stays a fact, and is in no rate about people."""
    assert search(Type=kind)["considered"] == considered


def test_unknown_words_are_unknown_and_remembered() -> None:
    """A new word of the source shows up as itself, and never as a group that it might mean."""
    row = SEARCH | {"Gender": "Nonbinary", "Age range": "35-44", "Type": "Drone search", "Outcome": "Banished"}
    reading = reader().read(fields(row))
    assert reading[3].unrecognised == (
        ("Type", "Drone search"),
        ("Outcome", "Banished"),
        ("Gender", "Nonbinary"),
        ("Age range", "35-44"),
    )
    found = search(Gender="Nonbinary", Age_range="35-44", Outcome="Banished")
    assert (found["gender"], found["age_band"], found["disposal"]) == ("Unknown", "Unknown", "unrecognised")


def test_blank_and_not_stated_are_unknown_and_nothing_to_report() -> None:
    """Everyone knows what a blank means; only words need explaining."""
    row = {"Type": "Person search", "Date": "2020-01-01"}
    assert reader().read(fields(row))[3].unrecognised == ()
    found = search(**{"Self-defined_ethnicity": "Other ethnic group - Not stated"})
    assert (found["ethnicity_self_code"], found["ethnicity_self_group"]) == ("NS", "Unknown")


@pytest.mark.parametrize(
    ("age", "outcome", "quality"),
    [
        ("10-17", "Khat or Cannabis warning", "warning_or_notice_under_18"),
        ("10-17", "Penalty Notice for Disorder", "warning_or_notice_under_18"),
        ("10-17", "Community resolution", ""),
        ("18-24", "Khat or Cannabis warning", ""),
        ("under 10", "Arrest", "outcome_under_10"),
        ("under 10", "Khat or Cannabis warning", "warning_or_notice_under_18 outcome_under_10"),
        ("under 10", "A no further action disposal", ""),
    ],
)
def test_what_the_law_does_not_allow_is_marked(age: str, outcome: str, quality: str) -> None:
    """The force is shown how often it happened; the rows stay in the figures."""
    assert search(Age_range=age, Outcome=outcome)["quality"] == quality


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (fields(SEARCH)[:-1], "14 fields and the header 15"),
        ([*fields(SEARCH), "x"], "16 fields and the header 15"),
        (fields(SEARCH | {"Policing operation": "a\0b"}), "NUL"),
        (fields(SEARCH | {"Date": ""}), "the date is missing"),
        (fields(SEARCH | {"Date": "2026-06-11"}), "has not come yet"),
        (fields(SEARCH | {"Date": "1946-07-30"}), "is before 1986"),
        (fields(SEARCH | {"Legislation": "caf\udce9"}), "surrogates not allowed"),
    ],
)
def test_a_row_that_can_be_no_fact_is_refused_with_the_reason(row: list[str], why: str) -> None:
    """The reason stands beside the row, for whoever can mend the source."""
    with pytest.raises(ValueError, match=why):
        reader().read(row)


def test_a_refused_day_stays_refused() -> None:
    """Days are remembered for speed: the second row of an impossible day is as impossible as the first."""
    of, row = reader(), fields(SEARCH | {"Date": "1946-07-30"})
    for _ in range(2):
        with pytest.raises(ValueError, match="is before 1986"):
            of.read(row)


def identity(reading: Reading) -> bytes:
    return reading[0]


def test_a_row_is_the_same_in_another_order_of_columns() -> None:
    """The publisher may move a column, or add one; the searches stay the same searches."""
    columns = ["New column", *reversed(mapping.load("police-uk-stop-search").file.columns)]
    moved = reader(columns=columns).read([SEARCH.get(column, "") for column in columns])
    assert identity(moved) == identity(reader().read(fields(SEARCH)))


def test_two_rows_that_differ_anywhere_are_two() -> None:
    """Also in what no figure uses, and in which of two columns a word stands."""
    base = identity(reader().read(fields(SEARCH)))
    for column in mapping.load("police-uk-stop-search").file.columns:
        changed = SEARCH | {column: "2020-01-01" if column == "Date" else "changed"}
        assert identity(reader().read(fields(changed))) != base, column
    swapped = SEARCH | {"Latitude": "1", "Longitude": ""}, SEARCH | {"Latitude": "", "Longitude": "1"}
    first, second = (identity(reader().read(fields(row))) for row in swapped)
    assert first != second


def test_the_same_row_of_two_forces_is_two_facts() -> None:
    """Two forces may each publish a search without a single detail."""
    assert identity(reader(force=1).read(fields(SEARCH))) != identity(reader(force=2).read(fields(SEARCH)))


def test_a_referral_becomes_a_fact() -> None:
    """Race recorded by officials is nobody's own answer: it stands in the officer-defined table alone."""
    found = referral()
    assert (found["considered"], found["diverted"], found["result"]) == ("t", "t", "completed")
    assert (found["ethnicity_self_code"], found["ethnicity_self_group"]) == ("", "Unknown")
    assert found["ethnicity_officer_group"] == "Other"
    assert found["scheme"] == "ds"
    assert (found["happened_on"], found["referred_on"]) == ("2013-06-17", "2013-06-17")
    assert (found["started_on"], found["closed_on"]) == ("\\N", "2014-01-10")
    assert found["quality"] == ""


def test_an_open_referral_is_kept_and_not_considered() -> None:
    """Who is still on a programme has neither completed nor failed it."""
    found = referral(DIVERSION_RESULT="", DIVERSION_CLOSED_DATE="")
    assert (found["considered"], found["disposal"], found["closed_on"]) == ("f", "not_recorded", "\\N")


@pytest.mark.parametrize(
    ("changes", "quality"),
    [
        ({"REFERRAL_DATE": "07/30/1946 12:00:00 AM"}, "impossible_date referred_before_received"),
        ({"REFERRAL_DATE": "01/01/2013 12:00:00 AM"}, "referred_before_received"),
        ({"DIVERSION_CLOSED_DATE": "06/17/2013 12:00:00 AM"}, "closed_on_day_of_referral"),
        ({"DIVERSION_CLOSED_DATE": "02/30/2014 12:00:00 AM"}, "impossible_date"),
        ({"RECEIVED_DATE": "01/01/2099 12:00:00 AM"}, "impossible_date referred_before_received"),
    ],
)
def test_doubtful_dates_are_marked_where_the_mapping_says_so(changes: dict[str, str], quality: str) -> None:
    """The mapping keeps such rows: a wrong year in one column does not make the result untrue."""
    assert referral(**changes)["quality"] == quality
