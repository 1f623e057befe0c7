"""Needs in the figures: the arithmetic against a count of its own, and nobody's needs told to their own force."""

import random
from datetime import date
from statistics import median, quantiles
from typing import Any

import pytest

from diversion.accounts.models import Organisation
from reporting import measures
from reporting.measures import NoMeasure, needs
from reporting.measures.disparity import disparity
from reporting.models import NeedFact
from reporting.releases.freezing import CannotRelease
from reporting.releases.tables import checked_tables
from tests.factories.needs import needy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
START, END = date(2026, 1, 1), date(2026, 3, 31)
DAY = date(2026, 2, 3)


@pytest.fixture
def force() -> Organisation:
    return Organisation.objects.create(slug="testshire", name="Testshire", kind=Organisation.Kind.POLICE_FORCE)


def of(force: Organisation, by: list[str] | None = None, **more: Any) -> dict[tuple[str, ...], dict[str, Any]]:
    """(measure, group…) -> its figures."""
    asked: dict[str, Any] = {"measures": ["need_met", "need_lower"], "source": "live"} | more
    found = measures.compute(force, START, END, by or [], **asked)
    return {(row["measure"], *row["at"].values()): row for row in found["rows"]}


def pair(row: dict[str, Any]) -> tuple[int, int, int]:
    return row["numerator"], row["denominator"], row["pending"]


def test_a_need_counts_from_serious_on_and_what_is_not_known_stands_beside(force: Organisation) -> None:
    """Small needs that pass by themselves would make every service look good."""
    needy(force, 6, {"drugs": {"at_start": 3, "outcome": "met", "days_to_met": 10, "at_end": 1}}, happened_on=DAY)
    needy(force, 3, {"drugs": {"at_start": 2, "outcome": "partly", "at_end": 2}}, happened_on=DAY)
    needy(force, 2, {"drugs": {"at_start": 2, "outcome": ""}}, happened_on=DAY)
    needy(force, 9, {"drugs": {"at_start": 0}}, happened_on=DAY)
    needy(force, 2, {"drugs": {"at_start": 0, "at_end": 0}}, happened_on=DAY)
    needy(force, 4, {"drugs": {"at_start": 1, "outcome": "met", "days_to_met": 1, "at_end": 0}}, happened_on=DAY)
    needy(force, 5, {"drugs": {"at_start": None, "at_latest": 3, "at_end": 3}}, happened_on=DAY)
    found = of(force, ["need"])
    assert pair(found["need_met", "drugs"]) == (6, 9, 2)
    assert pair(found["need_lower", "drugs"]) == (10, 13, 2)


def test_the_figures_agree_with_a_count_of_their_own(force: Organisation, django_assert_max_num_queries: Any) -> None:
    """A rate that nobody counted a second time is believed by nobody."""
    chance = random.Random(7)
    kept: list[dict[str, Any]] = []
    for gender in ("Male", "Female"):
        for _ in range(150):
            wheel = {}
            for domain in chance.sample(["drugs", "alcohol", "ete", "caring"], chance.randrange(1, 4)):
                outcome = chance.choice(["", "met", "partly", "not_met", "declined"])
                columns = {
                    "at_start": chance.choice([None, 0, 1, 2, 3]),
                    "at_latest": 1,
                    "at_end": chance.choice([None, 0, 1, 2, 3]),
                    "outcome": outcome,
                    "days_to_met": chance.randrange(90) if outcome == "met" else None,
                }
                wheel[domain] = columns
                kept.append({"gender": gender, "need": domain, **columns})
            needy(force, 1, wheel, gender=gender, happened_on=DAY)
    with django_assert_max_num_queries(3):
        found = of(force, ["need", "gender"])
    for by in ([], ["need"], ["gender"], ["gender", "need"]):
        for place in {tuple(row[name] for name in by) for row in kept}:
            rows = [row for row in kept if tuple(row[name] for name in by) == place]
            serious = [row for row in rows if (row["at_start"] or 0) >= 2]
            met = [row["days_to_met"] for row in serious if row["outcome"] == "met"]
            told, waiting = found[("need_met", *place)], sum(row["outcome"] == "" for row in serious)
            assert pair(told) == (len(met), len(serious) - waiting, waiting)
            assert told["median"] == median(met)
            low, _, high = quantiles(met, n=4, method="inclusive")
            assert told["quartiles"] == [low, high]
            both = [row for row in rows if (row["at_start"] or 0) >= 1 and row["at_end"] is not None]
            lower = [row for row in both if row["at_end"] < row["at_start"]]
            assert pair(found[("need_lower", *place)])[:2] == (len(lower), len(both))


