"""Who accepted beside who was not diverted: the counts, the ratios and the curves, against a reckoning of our own."""

import json
import math
import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.contingency_tables import StratifiedTable

from cases.law.dates import add_months
from diversion.accounts.models import Organisation
from diversion.audit.models import Event
from reporting.measures.counting import Count
from reporting.measures.declared import MEASURES
from reporting.measures.disparity import disparity
from reporting.measures.effect import effect
from reporting.measures.evidence import Finding, Grade
from reporting.models import FollowUp, FollowUpBatch
from tests.factories.facts import live

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
START, END = date(2022, 1, 1), date(2026, 6, 10)
GROUPS, HISTORIES = ("Theft", "Violence"), ("none", "resolution", "caution")
Row = dict[str, Any]


@pytest.fixture
def force() -> Organisation:
    return Organisation.objects.create(slug="testshire", name="Testshire", kind=Organisation.Kind.POLICE_FORCE)


@pytest.fixture
def batch(force: Organisation) -> FollowUpBatch:
    return FollowUpBatch.objects.create(force=force, mapping="x", mapping_digest="", file_name="x.csv")


def follow(batch: FollowUpBatch, case: int, to: date, *reoffence: date, **more: Any) -> None:
    """One row of an extract, straight into its table."""
    values = dict(zip(("reoffence_on", "proven_on"), reoffence, strict=False)) | {"scope": "national"} | more
    FollowUp.objects.create(
        force=batch.force, batch=batch, case_id=case, followed_from=START, followed_to=to, digest=digest(case), **values
    )


def digest(case: int) -> str:
    return f"00000000-0000-0000-0000-{case:012d}"


def world(batch: FollowUpBatch, seed: int, count: int = 300) -> list[Row]:
    """Decisions of three years with history that matters to who is offered, and to who offends again."""
    rng = random.Random(seed)
    rows = []
    for case in range(1, count + 1):
        history = rng.choice(HISTORIES)
        worse = HISTORIES.index(history)
        decision = (
            "offered_accepted" if rng.random() < 0.7 - 0.2 * worse else rng.choice(["not_offered", "offered_declined"])
        )
        day = date(2022, 3, 1) + timedelta(days=rng.randrange(1100))
        row: Row = {"decision": decision, "history": history, "offence_group": rng.choice(GROUPS), "happened_on": day}
        row["eligibility"] = rng.choice(["eligible", "unknown", "ineligible"])
        live(batch.force, case_id=case, **row)
        row["to"] = None
        if rng.random() < 0.9:
            row["to"] = rng.choice([date(2025, 3, 31), date(2026, 5, 31)])
            again = day + timedelta(days=rng.randrange(1, 1500))
            proven = again + timedelta(days=rng.randrange(300))
            row["again"] = (again, proven) if rng.random() < 0.35 + 0.15 * worse and proven <= row["to"] else ()
            if row["to"] >= day:
                follow(batch, case, row["to"], *row["again"], scope=rng.choice(["national", "force"]))
            else:
                row["to"] = None
        rows.append(row)
    return rows


def arm(row: Row) -> str:
    if row["decision"] == "offered_accepted":
        return "accepted"
    return "neither" if row["eligibility"] == "ineligible" else "not_diverted"


def mature(rows: list[Row], months: int) -> list[tuple[Row, bool]]:
    """(row, whether it counts as proven reoffending) of those followed for long enough."""
    found = []
    for row in rows:
        last = add_months(row["happened_on"], months + 6)
        if row["to"] and last <= min(row["to"], date(2026, 6, 10)):
            again = row["again"]
            within = bool(again) and again[0] <= add_months(row["happened_on"], months) and again[1] <= last
            found.append((row, within))
    return found


