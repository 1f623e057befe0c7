"""Time to a first event with people still being followed: Kaplan-Meier, and the log-rank test (statsmodels, scipy)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isfinite, sqrt

from reporting.statistics.intervals import z_value


@dataclass(frozen=True, slots=True)
class SurvivalStep:
    """At ``time``: how many were at risk and had the event, and the share who had not had it after that time.

    ``std_err`` is Greenwood's; ``low`` and ``high`` the log-type interval capped at 1; None once the share is 0.
    """

    time: float
    at_risk: int
    events: int
    survival: float
    std_err: float | None
    low: float | None
    high: float | None


def kaplan_meier(times: Sequence[float], events: Sequence[int], confidence: float = 0.95) -> list[SurvivalStep]:
    """Product-limit curve, one step for each time with an event; ``events`` holds 1 (happened) or 0 (still followed).

    A censoring on the day of an event counts as still at risk on it.
    Sources: Kaplan and Meier (1958), JASA 53:457; Greenwood (1926). ValueError where the lists do not match.
    """
    if len(times) != len(events):
        raise ValueError(f"{len(times)} times but {len(events)} event marks: each person needs one of each.")
    if any(mark not in (0, 1) for mark in events):
        raise ValueError("Event marks are 1 (the event happened) or 0 (followed without it so far).")
    if not times or not any(events):
        return []
    from statsmodels.duration.survfunc import SurvfuncRight

    curve = SurvfuncRight(list(times), [int(mark) for mark in events])
    rows = zip(curve.surv_times, curve.n_risk, curve.n_events, curve.surv_prob, strict=True)
    steps, spread = [], 0.0
    for time, at_risk, happened, share in rows:
        if not happened:
            continue
        spread += happened / (at_risk * (at_risk - happened)) if at_risk > happened else float("inf")
        steps.append(_step(float(time), int(at_risk), int(happened), float(share), spread, confidence))
    return steps


def _step(time: float, at_risk: int, events: int, share: float, spread: float, confidence: float) -> SurvivalStep:
    if not isfinite(spread):
        return SurvivalStep(time, at_risk, events, 0.0, None, None, None)
    half = z_value(confidence) * sqrt(spread)
    low, high = share * exp(-half), min(1.0, share * exp(half))
    return SurvivalStep(time, at_risk, events, share, share * sqrt(spread), low, high)


def survival_at(steps: Sequence[SurvivalStep], time: float) -> float:
    """Share who had not had the event by ``time`` (1.0 before the first event)."""
    share = 1.0
    for step in steps:
        if step.time > time:
            break
        share = step.survival
    return share


def median_time(steps: Sequence[SurvivalStep]) -> float | None:
    """First time at which half or more have had the event; None where that has not come about."""
    # A product such as 3/4 x 2/3 may miss one half by a rounding.
    return next((step.time for step in steps if step.survival <= 0.5 + 1e-12), None)


def log_rank(
    first: tuple[Sequence[float], Sequence[int]], second: tuple[Sequence[float], Sequence[int]]
) -> tuple[float, float] | None:
    """Log-rank chi-squared (1 degree of freedom) and p for two groups, each (times, event marks); as R's survdiff.

    None where nothing could differ: no event fell on a day on which both groups were followed and not all had it.
    """
    from statsmodels.duration.survfunc import survdiff

    times = [*first[0], *second[0]]
    marks = [int(mark) for mark in (*first[1], *second[1])]
    if not _could_differ(first, second):
        return None
    group = [0] * len(first[0]) + [1] * len(second[0])
    statistic, p = survdiff(times, marks, group)
    return float(statistic), float(p)


def _could_differ(first: tuple[Sequence[float], Sequence[int]], second: tuple[Sequence[float], Sequence[int]]) -> bool:
    both_until = min(max(first[0], default=-1.0), max(second[0], default=-1.0))
    pairs = [pair for times, marks in (first, second) for pair in zip(times, marks, strict=True)]
    days = Counter(time for time, mark in pairs if mark and time <= both_until)
    return any(sum(at >= time for at, _ in pairs) > happened for time, happened in days.items())