@pytest.mark.parametrize("by", needs.SPLITS)
def test_every_split_adds_up_to_the_whole(by: str, force: Organisation) -> None:
    """A split that loses people, or counts them twice, is found out by whoever adds it up."""
    for day in (DAY, date(2025, 11, 3)):
        for number, group in enumerate(({"gender": "Female", "age": 20}, {"ethnicity_self_code": "B1", "scheme": "A"})):
            needy(force, 11 + number, {"drugs": {}, "ete": {"at_start": 0}}, happened_on=day, **group)
            needy(force, 12, {"drugs": {"at_start": 1}, "ete": {"at_start": 3}}, happened_on=day, **group)
    asked = {"measures": ["need_met"], "source": "live"}
    found = measures.compute(force, date(2025, 10, 1), END, ["need", by], **asked)  # type: ignore[arg-type]
    assert found["withheld"] == []
    assert (found["people"], len({row["at"].get(by) for row in found["rows"]})) == (94, 3)
    for need, whole in (("drugs", 46), ("ete", 48)):
        rows = [row for row in found["rows"] if row["at"].get("need") == need]
        assert sum(row["denominator"] for row in rows if by in row["at"]) == whole
        assert [row["denominator"] for row in rows if by not in row["at"]] == [whole]


def test_needs_stand_apart_from_decisions(force: Organisation) -> None:
    """Five needs of one person, added to decisions, would make five people of one."""
    needy(force, 12, {"drugs": {}, "ete": {"at_start": 0}}, happened_on=DAY)
    ordinary = measures.compute(force, START, END, source="live")
    assert not {"need_met", "need_lower"} & {row["measure"] for row in ordinary["rows"]}
    with pytest.raises(NoMeasure, match="counts decisions, not needs"):
        of(force, measures=["need_met", "diverted"])
    with pytest.raises(NoMeasure, match="'need' splits"):
        of(force, ["need"], measures=["diverted"])


@pytest.mark.parametrize(
    ("by", "more"),
    [
        (["need", "month"], {}),
        (["need", "ethnicity_code"], {}),
        (["need", "gender", "ethnicity"], {}),
        (["need", "disability"], {}),
        (["need", "area"], {}),
        (["need"], {"where": {"gender": ["Female"]}}),
    ],
)
def test_no_filter_and_no_finer_cut(by: list[str], more: dict[str, Any], force: Organisation) -> None:
    """The force knows whom it referred: the needs of the one woman of a month would be told by name."""
    needy(force, 30, {"drugs": {}}, happened_on=DAY)
    with pytest.raises(NoMeasure, match="would tell the needs of one person"):
        of(force, by, **more)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (START, date(2026, 3, 30)),
        (date(2026, 1, 2), END),
        (date(2026, 2, 1), date(2026, 4, 30)),
        (date(2026, 4, 1), date(2026, 6, 30)),  # has not ended
    ],
)
def test_only_whole_quarters_that_are_over(start: date, end: date, force: Organisation) -> None:
    """Two periods a day apart tell the needs of whoever was referred on that day."""
    needy(force, 30, {"drugs": {}}, happened_on=DAY)
    with pytest.raises(NoMeasure, match="whole quarters that have ended"):
        measures.compute(force, start, end, measures=["need_met"], source="live")


