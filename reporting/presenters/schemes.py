"""Schemes beside each other, by name and never by rate.

Figures come here already chosen for their audience; nothing here counts or divides.
"""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.design_system.charts import Interval, interval_chart
from diversion.design_system.svg import render_svg
from diversion.design_system.tables import Column, Table
from diversion.design_system.wording import count
from reporting.door import Audience, Leaving, checked
from reporting.presenters.parts import Behind, Picture, Row, described, interval_of, number_of, with_interval

#: So many a page draws beside other charts, and still ends after three screens (our own).
DRAWN = 4
SHARES = {
    "started": gettext_lazy("%(scheme)s: started"),
    "completed_in_time": gettext_lazy("%(scheme)s: completed"),
}


def schemes(figures: Leaving, behind: Behind = None, most: int | None = None) -> Picture | None:
    """Schemes in the order of their names: who came, and who completed of everybody referred long enough ago.

    Only what has a share is drawn; of ``most`` schemes at most, those with most offers. The table has all of them.
    """
    found = [
        row for row in checked(figures, Audience.OPERATIONAL)["schemes"] if row["offered_of_considered"]["numerator"]
    ]
    if not found:
        return None
    title = _("Schemes: started, and completed of everybody due")
    shared = [row for row in found if any(row[name]["rate"] is not None for name in SHARES)]
    drawn = _with_most_offers(shared, most)
    rows = [each for row in drawn for each in _scheme_rows(row)]
    drawing = interval_chart(rows)
    return Picture(
        title,
        render_svg(drawing, title=title, description=described(rows)),
        _scheme_table(title, found, behind),
        _note(len(found), len(shared), len(drawn)),
    )


def _with_most_offers(rows: list[Row], most: int | None) -> list[Row]:
    """So many of them, in the order in which they come."""
    by_offers = sorted(rows, key=lambda row: -row["offered_of_considered"]["numerator"])
    kept = {row["scheme"] for row in by_offers[:most]}
    return [row for row in rows if row["scheme"] in kept]


def _scheme_rows(row: Row) -> list[Interval]:
    told = {name: words for name, words in SHARES.items() if row[name]["rate"] is not None}
    return [interval_of(words % {"scheme": row["scheme"]}, row[name]) for name, words in told.items()]


def _note(schemes: int, shared: int, drawn: int) -> str:
    """In which order they stand, and which of them stand in the table alone."""
    words = [_("By name, with 95% intervals: the order of rates alone would be a league table of chance.")]
    if drawn < shared:
        words.append(_("Drawn are the %(drawn)s with most offers; %(more)s more stand in the figures."))
    if shared < schemes:
        words.append(_("%(few)s of %(schemes)s have too few people for a share, and stand in the figures alone."))
    said = {"drawn": count(drawn), "more": count(shared - drawn)}
    said |= {"few": count(schemes - shared), "schemes": count(schemes)}
    return " ".join([words[0], *(each % said for each in words[1:])])


def _scheme_table(title: str, found: list[Row], behind: Behind) -> Table:
    names = (_("Offered"), _("Accepted"), _("Started"), _("Waiting to start"), _("Completed of those due"))
    more = (_("Turned away or withdrawn"), _("Still open"), _("Places"))

    def cases(row: Row, name: str, part: str) -> SafeString | str:
        number = row[name]["pending" if part == "pending" else "numerator"]
        return number_of(number, behind, f"{name}:{part}", scheme=row["scheme"])

    return Table(
        title,
        [Column(_("Scheme")), *(Column(name, numeric=True) for name in (*names, *more))],
        [
            [
                row["scheme"],
                cases(row, "offered_of_considered", "with"),
                cases(row, "accepted", "with"),
                with_interval(row["started"], behind, "started", scheme=row["scheme"]),
                cases(row, "started", "pending"),
                with_interval(row["completed_in_time"], behind, "completed_in_time", scheme=row["scheme"]),
                cases(row, "withdrawn_by_others", "with"),
                cases(row, "still_open", "with"),
                count(row["places"]),
            ]
            for row in found
        ],
    )
