"""The dashboard's figures: one finding, the funnel beside it, and what is missing."""

from datetime import date
from typing import Any

import pytest

from cases.models import Case
from diversion.accounts.models import Organisation
from reporting import outbox
from reporting.measures.behind import FIGURES, case_ids
from reporting.measures.overview import Question, overview
from reporting.models import Fact
from tests.conftest import Cast
from tests.factories.cases import decision, person, record
from tests.factories.facts import live, suspects

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
START, END = date(2026, 1, 1), date(2026, 6, 30)
NOT_OFFERED: dict[str, Any] = {"decision": "not_offered", "disposal": "not_offered"}


@pytest.fixture
def force() -> Organisation:
    return Organisation.objects.create(slug="testshire", name="Testshire", kind=Organisation.Kind.POLICE_FORCE)


def question(**changes: Any) -> Question:
    usual = {"start": START, "end": END, "source": "live", "by": "ethnicity", "measure": "offered_of_considered"}
    return Question(**usual | changes)


def groups(force: Organisation, **counts: tuple[int, int]) -> None:
    """(offered, considered) of people of each 18+1 code."""
    for code, (offered, people) in counts.items():
        live(force, offered, ethnicity_self_code=code)
        live(force, people - offered, ethnicity_self_code=code, **NOT_OFFERED)


def test_what_is_flagged_is_spoken_of_first_and_never_the_smallest_group(force: Organisation) -> None:
    """The ratio farthest from 1 is that of the fewest people: a page that led with it would cry wolf each month."""
    groups(force, W1=(420, 1500), A1=(84, 300), B1=(60, 300), M1=(0, 9), O9=(1, 40))
    rows = overview(force, question())["comparison"]["rows"]
    assert [(row["group"], row["flag"]) for row in rows[:2]] == [("Black", "look"), ("Asian", "none")]
    assert {row["group"]: row["flag"] for row in rows[2:]} == {"Mixed": "insufficient", "Other": "insufficient"}
    assert (rows[0]["events"], rows[0]["people"], rows[0]["reference_events"]) == (60, 300, 420)


def test_the_reference_and_the_measure_are_the_ones_asked_for(force: Organisation) -> None:
    """Whoever compares with Black people must not be shown a comparison with White people under that name."""
    groups(force, W1=(40, 80), B1=(20, 80))
    found = overview(force, question(reference="Black", measure="offered"))["comparison"]
    assert [(row["group"], row["reference"], row["ratio"]) for row in found["rows"]] == [("White", "Black", 2.0)]


def test_the_funnel_keeps_who_waits_beside_each_stage(force: Organisation) -> None:
    """A stage that loses people without saying whether they wait or left cannot be managed."""
    referred = {"referred_on": date(2026, 5, 5), "scheme": "Checkpoint"}
    live(force, 4, **referred)
    live(force, 3, **referred, started_on=date(2026, 5, 12))
    live(force, 2, **referred, started_on=date(2026, 5, 12), result="completed", due_by=date(2026, 6, 9))
    live(force, 1, authority="waiting", diverted=False)
    live(force, 5, **NOT_OFFERED, eligibility="unknown")
    found = overview(force, question())["funnel"]
    stages = {row["stage"]: (row["people"], row["denominator"], row["pending"]) for row in found["stages"]}
    assert (found["considered"], found["suspects"]) == (15, None)
    assert stages == {
        "eligible": (10, 10, 5),
        "offered": (10, 10, 5),
        "accepted": (9, 9, 1),
        "referred": (9, 9, 0),
        "started": (5, 5, 4),
        "completed": (2, 2, 3),
    }
    assert (found["cohort"]["numerator"], found["cohort"]["denominator"]) == (2, 2)


def test_suspects_stand_above_it_where_an_extract_tells_of_them(force: Organisation) -> None:
    """Who was never considered is in no decision: without the extract nobody sees them."""
    groups(force, W1=(4, 6))
    suspects(force, White=1)
    found = overview(force, question())["funnel"]["suspects"]
    assert (found["numerator"], found["denominator"]) == (0, 1)
    assert overview(force, question(where={"gender": ["Male"]}))["funnel"]["suspects"] is None


def test_a_filter_confines_every_part_alike(force: Organisation) -> None:
    """Parts of one page that count different people contradict each other."""
    live(force, 12, gender="Female")
    live(force, 30)
    found = overview(force, question(where={"gender": ["Female"]}))
    assert found["funnel"]["considered"] == 12
    assert sum(row["denominator"] for row in found["trend"]["rows"]) == 12
    assert sum(row["denominator"] for row in found["heat"]) == 12
    assert sum(row["denominator"] for row in found["comparison"]["groups"]) == 12


def test_few_people_have_no_share(force: Organisation) -> None:
    """Nine people's share is read as their group's."""
    live(force, 9, age=20)
    live(force, 10, age=30)
    cells = {row["at"]["age_band"]: row for row in overview(force, question())["heat"]}
    assert (cells["18-24"]["rate"], cells["18-24"]["too_few"], cells["18-24"]["denominator"]) == (None, True, 9)
    assert (cells["25-34"]["rate"], cells["25-34"]["too_few"]) == (1.0, False)


