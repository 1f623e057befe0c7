"""Measures over live facts: the right people under each rate, in one pass."""

from datetime import date
from typing import Any

import pytest

from diversion.accounts.models import Organisation
from reporting import measures
from reporting.measures import NoMeasure
from tests.factories.facts import live

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
START, END = date(2026, 1, 1), date(2026, 6, 30)
COHORT = ("completed_in_time", "ended_before_starting", "ended_after_starting", "withdrawn_by_others", "still_open")


@pytest.fixture
def force() -> Organisation:
    return Organisation.objects.create(slug="testshire", name="Testshire", kind=Organisation.Kind.POLICE_FORCE)


def of(force: Organisation, *names: str, **more: Any) -> dict[str, dict[str, Any]]:
    """Measure -> its figures, over everybody."""
    found = measures.compute(force, START, END, measures=names or None, source="live", **more)
    return {row["measure"]: row for row in found["rows"] if not row["at"]}


def pair(row: dict[str, Any]) -> tuple[int, int, int]:
    return row["numerator"], row["denominator"], row["pending"]


def test_every_rate_is_of_the_stage_before(force: Organisation) -> None:
    """A completion rate of all who were ever considered hides where people are lost."""
    referred = {"referred_on": date(2026, 5, 5), "scheme": "Checkpoint"}
    started = referred | {"started_on": date(2026, 5, 12), "first_appointment_on": date(2026, 5, 12)}
    live(force, 5, decision="not_offered", disposal="not_offered", eligibility="unknown")
    live(force, 2, decision="not_offered", disposal="not_offered", eligibility="ineligible")
    live(force, 3, decision="offered_declined")
    live(force, 4)
    live(force, 6, **referred)
    live(force, 2, **referred, result="not_completed", charged=True)
    live(force, 7, **started)
    live(force, 8, **started, result="completed")
    live(force, 1, **started, result="not_completed", charged=None)
    found = of(force)
    assert pair(found["eligible"]) == (31, 33, 5)
    assert pair(found["offered"]) == (31, 31, 5)
    assert pair(found["eligible_not_offered"]) == (0, 31, 5)
    assert pair(found["net_widening"]) == (0, 0, 24)
    assert pair(found["offered_of_considered"]) == (31, 38, 0)
    assert pair(found["declined"]) == (3, 31, 0)
    assert pair(found["accepted"]) == (28, 31, 0)
    assert pair(found["referred"]) == (24, 28, 0)
    assert pair(found["started"]) == (16, 18, 6)
    assert pair(found["completed"]) == (8, 9, 7)
    assert pair(found["breached"]) == (3, 11, 13)
    assert pair(found["charged"]) == (2, 2, 1)
    assert (found["days_to_first_appointment"]["median"], pair(found["days_to_first_appointment"])) == (8, (16, 18, 6))


def test_people_who_wait_are_no_failures(force: Organisation) -> None:
    """A force's last quarter read 28% started, because the 18 still waiting counted as if they had not come."""
    referred = {"referred_on": date(2026, 5, 5), "scheme": "Checkpoint"}
    live(force, 7, **referred, started_on=date(2026, 5, 12), first_appointment_on=date(2026, 5, 12))
    live(force, 18, **referred)
    found = of(force, "started", "days_to_first_appointment")
    assert {name: (*pair(row), row["rate"]) for name, row in found.items()} == dict.fromkeys(found, (7, 7, 18, 1.0))


def test_a_referral_that_nobody_took_on_is_not_still_waiting(force: Organisation) -> None:
    """Declined by the partner, somebody would wait in the figures for ever, and the rate would flatter the scheme."""
    referred = {"referred_on": date(2026, 5, 5), "scheme": "Checkpoint"}
    live(force, 3, **referred, started_on=date(2026, 5, 12), ending="withdrawn")
    live(force, 2, **referred, ending="declined")
    found = of(force, "started", "completed", "breached")
    assert pair(found["started"]) == (3, 5, 0)
    assert pair(found["completed"]) == pair(found["breached"]) == (0, 0, 0)


def test_nobody_leaves_a_cohort_by_not_arriving(force: Organisation) -> None:
    """Completed of those who ended looks the better the more people never come; of everybody referred it does not."""
    due = {"referred_on": date(2026, 1, 5), "scheme": "Checkpoint", "due_by": date(2026, 6, 9)}
    came = due | {"started_on": date(2026, 1, 12)}
    live(force, 9, **came, result="completed")
    live(force, 4, **due, result="not_completed")
    live(force, 3, **came, result="not_completed")
    live(force, 2, **due, ending="declined")
    live(force, 1, **came, ending="withdrawn")
    live(force, 5, **due)
    live(force, 1, **came)
    live(force, 6, **came | {"due_by": date(2026, 7, 1)}, result="completed")
    live(force, 8, referred_on=date(2026, 1, 5), scheme="Open-ended")
    found = of(force)
    told = {name: found[name]["numerator"] for name in COHORT}
    assert told == dict(zip(COHORT, (9, 4, 3, 3, 6), strict=True))
    assert {found[name]["denominator"] for name in COHORT} == {25}
    assert {found[name]["pending"] for name in COHORT} == {6}


def test_of_a_voluntary_scheme_the_funnel_ends_at_the_referral(force: Organisation) -> None:
    """What police are not told must not read as people who did not come."""
    live(force, 6, referred_on=date(2026, 1, 5), scheme="Help", ending="not_told")
    found = of(force)
    assert pair(found["referred"]) == (6, 6, 0)
    later = ("started", "completed", "breached", "charged", "days_to_first_appointment", *COHORT)
    assert {pair(found[name]) for name in later} == {(0, 0, 0)}


