"""Proven reoffending of people who accepted, beside that of people considered and not diverted: a comparative finding.

The two groups were chosen by officers and by the people themselves. What the ratio cannot show goes with it, always.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from diversion import clock
from diversion.accounts.models import Organisation
from reporting.codes import LIVE
from reporting.door import Audience, Leaving, leave
from reporting.facts.selection import check_period
from reporting.measures import adjusting, counting, declared, dimensions, figures
from reporting.measures.counting import NOBODY, Count, Counted
from reporting.measures.declared import FOLLOWED_MONTHS, WAIT_MONTHS, Measure
from reporting.measures.dimensions import Dimension
from reporting.measures.disparity import told
from reporting.measures.evidence import Finding
from reporting.measures.followed import Followed, follow_up_of, time_to_first
from reporting.statistics.disparity import Comparison, compare
from reporting.statistics.flags import Direction
from reporting.statistics.stratified import Stratum, compared, crude

ACCEPTED, COMPARATOR, NEITHER = "accepted", "not_diverted", "neither"
NOT_DIVERTED = "NOT f.diverted AND s.eligibility <> 'ineligible' AND s.authority <> 'waiting'"
ARM = Dimension(
    "arm",
    "Accepted, or considered and not diverted",
    f"CASE WHEN f.diverted THEN '{ACCEPTED}' WHEN {NOT_DIVERTED} THEN '{COMPARATOR}' ELSE '{NEITHER}' END",
    (ACCEPTED, COMPARATOR, NEITHER),
    live=True,
)
ELIGIBILITY = Dimension("eligibility", "Eligibility, as the rules found it", "s.eligibility", live=True)
OUTCOMES = tuple(declared.reoffended(months, among="f.considered") for months in FOLLOWED_MONTHS)
WORDS = {
    ACCEPTED: "people who accepted an offer, with authority where it is needed",
    COMPARATOR: "people considered and not diverted, whom the rules did not find ineligible",
}
NOT_RANDOM = (
    "Nobody was allocated at random. Officers chose whom to offer a resolution and people chose whether to accept: "
    "the groups may differ in what is not recorded here, and the ratio cannot tell that from what a resolution does."
)
ADJUSTED_FOR_LITTLE = (
    "It is adjusted for offence group or gravity and earlier outcomes only, as far as this force knows them. People "
    "without a like in the other group are not in the adjusted ratio."
)
PROVEN_ONLY = (
    "Proven reoffending is what was reported, detected and proven, and whoever is watched more closely is caught more "
    "often. Time in custody is not taken off."
)
TWICE = "Somebody decided about twice counts twice, so the intervals are a little too narrow."
CANNOT_SHOW = (NOT_RANDOM, ADJUSTED_FOR_LITTLE, PROVEN_ONLY, TWICE)


def effect(force: Organisation, start: date, end: date, *, as_of: date | None = None) -> Leaving:
    """Decisions of ``force`` from ``start`` to ``end`` followed for 12 and 24 months; operational and exact.

    ``as_of`` is the day at which follow-up ends (today). docs/measures.md, section 16, has the keys.
    """
    check_period(start, end)
    day = as_of or clock.today()
    period = Followed(force.pk, start, end, day)
    split = (ARM, ELIGIBILITY, *(dimensions.one(name, live=True) for name in adjusting.DIMENSIONS))
    counted = counting.count(source=LIVE, measures=OUTCOMES, by=split, **asdict(period))
    content = {
        **figures.about(force, start, end, LIVE),
        "as_of": day.isoformat(),
        "groups": WORDS,
        "adjusted_for": [list(strata) for strata in adjusting.BOTH],
        "findings": [_finding(counted, one, period) for one in OUTCOMES],
        "time_to_first_reoffence": time_to_first(ARM, (ACCEPTED, COMPARATOR), period),
    }
    return leave(content, audience=Audience.OPERATIONAL, force=force)


def _finding(counted: Counted, outcome: Measure, period: Followed) -> dict[str, Any]:
    arms = {arm: counts[outcome.name] for (arm,), counts in counted.over([ARM.name]).items()}
    group, comparator = arms.get(ACCEPTED, NOBODY), arms.get(COMPARATOR, NOBODY)
    one = compare(ACCEPTED, _pair(group), COMPARATOR, _pair(comparator))
    strata = adjusting.strata_of(counted, outcome.name, ARM.name, one, adjusting.STRATA)
    months = int(outcome.name.rpartition("_")[2])
    return {
        "outcome": outcome.name,
        "words": outcome.words,
        "direction": str(Direction.HARM),
        "grade": str(Finding(group, comparator).grade),
        "group": _side(counted, outcome, ACCEPTED, group),
        "comparator": _side(counted, outcome, COMPARATOR, comparator),
        "left_out": arms.get(NEITHER, NOBODY).people,
        "follow_up": {
            "months": months,
            "wait_months": WAIT_MONTHS,
            "index_date": "the day of the decision",
            **follow_up_of(ARM, (ACCEPTED, COMPARATOR), months, period),
        },
        "crude": _crude(one),
        **adjusting.adjustments(counted, outcome.name, ARM.name, one),
        "crude_of_strata_used": _crude(_of_used(strata)),
        "crude_of_eligible": _crude(_of_eligible(counted, outcome)),
        "cannot_show": _cannot_show(counted, outcome, comparator),
    }


def _pair(count: Count) -> tuple[int, int]:
    return count.events, count.people


def _side(counted: Counted, outcome: Measure, arm: str, count: Count) -> dict[str, Any]:
    """One group: how many, how many reoffended, of whom it cannot be told, and how they were found eligible."""
    eligibility = {
        word: counts[outcome.name].people
        for (of, word), counts in sorted(counted.over([ARM.name, ELIGIBILITY.name]).items())
        if of == arm
    }
    return {
        "name": arm,
        "who": WORDS[arm],
        **figures.figures(count),
        **figures.more(outcome, count),
        "eligibility": eligibility,
    }


def _crude(one: Comparison) -> dict[str, Any]:
    """The comparison without its flag: flags are for groups of people, and this is not about who somebody is."""
    return {name: value for name, value in told(one).items() if name not in NOT_OF_AN_EFFECT}


NOT_OF_AN_EFFECT = ("adjusted_p", "family_size", "flag", "adverse", "detectable")


def _of_used(strata: Sequence[Stratum]) -> Comparison:
    """The people of those strata that weigh in the adjusted ratio, taken together."""
    a, n1, c, n2 = crude(compared(strata))
    return compare(ACCEPTED, (a, n1), COMPARATOR, (c, n2))


def _of_eligible(counted: Counted, outcome: Measure) -> Comparison:
    """Only those whom the rules found eligible, on both sides: the rules stood in nobody's way."""
    cells = counted.over([ARM.name, ELIGIBILITY.name])
    sides = [cells.get((arm, "eligible"), {}).get(outcome.name, NOBODY) for arm in (ACCEPTED, COMPARATOR)]
    return compare(ACCEPTED, _pair(sides[0]), COMPARATOR, _pair(sides[1]))


def _cannot_show(counted: Counted, outcome: Measure, comparator: Count) -> list[str]:
    open_ = counted.over([ARM.name, ELIGIBILITY.name]).get((COMPARATOR, "unknown"), {}).get(outcome.name, NOBODY).people
    about = f"Of {open_} of the {comparator.people} people compared with nobody knows whether they were eligible."
    return [*CANNOT_SHOW, *([about] if open_ else [])]
