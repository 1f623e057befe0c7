"""Adjusted ratios, corrections for many comparisons, flags, unknown ethnicity and survival."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reporting.statistics.disparity import against_reference, against_rest, compare, judge
from reporting.statistics.flags import DEFAULT_RULE, Direction, Flag, FlagRule, is_adverse
from reporting.statistics.odds import pooled_odds
from reporting.statistics.ratios import katz, ratio
from reporting.statistics.significance import benjamini_hochberg
from reporting.statistics.stratified import crude, mantel_fleiss, mantel_haenszel, ratio_homogeneity
from reporting.statistics.survival import kaplan_meier, log_rank, median_time, survival_at
from reporting.statistics.unknown import bounds, unknown_share

GRAVITY = [(40, 100, 300, 600), (30, 150, 90, 450), (6, 60, 15, 150)]


@st.composite
def stratum(draw: st.DrawFn) -> tuple[int, int, int, int]:
    """One stratum with events in both groups."""
    n1, n2 = draw(st.integers(2, 400)), draw(st.integers(2, 400))
    return draw(st.integers(1, n1 - 1)), n1, draw(st.integers(1, n2 - 1)), n2


def test_adjustment_changes_the_specified_finding():
    """The crude ratio would flag the force; within gravity there is no such difference."""
    assert crude(GRAVITY) == (76, 310, 405, 1200)
    assert ratio(*crude(GRAVITY)) == pytest.approx(0.726, abs=0.0005)
    assert katz(*crude(GRAVITY)) == pytest.approx((0.588, 0.897), abs=0.0005)
    adjusted = mantel_haenszel(GRAVITY)
    assert adjusted.value == pytest.approx(0.877, abs=0.0005)
    assert adjusted.interval == pytest.approx((0.715, 1.076), abs=0.0005)
    assert ratio_homogeneity(GRAVITY).p > 0.5


@given(stratum())
def test_one_stratum_is_the_crude_ratio(row):
    """Adjusting for nothing must change nothing."""
    adjusted = mantel_haenszel([row])
    assert adjusted.value == pytest.approx(ratio(*row))
    assert adjusted.interval == pytest.approx(katz(*row))
    assert ratio_homogeneity([row]).p is None


@given(st.lists(stratum(), min_size=1, max_size=5), st.randoms())
def test_order_of_strata_and_strata_without_information_do_not_matter(rows, chance):
    """A gravity band in which nobody of the group was seen must not move the ratio."""
    mixed = [*rows, (0, 0, 3, 9), (0, 12, 0, 30)]
    chance.shuffle(mixed)
    assert mantel_haenszel(mixed).value == pytest.approx(mantel_haenszel(rows).value)
    assert mantel_haenszel(mixed).interval == pytest.approx(mantel_haenszel(rows).interval)
    assert mantel_haenszel(mixed).strata_used == len(rows)
    assert ratio_homogeneity(mixed).statistic == pytest.approx(ratio_homogeneity(rows).statistic)


@given(st.lists(stratum(), min_size=1, max_size=5))
def test_adjusted_ratio_and_its_inverse_agree(rows):
    """Naming the other group as the reference must give the inverse."""
    forward = mantel_haenszel(rows)
    back = mantel_haenszel([(c, n2, a, n1) for a, n1, c, n2 in rows])
    assert forward.value * back.value == pytest.approx(1)
    assert forward.interval == pytest.approx((1 / back.interval[1], 1 / back.interval[0]))


@given(stratum(), st.lists(st.integers(1, 5), min_size=2, max_size=4))
def test_merging_strata_alike_in_rates_and_mix_changes_nothing(row, sizes):
    """Splitting one gravity band into copies of itself, or merging them again, must not move the ratio."""
    split = [tuple(size * count for count in row) for size in sizes]
    assert mantel_haenszel(split).value == pytest.approx(mantel_haenszel([crude(split)]).value)
    assert ratio_homogeneity(split).statistic == pytest.approx(0, abs=1e-9)


@settings(max_examples=30)
@given(st.lists(stratum(), min_size=2, max_size=4))
def test_pooled_odds_equal_the_sum_formula(rows):
    """The odds ratio beside which Breslow-Day stands must be Mantel-Haenszel's."""
    tables = [[[a, n1 - a], [c, n2 - c]] for a, n1, c, n2 in rows]
    top = sum(a * (n2 - c) / (n1 + n2) for a, n1, c, n2 in rows)
    bottom = sum((n1 - a) * c / (n1 + n2) for a, n1, c, n2 in rows)
    found = pooled_odds(tables)
    assert found.value == pytest.approx(top / bottom)
    assert found.breslow_day.degrees == len(rows) - 1
    assert found.tarone.statistic <= found.breslow_day.statistic + 1e-9


