"""Groups compared with a reference, or each with the rest: every number on one line of a disparity table."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from reporting.statistics.flags import DEFAULT_RULE, Direction, Flag, FlagRule, flag, is_adverse
from reporting.statistics.intervals import Interval, newcombe
from reporting.statistics.ratios import RelativeRate, conditional_exact, relative_rate
from reporting.statistics.significance import TwoProportions, benjamini_hochberg, compare_proportions

REST = "everyone else"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One group (``a`` of ``n1``) against a reference (``c`` of ``n2``).

    ``adjusted_p``, ``flag`` and ``family_size`` are set by :func:`judge`; before it the flag is "insufficient".
    """

    group: str
    reference: str
    a: int
    n1: int
    c: int
    n2: int
    rate: RelativeRate
    exact: tuple[float, float | None] | None
    difference: float | None
    difference_interval: Interval | None
    test: TwoProportions
    adjusted_p: float | None = None
    family_size: int = 0
    flag: Flag = Flag.INSUFFICIENT
    adverse: bool | None = None


def compare(
    group: str, counts: tuple[int, int], reference: str, base: tuple[int, int], confidence: float = 0.95
) -> Comparison:
    """Compare ``counts`` (events, people) of a group with those of the reference."""
    (a, n1), (c, n2) = counts, base
    both = bool(n1 and n2)
    return Comparison(
        group,
        reference,
        *(a, n1, c, n2),
        rate=relative_rate(a, n1, c, n2, confidence),
        exact=conditional_exact(a, n1, c, n2, confidence) if both else None,
        difference=a / n1 - c / n2 if both else None,
        difference_interval=newcombe(a, n1, c, n2, confidence),
        test=compare_proportions(a, n1, c, n2),
    )


def against_reference(counts: Mapping[str, tuple[int, int]], reference: str) -> list[Comparison]:
    """Each group of ``counts`` {group: (events, people)} against one of them. ValueError where it is missing."""
    if reference not in counts:
        raise ValueError(f"No group '{reference}' to compare with. Choose one of: {', '.join(sorted(counts))}.")
    base = counts[reference]
    return [compare(name, pair, reference, base) for name, pair in counts.items() if name != reference]


def against_rest(counts: Mapping[str, tuple[int, int]]) -> list[Comparison]:
    """Each group against all the others together, so that no group is made the norm."""
    events, people = sum(a for a, _ in counts.values()), sum(n for _, n in counts.values())
    return [compare(name, (a, n), REST, (events - a, people - n)) for name, (a, n) in counts.items()]


def judge(
    family: Sequence[Comparison],
    direction: Direction,
    rule: FlagRule = DEFAULT_RULE,
    same: Sequence[Hashable] | None = None,
) -> list[Comparison]:
    """Correct a family by Benjamini-Hochberg, then flag each comparison by the rule.

    The family is every comparison shown together that has enough people and events to be tested; its size goes with
    each result. A comparison without enough is "insufficient", which is a result, and does not dilute the others.
    ``same`` has a name for each: those of one name are one comparison shown more than once, and count once. One in
    which nothing varies (everybody of both groups had the event) cannot be tested: it is in no family, and no flag.
    """
    names = list(same) if same is not None else list(range(len(family)))
    enough = [rule.enough(one.a, one.n1, one.c, one.n2) for one in family]
    tested = {names[i]: family[i].test.p for i, fit in enumerate(enough) if fit and family[i].test.z is not None}
    adjusted = dict(zip(tested, benjamini_hochberg(list(tested.values())), strict=True))
    corrected = [adjusted.get(name, 1.0) if fit else None for name, fit in zip(names, enough, strict=True)]
    return [
        replace(
            one,
            adjusted_p=p,
            family_size=len(tested),
            flag=flag(one.rate.value, one.rate.interval, p, enough=fit, rule=rule),
            adverse=is_adverse(one.rate.value, direction),
        )
        for one, p, fit in zip(family, corrected, enough, strict=True)
    ]