def test_what_waits_for_authority_is_pending_and_what_was_refused_was_no_offer(force: Organisation) -> None:
    """A sergeant's queue must not look like people who refused help."""
    live(force, 3, authority="waiting", diverted=False)
    live(force, 2, authority="refused", diverted=False)
    live(force, 5, authority="given")
    found = of(force, "offered", "eligible_not_offered", "accepted")
    assert pair(found["offered"]) == (8, 10, 0)
    assert pair(found["eligible_not_offered"]) == (2, 10, 0)
    assert pair(found["accepted"]) == (5, 5, 3)


def test_net_widening_is_told_only_of_offers_of_a_scheme_that_somebody_answered(force: Organisation) -> None:
    """A blank counted as "would have been charged" would hide a scheme that draws in people nobody acted against."""
    live(force, 7)
    live(force, 2, decision="not_offered", eligibility="eligible", scheme="none")
    for answer, times in (("no_action", 3), ("caution", 2), ("charge", 1), ("not_known", 4), ("", 5)):
        live(force, times, scheme="Checkpoint", without_scheme=answer)
    live(force, 1, scheme="Checkpoint", without_scheme="no_action", decision="offered_declined")
    live(force, 9, scheme="Checkpoint", without_scheme="no_action", authority="refused", diverted=False)
    assert pair(of(force, "net_widening")["net_widening"]) == (4, 7, 9)


def test_who_came_back_is_asked_only_of_those_followed_for_a_year(force: Organisation) -> None:
    """Counting people decided last week as "did not come back" flatters every scheme."""
    old, new = date(2025, 5, 1), date(2026, 5, 1)
    live(force, 4, happened_on=old)
    live(force, 2, happened_on=old, next_decision_on=date(2025, 9, 1))
    live(force, 1, happened_on=old, next_decision_on=date(2026, 5, 20))
    live(force, 9, happened_on=new)
    found = measures.compute(force, date(2025, 1, 1), END, measures=["came_back"], source="live")
    assert pair(found["rows"][0]) == (2, 7, 9)


def test_three_dimensions_add_up_to_their_margins_in_one_query(
    force: Organisation, django_assert_num_queries: Any
) -> None:
    """Intersections that do not add up to the totals beside them are believed by nobody."""
    for code in ("W1", "B1", ""):
        for gender in ("Male", "Female"):
            for age in (17, 20, 40):
                live(force, 1 + age % 5 + len(code), ethnicity_self_code=code, gender=gender, age=age)
    by = ["ethnicity", "gender", "age_18_25"]
    with django_assert_num_queries(1):
        found = measures.compute(force, START, END, by, measures=["diverted"], source="live")
    rows = found["rows"]
    assert len(rows) == (3 + 1) * (2 + 1) * (3 + 1)
    total = next(row for row in rows if not row["at"])["denominator"]
    for kept in by:
        assert sum(row["denominator"] for row in rows if row["at"].keys() == {kept}) == total
    assert {row["at"].get("age_18_25") for row in rows} == {None, "under 18", "18-25", "26 and over"}
    assert [row["at"]["ethnicity"] for row in rows if row["at"].keys() == {"ethnicity"}][-1] == "Unknown"


def test_gypsy_roma_and_traveller_people_stand_apart_from_white_british(force: Organisation) -> None:
    """Counted as White, the people with the worst figures vanish into the best."""
    live(force, 3)
    live(force, 2, ethnicity_self_code="W3")
    live(force, 1, ethnicity_self_code="W9")
    found = measures.compute(force, START, END, ["ethnicity_apart"], measures=["diverted"], source="live")
    groups = {row["at"]["ethnicity_apart"]: row["denominator"] for row in found["rows"] if row["at"]}
    assert groups == {"White British": 3, "Gypsy, Roma or Traveller": 2, "White minorities": 1}


def test_a_repeated_first_time_entrant_is_told_apart(force: Organisation) -> None:
    """Somebody with informal outcomes only has no caution or conviction: neither first nor repeat."""
    for number, history in enumerate(("none", "resolution", "caution", "conviction", "unknown"), start=1):
        live(force, number, history=history)
    found = measures.compute(force, START, END, ["first_or_repeat"], measures=["diverted"], source="live")
    groups = {row["at"]["first_or_repeat"]: row["denominator"] for row in found["rows"] if row["at"]}
    assert groups == {"first": 1, "repeated first-time entrant": 2, "repeat": 7, "Unknown": 5}


def test_where_keeps_the_groups_named(force: Organisation) -> None:
    """A filter that leaks other groups answers another question than was asked."""
    live(force, 3, gender="Female")
    live(force, 2)
    assert of(force, "diverted", where={"gender": ["Female"]})["diverted"]["denominator"] == 3
    assert of(force, "diverted", where={"gender": ["x'); DROP TABLE y --"]})["diverted"]["denominator"] == 0


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"measures": ["considered"]}, "it needs the force's outcome extract"),
        ({"measures": ["happiness"]}, "There is no measure 'happiness': choose diverted"),
        ({"measures": ["offered"], "source": "police-uk-stop-search"}, "this service's own decisions only"),
        ({"by": ["disability"], "measures": ["diverted"]}, "known only of people whom a provider asked"),
        ({"by": ["area"], "measures": ["diverted"], "source": "police-uk-stop-search"}, "own decisions only"),
        ({"by": ["month", "gender", "scheme", "disposal"]}, "at most 3"),
        ({"by": ["shoe_size"]}, "There is no dimension 'shoe_size'"),
    ],
)
def test_what_cannot_be_had_is_refused_with_what_can(force: Organisation, asked: dict[str, Any], words: str) -> None:
    """A figure made up for want of data does more harm than none."""
    with pytest.raises(NoMeasure, match=words.replace("(", r"\(")):
        measures.compute(force, START, END, **({"source": "live"} | asked))
