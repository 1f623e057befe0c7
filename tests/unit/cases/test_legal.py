"""Where the records meet the law: real rows, and the answer that the law gives about them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from cases import legal
from cases.findings import RANKS
from cases.law.outcomes import Result
from cases.models import Decision, Offence
from diversion import clock
from diversion.refusals import Refused
from tests.conftest import Cast
from tests.factories.cases import crime, decision, person, record

TODAY = date(2026, 6, 10)
CHILD = date(2010, 1, 5)  # 16


@pytest.mark.parametrize(
    ("rank", "reaches"),
    [
        ("", []),
        ("constable", ["constable"]),
        ("sergeant", ["constable", "sergeant"]),
        ("inspector", ["constable", "sergeant", "inspector", "prosecutor"]),
        ("superintendent", ["constable", "sergeant", "inspector", "superintendent", "prosecutor"]),
    ],
)
def test_who_may_record_which_decision(rank: str, reaches: list[str]) -> None:
    """A constable would decide an inspector's case, or nobody could record what the prosecutor decided."""
    assert [needed for needed in RANKS if legal.may_record_decision(rank, needed)] == reaches


@pytest.mark.parametrize(
    ("day", "there", "not_there"),
    [
        (date(2026, 2, 11), "outcome_22", "deferred_prosecution_child"),
        (date(2026, 2, 12), "deferred_prosecution_child", "diversionary_caution"),
        (date(2019, 3, 31), "community_resolution", "outcome_22"),
        (date(2019, 4, 1), "outcome_22", "deferred_prosecution_child"),
    ],
)
def test_what_may_be_issued_on_a_day(day: date, there: str, not_there: str) -> None:
    """An officer would be offered what the law did not have yet: outcome 22 before April 2019, or the Act of 2022."""
    codes = [str(one.code) for one in legal.disposals_on(day)]
    assert there in codes
    assert not_there not in codes


def test_a_disposal_is_named_as_it_stood_and_none_is_said() -> None:
    """A case without a police disposal would show a code, or an empty line."""
    assert legal.disposal_label("outcome_22", TODAY) == "Outcome 22: diversionary activity"
    assert legal.disposal_label(legal.NO_DISPOSAL, TODAY) == "No police disposal"


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    ("offence", "committed", "about", "limit"),
    [
        # MCA 1980 s.127: six months from a summary offence, held to the last day of a shorter month
        ("common-assault", date(2026, 1, 10), {}, date(2026, 7, 10)),
        ("common-assault", date(2025, 8, 31), {}, date(2026, 2, 28)),
        # CJA 1988 s.39A: six months from the first statement, and two years from the offence at most
        (
            "common-assault",
            date(2026, 1, 1),
            {"domestic_abuse": True, "first_statement": date(2026, 3, 10)},
            date(2026, 9, 10),
        ),
        (
            "common-assault",
            date(2024, 7, 1),
            {"domestic_abuse": True, "first_statement": date(2026, 5, 1)},
            date(2026, 7, 1),
        ),
        ("common-assault", date(2026, 1, 1), {"first_statement": date(2026, 3, 10)}, date(2026, 7, 1)),
        # either-way and indictable offences have none; criminal damage keeps its mode whatever it cost
        ("criminal-damage", date(2026, 1, 10), {}, None),
        ("robbery", date(2026, 1, 10), {}, None),
        # low-value shop theft: a working date while the value is not known
        ("theft-from-a-shop", date(2026, 1, 10), {}, date(2026, 7, 10)),
    ],
)
def test_the_limit_of_an_offence_of_the_catalogue(
    offence: str, committed: date, about: dict[str, Any], limit: date | None
) -> None:
    """A case would be held past the day on which it could still be charged, or hurried for no reason."""
    row = Offence.objects.standing().get(code=offence, owner=None)
    assert legal.statutory_limit(row, committed, **about).on == limit


@pytest.mark.usefixtures("cast")
def test_a_domestic_assault_without_a_statement_counts_from_the_offence() -> None:
    """With no statement yet the clock must not stand still."""
    row = Offence.objects.standing().get(code="common-assault", owner=None)
    found = legal.statutory_limit(row, date(2026, 1, 10), domestic_abuse=True)
    assert found.on == date(2026, 7, 10)
    assert "first statement" in found.explanation


