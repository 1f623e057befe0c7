"""What a matrix indicates, and that it never decides."""

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cases.law.codes import DisposalCode
from cases.law.data import NotInForce
from cases.law.disposals import get
from cases.law.gravity import (
    GravityAssessment,
    GravityError,
    Matrix,
    assess_gravity,
    factors,
    matrices,
    matrix_on,
    net_adjustment,
)

TODAY = date(2026, 6, 1)
WORSE = [code for code, factor in factors().items() if factor.weight > 0]
BETTER = [code for code, factor in factors().items() if factor.weight < 0]
SCORES = st.integers(1, 5)
SOME = st.lists(st.sampled_from(list(factors())), max_size=8)


def assess(score: int, *codes: str, track: str = "adult", **more: object) -> GravityAssessment:
    return assess_gravity(track, score, codes, at=TODAY, assessed_by="PC 1", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("score", "codes", "adjustment", "final"),
    [
        (3, [], 0, 3),
        (3, ["weapon"], 1, 4),
        (3, ["remorse"], -1, 2),
        (3, ["weapon", "remorse"], 0, 3),
        (3, ["weapon", "planning", "hate"], 1, 4),
        (3, ["remorse", "illness", "minor_loss"], -1, 2),
        (3, ["weapon", "planning", "remorse"], 1, 4),
        (5, ["weapon"], 1, 5),
        (1, ["remorse"], -1, 1),
        (3, ["weapon", "weapon", "remorse"], 0, 3),
    ],
)
def test_factors_move_a_score_by_one_step_at_most(score: int, codes: list[str], adjustment: int, final: int) -> None:
    """A heap of ticked boxes would turn a warning into a charge."""
    found = assess(score, *codes)
    assert (found.net_adjustment, found.final_score) == (adjustment, final)


@given(SCORES, SOME)
def test_the_adjustment_and_the_score_stay_in_bounds(score: int, codes: list[str]) -> None:
    """A score of 6 would indicate nothing, and one of 0 everything."""
    found = assess(score, *codes)
    assert found.net_adjustment in (-1, 0, 1)
    assert 1 <= found.final_score <= 5
    assert abs(found.final_score - score) <= 1


@given(SCORES, SOME, st.sampled_from(WORSE))
def test_an_aggravating_factor_never_lowers_a_score(score: int, codes: list[str], more: str) -> None:
    """Recording a weapon would help the person who carried it."""
    assert assess(score, *codes, more).final_score >= assess(score, *codes).final_score


@given(SCORES, SOME, st.sampled_from(BETTER))
def test_a_mitigating_factor_never_raises_a_score(score: int, codes: list[str], more: str) -> None:
    """Recording exploitation would harm the person exploited."""
    assert assess(score, *codes, more).final_score <= assess(score, *codes).final_score


@given(SOME)
def test_order_and_repetition_of_factors_do_not_matter(codes: list[str]) -> None:
    """Two officers ticking the same boxes would reach different scores."""
    assert net_adjustment(codes) == net_adjustment([*reversed(codes), *codes])


@pytest.mark.parametrize(
    ("track", "score", "words", "disposals"),
    [
        ("child", 1, "No further action: the tests are not met", set()),
        (
            "child",
            2,
            "An informal resolution",
            {"community_resolution", "outcome_22", "deferred_caution", "deferred_prosecution_child"},
        ),
        ("child", 3, "A youth caution", {"youth_caution"}),
        ("child", 4, "A youth conditional caution", {"youth_conditional_caution"}),
        ("child", 5, "Normally charge", set()),
        ("adult", 1, "A community resolution or no further action", {"community_resolution", "outcome_22"}),
        ("adult", 3, "A conditional caution", {"conditional_caution", "deferred_caution"}),
        ("adult", 5, "Charge", set()),
    ],
)
def test_what_each_score_indicates(track: str, score: int, words: str, disposals: set[str]) -> None:
    """A child's score of 4 would be read on the adult scale."""
    found = assess(score, track=track)
    assert found.indicated_words == words
    assert set(found.indicated) == disposals


