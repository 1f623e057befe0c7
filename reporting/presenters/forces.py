"""Forces side by side, from what each has released: each rate with its numbers and interval, and nothing made of two.

The forces stand in the order in which they come, by name: a ranking would compare places and ways of recording.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from django.utils.translation import gettext as _

from diversion.design_system.charts import Interval, interval_chart
from diversion.design_system.svg import render_svg
from diversion.design_system.tables import Column, Table, under
from reporting.door import Leaving, checked
from reporting.presenters.parts import Picture, described
from reporting.releases.comparing import Place, all_of, not_shared
from reporting.releases.looking import in_order
from reporting.releases.telling import (
    COUNTS,
    NOT_AVAILABLE,
    TRUE_ZERO,
    cells_of,
    is_of_results,
    kinds,
    number_of,
    rate_words,
    rates_of,
    row_words,
)
from reporting.suppression.family import Key, key

At = Mapping[str, str]


@dataclass(frozen=True)
class Beside:
    """One rate of all the forces: of everybody as a picture, and by each kind of group as a table.

    ``hidden``: of which groups no force shows the rate, and of which there is nobody, a sentence for each table.
    """

    picture: Picture
    tables: list[Table]
    hidden: list[str]


class Force:
    """What one force tells: its name, and each rate with the two counts that it is made of."""

    def __init__(self, name: str, documents: Sequence[Leaving]) -> None:
        """``documents``: all that it has released of the time, the last first."""
        self.name, self.document = name, all_of([checked(one) for one in documents])
        self._cells, self.rates = cells_of(self.document), rates_of(self.document)

    def has_nobody(self, place: Key) -> bool:
        """Whether there is nobody of whom the rate under ``place`` could be, or no such group."""
        return place not in self.rates or self._cells.get(self._under(place), {}).get("mark") == TRUE_ZERO

    def tells(self, place: Key) -> bool:
        return self.rates.get(place, {}).get("value") is not None

    def shown(self, place: Key) -> Any:
        """ "144 of 216", and under it the rate with its interval; the mark where the rate is hidden."""
        rate = self.rates.get(place, {})
        if not self.tells(place):
            return rate.get("mark", NOT_AVAILABLE)
        part, whole = (number_of(self._cells.get(one, {})) for one in (place, self._under(place)))
        return under(_("%(part)s of %(whole)s") % {"part": part, "whole": whole}, rate_words(rate))

    def interval(self, place: Key) -> Interval:
        """For the picture: shares of 1, and of how many; without a share where it is hidden."""
        rate = self.rates.get(place, {})
        if not self.tells(place):
            return Interval(self.name, None, None, None, None)
        low, high = (end / 100 for end in rate["interval"]) if rate.get("interval") else (None, None)
        people = self._cells[self._under(place)].get("value")
        return Interval(self.name, rate["value"] / 100, low, high, people)

    def _under(self, place: Key) -> Key:
        below = self.rates[place]["denominator"]
        return key(below["measure"], below["at"])


def beside(forces: Sequence[Force]) -> dict[str, list[Beside]]:
    """By time, the newest first, each rate that any of them shows of everybody, of the tables that all hold."""
    apart = set(not_shared([force.document for force in forces]))
    found: dict[str, list[Beside]] = {}
    for (_of, time), tables in _by_count(forces[0].document, apart).items():
        if any(force.tells(key(tables[0]["measure"])) for force in forces):
            found.setdefault(time, []).append(_beside(tables, forces))
    return dict(sorted(found.items(), reverse=True))


def _by_count(document: Mapping[str, Any], apart: set[Place]) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """Of one force the tables that all hold: by what is counted, and when."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for table in document["tables"]:
        if (table["of"], table["time"], tuple(sorted(table["dimensions"]))) not in apart:
            found.setdefault((table["of"], table["time"]), []).append(table)
    return found


