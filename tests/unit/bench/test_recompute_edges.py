"""Cases at the edges, each reckoned a second time here, by hand or by scipy, in other words than the service's own."""

import itertools
import math
import random
from collections.abc import Sequence
from typing import Any

import pytest
from scipy.stats import beta, chi2, norm

from bench.recomputation.by_case import recompute

Z = norm.ppf(0.975)
Numbers = dict[str, Any]
#: (a, n1, c, n2): nobody, everybody, one person, populations, and more people than a small integer holds.
PAIRS = [
    *((0, 10, 3, 12), (3, 12, 0, 10), (0, 10, 0, 10), (10, 10, 12, 12), (10, 10, 5, 12), (5, 12, 10, 10), (1, 1, 1, 1)),
    *((1, 4, 3, 8), (95962, 2409283, 353531, 48699231), (2_000_000_000, 3_000_000_000, 1, 10)),
]


def of(category: str, inputs: Numbers, *names: str, name: str = "") -> Numbers:
    """What the command gives under ``names``, whose values are withheld from it."""
    case = {"id": 1, "category": category, "name": name, "inputs": inputs, "expected": dict.fromkeys(names)}
    line = recompute(case)
    assert "not_computed" not in line, line
    assert "computed" in line, line
    found: Numbers = line["computed"]
    assert list(found) == list(names)
    return found


def counts(a: int, n1: int, c: int, n2: int, **more: Any) -> Numbers:
    return {"group_events": a, "group_total": n1, "ref_events": c, "ref_total": n2} | more


def same(found: Any, expected: Any) -> bool:
    if isinstance(expected, list):
        pairs = zip(found, expected, strict=True)
        return len(found) == len(expected) and all(same(one, other) for one, other in pairs)
    if expected is None or found is None:
        return found is expected
    return math.isclose(found, expected, rel_tol=1e-7, abs_tol=1e-12)


def agree(found: Numbers, expected: Numbers) -> None:
    assert {name for name, value in expected.items() if not same(found[name], value)} == set(), (found, expected)


def katz(a: int, n1: int, c: int, n2: int, z: float = Z) -> tuple[float | None, float | None]:
    if not a or not c:
        return None, None
    spread = z * math.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2)
    return a * n2 / n1 / c * math.exp(-spread), a * n2 / n1 / c * math.exp(spread)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
@pytest.mark.parametrize("category", ["risk_ratio", "rri", "rate_ratio", "rri_exact"])
def test_two_counts_of_two_totals(category: str, pair: tuple[int, int, int, int]) -> None:
    """Nobody, everybody and a population are where a formula divides by nothing or loses its digits."""
    a, n1, c, n2 = pair
    ratio = a * n2 / n1 / c if c else None
    low, high = katz(*pair)
    if category == "rri":
        low, high = katz(*pair, z=1.96)
        found = of(category, counts(*pair, z=1.96), "rri", "ci_low", "ci_high", "group_rate_per_100")
        agree(found, {"rri": ratio, "ci_low": low, "ci_high": high, "group_rate_per_100": 100 * a / n1})
    elif category == "risk_ratio":
        share = (a + c) / (n1 + n2)
        z = (a / n1 - c / n2) / math.sqrt(share * (1 - share) * (1 / n1 + 1 / n2)) if 0 < share < 1 else None
        expected = {"rr": ratio, "ci_low": low, "ci_high": high, "group_pct": 100 * a / n1, "z_pooled": z}
        expected["p_two_sided"] = None if z is None else 2 * norm.sf(abs(z))
        agree(of(category, counts(*pair), *expected), expected)
    elif category == "rate_ratio":
        expected = {"rate_per_1000": 1000 * a / n1, "ref_rate_per_1000": 1000 * c / n2}
        expected |= {"katz_ci_low": low, "katz_ci_high": high}
        agree(of(category, counts(*pair), *expected), expected)
    else:
        first = beta.ppf(0.025, a, c + 1) if a else 0.0
        last = beta.ppf(0.975, a + 1, c) if c else None
        ends = [None if p is None else p / (1 - p) * n2 / n1 for p in (first, last)]
        expected = {"rri": ratio, "exact_ci_low": ends[0], "exact_ci_high": ends[1], "katz_ci_low": low}
        agree(of(category, counts(*pair), *expected), expected)