@settings(max_examples=30)
@given(st.lists(stratum(), min_size=2, max_size=4), st.booleans())
def test_homogeneity_of_odds_is_the_one_that_statsmodels_gives(rows, adjust):
    """The test is written out to bear an odds ratio of exactly 1; elsewhere it must stay the textbook's."""
    import numpy as np
    from statsmodels.stats.contingency_tables import StratifiedTable

    tables = [[[a, n1 - a], [c, n2 - c]] for a, n1, c, n2 in rows]
    found = pooled_odds(tables)
    assume(abs(found.value - 1) > 1e-3)
    theirs = StratifiedTable(np.stack([np.array(t, dtype=float) for t in tables], axis=2)).test_equal_odds(adjust)
    ours = found.tarone if adjust else found.breslow_day
    assert (ours.statistic, ours.p) == pytest.approx((theirs.statistic, theirs.pvalue), rel=1e-5, abs=1e-8)


def test_an_odds_ratio_of_exactly_one_has_a_homogeneity_test():
    """Two groups treated alike must not bring down the page."""
    assert pooled_odds([[[1, 1], [1, 1]], [[2, 2], [3, 3]]]).breslow_day.statistic == pytest.approx(0)


def test_the_criterion_for_sparse_strata():
    """By hand: of (3 of 5, 2 of 5) 2.5 are expected, and 0 to 5 possible; a stratum without events adds nothing."""
    assert mantel_fleiss([(3, 5, 2, 5), (0, 4, 0, 4)]) == pytest.approx(2.5)
    assert mantel_fleiss([(3, 5, 2, 5)] * 3) == pytest.approx(7.5)
    assert mantel_fleiss([]) == 0


def test_nothing_to_adjust_gives_no_ratio():
    """A measure with no events in the group must say so, not divide by zero."""
    assert mantel_haenszel([(0, 10, 4, 20)]).value is None
    assert mantel_haenszel([]).value is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.randoms())
def test_correction_follows_each_comparison_when_they_are_shuffled(p, chance):
    """A flag must stay with its group however the table is sorted."""
    order = list(range(len(p)))
    chance.shuffle(order)
    adjusted, shuffled = benjamini_hochberg(p), benjamini_hochberg([p[i] for i in order])
    assert shuffled == pytest.approx([adjusted[i] for i in order])
    assert all(raw <= late + 1e-12 for raw, late in zip(p, adjusted, strict=True))
    assert all(late <= min(1, raw * len(p)) + 1e-12 for raw, late in zip(p, adjusted, strict=True))  # Bonferroni's


def test_correction_of_nothing_and_of_nonsense():
    """An empty page is fine; a p-value of 2 is a fault upstream."""
    assert benjamini_hochberg([]) == []
    with pytest.raises(ValueError, match="between 0 and 1"):
        benjamini_hochberg([2.0])


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((60, 300, 420, 1500), Flag.LOOK),
        ((4, 22, 180, 640), Flag.INSUFFICIENT),
        ((6, 44, 29, 114), Flag.NONE),
        ((21700, 129700, 48000, 159200), Flag.ACT),
        ((0, 40, 30, 100), Flag.INSUFFICIENT),
        ((76, 310, 405, 1200), Flag.LOOK),
    ],
)
def test_specified_flags(counts, expected):
    """The flag decides who is asked to explain: it must fall where the specification says."""
    a, n1, c, n2 = counts
    [judged] = judge([compare("group", (a, n1), "reference", (c, n2))], Direction.BENEFIT)
    assert judged.flag is expected
    assert judged.flag is Flag.INSUFFICIENT or judged.family_size == 1


def test_the_flag_comes_after_the_correction():
    """Among forty comparisons that show nothing, one p of 0.03 is what chance gives."""
    lone = compare("group", (64, 300), "reference", (420, 1500))
    assert 0.001 < lone.test.p < 0.05
    assert judge([lone], Direction.BENEFIT)[0].flag is Flag.LOOK
    crowd = [compare(f"group {i}", (84, 300), "reference", (420, 1500)) for i in range(40)]
    family = judge([lone, *crowd], Direction.BENEFIT)
    assert family[0].flag is Flag.NONE
    assert family[0].family_size == 41


def test_the_rule_is_data():
    """A force that sets a stricter rule gets it without a new version of the service."""
    one = compare("group", (60, 300), "reference", (420, 1500))
    assert judge([one], Direction.BENEFIT, FlagRule(smallest_group=500))[0].flag is Flag.INSUFFICIENT
    assert judge([one], Direction.BENEFIT, FlagRule(look_below=0.5))[0].flag is Flag.NONE
    with pytest.raises(ValueError, match="look_below"):
        FlagRule(look_below=1.2)


@pytest.mark.parametrize(
    ("value", "direction", "adverse"),
    [
        (0.7, Direction.BENEFIT, True),
        (0.7, Direction.HARM, False),
        (1.4, Direction.HARM, True),
        (1.4, Direction.NEITHER, None),
        (None, Direction.HARM, None),
        (1.0, Direction.BENEFIT, None),
    ],
)
def test_direction_depends_on_what_the_event_is(value, direction, adverse):
    """Fewer offers hurt; fewer charges do not; declining is a choice."""
    assert is_adverse(value, direction) is adverse