@pytest.mark.parametrize("seed", [5, 6])
def test_every_count_and_both_ratios_are_those_of_another_reckoning(batch: FollowUpBatch, seed: int) -> None:
    """A ratio of reoffending is quoted for years: two programs that share no line must agree on it."""
    rows = world(batch, seed)
    found = effect(batch.force, START, END)
    for finding, months in zip(found["findings"], (12, 24), strict=True):
        followed = mature(rows, months)
        for side, name in (("group", "accepted"), ("comparator", "not_diverted")):
            mine = [within for row, within in followed if arm(row) == name]
            told = finding[side]
            assert (told["numerator"], told["denominator"]) == (sum(mine), len(mine))
            out = [row for row in rows if arm(row) == name]
            lost = [r for r in out if not r["to"] and add_months(r["happened_on"], months + 6) <= date(2026, 6, 10)]
            assert (told["not_found"], told["pending"]) == (len(lost), len(out) - len(mine) - len(lost))
            assert sum(told["eligibility"].values()) == len(mine)
        assert finding["left_out"] == sum(arm(row) == "neither" for row, _ in followed)
        assert finding["adjusted"]["ratio"] == pytest.approx(pooled(followed))
        (a, n1), (c, n2) = ((finding[s]["numerator"], finding[s]["denominator"]) for s in ("group", "comparator"))
        assert finding["crude"]["ratio"] == pytest.approx(a / n1 / (c / n2))
        half = 1.959963985 * math.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2)
        assert finding["crude"]["interval"][1] == pytest.approx(finding["crude"]["ratio"] * math.exp(half))
        assert finding["grade"] == "comparative"
        found_eligible = [(arm(row), within) for row, within in followed if row["eligibility"] == "eligible"]
        told = finding["crude_of_eligible"]
        assert (told["events"], told["people"]) == pair_of(found_eligible, "accepted")
        assert (told["reference_events"], told["reference_people"]) == pair_of(found_eligible, "not_diverted")
        scopes = finding["follow_up"]["records_searched"]
        assert sum(scopes.values()) == sum(arm(row) != "neither" for row, _ in followed)
        assert finding["follow_up"]["complete_to"] == ["2025-03-31", "2026-05-31"]


def pair_of(found: list[tuple[str, bool]], name: str) -> tuple[int, int]:
    mine = [within for of, within in found if of == name]
    return sum(mine), len(mine)


def pooled(followed: list[tuple[Row, bool]]) -> float:
    """The Mantel-Haenszel risk ratio by statsmodels, which has the ratio and not its variance."""
    tables = []
    for offence in GROUPS:
        for history in HISTORIES:
            cells = [[0, 0], [0, 0]]
            for row, within in followed:
                if (row["offence_group"], row["history"]) == (offence, history) and arm(row) != "neither":
                    cells[arm(row) != "accepted"][not within] += 1
            tables.append(cells)
    return float(StratifiedTable(tables).riskratio_pooled)


def test_history_that_decides_who_is_offered_is_taken_out_by_adjusting(
    force: Organisation, batch: FollowUpBatch
) -> None:
    """Offered only to people without a history, a resolution that does nothing looks as if it worked."""
    case = 0
    for history, accepted, others, rate in (("none", 80, 20, 0.1), ("caution", 20, 80, 0.5)):
        for decision, people in (("offered_accepted", accepted), ("not_offered", others)):
            for number in range(people):
                case += 1
                live(force, case_id=case, decision=decision, history=history, happened_on=date(2023, 5, 1))
                again = (date(2023, 9, 1), date(2023, 12, 1)) if number < rate * people else ()
                follow(batch, case, date(2026, 5, 31), *again)
    one = effect(force, START, END)["findings"][0]
    assert (one["group"]["numerator"], one["comparator"]["numerator"]) == (18, 42)
    assert one["crude"]["ratio"] == pytest.approx(18 / 42)
    assert one["adjusted"]["ratio"] == pytest.approx(1.0)
    assert (one["adjusted"]["strata"], one["adjusted"]["strata_used"]) == (2, 2)
    assert one["crude_of_strata_used"]["people"] == 100


def test_a_stratum_of_one_group_weighs_nothing_and_the_crude_ratio_of_the_rest_stands_beside(
    force: Organisation, batch: FollowUpBatch
) -> None:
    """An adjusted ratio of half the people beside a crude one of all of them is a comparison of two populations."""
    again = (date(2023, 9, 1), date(2023, 12, 1))
    for case, (decision, history) in enumerate(
        [("offered_accepted", "none"), ("not_offered", "none"), ("offered_accepted", "caution")] * 10, start=1
    ):
        live(force, case_id=case, decision=decision, history=history, happened_on=date(2023, 5, 1))
        follow(batch, case, date(2026, 5, 31), *(again if case <= 15 else ()))
    one = effect(force, START, END)["findings"][0]
    assert (one["crude"]["people"], one["crude_of_strata_used"]["people"]) == (20, 10)
    assert (one["adjusted"]["strata_used"], one["adjusted"]["ratio"]) == (1, pytest.approx(1.0))