def test_the_childs_mapping_is_found_and_the_adults_is_marked_unsure() -> None:
    """An unsettled mapping would be shown with the weight of a national one."""
    assert not assess(3, track="child").unsure
    assert assess(3).unsure


@pytest.mark.parametrize("matrix", matrices(), ids=lambda matrix: matrix.version)
def test_a_matrix_indicates_only_what_its_people_may_have(matrix: Matrix) -> None:
    """A child would be pointed to a disposal for adults."""
    age = 15 if matrix.track == "child" else 30
    for row in matrix.indicates:
        assert all(get(code, TODAY).suits_age(age) for code in row.disposals)


def test_it_indicates_and_leaves_the_decision_to_a_person() -> None:
    """A number would decide about somebody."""
    found = assess(3, "remorse")
    assert found.explanation.endswith("It is a guide: the decision is yours to make.")
    assert not {"decision", "decided", "disposal", "chosen"} & {field.name for field in fields(found)}


def test_the_words_show_the_working() -> None:
    """An inspector could not see how a score was reached."""
    found = assess(3, "remorse", override_score=4, override_rationale="Third in a month")
    assert "offence score 3, one down for mitigating factors, final score 2. Overridden to 4." in found.explanation


def test_an_override_stands_beside_the_matrixs_own_score() -> None:
    """The matrix's score would be lost, and nobody could see that it was set aside."""
    found = assess(2, override_score=4, override_rationale=" Third in a month ")
    assert (found.final_score, found.override_score, found.standing_score) == (2, 4, 4)
    assert found.override_rationale == "Third in a month"
    assert DisposalCode.CONDITIONAL_CAUTION in found.indicated
    assert assess(2).standing_score == 2


@pytest.mark.parametrize("rationale", ["", "   ", "\n"])
def test_an_override_without_a_reason_is_refused(rationale: str) -> None:
    """Scores would be changed with nothing to review."""
    with pytest.raises(GravityError, match="Say why"):
        assess(2, override_score=4, override_rationale=rationale)


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_score_off_the_scale_is_refused(score: int) -> None:
    """A mistyped score would indicate nothing."""
    with pytest.raises(GravityError, match="offence score"):
        assess(score)
    with pytest.raises(GravityError, match="override score"):
        assess(3, override_score=score, override_rationale="Because")


def test_an_unknown_factor_is_an_error_that_lists_the_known() -> None:
    """A misspelt factor would weigh nothing, silently."""
    with pytest.raises(GravityError, match=r"Unknown factors: wepon\. Use: weapon"):
        assess(3, "wepon")


@pytest.mark.parametrize(("track", "before"), [("child", date(2023, 9, 30)), ("adult", date(2019, 1, 31))])
def test_before_the_first_version_there_is_no_matrix(track: str, before: date) -> None:
    """An old case would be scored on a matrix nobody had."""
    with pytest.raises(NotInForce, match=f"The {track} gravity matrix"):
        matrix_on(track, before)  # type: ignore[arg-type]


def test_a_force_can_bring_its_own_mapping() -> None:
    """A force with its own approved mapping would be shown ours."""
    ours = matrix_on("adult", TODAY)
    rows = [row.model_copy(update={"disposals": (DisposalCode.OUTCOME_22,)}) for row in ours.indicates]
    own = ours.model_copy(update={"version": "ours-2026", "unsure": False, "indicates": tuple(rows)})
    found = assess(4, matrix=own)
    assert (found.matrix_version, found.unsure, found.indicated) == ("ours-2026", False, (DisposalCode.OUTCOME_22,))


def test_a_matrix_with_a_gap_is_refused() -> None:
    """A person with that score would stop the page."""
    raw = matrix_on("adult", TODAY).model_dump(mode="json")
    raw["indicates"] = raw["indicates"][:-1]
    with pytest.raises(ValidationError, match="each score from 1 to 5"):
        Matrix.model_validate(raw)


def test_factors_cover_what_the_domain_lists() -> None:
    """Eleven typical aggravating and seven mitigating factors: one would be missing from the form."""
    assert (len(WORSE), len(BETTER)) == (11, 7)
    assert all(factor.label for factor in factors().values())
