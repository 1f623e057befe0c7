"""Disparity over live facts: crude beside adjusted, unknown beside known, one family."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from diversion.accounts.models import Organisation
from diversion.audit.models import Event
from reporting.measures import NoMeasure
from reporting.measures.coverage import funnel
from reporting.measures.disparity import disparity
from reporting.statistics.stratified import mantel_haenszel
from tests.factories.facts import live

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
START, END = date(2026, 1, 1), date(2026, 6, 30)
NOT_OFFERED = {"decision": "not_offered", "disposal": "not_offered"}
#: (Black events, Black people, White events, White people) by offence and history: MH 0.877 beside 0.726.
STRATA = {
    ("Theft", "none"): (40, 100, 300, 600),
    ("Theft", "caution"): (30, 150, 90, 450),
    ("Violence", "none"): (6, 60, 15, 150),
}


@pytest.fixture
def force() -> Organisation:
    return Organisation.objects.create(slug="testshire", name="Testshire", kind=Organisation.Kind.POLICE_FORCE)


@pytest.fixture
def stratified(force: Organisation) -> Organisation:
    for (offence, history), (a, n1, c, n2) in STRATA.items():
        about = {"offence_group": offence, "history": history}
        for code, officer, events, people in (("B1", "Black", a, n1), ("W1", "White", c, n2)):
            who = {"ethnicity_self_code": code, "ethnicity_officer_group": officer}
            live(force, events, **about, **who)
            live(force, people - events, **about, **who, **NOT_OFFERED)
    return force


def table(found: dict[str, Any], measure: str = "offered_of_considered", by: str = "ethnicity") -> dict[str, Any]:
    return next(each for each in found["tables"] if (each["measure"], each["by"]) == (measure, by))


def test_the_adjusted_ratio_stands_beside_the_crude_one(stratified: Organisation) -> None:
    """The crude one alone says "look"; offence and history explain it, and are police decisions themselves."""
    found = disparity(stratified, START, END, ["ethnicity"], ["offered_of_considered"], source="live")
    (black,) = table(found)["against_reference"]
    assert (black["events"], black["people"]) == (76, 310)
    assert (round(black["ratio"], 3), [round(end, 3) for end in black["interval"]]) == (0.726, [0.588, 0.897])
    expected = mantel_haenszel(list(STRATA.values()))
    assert black["adjusted"]["ratio"] == pytest.approx(expected.value)
    assert round(black["adjusted"]["ratio"], 3) == 0.877
    assert (black["adjusted"]["strata"], black["adjusted"]["strata_used"]) == (3, 3)
    assert (black["flag"], black["adverse"], black["family_size"]) == ("look", True, 1)
    assert any("adjusting for them can hide" in note for note in found["notes"])
    assert found["marking"].startswith("operational")


def scored(force: Organisation, gravity: int | None, a: int, n1: int, c: int, n2: int) -> None:
    for code, events, people in (("B1", a, n1), ("W1", c, n2)):
        live(force, events, ethnicity_self_code=code, gravity=gravity)
        live(force, people - events, ethnicity_self_code=code, gravity=gravity, **NOT_OFFERED)


def by_gravity(force: Organisation) -> tuple[dict[str, Any], dict[str, Any]]:
    (black,) = table(disparity(force, START, END, ["ethnicity"], ["offered_of_considered"], source="live"))[
        "against_reference"
    ]
    return black, black["adjusted_for_gravity"]


def test_gravity_is_adjusted_for_among_those_who_have_a_score(force: Organisation) -> None:
    """A stratum "not scored" holds every gravity; what the missing scores do must not pass for what gravity does."""
    strata = [(40, 100, 300, 600), (30, 150, 90, 450)]
    for gravity, row in zip((1, 3), strata, strict=True):
        scored(force, gravity, *row)
    scored(force, None, 50, 60, 10, 100)
    black, found = by_gravity(force)
    assert (found["scored"], found["people"], found["reference_scored"], found["reference_people"]) == (
        *(250, 310),
        *(1050, 1150),
    )
    assert found["ratio"] == pytest.approx(mantel_haenszel(strata).value)
    assert found["crude_of_scored"] == pytest.approx((70 / 250) / (390 / 1050))
    assert found["crude_of_scored"] != pytest.approx(black["ratio"])
    assert (found["by"], found["strata"]) == (["gravity", "history"], 2)
    assert black["adjusted"]["by"] == ["offence_group", "history"]


@pytest.mark.parametrize(("black", "white"), [(19, 100), (100, 19), (0, 0)])
def test_gravity_scored_for_few_adjusts_nothing(force: Organisation, black: int, white: int) -> None:
    """Officers who score the grave cases only would make the ratio speak for those."""
    if black:
        scored(force, 3, black // 2, black, white // 2, white)
    scored(force, None, (100 - black) // 2, 120 - black, (100 - white) // 2, 120 - white)
    _, found = by_gravity(force)
    assert found["ratio"] is None
    assert found["words"] == (
        f"Gravity was scored for {black} of 120 and {white} of 120 people: too few to adjust for it."
    )


def test_against_the_rest_no_group_is_the_norm(stratified: Organisation) -> None:
    """Two groups: each one's ratio to the rest is the other's inverse, adjusted as well as crude."""
    found = disparity(stratified, START, END, ["ethnicity"], ["offered_of_considered"], source="live")
    rest = {row["group"]: row for row in table(found)["against_rest"]}
    assert rest["Black"]["ratio"] == pytest.approx(1 / rest["White"]["ratio"])
    assert rest["Black"]["adjusted"]["ratio"] == pytest.approx(1 / rest["White"]["adjusted"]["ratio"])


def test_people_of_unknown_ethnicity_are_told_beside_and_could_turn_it_round(stratified: Organisation) -> None:
    """A third of the answers missing can reverse a finding; silence about them is a finding too."""
    live(stratified, 400, ethnicity_self_code="", ethnicity_officer_group="Black")
    live(stratified, 200, ethnicity_self_code="", ethnicity_officer_group="Black", **NOT_OFFERED)
    answer = table(disparity(stratified, START, END, ["ethnicity"], ["offered_of_considered"], source="live"))
    (black,) = answer["against_reference"]
    assert round(black["ratio"], 3) == 0.726
    assert black["unknown"]["could_reverse"] is True
    assert answer["unknown_share"] == 600 / 2110
    assert answer["unknown_share_of_events"] == 400 / 881
    (officer,) = answer["officer_defined"]
    assert (officer["people"], officer["adverse"]) == (910, False)


def test_one_family_over_all_tables_in_one_query(stratified: Organisation, django_assert_num_queries: Any) -> None:
    """Twenty tables with a five-per-cent chance each flag one group for nothing."""
    with django_assert_num_queries(1):
        found = disparity(stratified, START, END, source="live")
    sizes = {row["family_size"] for each in found["tables"] for row in each["against_reference"]}
    assert sizes == {found["family_size"]["against_reference"]}
    assert found["family_size"]["against_reference"] > 1


def test_a_family_holds_each_comparison_once(force: Organisation) -> None:
    """The same comparison under two headings, or from its other side, would correct a finding away."""
    groups = (("W1", "Male", 60, 40), ("B1", "Female", 30, 70), ("A1", "Female", 45, 55))
    for code, gender, offered, not_offered in groups:
        live(force, offered, ethnicity_self_code=code, gender=gender)
        live(force, not_offered, ethnicity_self_code=code, gender=gender, **NOT_OFFERED)
    by, names = ["ethnicity", "ethnicity_apart", "gender"], ["offered_of_considered"]
    found = disparity(force, START, END, by, names, source="live")
    # Black and Asian against White; each of three groups against the rest; women against men.
    assert found["family_size"] == {"against_reference": 3, "against_rest": 4}
    rows = [row for each in found["tables"] if each["by"] != "gender" for row in each["against_reference"]]
    assert len(rows) == 4
    assert len({(row["group"], row["adjusted_p"]) for row in rows}) == 2
    live(force, 1, ethnicity_self_code="W2")
    found = disparity(force, START, END, by, names, source="live")
    assert found["family_size"] == {"against_reference": 5, "against_rest": 5}


def test_declining_and_accepting_are_one_comparison_where_nobody_waits(force: Organisation) -> None:
    """Who did not accept declined: two rows, and one question."""
    for code, accepted, declined in (("W1", 60, 40), ("B1", 30, 70)):
        live(force, accepted, ethnicity_self_code=code)
        live(force, declined, ethnicity_self_code=code, decision="offered_declined")
    asked = (force, START, END, ["ethnicity"], ["accepted", "declined"])
    assert disparity(*asked, source="live")["family_size"]["against_reference"] == 1
    live(force, 1, ethnicity_self_code="B1", authority="waiting", diverted=False)
    assert disparity(*asked, source="live")["family_size"]["against_reference"] == 2


def test_everybody_against_everybody_is_no_comparison(force: Organisation) -> None:
    """All of one group beside all of another shows nothing, and would make every real finding harder to see."""
    live(force, 60, ethnicity_self_code="B1")
    live(force, 90)
    (row,) = table(disparity(force, START, END, ["ethnicity"], ["offered_of_considered"], source="live"))[
        "against_reference"
    ]
    assert (row["family_size"], row["flag"], row["adjusted_p"]) == (0, "none", 1.0)


def test_an_adjusted_ratio_says_of_whom_it_speaks(force: Organisation) -> None:
    """Twenty-seven of thirty-two, and fifty-two of a hundred and twenty-six: the rest had nobody like them."""
    for offence, code, offered, people in (
        *(("Theft", "B1", 12, 27), ("Theft", "W1", 31, 52)),
        *(("Robbery", "B1", 1, 5), ("Fraud", "W1", 60, 74)),
    ):
        about = {"offence_group": offence, "ethnicity_self_code": code}
        live(force, offered, **about)
        live(force, people - offered, **about, **NOT_OFFERED)
    (row,) = table(disparity(force, START, END, ["ethnicity"], ["offered_of_considered"], source="live"))[
        "against_reference"
    ]
    adjusted = row["adjusted"]
    assert (adjusted["compared"], adjusted["compared_of"]) == (27, 32)
    assert (adjusted["reference_compared"], adjusted["reference_compared_of"]) == (52, 126)
    assert adjusted["crude_of_compared"] == pytest.approx((12 / 27) / (31 / 52)) == adjusted["ratio"]
    assert row["ratio"] == pytest.approx((13 / 32) / (91 / 126))
    assert adjusted["warnings"] == [
        "Fewer than half of the people of a group could be compared with anybody like them."
    ]


def test_sparse_strata_are_warned_of(force: Organisation) -> None:
    """Forty strata of a person or two make a ratio with a neat interval that means nothing."""
    for number in range(6):
        live(force, 1, offence_group=f"Offence {number}", ethnicity_self_code="B1")
        live(force, 1, offence_group=f"Offence {number}", **NOT_OFFERED)
    (row,) = table(disparity(force, START, END, ["ethnicity"], ["offered_of_considered"], source="live"))[
        "against_reference"
    ]
    assert row["adjusted"]["warnings"] == [
        "The strata are sparse: too few people in each for the interval to be trusted."
    ]


def test_a_dimension_named_twice_is_refused(stratified: Organisation) -> None:
    """The family would be twice as large, and a finding would be corrected away."""
    with pytest.raises(NoMeasure, match="Name each dimension once"):
        disparity(stratified, START, END, ["ethnicity", "gender", "ethnicity"], source="live")


def test_a_choice_is_neither_for_nor_against_anybody(stratified: Organisation) -> None:
    """Declining is a right: a group that declines more often is not treated worse by that alone."""
    live(stratified, 60, ethnicity_self_code="B1", decision="offered_declined")
    live(stratified, 30, decision="offered_declined")
    answer = table(disparity(stratified, START, END, ["ethnicity"], ["declined"], source="live"), "declined")
    assert [row["adverse"] for row in answer["against_reference"]] == [None]


def test_with_nobody_to_compare_with_the_words_say_so(force: Organisation) -> None:
    """A force whose records hold one group must not read as one without disparity."""
    live(force, 40, ethnicity_self_code="B1")
    answer = table(disparity(force, START, END, ["ethnicity"], ["offered_of_considered"], source="live"))
    assert (answer["against_reference"], answer["against_rest"]) == ([], [])
    assert answer["words"].startswith("Nobody to compare with")


def test_the_command_prints_it_and_logs_it(stratified: Organisation) -> None:
    """Exact counts of few people say something about each of them: the look is on record."""
    told = StringIO()
    call_command("disparity", "--force=testshire", "--from=2026-01-01", "--to=2026-06-30", stdout=told)
    assert table(json.loads(told.getvalue()))["against_reference"][0]["group"] == "Black"
    assert Event.objects.filter(kind="disparity.produced").count() == 1


@pytest.mark.parametrize("by", ["ethnicity", "gender", "age_band"])
def test_who_was_eligible_and_passed_over_is_compared_once(force: Organisation, by: str) -> None:
    """Offers among the eligible are the question itself; the same comparison twice would dilute the correction."""
    others = {"ethnicity_self_code": "B1", "gender": "Female", "age": 20}
    live(force, 60)
    live(force, 40, **NOT_OFFERED)
    live(force, 30, **others)
    live(force, 70, **others, **NOT_OFFERED)
    live(force, 15, **others, **NOT_OFFERED, eligibility="unknown")
    found = disparity(force, START, END, [by], source="live")
    assert "eligible_not_offered" not in {each["measure"] for each in found["tables"]}
    offered = table(found, "offered", by)
    (row,) = offered["against_reference"]
    assert (row["events"], row["people"], row["reference_events"], row["reference_people"]) == (30, 100, 60, 100)
    assert [group["pending"] for group in offered["groups"] if group["group"] == row["group"]] == [15]
    named = disparity(force, START, END, [by], ["eligible_not_offered"], source="live")
    (passed_over,) = table(named, "eligible_not_offered", by)["against_reference"]
    assert (passed_over["events"], passed_over["people"], passed_over["adverse"]) == (70, 100, True)
    above = funnel(force, START, END, by)
    share = {row["at"][by]: row["rate"] for row in above["rows"] if row["measure"] == "offered" and row["at"]}
    assert share[row["group"]] == 0.3
