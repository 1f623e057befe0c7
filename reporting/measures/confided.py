"""Figures by what people told a provider of themselves: disability, and whether they were in care.

The page on which it is asked says that police do not see the answers. A force knows whom it referred and how each
agreement ended, so exact counts in every cut would give the answers back: of the one person of a month, by the
difference of two cuts or of two measures, or because everyone who did not complete said yes. So: by one such dimension
and nothing else, no filter, whole quarters that are over; and in each quarter FEWEST people or more who said yes, and
who said no, and of those whom the measures told set apart, who must not all have said the same. docs/measures.md,
section 17.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from diversion import clock
from diversion.accounts.models import Organisation
from reporting.codes import LIVE
from reporting.measures import counting, declared, dimensions
from reporting.measures.declared import Measure, NoMeasure
from reporting.measures.dimensions import Dimension
from reporting.statistics.flags import Direction
from reporting.suppression.thresholds import SHARED

FEWEST = SHARED.threshold
QUARTER = dimensions.BY_NAME["quarter"]
KNOWN = ("yes", "no")
#: The measures that may be told, the first of them first: a later one is told where it gives nothing away beside them.
IN_ORDER = tuple(measure for measure in declared.COMPUTED if measure.asked)
OUTSIDE, EVENT, OTHER = "-", "e", "o"


def _place(measure: Measure) -> str:
    inside = f"CASE WHEN {measure.events} THEN '{EVENT}' ELSE '{OTHER}' END"
    return f"CASE WHEN {measure.people} THEN {inside} ELSE '{OUTSIDE}' END"


#: Where somebody stands in each of those measures, a letter for each: outside it, with its event, or without.
STANDING = Dimension("standing", "Standing in each measure", " || ".join(map(_place, IN_ORDER)), live=True)
EVERYBODY = Measure("everybody", "everybody", "everybody", Direction.NEITHER, "our own", people="TRUE")
#: How many people of each standing said what: standing -> what they said -> people.
Said = Mapping[str, Mapping[str, int]]


def check_quarters(start: date, end: date, what: str) -> None:
    """NoMeasure unless the period is whole quarters that have ended. ``what`` begins the sentence ("Needs are")."""
    after = end + timedelta(days=1)
    if any(day.day != 1 or day.month % 3 != 1 for day in (start, after)) or end >= clock.today():
        raise NoMeasure(
            f"{what} counted over whole quarters that have ended, because the days between two periods would tell of "
            "whoever was referred on them: begin on the first day of a quarter, end on the last of one."
        )


def told(
    force: Organisation,
    start: date,
    end: date,
    by: Sequence[str],
    where: Mapping[str, Iterable[str]] | None,
    measures: Sequence[str] | None,
    *,
    source: str,
    as_of: date,
) -> tuple[Sequence[str] | None, list[str]]:
    """The measures that can be told by ``by``, and the names of those withheld; as they are for any other question.

    NoMeasure where the question has another shape, or where nothing is left to tell.
    """
    confided = [name for name in (*by, *(where or {})) if name in _CONFIDED]
    if not confided:
        return measures, []
    if where or list(by) != confided or len(by) != 1:
        raise NoMeasure(
            f"'{confided[0]}' was told to a provider in confidence: it splits by itself, of everybody. With filters, "
            "or beside another dimension, figures would tell police what one person said."
        )
    chosen = declared.named(None if measures is None else list(measures), live=source == LIVE, asked=True)
    dimension = dimensions.one(confided[0], live=source == LIVE)
    check_quarters(start, end, "Disability and care experience are")
    counted = counting.count(
        force_id=force.pk,
        source=source,
        start=start,
        end=end,
        measures=[EVERYBODY],
        by=(QUARTER, dimension, STANDING),
        as_of=as_of,
    )
    safe = [set(may_tell(said)) for said in _by_quarter(counted).values()]
    names = [measure.name for measure in chosen]
    withheld = [name for name in names if not all(name in quarter for quarter in safe)]
    if len(withheld) == len(names):
        raise NoMeasure(
            f"Too few people of some quarter said yes, or no, or ended alike: figures by '{confided[0]}' would tell "
            f"what they said. Each quarter needs {FEWEST} of each; leave out the quarters that have fewer."
        )
    return [name for name in names if name not in withheld], withheld


def may_tell(said: Said) -> list[str]:
    """The measures that one quarter may tell: each in turn, where it and those before it set nobody apart."""
    told: list[int] = []
    for number in range(len(IN_ORDER)):
        people = _people_of(said, number)
        if not people or (_enough(people) and all(map(_mixed, _set_apart(said, [*told, number])))):
            told.append(number)
    return [IN_ORDER[number].name for number in told]


def is_confided(by: Iterable[str]) -> bool:
    """Whether the figures are by what people told a provider in confidence."""
    return bool(_CONFIDED.intersection(by))


def without_pending(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of such figures. Who is still under way is known by name and may be one person: no number of them."""
    return {**row, "pending": None}


_CONFIDED = frozenset(dimension.name for dimension in dimensions.DIMENSIONS if dimension.asked)


def _by_quarter(counted: counting.Counted) -> dict[str, dict[str, dict[str, int]]]:
    """Quarter -> standing -> what people said -> how many."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for (quarter, said, standing), counts in counted.cells.items():
        found.setdefault(quarter, {}).setdefault(standing, {})[said] = counts[EVERYBODY.name].people
    return found


def _set_apart(said: Said, told: Sequence[int]) -> list[dict[str, int]]:
    """The groups of people that somebody who holds all these measures can tell apart: what each of them said.

    Not only those with the event and those without. Who did not keep the agreement, less who started and did not
    complete it, are those who never came; of them there may be one.
    """
    found: dict[str, list[str]] = {}
    for standing in said:
        seen = "".join(standing[number] for number in told)
        if set(seen) != {OUTSIDE}:
            found.setdefault(seen, []).append(standing)
    return [_added(said, standings) for standings in found.values()]


def _people_of(said: Said, number: int) -> dict[str, int]:
    """What the people of one measure said."""
    return _added(said, [standing for standing in said if standing[number] != OUTSIDE])


def _added(said: Said, standings: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for standing in standings:
        for word, people in said[standing].items():
            found[word] = found.get(word, 0) + people
    return found


def _enough(people: Mapping[str, int]) -> bool:
    return all(people.get(word, 0) >= FEWEST for word in KNOWN)


def _mixed(people: Mapping[str, int]) -> bool:
    """Whether nobody of these people answered, or enough did and not all alike.

    Only answers count: who was in a voluntary scheme is unknown here by rule, and the force knows who that was.
    """
    answers = [people.get(word, 0) for word in KNOWN]
    return not sum(answers) or (sum(answers) >= FEWEST and max(answers) < sum(answers))
