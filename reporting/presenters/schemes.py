"""Schemes beside each other, by name and never by rate.

Figures come here already chosen for their audience; nothing here counts or divides.
"""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from diversion.design_system.charts import Interval, interval_chart
from diversion.design_system.svg import render_svg
from diversion.design_system.tables import Column, Table
from diversion.design_system.wording import count
from reporting.door import Audience, Leaving, checked
from reporting.presenters.parts import Behind, Picture, Row, described, interval_of, number_of, with_interval


def schemes(figures: Leaving, behind: Behind = None) -> Picture | None:
    """Schemes in the order of their names: who came, and who completed of everybody referred long enough ago."""
    found = [
        row for row in checked(figures, Audience.OPERATIONAL)["schemes"] if row["offered_of_considered"]["numerator"]
    ]
    if not found:
        return None
    title = _("Schemes: started, and completed of everybody due")
    rows = [each for row in found for each in _scheme_rows(row)]
    drawing = interval_chart(rows)
    return Picture(
        title,
        render_svg(drawing, title=title, description=described(rows)),
        _scheme_table(title, found, behind),
        _("By name, with 95% intervals: the order of rates alone would be a league table of chance."),
    )


def _scheme_rows(row: Row) -> list[Interval]:
    named = {"started": _("%(scheme)s: started"), "completed_in_time": _("%(scheme)s: completed")}
    return [interval_of(words % {"scheme": row["scheme"]}, row[name]) for name, words in named.items()]


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