@pytest.mark.parametrize("category", ["risk_ratio", "rri_exact"])
def test_a_group_of_nobody_has_no_ratio_and_is_no_fault(category: str) -> None:
    """Nobody of a group in one force is a finding; an error would look like a broken file."""
    found = of(category, counts(0, 0, 3, 8), "rri", "ci_low", "ci_high", "ref_rate", "group_rate")
    assert found == {"rri": None, "ci_low": None, "ci_high": None, "ref_rate": 0.375, "group_rate": None}


def test_more_events_than_people_have_an_exact_interval_and_no_other() -> None:
    """Searches of a small population: each person may be searched twice."""
    found = of("rri_exact", counts(50, 40, 10, 40), "rri", "exact_ci_low", "katz_ci_low")
    share = beta.ppf(0.025, 50, 11)
    agree(found, {"rri": 5.0, "exact_ci_low": share / (1 - share), "katz_ci_low": None})


@pytest.mark.parametrize("words", ["count population", "successes nobs", "cases total", "events n"])
def test_inputs_by_other_names(words: str) -> None:
    """A statistician writes n where a criminologist writes population."""
    events, total = words.split()
    inputs = {f"group_{events}": 4, f"group_{total}": 10, f"reference_{events}": 3, f"control_{total}": 8}
    agree(of("risk_ratio", inputs, "rr"), {"rr": 4 / 10 / (3 / 8)})


@pytest.mark.parametrize(("x", "n"), [(0, 1), (1, 1), (0, 13), (13, 13), (18, 20), (1, 10**6), (5 * 10**8, 10**9)])
def test_one_proportion(x: int, n: int) -> None:
    """0 of n and n of n are shown to people as often as any other."""
    p, d = x / n, 1 + Z * Z / n
    half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / d
    expected = {
        "wilson_low": max(0.0, (p + Z * Z / (2 * n)) / d - half),
        "wilson_high": min(1.0, (p + Z * Z / (2 * n)) / d + half),
        "exact_low": beta.ppf(0.025, x, n - x + 1) if x else 0.0,
        "exact_high": beta.ppf(0.975, x + 1, n - x) if x < n else 1.0,
    }
    agree(of("one_proportion", {"events": x, "total": n}, *expected), expected)


@pytest.mark.parametrize(
    "pair", [(7, 34, 1, 34), (0, 34, 1, 34), (0, 20, 0, 20), (20, 20, 10, 20), (5, 5, 0, 5)], ids=str
)
@pytest.mark.parametrize("method", ["diff wald", "diff agresti-caffo", "ratio log", "ratio log-adjusted"])
def test_two_proportions_by_formula(pair: tuple[int, int, int, int], method: str) -> None:
    """An interval of a logarithm has no end where a cell is zero; the others do."""
    a, n1, c, n2 = pair
    compare, way = method.split()
    extra = {"agresti-caffo": 1, "log-adjusted": 0.5}.get(way, 0)
    whole = 2 * extra if compare == "diff" else extra
    p, q, m1, m2 = (a + extra) / (n1 + whole), (c + extra) / (n2 + whole), n1 + whole, n2 + whole
    low: float | None = None
    high: float | None = None
    if compare == "diff":
        half = Z * math.sqrt(p * (1 - p) / m1 + q * (1 - q) / m2)
        low, high = p - q - half, p - q + half
    elif p and q:
        half = Z * math.sqrt(1 / (p * m1) - 1 / m1 + 1 / (q * m2) - 1 / m2)
        low, high = p / q * math.exp(-half), p / q * math.exp(half)
    found = of("two_proportions", counts(*pair, compare=compare, method=way), "ci_low", "ci_high")
    agree(found, {"ci_low": low, "ci_high": high})


@pytest.mark.parametrize("pair", [(0, 20, 0, 20), (20, 20, 20, 20), (5, 5, 0, 5), (0, 34, 1, 34)], ids=str)
@pytest.mark.parametrize("compare", ["diff", "ratio", "odds-ratio"])
@pytest.mark.parametrize("method", ["score", "logit", "logit-smoothed"])
def test_no_method_fails_at_an_empty_cell(pair: tuple[int, int, int, int], compare: str, method: str) -> None:
    """Where there is no end it is null, and where there is one the other group gives its mirror image."""
    if (compare == "odds-ratio") == (method == "score") and method != "score":
        return
    if method != "score" and compare != "odds-ratio":
        return
    found = of("two_proportions", counts(*pair, compare=compare, method=method), "ci_low", "ci_high")
    turned = counts(*pair[2:], *pair[:2], compare=compare, method=method)
    mirror = of("two_proportions", turned, "ci_low", "ci_high")
    if compare == "diff":
        agree(found, {"ci_low": -mirror["ci_high"], "ci_high": -mirror["ci_low"]})
    elif found["ci_low"]:
        agree(mirror, {"ci_high": 1 / found["ci_low"]})