def made(cast: Cast, disposal: str, *, child: bool = False, **changes: Any) -> Decision:
    """A decision on record about a theft, by an adult or by a child of 16; nothing of it is closed."""
    who = person(date_of_birth=CHILD) if child else person()
    case = record(cast["amara"], person=who, crimes=[crime("theft")], decision=decision(**changes))
    Decision.objects.filter(case=case).update(disposal=disposal)
    return Decision.objects.get(case=case)


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize(
    ("disposal", "child", "kept", "not_kept"),
    [
        ("community_resolution", False, "8", "8"),
        ("simple_caution", False, "3", "3"),
        ("conditional_caution", False, "3", None),
        ("youth_caution", True, "2", "2"),
        ("youth_conditional_caution", True, "2", None),
        ("outcome_22", False, "22", None),
        ("outcome_22", True, "22", None),
        ("deferred_caution", False, "22", None),
        ("deferred_charge", False, "22", None),
        ("deferred_summons", False, "8", None),
        ("deferred_prosecution_child", True, "23", None),
        ("none", False, "", ""),
    ],
)
def test_the_outcome_of_support_that_has_ended(
    cast: Cast, disposal: str, child: bool, kept: str, not_kept: str | None
) -> None:
    """The force's return would be wrong, or a case would close that a person has to decide."""
    one = made(cast, disposal, child=child)
    assert legal.outcome(one, completed=True, on=TODAY) == kept
    assert legal.outcome(one, completed=False, on=TODAY) == not_kept
    assert legal.depends_on_support(one) == (not_kept is None)


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("result", ["offered_declined", "not_offered"])
def test_what_was_not_accepted_gives_the_crime_no_outcome(cast: Cast, result: str) -> None:
    """A person who declined would be counted as resolved."""
    one = made(cast, "community_resolution")
    one.result = result
    assert legal.outcome(one, completed=True, on=TODAY) == ""


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize(
    ("disposal", "child", "result", "outcome"),
    [
        ("conditional_caution", False, Result.FAILED_PROSECUTED, "1"),
        ("conditional_caution", False, Result.FAILED_NO_ACTION, "3"),
        ("youth_conditional_caution", True, Result.FAILED_NO_ACTION, "2"),
        ("deferred_caution", False, Result.FAILED_CAUTIONED, "3"),
        ("deferred_caution", True, Result.FAILED_CAUTIONED, "2"),
        ("deferred_charge", False, Result.FAILED_PROSECUTED, "1"),
        ("deferred_prosecution_child", True, Result.FAILED_PROSECUTED, "1"),
        ("none", False, Result.FAILED_NO_ACTION, ""),
    ],
)
def test_what_follows_an_agreement_not_kept(
    cast: Cast, disposal: str, child: bool, result: Result, outcome: str
) -> None:
    """The crime would close as something that nobody decided."""
    assert legal.outcome_after_failure(made(cast, disposal, child=child), result, on=TODAY) == outcome


@pytest.mark.usefixtures("frozen")
def test_a_child_who_has_turned_18_is_cautioned_as_an_adult(cast: Cast) -> None:
    """Youth statutes look at the age on the day of the caution: outcome 2 for an adult would be wrong."""
    one = made(cast, "deferred_caution", child=True)
    eve, birthday = date(2028, 1, 4), date(2028, 1, 5)
    assert legal.outcome_after_failure(one, Result.FAILED_CAUTIONED, on=eve) == "2"
    assert legal.outcome_after_failure(one, Result.FAILED_CAUTIONED, on=birthday) == "3"


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("disposal", ["outcome_22", "deferred_charge", "deferred_summons"])
def test_where_the_law_leaves_it_open_the_officer_chooses_among_what_it_allows(cast: Cast, disposal: str) -> None:
    """The service would choose why nobody is prosecuted, or let a resolution be put down that never was."""
    one = made(cast, disposal)
    assert [each.number for each in legal.outcomes_without_action(one, on=TODAY)] == [10, 15, 16, 17, 20, 21]
    assert legal.outcome_after_failure(one, Result.FAILED_NO_ACTION, on=TODAY, chosen="16") == "16"
    for chosen in ("", "8", "22", "sixteen"):
        with pytest.raises(Refused, match="Choose the Home Office outcome"):
            legal.outcome_after_failure(one, Result.FAILED_NO_ACTION, on=TODAY, chosen=chosen)


@pytest.mark.usefixtures("frozen")
def test_an_outcome_is_offered_only_once_it_existed(cast: Cast) -> None:
    """Outcome 21 began in January 2016: an old crime cannot close with it."""
    one = made(cast, "deferred_charge")
    assert 21 not in [each.number for each in legal.outcomes_without_action(one, on=date(2015, 12, 31))]


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("disposal", ["conditional_caution", "community_resolution", "none"])
def test_where_the_law_leaves_no_choice_none_is_offered(cast: Cast, disposal: str) -> None:
    """An officer would be asked to pick a number for a caution that stands."""
    assert legal.outcomes_without_action(made(cast, disposal), on=TODAY) == []


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize(
    ("disposal", "result", "words"),
    [
        ("none", Result.FAILED_PROSECUTED, "record what follows as a new decision"),
        ("community_resolution", Result.FAILED_CAUTIONED, "does not fall back to a caution"),
        ("outcome_22", Result.FAILED_CAUTIONED, "does not fall back to a caution"),
    ],
)
def test_what_cannot_follow_is_refused_with_the_way_on(cast: Cast, disposal: str, result: Result, words: str) -> None:
    """A person would be cautioned for not doing what was voluntary."""
    with pytest.raises(Refused, match=words):
        legal.outcome_after_failure(made(cast, disposal), result, on=TODAY)


def test_the_rules_of_the_day_of_the_decision_count_at_its_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case would close by rules that nobody knew when the person agreed to it."""
    from cases.law import disposals

    with clock.set_to(datetime(2026, 6, 10, 9, tzinfo=UTC)):
        one = made(cast, "deferred_summons")
    now = disposals.get("deferred_summons", TODAY).model_copy(update={"valid_to": date(2026, 6, 30)})
    then = now.model_copy(update={"valid_from": date(2026, 7, 1), "valid_to": None, "outcome_on_completion": 22})
    dated = disposals.build_catalogue([now, then])
    monkeypatch.setattr(disposals, "catalogue", lambda: dated)
    with clock.set_to(datetime(2026, 9, 1, 9, tzinfo=UTC)):
        assert legal.outcome(one, completed=True, on=date(2026, 9, 1)) == "8"