def test_a_quarter_of_few_people_is_refused_in_any_period(force: Organisation) -> None:
    """A year minus three quarters is the fourth, of nine people."""
    needy(force, 30, {"drugs": {}}, happened_on=DAY)
    needy(force, 5, {"drugs": {"at_start": 0}}, happened_on=DAY)
    needy(force, 9, {"drugs": {}}, happened_on=date(2025, 11, 3))
    with pytest.raises(NoMeasure, match="In 2025 Q4 the needs of fewer than 10 people"):
        measures.compute(force, date(2025, 10, 1), END, measures=["need_met"], source="live")
    assert of(force)["need_met",]["denominator"] == 30


def test_a_small_group_is_not_told_and_cannot_be_worked_out(force: Organisation) -> None:
    """One hidden group beside a total is a subtraction, so the next smallest is hidden with it."""
    some, other = {"drugs": {}, "ete": {"at_start": 0}}, {"drugs": {"at_start": 0}, "ete": {}}
    for gender, number in (("Male", 40), ("Female", 12), ("Other", 3)):
        needy(force, number, some, gender=gender, happened_on=DAY)
        needy(force, number, other, gender=gender, happened_on=DAY)
    found = of(force, ["need", "gender"])
    assert pair(found["need_met", "Male", "drugs"])[1] == 40
    assert found["need_met", "Other", "drugs"]["mark"] == "[c]"
    assert found["need_met", "Other"]["numerator"] is None
    assert found["need_met", "Other", "drugs"]["median"] is None
    hidden = {key[1] for key, row in found.items() if len(key) == 3 and "mark" in row}
    told = sum(found["need_met", one, "drugs"]["denominator"] for one in {"Male", "Female"} - hidden)
    assert hidden == {"Other", "Female"}
    assert found["need_met", "drugs"]["denominator"] - told == 15


def test_a_year_tells_no_more_than_its_quarters(force: Organisation) -> None:
    """The four women of the autumn are the women of the year less those of the other quarters."""
    autumn = date(2025, 11, 3)
    for day, women in ((DAY, 20), (autumn, 4)):
        needy(force, women, {"drugs": {}, "ete": {"at_start": 0}}, gender="Female", happened_on=day)
        needy(force, 30, {"drugs": {"at_start": 0}, "ete": {}}, gender="Male", happened_on=day)
        needy(force, 12, {"drugs": {"at_start": 0}}, gender="Female" if day == DAY else "Male", happened_on=day)
    asked = {"measures": ["need_met"], "source": "live"}
    whole = measures.compute(force, date(2025, 10, 1), END, ["need", "gender"], **asked)  # type: ignore[arg-type]
    assert whole["withheld"] == ["Female", "Male"]
    assert all("mark" in row for row in whole["rows"] if "gender" in row["at"])
    assert pair(of(force, ["need", "gender"])["need_met", "Female", "drugs"])[1] == 20


def test_what_everyone_of_a_quarter_needs_is_told_of_no_longer_time_either(force: Organisation) -> None:
    """Told of the half-year, and of the other quarter, it would be told of this one."""
    needy(force, 12, {"drugs": {}, "ete": {"at_start": 0}}, happened_on=DAY)
    needy(force, 12, {"drugs": {"at_start": 0}, "ete": {}}, happened_on=date(2025, 11, 3))
    asked = {"measures": ["need_met"], "source": "live"}
    found = measures.compute(force, date(2025, 10, 1), END, ["need"], **asked)  # type: ignore[arg-type]
    assert all("mark" in row for row in found["rows"])


def test_what_everyone_in_a_group_needs_is_not_told(force: Organisation) -> None:
    """Twelve of twelve women is each of the twelve women."""
    needy(force, 12, {"drugs": {}, "ete": {"at_start": 0}}, gender="Female", happened_on=DAY)
    needy(force, 20, {"drugs": {}}, gender="Male", happened_on=DAY)
    needy(force, 20, {"drugs": {"at_start": 0}, "ete": {}}, gender="Male", happened_on=DAY)
    found = of(force, ["need", "gender"])
    assert "mark" in found["need_met", "Female", "drugs"]
    assert "mark" in found["need_met", "Male", "drugs"]
    assert "mark" in found["need_met", "Female"]
    assert "mark" in of(force, ["gender"])["need_met", "Female"]
    assert "mark" not in of(force)["need_met",]
    assert found["need_met", "drugs"]["denominator"] == 32
    assert found["need_met", "Male", "ete"]["denominator"] == 20