TABLES = [
    [[[10, 20], [5, 30]]],
    [[[10, 20], [10, 20]]],
    [[[0, 0], [0, 0]], [[3, 4], [5, 6]]],
    [[[5, 0], [3, 4]], [[0, 5], [0, 3]], [[2, 2], [1, 4]]],
    [[[100_000, 200_000], [50_000, 300_000]], [[7, 9], [3, 4]]],
    [[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[2, 3], [3, 2]], [[1, 0], [0, 0]]],
    [[[20, 1], [1, 20]]] * 3,
    [[[4, 6], [4, 6]], [[6, 4], [6, 4]]],
    [[[3, 4], [2, 5]], [[4, 3], [4, 4]]],
]


@pytest.mark.parametrize("tables", TABLES, ids=str)
def test_pooled_odds_as_mantelhaen_test_gives_them(tables: list[list[list[int]]]) -> None:
    """R corrects for continuity only where the difference is half a person or more; empty tables weigh nothing."""
    up = down = middle = first = last = gap = spread = 0.0
    for (a, b), (c, d) in tables:
        n = a + b + c + d
        if not n:
            continue
        r, s = a * d / n, b * c / n
        up, down = up + r, down + s
        first, last = first + (a + d) / n * r, last + (b + c) / n * s
        middle += (a + d) / n * s + (b + c) / n * r
        gap += a - (a + b) * (a + c) / n
        spread += (a + b) * (c + d) * (a + c) * (b + d) / n / n / (n - 1) if n > 1 else 0
    half = Z * math.sqrt(first / (2 * up * up) + middle / (2 * up * down) + last / (2 * down * down))
    statistic = (abs(gap) - (0.5 if abs(gap) >= 0.5 else 0)) ** 2 / spread
    expected = {"or_pooled": up / down, "mh_stat": statistic, "mh_p": chi2.sf(statistic, 1)}
    expected |= {"ci_low": up / down * math.exp(-half), "ci_high": up / down * math.exp(half)}
    agree(of("stratified", {"tables": tables}, *expected), expected)


@pytest.mark.parametrize(
    ("tables", "value"),
    [([[[0, 5], [3, 4]]], 0.0), ([[[5, 0], [3, 4]]], None), ([[[0, 5], [0, 4]]], None), ([], None)],
)
def test_odds_of_nothing_are_null_and_no_fault(tables: list[list[list[int]]], value: float | None) -> None:
    """One group without events, one with nothing else, nothing at all."""
    found = of("stratified", {"tables": tables}, "or_pooled", "ci_low", "ci_high")
    assert found == {"or_pooled": value, "ci_low": None, "ci_high": None}


@pytest.mark.parametrize(
    "p",
    [[0, 1], [1, 1, 1], [0, 0, 0.5], [0.05], [0.01, 0.01, 0.01, 0.04], [1e-300, 0.5], [0.04, 0.03, 0.02], []],
    ids=str,
)
def test_families_of_p_values(p: list[float]) -> None:
    """Nothing under 0 or over 1, equal ones alike, and never out of order."""
    m, ordered = len(p), sorted(p)
    bh = [min([1.0, *(m * ordered[j] / (j + 1) for j in range(i, m))]) for i in range(m)]
    holm = [max(min(1.0, (m - j) * ordered[j]) for j in range(i + 1)) for i in range(m)]
    expected = {"p_sorted_raw": ordered, "bh_sorted": bh, "holm_sorted": holm}
    agree(of("multiple_testing", {"p": p}, *expected), expected)
    agree(of("multiple_testing", {"p": p}, "bh_sorted", name="the first 2 sorted"), {"bh_sorted": bh[:2]})


