"""What several parts of the pages of figures are made of: pictures, shares in words, numbers that lead to their cases.

Figures come here already chosen for their audience; nothing here counts or divides.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from diversion.design_system.charts import Interval
from diversion.design_system.tables import Table, link
from diversion.design_system.wording import count, percent
from reporting.presenters.report import interval

Row = Mapping[str, Any]
#: The address of the cases behind a figure ("offered:with"), and of whom ("group", "team"); None for whoever may not.
Behind = Callable[..., str] | None


@dataclass(frozen=True)
class Picture:
    """A chart with its title and its figures, and a sentence under it."""

    title: str
    svg: SafeString
    table: Table
    note: str = ""


def number_of(number: int, behind: Behind, figure: str, **of: str) -> SafeString | str:
    """A number, and for whoever may open them a link to its cases."""
    if not number or behind is None:
        return count(number)
    return link(count(number), behind(figure, **of), hidden=_("cases"))


def said_of(number: int, behind: Behind, figure: str, **of: str) -> SafeString | str:
    """As ``number_of``, within a sentence that says of whom: nothing more is read out."""
    if not number or behind is None:
        return count(number)
    return link(count(number), behind(figure, **of))


def filled(words: str, **values: Any) -> SafeString | str:
    """``words`` with the values in their places; HTML where one of them is a link, else plain words."""
    if not any(isinstance(value, SafeString) for value in values.values()):
        return words % values
    return SafeString(conditional_escape(words) % {name: conditional_escape(value) for name, value in values.items()})


def share_of(part: int, whole: int, rate: float | None) -> str:
    if not whole:
        return "–"
    said = {"part": count(part), "whole": count(whole), "share": percent(rate, 0)}
    return _("%(share)s (%(part)s of %(whole)s)") % said


def with_interval(row: Row, behind: Behind = None, figure: str = "", **of: str) -> SafeString | str:
    """ "15% (61 of 412), 11.8% to 18.6%", both numbers with their cases; no share of fewer than 10 people."""
    if not row["denominator"]:
        return "–"
    part = number_of(row["numerator"], behind, f"{figure}:with", **of)
    whole = number_of(row["denominator"], behind, f"{figure}:of", **of)
    if row["rate"] is None:
        return filled(_("%(part)s of %(whole)s"), part=part, whole=whole)
    said = {"share": percent(row["rate"], 0), "ends": interval(row["interval"])}
    return filled(_("%(share)s (%(part)s of %(whole)s), %(ends)s"), part=part, whole=whole, **said)


def interval_of(words: str, row: Row) -> Interval:
    low, high = row["interval"] or (None, None)
    return Interval(words, row["rate"], low, high, row["denominator"])


def described(rows: Iterable[Interval]) -> str:
    """The rates of a chart in words, for whoever does not see it: "White 21.4% (18.0% to 25.2%, n = 412); …"."""
    return ("; ".join(map(_described, rows)) or _("Too few to draw")) + "."


def _described(row: Interval) -> str:
    said = {"group": row.group, "share": percent(row.rate), "n": count(row.n)}
    if row.rate is None and row.n is None:
        return _("%(group)s: not shown") % said
    if row.rate is None:
        return _("%(group)s: no share, n = %(n)s") % said
    ends = interval(None if row.low is None or row.high is None else (row.low, row.high))
    return _("%(group)s %(share)s (%(ends)s, n = %(n)s)") % (said | {"ends": ends})
