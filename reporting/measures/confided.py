"""Figures by what people told a provider of themselves: disability, and whether they were in care.

The page on which it is asked says that police do not see the answers. A force knows whom it referred and how each
agreement ended, so exact counts in every cut would give the answers back: of the one person of a month, by the
difference of two cuts, or because everyone who did not complete said yes. So: by one such dimension and nothing else,
no filter, whole quarters that are over; and in each quarter FEWEST people or more who said yes, and who said no, and of
those with each result, who must not all have said the same. docs/measures.md, section 17.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from diversion import clock
from diversion.accounts.models import Organisation
from reporting.facts.codes import LIVE
from reporting.measures import counting, declared, dimensions
from reporting.measures.counting import NOBODY, Count
from reporting.measures.declared import NoMeasure
from reporting.suppression.policy import SHARED

FEWEST = SHARED.threshold
QUARTER = dimensions.BY_NAME["quarter"]
KNOWN = ("yes", "no")


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
        measures=chosen,
        by=(QUARTER, dimension),
        as_of=as_of,
    )
    names = [measure.name for measure in chosen]
    withheld = [name for name in names if not all(_is_safe(counts) for counts in _by_quarter(counted.cells, name))]
    if len(withheld) == len(names):
        raise NoMeasure(
            f"Too few people of some quarter said yes, or no, or ended alike: figures by '{confided[0]}' would tell "
            f"what they said. Each quarter needs {FEWEST} of each; leave out the quarters that have fewer."
        )
    return [name for name in names if name not in withheld], withheld


_CONFIDED = frozenset(dimension.name for dimension in dimensions.DIMENSIONS if dimension.asked)


def _by_quarter(cells: Mapping[tuple[str, ...], Mapping[str, Count]], name: str) -> list[dict[str, Count]]:
    """Of each quarter: what people said -> their counts of the measure."""
    found: dict[str, dict[str, Count]] = {}
    for (quarter, said), counts in cells.items():
        found.setdefault(quarter, {})[said] = counts.get(name, NOBODY)
    return list(found.values())


def _is_safe(counts: Mapping[str, Count]) -> bool:
    """Whether one quarter's counts tell what no one person said."""
    people = {said: count.people for said, count in counts.items()}
    if not sum(people.values()):
        return True
    events = {said: count.events for said, count in counts.items()}
    others = {said: people[said] - events[said] for said in people}
    return all(people.get(said, 0) >= FEWEST for said in KNOWN) and _mixed(events) and _mixed(others)


def _mixed(result: Mapping[str, int]) -> bool:
    """Whether the people with this result are none, or enough, and did not all say the same."""
    total = sum(result.values())
    return not total or (total >= FEWEST and max(result.get(said, 0) for said in KNOWN) < total)