RNG = random.Random(3)
FOLLOWED = [
    ([5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], [1] * 5 + [0] + [1] * 6),
    ([1, 1, 1], [1, 1, 1]),
    ([3, 3, 3, 3], [1, 0, 1, 0]),
    ([2, 2, 5, 5], [0, 1, 1, 1]),
    ([1.5, 2.5, 2.5, 10], [1, 0, 1, 0]),
    ([0, 1, 2], [1, 1, 0]),
    ([1, 2, 3], [0, 0, 0]),
    ([], []),
    ([RNG.randrange(40) for _ in range(500)], [RNG.randrange(2) for _ in range(500)]),
]


def curve(times: Sequence[float], marks: Sequence[int]) -> dict[str, list[Any]]:
    """The product-limit curve, person by person."""
    found: dict[str, list[Any]] = {name: [] for name in ("time", "n_risk", "n_event", "survival", "std_err", "ci_high")}
    share, spread = 1.0, 0.0
    for day in sorted({time for time, mark in zip(times, marks, strict=True) if mark}):
        risk = sum(time >= day for time in times)
        events = sum(time == day and mark for time, mark in zip(times, marks, strict=True))
        share *= 1 - events / risk
        spread += events / (risk * (risk - events)) if risk > events else math.inf
        ends = (
            [None, None]
            if risk == events
            else [share * math.sqrt(spread), min(1, share * math.exp(Z * math.sqrt(spread)))]
        )
        for name, value in zip(found, [day, risk, events, share, *ends], strict=True):
            found[name].append(value)
    return found


@pytest.mark.parametrize(("times", "marks"), FOLLOWED, ids=lambda value: str(value)[:30])
def test_kaplan_meier(times: list[float], marks: list[int]) -> None:
    """Ties, nobody left, nobody with the event, nobody at all."""
    expected = curve(times, marks)
    agree(of("kaplan_meier", {"times": times, "event": marks}, *expected), expected)
    asked = sorted({0, *times, max(times, default=0) + 1})
    shares = [
        math.prod(1 - e / n for t, n, e in zip(*list(expected.values())[:3], strict=True) if t <= day) for day in asked
    ]
    inputs = {"times": times, "event": marks, "at_times": asked}
    agree(of("kaplan_meier", inputs, "survival"), {"survival": shares})


GROUPS = [
    ([(1, 1), (1, 1), (2, 1)], [(1, 1), (2, 1), (2, 1), (3, 0)]),
    ([(1, 0), (2, 0)], [(1, 1), (2, 1), (3, 0)]),
    ([(1, 1), (2, 1), (3, 1)], [(1, 1), (2, 1), (3, 1)]),
    ([(1, 0), (2, 0)], [(3, 0)]),
    ([(5, 1)], [(1, 0)]),
    ([(5, 1)], []),
    ([], []),
]


