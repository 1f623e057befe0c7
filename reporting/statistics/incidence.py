"""How people came to one of several ends over time, with some still being followed: Aalen and Johansen's curve.

Written out, because statsmodels' own divides by zero where everybody at risk ends on one day, and importing it costs a
page more than a second; the tests hold it to statsmodels elsewhere.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from reporting.statistics.intervals import Interval, check_counts, wilson_of

#: A variance of nought but for rounding.
NONE = 1e-12


@dataclass(frozen=True, slots=True)
class Reached:
    """By ``time``: the share (of 1) who came to the end, its standard error and interval, and how many were seen to."""

    time: int
    share: float
    std_err: float
    interval: Interval | None
    events: int


@dataclass(frozen=True, slots=True)
class _Step:
    """A day on which somebody came to an end: ``before`` is the share who had come to none until then."""

    time: int
    at_risk: int
    ended: int
    own: int
    before: float


def aalen_johansen(
    ended: Mapping[str, Mapping[int, int]], followed: Mapping[int, int], at: Sequence[int]
) -> dict[str, list[Reached]]:
    """The share who came to each end by each time of ``at``. ``ended``: end -> {time: people}; ``followed``: {time:
    people who had come to none when last seen}, who on that day still count as at risk.

    Each end takes people from the others: to leave those out as if they were only not seen any more would give a share
    of people who never were. Sources: Aalen and Johansen (1978), Scandinavian Journal of Statistics 5:141; variance by
    the delta method (Marubini and Valsecchi 1995, 10.2). The interval is Wilson's of as many people as would make that
    variance without anybody lost (Dorey and Korn 1987, Statistics in Medicine 6:679): of people all followed to their
    end it is Wilson's own.
    """
    for times in (*ended.values(), followed):
        for number in times.values():
            check_counts(0, number)
    people = sum(sum(times.values()) for times in (*ended.values(), followed))
    known = {time: people - sum(number for day, number in followed.items() if day < time) for time in at}
    return {end: [_reached(steps, known[time], time) for time in at] for end, steps in _steps(ended, followed).items()}


def _steps(ended: Mapping[str, Mapping[int, int]], followed: Mapping[int, int]) -> dict[str, list[_Step]]:
    every: Counter[int] = Counter()
    for times in ended.values():
        every.update(times)
    lost = Counter(followed)
    at_risk, before = every.total() + lost.total(), 1.0
    found: dict[str, list[_Step]] = {end: [] for end in ended}
    for time in sorted(every | lost):
        if every[time]:
            for end, times in ended.items():
                found[end].append(_Step(time, at_risk, every[time], times.get(time, 0), before))
            before *= 1 - every[time] / at_risk
        at_risk -= every[time] + lost[time]
    return found


def _reached(steps: Sequence[_Step], known: int, time: int) -> Reached:
    """``known``: of how many it is seen whether they had ended by ``time``; a share of nought or one is of those."""
    until = [step for step in steps if step.time <= time]
    share = min(1.0, sum((step.before * step.own / step.at_risk for step in until), 0.0))
    events = sum(step.own for step in until)
    variance = _variance(until, share)
    people = share * (1 - share) / variance if variance > NONE else known
    return Reached(time, share, sqrt(variance), wilson_of(share, people), events)


def _variance(until: Sequence[_Step], share: float) -> float:
    found, so_far = 0.0, 0.0
    for step in until:
        n, own = step.at_risk, step.own
        so_far += step.before * own / n
        rest = share - so_far
        if n > step.ended:  # where everybody ended nothing comes after, so that the rest is none
            found += rest * rest * step.ended / (n * (n - step.ended))
        found += step.before**2 * (n - own) * own / n**3
        found -= 2 * rest * step.before * own / n**2
    return max(0.0, found)
