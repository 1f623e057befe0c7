"""The charts of a release, from its document alone: of each table by one kind of group, its first rate."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from diversion.design_system.charts import Interval, interval_chart
from diversion.design_system.svg import Drawing, render_svg
from reporting.door import Leaving, checked
from reporting.presenters.parts import described
from reporting.releases import telling
from reporting.releases.looking import looked_at, places
from reporting.suppression.family import key

Cells = telling.Cells


@dataclass(frozen=True)
class Drawn:
    """A chart that has not been put on a page or paper yet, and its words for whoever does not see it."""

    title: str
    description: str
    drawing: Drawing

    @property
    def svg(self) -> SafeString:
        """As a page shows it."""
        return render_svg(self.drawing, title=self.title, description=self.description)


def told(document: Leaving) -> list[tuple[telling.Told, Drawn | None]]:
    """Each table of the release with its chart; None for one that crosses two kinds of group, or tells no rate."""
    cells, rates = telling.cells_of(checked(document)), telling.rates_of(document)
    drawn = [_drawn(tables, cells, rates) for tables in looked_at(document).values()]
    return list(zip(telling.told_tables(document), drawn, strict=True))


def _drawn(tables: list[Mapping[str, Any]], cells: Cells, rates: Cells) -> Drawn | None:
    results = telling.is_of_results(tables[0])
    if not (tables[1:] or results) or not tables[0]["dimensions"] or tables[0]["dimensions"][1:]:
        return None
    whole, part = (tables[0], tables[0]) if results else tables[:2]
    rows = [_interval(at, whole, part, cells, rates) for at in places(tables) if at and not _nobody(at, whole, cells)]
    if all(row.rate is None for row in rows):
        return None
    people = str(telling.COUNTS.get(whole["of"], whole["of"])).lower()
    words = _("Share of those %(people)s") % {"people": people}
    if not results:
        part_of = {"part": telling.COUNTS.get(part["of"], part["of"]), "whole": people}
        words = _("%(part)s, of those %(whole)s") % part_of
    title = f"{words}: {telling.title(tables)}"
    return Drawn(title, described(rows), interval_chart(rows, axis=words))


def _nobody(at: Mapping[str, str], whole: Mapping[str, Any], cells: Cells) -> bool:
    return cells.get(key(whole["measure"], at), {}).get("mark") == telling.TRUE_ZERO


def _interval(
    at: Mapping[str, str], whole: Mapping[str, Any], part: Mapping[str, Any], cells: Cells, rates: Cells
) -> Interval:
    """Shares of 1, and of how many; without either where it is hidden, or too few."""
    rate = rates.get(key(part["measure"], at), {})
    # Of a result the share is of everybody, whatever they were given.
    people = cells.get(key(whole["measure"], {} if telling.is_of_results(whole) else at), {})
    group = telling.row_words(at, part["dimensions"])
    if rate.get("value") is None:
        return Interval(group, None, None, None, people.get("value"))
    low, high = (end / 100 for end in rate["interval"]) if rate.get("interval") else (None, None)
    return Interval(group, rate["value"] / 100, low, high, people.get("value"))