def _beside(tables: Sequence[Mapping[str, Any]], forces: Sequence[Force]) -> Beside:
    """What the forces tell of one count, as shares of the count before it."""
    whole = key(tables[0]["measure"])
    rate = next(force.rates[whole] for force in forces if whole in force.rates)
    title = _title(tables[0]["of"], rate["denominator"]["measure"].partition(" in ")[0])
    shown = [_table(_share_of(table) if is_of_results(table) else title, table, forces) for table in tables]
    hidden = [words for table in tables for words in _untold_groups(table, forces)]
    return Beside(_picture(title, whole, forces), [table for table in shown if table.rows], hidden)


def _title(events: str, people: str) -> str:
    told = {"events": COUNTS.get(events, events), "people": str(COUNTS.get(people, people)).lower()}
    return _("%(events)s, of those %(people)s") % told


def _share_of(table: Mapping[str, Any]) -> str:
    """Of a table of results: of whom each share is."""
    return _("Share of those %(people)s") % {"people": str(COUNTS.get(table["of"], table["of"])).lower()}


def _picture(title: str, place: Key, forces: Sequence[Force]) -> Picture:
    rows = [force.interval(place) for force in forces]
    svg = render_svg(interval_chart(rows), title=title, description=described(rows))
    columns = [Column(_("Force")), Column(_("Everybody"), numeric=True)]
    return Picture(title, svg, Table(title, columns, [[force.name, force.shown(place)] for force in forces]))


def _table(title: str, table: Mapping[str, Any], forces: Sequence[Force]) -> Table:
    """A row for each group of which any of them shows the rate, a column for each force."""
    told, _hidden = _groups(table, forces)
    rows = [
        [row_words(at, table["dimensions"]), *(force.shown(key(table["measure"], at)) for force in forces)]
        for at in told
    ]
    words = {"title": title, "by": kinds(table["dimensions"])}
    columns = [Column(_("Group")), *(Column(force.name, numeric=True) for force in forces)]
    return Table(_("%(title)s, by %(by)s") % words, columns, rows, caption_size="s")


def _untold_groups(table: Mapping[str, Any], forces: Sequence[Force]) -> Iterator[str]:
    """Of which groups of a table none of them shows the rate, and of which there is nobody."""
    _told, others = _groups(table, forces)
    nobody = [at for at in others if all(force.has_nobody(key(table["measure"], at)) for force in forces)]
    hidden = [at for at in others if at not in nobody]
    for groups, words in (
        (hidden, _("By %(by)s, no force shows it of: %(groups)s.")),
        (nobody, _("By %(by)s, there is nobody in any force: %(groups)s.")),
    ):
        if groups:
            named = "; ".join(row_words(at, table["dimensions"]) for at in groups)
            yield words % {"by": kinds(table["dimensions"]), "groups": named}


def _groups(table: Mapping[str, Any], forces: Sequence[Force]) -> tuple[list[At], list[At]]:
    """The groups of a table in their order, each total after its parts: those that any of them tells of, and others."""
    measure, dimensions = table["measure"], table["dimensions"]
    every = {at for force in forces for of, at in force.rates if of == measure and at}
    own: list[At] = [dict(at) for at in every if {name for name, _group in at} <= set(dimensions)]
    order = {name: in_order(name, sorted({at[name] for at in own if name in at})) for name in dimensions}
    own.sort(key=lambda at: [order[name].index(at[name]) if name in at else inf for name in dimensions])
    told = [at for at in own if any(force.tells(key(measure, at)) for force in forces)]
    return told, [at for at in own if at not in told]


def untold(forces: Sequence[Force]) -> list[str]:
    """The tables that only some of them hold, in words."""
    return [_table_words(place) for place in not_shared([force.document for force in forces])]


def _table_words(place: Place) -> str:
    of, time, split = place
    told = {"of": COUNTS.get(of, of), "time": time, "by": kinds(split)}
    return _("%(of)s in %(time)s, by %(by)s") % told if split else _("%(of)s in %(time)s") % told