@pytest.mark.parametrize(("again", "not_again"), [(1, 22), (22, 1), (9, 14), (14, 9)])
def test_few_reviewed_at_the_end_or_few_who_were_not_are_told_by_nothing(
    again: int, not_again: int, force: Organisation
) -> None:
    """The one of a quarter who completed is known by name, and was the one reviewed at the end."""
    for number, columns in ((again, {"at_end": 0}), (not_again, {})):
        needy(force, number // 2, {"drugs": columns, "ete": {"at_start": 0} | columns}, happened_on=DAY)
        needy(force, number - number // 2, {"drugs": {"at_start": 0} | columns, "ete": columns}, happened_on=DAY)
    found = of(force, ["need"])
    assert {key: "mark" in row for key, row in found.items()} == {
        key: key[0] == "need_lower" for key in found if key[0] in ("need_met", "need_lower")
    }


def test_few_women_reviewed_at_the_end_are_told_by_nothing(force: Organisation) -> None:
    """Of twelve women one completed: what was lower at the end was hers."""
    for gender, again, not_again in (("Female", 1, 11), ("Male", 30, 30), ("Other", 20, 20)):
        for number, end in ((again, {"at_end": 0}), (not_again, {})):
            needy(force, number, {"drugs": end, "ete": {"at_start": 0} | end}, gender=gender, happened_on=DAY)
    needy(force, 24, {"drugs": {"at_start": 0}, "ete": {}}, gender="Female", happened_on=DAY)
    needy(force, 24, {"drugs": {"at_start": 0}, "ete": {}}, gender="Male", happened_on=DAY)
    needy(force, 24, {"drugs": {"at_start": 0, "at_end": 0}, "ete": {"at_end": 1}}, gender="Male", happened_on=DAY)
    needy(force, 24, {"drugs": {"at_start": 0, "at_end": 0}, "ete": {"at_end": 1}}, gender="Other", happened_on=DAY)
    needy(force, 24, {"drugs": {"at_start": 0}, "ete": {}}, gender="Other", happened_on=DAY)
    found = of(force, ["need", "gender"])
    hidden = {key[1] for key, row in found.items() if key[0] == "need_lower" and len(key) == 3 and "mark" in row}
    assert hidden == {"Female", "Other"}
    assert "mark" not in found["need_met", "Female", "drugs"]
    assert pair(found["need_lower", "Male", "drugs"]) == (30, 30, 30)


def test_a_need_that_everyone_has_is_not_told_by_those_not_reviewed_again(force: Organisation) -> None:
    """Eleven reviewed at the end and eleven who were not are all twenty-two."""
    needy(force, 11, {"drugs": {"at_start": 1, "at_end": 0}, "ete": {"at_start": 1, "at_end": 0}}, happened_on=DAY)
    needy(force, 11, {"drugs": {"at_start": 1}, "ete": {"at_start": 0}}, happened_on=DAY)
    found = of(force, ["need"], measures=["need_lower"])
    assert "mark" in found["need_lower", "drugs"]
    assert "mark" in found["need_lower", "ete"]  # all of those who were reviewed at the end


@pytest.mark.parametrize("people", [[3], [9, 30], [4, 4, 50], [12, 15], [1, 2, 3]])
def test_hidden_groups_together_are_never_few(people: list[int]) -> None:
    """Whatever is left when the groups told are taken from the total is of ten people or more, or of everybody."""
    groups = {str(place): number for place, number in enumerate(people)}
    hidden = needs.too_small(groups)
    left = sum(groups[name] for name in hidden)
    assert not hidden or left >= 10 or hidden == set(groups)
    assert all(number >= 10 for name, number in groups.items() if name not in hidden)


CONFIDED = ("disability", "care_experience")
ENDED = {"referred_on": DAY, "started_on": DAY, "happened_on": DAY}


def ended(force: Organisation, name: str, said: str, completed: int, breached: int, day: date = DAY) -> None:
    """People of whom so many completed and so many did not, and who all said the same."""
    common = ENDED | {"happened_on": day, name: said}
    needy(force, completed, {}, **common, result="completed")
    needy(force, breached, {}, **common, result="not_completed")


@pytest.mark.parametrize("name", CONFIDED)
def test_by_disability_only_what_came_after_it_was_asked(name: str, force: Organisation) -> None:
    """Asked only of those who accepted, "all disabled people accepted" would be true by its making, and a lie."""
    for said, completed, breached in (("yes", 14, 6), ("no", 15, 11), ("not_said", 2, 0), ("unknown", 1, 0)):
        ended(force, name, said, completed, breached)
    found = measures.compute(force, START, END, [name], source="live")
    assert {row["measure"] for row in found["rows"]} == {"completed", "breached", "charged"}
    completed_rows = [row for row in found["rows"] if row["at"] and row["measure"] == "completed"]
    groups = {row["at"][name]: (row["numerator"], row["denominator"]) for row in completed_rows}
    assert groups == {"yes": (14, 20), "no": (15, 26), "Unknown": (3, 3)}
    for asked in ({"by": [name], "measures": ["diverted"]}, {"by": [name], "measures": ["offered"]}):
        with pytest.raises(NoMeasure, match="would mislead"):
            measures.compute(force, START, END, source="live", **asked)  # type: ignore[arg-type]
    with pytest.raises(CannotRelease, match="would mislead"):
        checked_tables([[name]], (), source="live")


@pytest.mark.parametrize("name", CONFIDED)
def test_no_cut_tells_police_what_one_person_said(name: str, force: Organisation) -> None:
    """The person was told that police do not see the answer: of the one man of a month it would stand in the figure."""
    ended(force, name, "yes", 14, 6)
    ended(force, name, "no", 15, 11)
    cuts: list[dict[str, Any]] = [
        *({"by": [name, other]} for other in ("gender", "month", "scheme")),
        *({"by": [], "where": {name: ["yes"]}}, {"by": [name], "where": {"gender": ["Male"]}}),
        *({"by": list(CONFIDED)}, {"by": [name], "end": date(2026, 2, 28)}, {"by": [name], "end": date(2026, 6, 30)}),
    ]
    for cut in cuts:
        with pytest.raises(NoMeasure, match=r"in confidence|whole quarters"):
            measures.compute(force, start=START, source="live", **{"end": END} | cut)
    with pytest.raises(NoMeasure, match="in confidence"):
        disparity(force, START, END, [name, "gender"], source="live")
    found = disparity(force, START, END, [name], ["completed"], source="live")
    assert [group["denominator"] for group in found["tables"][0]["groups"]] == [20, 26]


@pytest.mark.parametrize(
    ("people", "why"),
    [
        ({"yes": (5, 4), "no": (20, 20)}, "nine people who said yes"),
        ({"yes": (20, 20), "no": (9, 0)}, "nine people who said no"),
        ({"yes": (20, 12), "no": (30, 0)}, "everyone who did not complete said yes"),
        ({"yes": (0, 20), "no": (30, 20)}, "everyone who completed said no"),
        ({"yes": (20, 4), "no": (30, 5)}, "nine people who did not complete"),
    ],
)
def test_a_result_that_would_tell_what_people_said_is_withheld(
    people: dict[str, tuple[int, int]], why: str, force: Organisation
) -> None:
    """A force knows by name who did not complete: that all of them are disabled would be each one's health."""
    for said, (completed, breached) in people.items():
        ended(force, "disability", said, completed, breached)
    # Nobody is charged or decided about, so that measure alone has nothing to tell and nothing to hide.
    found = measures.compute(force, START, END, ["disability"], source="live")
    assert found["withheld"] == ["completed", "breached"], why
    assert {row["measure"] for row in found["rows"]} == {"charged"}
    with pytest.raises(NoMeasure, match="would tell what they said"):
        measures.compute(force, START, END, ["disability"], measures=["completed"], source="live")


def both_sides(force: Organisation) -> None:
    """Twenty who completed and twenty who did not, of those who said yes and of those who said no."""
    for said in ("yes", "no"):
        ended(force, "disability", said, 20, 20)


def by_disability(force: Organisation) -> dict[str, Any]:
    return dict(measures.compute(force, START, END, ["disability"], source="live"))


def test_who_is_still_under_way_is_told_by_no_answer(force: Organisation) -> None:
    """One agreement of the quarter is still open, and the force knows whose."""
    both_sides(force)
    needy(force, 1, {}, **ENDED, disability="yes", result="")
    assert all(row["pending"] is None for row in by_disability(force)["rows"])
    told = disparity(force, START, END, ["disability"], ["completed"], source="live")["tables"][0]
    assert [group["pending"] for group in told["groups"]] == [None, None]


def test_two_measures_do_not_tell_by_their_difference(force: Organisation) -> None:
    """Everyone who ended, less everyone who started and ended: the one who never came, and what he said."""
    both_sides(force)
    needy(force, 1, {}, **ENDED | {"started_on": None}, disability="yes", result="not_completed")
    found = by_disability(force)
    assert (found["withheld"], {row["measure"] for row in found["rows"]}) == (["breached"], {"completed", "charged"})
    with pytest.raises(NoMeasure, match="would tell what they said"):
        measures.compute(force, START, END, ["disability"], measures=["breached"], source="live")


def test_who_is_not_decided_about_yet_is_not_told_by_subtraction(force: Organisation) -> None:
    """Of forty-one who did not complete forty are decided about: the difference is the one who waits."""
    for said in ("yes", "no"):
        ended(force, "disability", said, 20, 0)
        for charged in (True, False):
            needy(force, 12, {}, **ENDED, disability=said, result="not_completed", charged=charged)
    assert by_disability(force)["withheld"] == []
    needy(force, 1, {}, **ENDED, disability="yes", result="not_completed")
    assert by_disability(force)["withheld"] == ["charged"]


def test_people_of_a_voluntary_scheme_hide_nobody(force: Organisation) -> None:
    """They are unknown by rule, and the force knows who they are: take them away, and one is left who said yes."""
    for said in ("yes", "no"):
        ended(force, "disability", said, 20, 0)
    ended(force, "disability", "unknown", 0, 9)
    ended(force, "disability", "yes", 0, 1)
    assert by_disability(force)["withheld"] == ["completed", "breached"]


def test_no_stratum_tells_what_one_person_said(force: Organisation) -> None:
    """One person had a score for gravity: "scored: 1 of those who said yes" is that person's health."""
    both_sides(force)
    needy(force, 1, {}, **ENDED, disability="yes", result="completed", gravity=4)
    found = disparity(force, START, END, ["disability"], ["completed"], source="live")
    (row,) = found["tables"][0]["against_reference"]
    assert not {"adjusted", "adjusted_for_gravity"} & row.keys()
    assert found["adjusted_for"] == []
    assert row["ratio"] == pytest.approx((21 / 41) / (20 / 40))


def test_a_year_is_told_only_where_each_of_its_quarters_is(force: Organisation) -> None:
    """Half a year less the quarter that is told would be the quarter that is not."""
    ended(force, "disability", "yes", 14, 16, date(2025, 11, 3))
    ended(force, "disability", "no", 15, 21, date(2025, 11, 3))
    ended(force, "disability", "yes", 2, 1)
    ended(force, "disability", "no", 14, 16)
    asked: dict[str, Any] = {"by": ["disability"], "measures": ["completed"], "source": "live"}
    assert measures.compute(force, date(2025, 10, 1), date(2025, 12, 31), **asked)["rows"]
    for start in (START, date(2025, 10, 1)):
        with pytest.raises(NoMeasure, match="would tell what they said"):
            measures.compute(force, start, END, **asked)


def test_a_need_fact_goes_with_its_fact(force: Organisation) -> None:
    """A need left behind when the decision is gone is of nobody, and kept for nothing."""
    needy(force, 2, {"drugs": {}}, happened_on=DAY)
    force.facts.all().delete()
    assert not NeedFact.objects.exists()
