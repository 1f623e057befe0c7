"""What a condition may ask, by disposal and by contract."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.law.codes import ConditionObject, ConditionType, DisposalCode, Severity, UnknownCode
from cases.law.conditions import ContractLimits, ProposedCondition, check_conditions
from cases.law.disposals import catalogue
from cases.law.findings import Finding, is_refused

TODAY = date(2026, 6, 1)
COURSE = ProposedCondition("course", "rehabilitative")
WITH_CAP = ["conditional_caution", "youth_conditional_caution"]
NO_CONDITIONS = ["simple_caution", "youth_caution", "penalty_notice", "cannabis_warning", "khat_warning"]


def work(hours: float | None, purpose: str = "reparative") -> ProposedCondition:
    return ProposedCondition("unpaid_work", purpose, hours=hours)


def penalty(pence: int | None) -> ProposedCondition:
    return ProposedCondition("financial_penalty", "punitive", pence=pence)


def ask(
    disposal: str,
    *conditions: ProposedCondition,
    mode: str = "either_way",
    age: int | None = None,
    contract: ContractLimits | None = None,
) -> list[Finding]:
    years = age if age is not None else (15 if disposal.startswith("youth") else 30)
    return check_conditions(disposal, conditions, at=TODAY, mode=mode, age=years, contract=contract)


def blocks(found: list[Finding]) -> list[str]:
    return [finding.code for finding in found if finding.severity is Severity.BLOCK]


@pytest.mark.parametrize("disposal", WITH_CAP)
@pytest.mark.parametrize(("hours", "allowed"), [(1, True), (20, True), (20.5, False), (24, False)])
def test_unpaid_work_stops_at_20_hours(disposal: str, hours: float, allowed: bool) -> None:
    """A person would work longer than the statute lets anybody ask."""
    assert blocks(ask(disposal, work(hours))) == ([] if allowed else ["unpaid_work_hours"])


def test_hours_of_several_conditions_add_up() -> None:
    """Two conditions of 15 hours would slip under the cap of 20."""
    assert blocks(ask("conditional_caution", work(15), work(15))) == ["unpaid_work_hours"]
    assert blocks(ask("conditional_caution", work(10), work(10))) == []


def test_rehabilitative_attendance_is_outside_the_cap() -> None:
    """A long drug programme would be refused by the cap on punishment (s.22(3B))."""
    programme = ProposedCondition("treatment_appt", "rehabilitative", hours=60)
    assert ask("conditional_caution", programme, work(20)) == []


def test_unpaid_work_without_hours_is_refused_where_there_is_a_cap() -> None:
    """A blank would pass as nought."""
    [finding] = ask("conditional_caution", work(None))
    assert finding.code == "hours_missing"
    assert finding.reason == "Say how many hours of unpaid work the condition asks."
    assert ask("community_resolution", work(None)) == []


@pytest.mark.parametrize("disposal", [code for code in catalogue() if code.startswith("deferred")])
def test_a_deferral_has_no_cap_of_its_own(disposal: DisposalCode) -> None:
    """A scheme's contract would be held to the conditional caution's 20 hours."""
    assert ask(disposal, work(36), age=16) == []


@pytest.mark.parametrize("disposal", WITH_CAP)
def test_a_caution_with_conditions_needs_one(disposal: str) -> None:
    """The person would sign an agreement with nothing in it."""
    assert blocks(ask(disposal)) == ["no_conditions"]
    assert blocks(ask(disposal, COURSE)) == []


@pytest.mark.parametrize("disposal", NO_CONDITIONS)
def test_some_disposals_carry_none(disposal: str) -> None:
    """A simple caution would be used to make somebody do something."""
    assert ask(disposal) == []
    assert blocks(ask(disposal, COURSE)) == ["conditions_not_allowed"]


@pytest.mark.parametrize(
    ("disposal", "purpose", "allowed"),
    [
        ("conditional_caution", "rehabilitative", True),
        ("conditional_caution", "reparative", True),
        ("conditional_caution", "protective", False),
        ("youth_conditional_caution", "protective", True),
        ("youth_conditional_caution", "foreign_national", False),
        ("community_resolution", "protective", True),
        ("deferred_charge", "protective", True),
    ],
)
def test_each_disposal_has_its_objects(disposal: str, purpose: str, allowed: bool) -> None:
    """A child would be given a condition to leave the country."""
    found = ask(disposal, ProposedCondition("other", purpose))
    assert blocks(found) == ([] if allowed else ["object"])


def test_leaving_the_country_is_a_foreign_national_condition_and_asks_the_home_office() -> None:
    """A British person would be told to leave, or immigration not be asked first."""
    right = ask("conditional_caution", ProposedCondition("departure_uk", "foreign_national"))
    assert [(finding.code, finding.severity) for finding in right] == [("ask_home_office", Severity.WARN)]
    wrong = ask("conditional_caution", ProposedCondition("departure_uk", "punitive"))
    assert blocks(wrong) == ["departure_object"]


def test_a_punitive_condition_is_warned_about_and_allowed() -> None:
    """Punishment would be reached for first."""
    found = ask("conditional_caution", work(10, "punitive"))
    assert [finding.code for finding in found] == ["punitive_last"]
    assert not is_refused(found)


@pytest.mark.parametrize(
    ("disposal", "age", "mode", "most"),
    [
        ("conditional_caution", 18, "summary", 5000),
        ("conditional_caution", 50, "either_way", 10000),
        ("conditional_caution", 50, "indictable", 15000),
        ("youth_conditional_caution", 10, "summary", 1500),
        ("youth_conditional_caution", 13, "either_way", 2500),
        ("youth_conditional_caution", 14, "summary", 3000),
        ("youth_conditional_caution", 17, "indictable", 7500),
    ],
)
def test_a_penalty_stops_at_its_band(disposal: str, age: int, mode: str, most: int) -> None:
    """A person would be asked a pound more than the order allows."""
    assert blocks(ask(disposal, penalty(most), mode=mode, age=age)) == []
    assert blocks(ask(disposal, penalty(most + 1), mode=mode, age=age)) == ["penalty_too_high"]


def test_penalties_add_up_and_need_an_amount() -> None:
    """Two penalties would pass where one would not; a blank would pass as nought."""
    assert blocks(ask("conditional_caution", penalty(6000), penalty(6000))) == ["penalty_too_high"]
    assert blocks(ask("conditional_caution", penalty(None))) == ["penalty_missing"]


@pytest.mark.parametrize("disposal", ["community_resolution", "deferred_charge", "outcome_22"])
def test_a_disposal_without_bands_has_no_penalty(disposal: str) -> None:
    """A voluntary agreement would carry a fine."""
    assert blocks(ask(disposal, penalty(100))) == ["no_penalty"]


def test_the_words_say_both_amounts() -> None:
    """The officer would have to look up the band."""
    [finding, _] = sorted(ask("conditional_caution", penalty(12550)), key=lambda each: each.severity)
    assert finding.reason == "A penalty of £125.50 is more than the £100.00 allowed for this offence and age."
    assert "SI 2013/615" in finding.source


CONTRACT = ContractLimits(
    name="Checkpoint",
    source="DUR1",
    min_conditions=2,
    max_conditions=5,
    unpaid_work_hours_min=18,
    unpaid_work_hours_max=36,
    mandatory=("no_reoffending",),
)
NOT_AGAIN = ProposedCondition("no_reoffending", "rehabilitative")


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ([NOT_AGAIN, COURSE], []),
        ([NOT_AGAIN], ["contract_too_few"]),
        ([NOT_AGAIN, *[COURSE] * 4], []),
        ([NOT_AGAIN, *[COURSE] * 5], ["contract_too_many"]),
        ([COURSE, COURSE], ["contract_mandatory"]),
        ([NOT_AGAIN, work(17)], ["contract_hours"]),
        ([NOT_AGAIN, work(18)], []),
        ([NOT_AGAIN, work(36)], []),
        ([NOT_AGAIN, work(36.5)], ["contract_hours"]),
        ([NOT_AGAIN, work(10), work(10)], []),
        ([COURSE], ["contract_too_few", "contract_mandatory"]),
    ],
)
def test_a_contracts_own_limits(conditions: list[ProposedCondition], found: list[str]) -> None:
    """A scheme's signed agreement would not be what the scheme agreed to."""
    assert blocks(ask("deferred_charge", *conditions, contract=CONTRACT)) == found