@given(st.dictionaries(st.sampled_from("ABCDEF"), st.tuples(st.integers(0, 50), st.integers(50, 90)), min_size=2))
def test_groups_may_come_in_any_order(counts):
    """Sorting the table must not change a single number of a group."""
    turned = dict(reversed(counts.items()))
    for comparer in (against_rest, lambda groups: against_reference(groups, min(groups))):
        forward = {one.group: one for one in judge(comparer(counts), Direction.BENEFIT)}
        back = {one.group: one for one in judge(comparer(turned), Direction.BENEFIT)}
        assert forward.keys() == back.keys()
        for name, one in forward.items():
            assert replace(one, adjusted_p=None) == replace(back[name], adjusted_p=None)
            assert one.adjusted_p == pytest.approx(back[name].adjusted_p)


def test_against_the_rest_leaves_nobody_out_and_nobody_twice():
    """With two groups, each one's rest is the other."""
    first, second = against_rest({"A": (5, 50), "B": (20, 80)})
    assert (first.c, first.n2, second.c, second.n2) == (20, 80, 5, 50)


def test_an_unknown_reference_is_answered_with_the_choices():
    """A mistyped group must be mendable from the message."""
    with pytest.raises(ValueError, match="Choose one of: Black, White"):
        against_reference({"White": (1, 2), "Black": (1, 2)}, "Whit")


@given(st.data())
def test_bounds_hold_every_true_answer(data):
    """Whatever the missing answers were, the truth lies within the bounds that we print."""
    n1, n2 = data.draw(st.integers(1, 60)), data.draw(st.integers(1, 60))
    a, c = data.draw(st.integers(0, n1)), data.draw(st.integers(1, n2))
    events, others = data.draw(st.integers(0, 20)), data.draw(st.integers(0, 20))
    found = bounds(a, n1, c, n2, events, events + others)
    to_group, to_ref = data.draw(st.integers(0, events)), data.draw(st.integers(0, others))
    in_ref = data.draw(st.integers(0, events - to_group))
    in_group = data.draw(st.integers(0, others - to_ref))
    truth = ratio(a + to_group, n1 + to_group + in_group, c + in_ref, n2 + in_ref + to_ref)
    assert found.low <= truth + 1e-9
    assert truth <= found.high + 1e-9
    assert found.could_reverse == (events + others > 0 and found.low < 1 < found.high)


def test_missing_ethnicity_can_turn_a_finding_round():
    """With a fifth unknown the page must say that the finding could reverse; with none it must not."""
    assert bounds(60, 300, 420, 1500, 100, 400).could_reverse
    assert not bounds(60, 300, 420, 1500, 0, 0).could_reverse
    assert unknown_share(108285, 529474) == pytest.approx(0.2045, abs=0.0001)
    assert unknown_share(0, 0) is None
    with pytest.raises(ValueError, match="larger"):
        bounds(1, 2, 1, 2, 5, 4)


followed = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 1)), min_size=1, max_size=40)


@given(followed)
def test_survival_falls_only_at_events_and_counts_everyone_at_risk(people):
    """Nobody may leave the curve before they leave the follow-up."""
    times, marks = [time for time, _ in people], [mark for _, mark in people]
    steps = kaplan_meier(times, marks)
    share = 1.0
    for step in steps:
        assert step.at_risk == sum(time >= step.time for time in times)
        assert step.events == sum(mark for time, mark in people if time == step.time)
        share *= 1 - step.events / step.at_risk
        assert step.survival == pytest.approx(share)
        assert (step.low is None) == (step.survival == 0)
    assert survival_at(steps, 0) == 1
    assert survival_at(steps, 99) == pytest.approx(share)


def test_follow_up_with_no_event_has_no_curve_and_no_median():
    """A young cohort must not be given a median it has not reached."""
    assert kaplan_meier([5, 6], [0, 0]) == []
    assert median_time([]) is None
    assert median_time(kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1])) == 2


@pytest.mark.parametrize(("times", "marks", "says"), [([1], [], "one of each"), ([1], [2], "Event marks")])
def test_follow_up_lists_that_do_not_fit_are_refused(times, marks, says):
    """A shifted column must not become a survival curve."""
    with pytest.raises(ValueError, match=says):
        kaplan_meier(times, marks)


def test_log_rank_does_not_mind_which_group_is_first():
    """The test asks whether two curves differ, not which is ours."""
    one, two = ([8, 12, 26, 14], [1, 1, 1, 0]), ([33, 28, 41, 48], [1, 1, 0, 0])
    assert log_rank(one, two) == pytest.approx(log_rank(two, one))


def test_the_default_rule_is_the_specified_one():
    """Changing a default changes who is asked to explain: it must be a decision, not a slip."""
    assert FlagRule(30, 5, 0.80, 1.25, 1.5, 0.05) == DEFAULT_RULE