def test_the_curves_are_those_of_the_people_followed(batch: FollowUpBatch) -> None:
    """Followed to the last day of the extract, an offence of last month that is not proven yet looks like none."""
    rows = world(batch, 8)
    found = effect(batch.force, START, END)["time_to_first_reoffence"]
    for name in ("accepted", "not_diverted"):
        days, marks = [], []
        for row in rows:
            if arm(row) != name or not row["to"]:
                continue
            ends = min(add_months(row["to"], -6), add_months(row["happened_on"], 24))
            if ends <= row["happened_on"]:
                continue
            again = bool(row["again"]) and row["again"][0] <= ends
            days.append(((row["again"][0] if again else ends) - row["happened_on"]).days)
            marks.append(int(again))
        assert (found[name]["people"], found[name]["events"]) == (len(days), sum(marks))
        curve = SurvfuncRight(days, marks)
        year = [share for at, share in zip(curve.surv_times, curve.surv_prob, strict=True) if at <= 365][-1]
        assert found[name]["without_reoffence"]["365"] == pytest.approx(year)
    assert 0 < found["log_rank"]["p"] < 1


def test_disparity_takes_the_measures_like_any_other_and_says_who_was_not_found(
    force: Organisation, batch: FollowUpBatch
) -> None:
    """A rate by ethnicity of those who happened to be in the extract hides who was left out of it."""
    for case in range(1, 81):
        live(force, case_id=case, ethnicity_self_code="B1" if case % 2 else "W1", happened_on=date(2023, 5, 1))
        again = (date(2023, 9, 1), date(2023, 12, 1)) if case % 4 == 1 or case % 8 == 2 else ()
        if case > 4:
            follow(batch, case, date(2026, 5, 31), *again)
    found = disparity(force, START, END, ["ethnicity"], ["reoffended_12"], source="live")
    (table,) = found["tables"]
    groups = {row["group"]: (row["numerator"], row["denominator"], row["not_found"]) for row in table["groups"]}
    assert groups == {"White": (9, 38, 2), "Black": (19, 38, 2)}
    (row,) = table["against_reference"]
    assert (row["group"], row["ratio"], row["adverse"]) == ("Black", pytest.approx(19 / 9), True)
    assert found["measures"][0]["grade"] == "descriptive"


def test_without_an_extract_nobody_is_compared_and_the_grade_says_so(force: Organisation) -> None:
    """A comparison of nobody with nobody is no evidence, and no nought per cent."""
    live(force, 5, happened_on=date(2023, 5, 1))
    found = effect(force, START, END)
    one = found["findings"][0]
    assert (one["grade"], one["group"]["denominator"], one["group"]["not_found"]) == ("descriptive", 0, 5)
    assert (one["crude"]["ratio"], one["adjusted"]["ratio"], one["follow_up"]["complete_to"]) == (None, None, None)
    assert found["time_to_first_reoffence"]["log_rank"] == {"chi2": None, "p": None}


def test_a_grade_follows_from_what_is_compared_and_nothing_is_randomised() -> None:
    """Whoever could write "randomised" on a figure would, and one day somebody would believe it."""
    people = Count(1, 10)
    assert Finding(people).grade is Grade.DESCRIPTIVE
    assert Finding(people, Count(0, 0, 5)).grade is Grade.DESCRIPTIVE
    assert Finding(people, people).grade is Grade.COMPARATIVE
    assert {measure.grade for measure in MEASURES} == {"descriptive"}


def test_the_command_prints_it_for_operational_use_and_is_logged(
    force: Organisation, batch: FollowUpBatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exact counts of convictions leave with their marking and a trace, and never without what they cannot show."""
    world(batch, 7, 60)
    call_command("effect", "--force=testshire", "--from=2022-01-01", "--to=2026-06-10")
    found = json.loads(capsys.readouterr().out)
    assert (found["audience"], found["marking"]) == ("operational", "operational: exact counts, not for release")
    assert all("at random" in finding["cannot_show"][0] for finding in found["findings"])
    assert "nobody knows whether they were eligible" in found["findings"][0]["cannot_show"][-1]
    assert Event.objects.filter(kind="effect.produced").count() == 1
    with pytest.raises(CommandError):
        call_command("effect", "--force=testshire", "--from=2026-06-10", "--to=2022-01-01")
