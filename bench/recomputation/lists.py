"""Words of the cases about strata, families of p-values and times to an event."""

import re
from collections.abc import Sequence
from math import inf
from typing import Any

from bench.recomputation.keys import Book, Inputs, book, confidence, whole_number
from bench.recomputation.ratios import NOTHING, Pair, ends, four, plain_odds
from reporting.statistics import odds, ratios, significance, stratified, survival

Table = Sequence[Sequence[int]]


def tables(inputs: Inputs) -> list[Table]:
    """2x2 tables [[a, b], [c, d]] of a case, from ``tables``, ``table`` or ``strata`` of named counts."""
    if "tables" in inputs:
        found = list(inputs["tables"])
    elif "table" in inputs:
        found = [inputs["table"]]
    elif "strata" in inputs:
        found = [_as_table(row) for row in inputs["strata"]]
    else:
        raise ValueError("inputs need 'tables' (2x2), 'table' or 'strata'.")
    return [[[whole_number(count, "tables") for count in row] for row in table] for table in found]


def _as_table(row: Any) -> Table:
    if not isinstance(row, dict) and len(row) == 2:
        table: Table = row
        return table
    a, n1, c, n2 = four(row) if isinstance(row, dict) else row
    return [[a, n1 - a], [c, n2 - c]]


def strata(inputs: Inputs) -> list[stratified.Stratum]:
    """The same tables as (a, n1, c, n2)."""
    return [four({"table": table}) for table in tables(inputs)]


def _odds(i: Inputs) -> odds.PooledOdds:
    return odds.pooled_odds(tables(i), confidence(i))


def _risk(i: Inputs) -> stratified.AdjustedRatio:
    return stratified.mantel_haenszel(strata(i), confidence(i))


def _crude_odds(i: Inputs) -> float | None:
    return plain_odds(*stratified.crude(strata(i)))


def _crude_interval(i: Inputs) -> Pair:
    return ratios.katz(*stratified.crude(strata(i)), confidence(i)) or NOTHING


def _log(value: float | None) -> float | None:
    from math import log

    return log(value) if value else None


ODDS = lambda i: _odds(i).interval or NOTHING  # noqa: E731 (one of many entries of a book)
RISK = lambda i: _risk(i).interval or NOTHING  # noqa: E731
STRATIFIED: Book = book(
    {
        "or_pooled or_mh mh_or odds_ratio or": lambda i: _odds(i).value,
        "log_or_pooled logodds_pooled log_or": lambda i: _log(_odds(i).value),
        "mh_stat mh_chi2 cmh cmh_stat chi2": lambda i: _odds(i).mh_statistic,
        "mh_p mh_pvalue cmh_p p": lambda i: _odds(i).mh_p,
        "breslow_day breslow_day_stat breslow_day_chi2 bd_stat or_homog or_homog_stat homogeneity_stat": lambda i: (
            _odds(i).breslow_day.statistic
        ),
        "breslow_day_p bd_p or_homog_p homogeneity_p": lambda i: _odds(i).breslow_day.p,
        "tarone tarone_stat": lambda i: _odds(i).tarone.statistic,
        "tarone_p": lambda i: _odds(i).tarone.p,
        "rr_pooled rr_mh mh_rr rr risk_ratio rr_adjusted": lambda i: _risk(i).value,
        "rr_homog rr_homog_stat rr_homogeneity_stat": lambda i: stratified.ratio_homogeneity(strata(i)).statistic,
        "rr_homog_p rr_homogeneity_p": lambda i: stratified.ratio_homogeneity(strata(i)).p,
        "crude_or or_crude": _crude_odds,
        "crude_rr rr_crude crude": lambda i: ratios.ratio(*stratified.crude(strata(i))),
        **ends("", ODDS),
        **ends("or", ODDS),
        **ends("or_mh", ODDS),
        **ends("rr", RISK),
        **ends("rr_mh", RISK),
        **ends("crude", _crude_interval),
        **ends("crude_rr", _crude_interval),
    }
)
# A case that asks for a pooled risk ratio and for a plain interval means the risk ratio's.
STRATIFIED_RISK: Book = {
    **STRATIFIED,
    **book(ends("", RISK)),
    **book(
        {
            "homogeneity_stat": lambda i: stratified.ratio_homogeneity(strata(i)).statistic,
            "homogeneity_p": lambda i: stratified.ratio_homogeneity(strata(i)).p,
        }
    ),
}

FIRST = re.compile(r"\bfirst (\d+)\b")


def p_values(i: Inputs) -> list[float]:
    """The family of a case."""
    for name in ("p", "p_values", "pvalues", "pvals"):
        if name in i:
            return [float(value) for value in i[name]]
    raise ValueError("inputs need 'p', a list of p-values.")