def test_every_month_of_the_period_is_there_and_the_trend_is_tested(force: Organisation) -> None:
    """A month left out draws a line across it."""
    for month, offered in ((1, 10), (2, 14), (4, 18)):
        live(force, offered, happened_on=date(2026, month, 5))
        live(force, 20 - offered, happened_on=date(2026, month, 5), **NOT_OFFERED)
    found = overview(force, question())["trend"]
    assert found["months"] == [f"2026-{month:02}" for month in range(1, 7)]
    assert [row["at"]["month"] for row in found["rows"]] == ["2026-01", "2026-02", "2026-04"]
    assert found["z"] == pytest.approx(12 / 19.6**0.5)  # by hand: 4 too many in the fourth month; variance 19.6
    assert found["p"] == pytest.approx(0.00672, abs=5e-6)


def test_schemes_stand_by_name_with_what_is_due(force: Organisation) -> None:
    """In the order of their rates they would be a league table, led by the scheme with the fewest people."""
    due = {"referred_on": date(2026, 1, 5), "due_by": date(2026, 5, 1)}
    live(force, 1, scheme="Zebra", **due, started_on=date(2026, 1, 9), result="completed")
    live(force, 3, scheme="Apple", **due, started_on=date(2026, 1, 9), result="completed")
    live(force, 3, scheme="Apple", **due, ending="declined")
    live(force, 2, scheme="none")
    found = overview(force, question())["schemes"]
    assert [row["scheme"] for row in found] == ["Apple", "Zebra"]
    assert (found[0]["completed_in_time"]["numerator"], found[0]["completed_in_time"]["denominator"]) == (3, 6)
    assert found[0]["withdrawn_by_others"]["numerator"] == 3
    assert found[0]["completed_in_time"]["rate"] is None  # of six people


def test_an_imported_file_tells_what_it_can(force: Organisation) -> None:
    """A force that has only its old records sees them, and no stage that they do not hold."""
    found = overview(force, question(source="police-uk-stop-search", measure="diverted"))
    assert [row["stage"] for row in found["funnel"]["stages"]] == ["diverted"]
    assert (found["schemes"], found["to_do"]) == ([], [])


def test_the_figures_take_a_handful_of_queries(force: Organisation, django_assert_max_num_queries: Any) -> None:
    """A query for each group or scheme would be felt by whoever opens the page with a year of figures."""
    for number in range(12):
        live(force, 3, scheme=f"Scheme {number}", ethnicity_self_code=("W1", "B1", "A1")[number % 3])
    with django_assert_max_num_queries(9):
        overview(force, question())


def told(cast: Cast) -> list[Case]:
    """A Black man who accepted, another not offered, and a woman of whom nobody asked."""
    refused = decision(result="not_offered", disposal="", not_offered_reason="history")
    cases = [
        record(cast["amara"]),
        record(cast["amara"], person=person(given_names="Ty"), decision=refused),
        record(cast["amara"], person=person(given_names="Jo", sex="female", **NOBODY_ASKED)),
    ]
    outbox.drain()
    return cases


NOBODY_ASKED = {"ethnicity_self_defined": "", "ethnicity_not_stated": "to_be_asked"}


def test_what_is_missing_is_a_list_of_work_by_team(cast: Cast) -> None:
    """A share unknown tells nobody whose it is to mend."""
    told(cast)
    (row,) = overview(cast["ian"].organisation, question())["to_do"]
    assert (row["team"], row["decisions"], row["ethnicity"]) == ("Response A", 3, 1)


def test_the_cases_behind_a_figure_are_those_that_it_counts(cast: Cast) -> None:
    """A list that does not match its figure is believed by nobody, nor is the figure."""
    accepted, refused, nobody_asked = told(cast)
    force = cast["ian"].organisation

    def behind(figure: str, **more: Any) -> set[int] | None:
        asked = question(where=more.pop("where", {}))
        found = case_ids(force, asked, figure=figure, **more)
        return None if found is None else set(found)

    assert behind("offered_of_considered:of") == {accepted.pk, refused.pk, nobody_asked.pk}
    assert behind("offered_of_considered:with") == {accepted.pk, nobody_asked.pk}
    assert behind("offered_of_considered:without", where={"ethnicity": ["Black"]}) == {refused.pk}
    assert behind("no_ethnicity", team="Response A") == {nobody_asked.pk}
    assert behind("no_ethnicity", team="Response B") == set()
    for none in ("", "reoffended_12:with", "offered:; DROP TABLE", "no_such:with", "need_met:with"):
        assert behind(none) is None
    for name in FIGURES:
        row = next(r for r in _all(force, name) if r["measure"] == name)
        lists = [behind(f"{name}:{part}") or set() for part in ("with", "of", "pending")]
        assert [len(one) for one in lists] == [row["numerator"], row["denominator"], row["pending"]]
    Fact.objects.filter(case_id=accepted.pk).update(case_id=None)
    assert behind("offered_of_considered:with") == {nobody_asked.pk}


def _all(force: Organisation, name: str) -> list[dict[str, Any]]:
    from reporting import measures

    return list(measures.compute(force, START, END, measures=[name], source="live")["rows"])