@pytest.mark.parametrize(("first", "second"), GROUPS, ids=str)
def test_log_rank(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
    """Where nothing could differ there is no test, which is not a p of nought."""
    everyone, gap, spread = [*first, *second], 0.0, 0.0
    for day in sorted({time for time, mark in everyone if mark}):
        n, n1 = (sum(time >= day for time, _ in group) for group in (everyone, first))
        d, d1 = (sum(time == day and mark for time, mark in group) for group in (everyone, first))
        gap += d1 - d * n1 / n
        spread += d * n1 / n * (1 - n1 / n) * (n - d) / (n - 1) if n > 1 else 0
    expected = {"chi2": gap**2 / spread, "p": chi2.sf(gap**2 / spread, 1)} if spread else {"chi2": None, "p": None}
    pair = [{"times": [t for t, _ in one], "event": [m for _, m in one]} for one in (first, second)]
    agree(of("kaplan_meier", {"group1": pair[0], "group2": pair[1]}, "chi2", "p"), expected)
    lists = [{"events": [t for t, m in one if m], "censored": [t for t, m in one if not m]} for one in (first, second)]
    agree(of("kaplan_meier", {"group1": lists[0], "group2": lists[1]}, "chi2", "p"), expected)


@pytest.mark.parametrize("seed", range(12))
def test_recoverable_cells_are_those_with_one_value_in_every_table_that_fits(seed: int) -> None:
    """Every table that fits is written down and looked at; the names come nested, in pairs or as one word."""
    rng = random.Random(seed)
    rows, columns = rng.choice([("wx", "ab"), ("wx", "abc"), ("wxy", "abc")])
    cells = {row + column: rng.choice([0, 1, 2, 3]) for row in rows for column in columns}
    hidden = [name for name in cells if rng.random() < 0.55]
    totals = [
        {side: sum(n for cell, n in cells.items() if side in cell) for side in sides} for sides in (rows, columns)
    ]
    possible: dict[str, set[int]] = {name: set() for name in hidden}
    for values in itertools.product(*(range(min(totals[0][n[0]], totals[1][n[1]]) + 1) for n in hidden)):
        table = cells | dict(zip(hidden, values, strict=True))
        if all(
            sum(n for cell, n in table.items() if side in cell) == total
            for of_ in totals
            for side, total in of_.items()
        ):
            for name, value in zip(hidden, values, strict=True):
                possible[name].add(value)
    certain = [name for name in cells if len(possible.get(name, ())) == 1]
    inputs: Numbers = {"cells": cells, "row_totals": totals[0], "col_totals": totals[1], "suppressed": hidden}
    if seed % 3 == 1:
        inputs["cells"] = {row: {column: cells[row + column] for column in columns} for row in rows}
    if seed % 3 == 2:
        inputs["suppressed"] = [list(name) for name in hidden]
    found = of("suppression", inputs, "cells_recoverable", "recoverable_cell", "recovered_value", "safe", "intervals")
    assert found["cells_recoverable"] == certain
    assert (found["recoverable_cell"], found["safe"]) == (certain[0] if certain else None, not certain)
    assert found["recovered_value"] == (cells[certain[0]] if certain else None)
    assert found["intervals"] == {name: [min(values), max(values)] for name, values in possible.items()}


@pytest.mark.parametrize(
    ("cells", "threshold", "primary", "secondary"),
    [
        ({"a": 3, "b": 4, "c": 50}, 6, ["a", "b"], []),
        ({"a": 6, "b": 7}, 6, [], []),
        ({"a": 0, "b": 3, "c": 0, "d": 9}, 6, ["b"], ["d"]),
        ({"a": 3, "b": 0}, 6, ["a"], ["b"]),
        ({"a": 3}, 6, ["a"], []),
        ({"a": 5, "b": 6, "c": 6}, 6, ["a"], ["b"]),
        ({"a": 9, "b": 10, "c": 12}, 10, ["a"], ["b"]),
        ({"a": 0, "b": 0}, 6, [], []),
    ],
)
def test_one_row_hidden_as_published(cells: Numbers, threshold: int, primary: list[str], secondary: list[str]) -> None:
    """The published practice for a single row: never exactly one hidden, noughts shown, the threshold itself shown."""
    found = of("suppression", {"cells": cells, "threshold": threshold}, "primary", "secondary", "suppressed", "shown")
    gone = {*primary, *secondary}
    shown = [name for name in cells if name not in gone]
    hidden = [name for name in cells if name in gone]
    assert found == {"primary": primary, "secondary": secondary, "suppressed": hidden, "shown": shown}


@pytest.mark.parametrize(("count", "people"), [(3, 240), (0, 240), (240, 240), (7, 150), (17, 4000), (1, 3)])
def test_the_count_behind_a_rate(count: int, people: int) -> None:
    """A rate over a known population is the count, written differently."""
    inputs = {"count_hidden": count, "denominator": people, "rate_per_1000_shown": round(1000 * count / people, 1)}
    assert of("suppression", inputs, "recovered_count") == {"recovered_count": count}


@pytest.mark.parametrize(
    ("category", "inputs", "names"),
    [
        (
            "kaplan_meier",
            {"group1": {"events": [1], "censored": [2]}, "group2": {"events": [2], "censored": []}},
            {"chi2", "p"},
        ),
        ("kaplan_meier", {"times": [1, 2], "event": [1, 0], "at_times": [1]}, {"survival"}),
        ("stratified", {"table": [[3, 4], [5, 6]]}, {"crude_or", "crude_rr"}),
        ("suppression", {"cells": [{"count": 5, "denominator": 99}]}, {"rate_hidden"}),
        (
            "suppression",
            {"count_hidden": 3, "denominator": 240, "rate_pct_shown": 1.3},
            {"recovered_count", "must_also_hide"},
        ),
    ],
)
def test_without_names_a_case_gets_what_its_inputs_ask_for(category: str, inputs: Numbers, names: set[str]) -> None:
    """Two groups and no names asked for the curve of neither, and got an error."""
    assert set(recompute({"id": 1, "category": category, "inputs": inputs})["computed"]) == names