def shown(i: Inputs, values: Sequence[Any]) -> list[Any]:
    """Sorted values, only as many as the case's name asks for ("first 4 sorted")."""
    match = FIRST.search(str(i.get("name", "")))
    return sorted(values)[: int(match[1]) if match else None]


def _rejected(i: Inputs) -> list[bool]:
    q = float(i.get("q", i.get("alpha", 0.05)))
    return [value <= q for value in significance.benjamini_hochberg(p_values(i))]


def _bonferroni(i: Inputs) -> list[float]:
    return [min(1.0, value * len(p_values(i))) for value in p_values(i)]


def _holm(i: Inputs) -> list[float]:
    """Adjusted p-values in the order given, controlling the chance of any false finding (Holm 1979)."""
    from statsmodels.stats.multitest import multipletests

    family = p_values(i)
    significance.check_p(family)
    return [float(value) for value in multipletests(family, method="holm")[1]] if family else []


MULTIPLE: Book = book(
    {
        "p_sorted_raw raw_sorted p_sorted": lambda i: shown(i, p_values(i)),
        "bh_sorted fdr_bh_sorted": lambda i: shown(i, significance.benjamini_hochberg(p_values(i))),
        "holm_sorted": lambda i: shown(i, _holm(i)),
        "bonferroni_sorted": lambda i: shown(i, _bonferroni(i)),
        "bh bh_adjusted fdr_bh q adjusted p_adjusted": lambda i: significance.benjamini_hochberg(p_values(i)),
        "holm holm_adjusted": lambda i: _holm(i),
        "bonferroni": _bonferroni,
        "rejected reject bh_reject": _rejected,
        "n_rejected rejections bh_rejections": lambda i: sum(_rejected(i)),
        "family_size m k": lambda i: len(p_values(i)),
    }
)


def _people(times: list[Any], marks: Sequence[Any]) -> tuple[list[float], list[int]]:
    """A time and a mark for each; NaN is never under or over another time, so a test would go on without the person."""
    if len(times) != len(marks):
        raise ValueError(f"{len(times)} times and {len(marks)} marks of an event: each person needs one of each.")
    for time in times:
        if not (isinstance(time, int | float) and 0 <= time < inf):
            raise ValueError(f"{time!r} is no time: give a number from 0 on, and leave out whom nobody followed.")
    for mark in marks:
        if mark not in (0, 1, "0", "1"):
            raise ValueError(f"{mark!r} is no mark of an event: 1 (happened) or 0 (still followed).")
    return times, [int(mark) for mark in marks]


def followed(i: Inputs) -> tuple[list[float], list[int]]:
    """(times, event marks) of one group, from ``times`` and ``event``, or from ``events`` and ``censored`` times."""
    if "times" in i or "time" in i:
        marks = next((i[name] for name in ("event", "events", "status") if name in i), None)
        if marks is None:
            raise ValueError("inputs need 'event', a list of 1 (happened) and 0 (still followed).")
        return _people(list(i.get("times", i.get("time", []))), marks)
    if "events" not in i and "censored" not in i:
        raise ValueError("inputs need 'times' and 'event', or 'events' and 'censored'.")
    happened, censored = list(i.get("events", [])), list(i.get("censored", []))
    return _people([*happened, *censored], [1] * len(happened) + [0] * len(censored))


def _steps(i: Inputs) -> list[survival.SurvivalStep]:
    return survival.kaplan_meier(*followed(i), confidence(i))


def _column(name: str) -> Any:
    return lambda i: [getattr(step, name) for step in _steps(i)]


def _survival(i: Inputs) -> list[float]:
    asked = i.get("at_times", i.get("at"))
    steps = _steps(i)
    return [step.survival for step in steps] if asked is None else [survival.survival_at(steps, t) for t in asked]


def _log_rank(i: Inputs) -> Pair:
    if "group1" not in i or "group2" not in i:
        raise ValueError("a log-rank test needs 'group1' and 'group2'.")
    return survival.log_rank(followed(i["group1"]), followed(i["group2"])) or NOTHING


KAPLAN_MEIER: Book = book(
    {
        "survival surv": _survival,
        "time at times": _column("time"),
        "n_risk at_risk": _column("at_risk"),
        "n_event n_events events": _column("events"),
        "std_err se": _column("std_err"),
        "ci_low ci_lower lower": _column("low"),
        "ci_high ci_upper upper": _column("high"),
        "median median_time": lambda i: survival.median_time(_steps(i)),
        "chi2 statistic logrank_chi2": lambda i: _log_rank(i)[0],
        "p p_value logrank_p": lambda i: _log_rank(i)[1],
    }
)