def test_both_the_contract_and_the_statute_have_to_be_kept() -> None:
    """A scheme's 36 hours would lift the conditional caution's 20."""
    found = ask("conditional_caution", NOT_AGAIN, work(24), contract=CONTRACT)
    assert blocks(found) == ["unpaid_work_hours"]
    assert blocks(ask("conditional_caution", NOT_AGAIN, work(19), contract=CONTRACT)) == []


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(18, 36, "asks 18 to 36 hours"), (None, 36, "asks 0 to 36 hours"), (50, None, "at least 50")],
)
def test_a_contract_says_what_it_asks(low: float | None, high: float | None, words: str) -> None:
    """The officer would be told no and not what would do."""
    contract = ContractLimits("Checkpoint", "DUR1", unpaid_work_hours_min=low, unpaid_work_hours_max=high)
    [finding] = ask("deferred_charge", work(40), contract=contract)
    assert words in finding.reason


@pytest.mark.parametrize(("kind", "purpose"), [("community_service", "reparative"), ("unpaid_work", "reformative")])
def test_an_unknown_type_or_object_is_an_error(kind: str, purpose: str) -> None:
    """A misspelt type would escape every cap."""
    with pytest.raises(UnknownCode):
        ProposedCondition(kind, purpose)


@pytest.mark.parametrize("amounts", [{"hours": -1}, {"pence": -1}])
def test_less_than_nothing_is_an_error(amounts: dict[str, int]) -> None:
    """A negative figure would offset an excess."""
    with pytest.raises(ValueError, match="cannot be below zero"):
        ProposedCondition("unpaid_work", "reparative", **amounts)


def test_an_unknown_mandatory_condition_is_an_error() -> None:
    """A scheme would demand a condition nobody can set."""
    with pytest.raises(UnknownCode):
        ContractLimits("Checkpoint", "DUR1", mandatory=("sobriety",))


@given(st.lists(st.floats(0, 40, allow_nan=False), min_size=1, max_size=4), st.floats(0, 20, allow_nan=False))
def test_more_hours_never_mend_an_excess(hours: list[float], more: float) -> None:
    """Adding work would turn a refusal into a yes."""
    before = blocks(ask("conditional_caution", *map(work, hours)))
    after = blocks(ask("conditional_caution", *map(work, [*hours, more])))
    assert set(before) <= set(after)


@given(
    st.sampled_from(list(DisposalCode)),
    st.lists(
        st.builds(ProposedCondition, st.sampled_from(ConditionType), st.sampled_from(ConditionObject)), max_size=4
    ),
    st.sampled_from(["summary", "either_way", "indictable"]),
    st.integers(10, 90),
)
def test_every_combination_has_an_answer(
    disposal: DisposalCode, conditions: list[ProposedCondition], mode: str, age: int
) -> None:
    """Some combination would stop the page instead of saying what is wrong."""
    for finding in check_conditions(disposal, conditions, at=TODAY, mode=mode, age=age):
        assert finding.reason.endswith(".")
        assert finding.source
