"""What became of everybody referred, by week, as curves and as their table.

Figures come here already chosen for their audience; nothing here counts or divides.
"""

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.design_system.curves import Curve, curves_chart
from diversion.design_system.svg import render_svg
from diversion.design_system.tables import Column, Table, under
from diversion.design_system.wording import count, percent
from reporting.codes import AT_RISK
from reporting.door import Audience, Leaving, checked
from reporting.presenters.parts import Behind, Picture, Row, filled, number_of, said_of
from reporting.presenters.report import interval

ENDS = {
    "completed": gettext_lazy("Completed"),
    "ended_otherwise": gettext_lazy("Ended otherwise"),
    "withdrawn_by_others": gettext_lazy("Turned away or withdrawn"),
}


def endings(figures: Leaving, behind: Behind = None) -> Picture | str:
    """The curves; in words why there are none."""
    found = checked(figures, Audience.OPERATIONAL)["endings"]
    weeks = found["weeks"]
    if not weeks:
        return _("Fewer than 10 people were referred a week ago or more: no curve of what became of them.")
    title = _("What became of everybody referred, by week since the referral")
    curves = [_curve(str(name), key, weeks) for key, name in ENDS.items()]
    at_risk = [week[AT_RISK] for week in weeks]
    drawing = curves_chart(curves, at_risk, _("Weeks since the referral"), _("People still open then"))
    said = "; ".join(f"{curve.name}: {curve.said}" for curve in curves)
    svg = render_svg(drawing, title=title, description=f"{said}.")
    return Picture(title, svg, _table(title, weeks, behind), _note(found, behind))


def _curve(name: str, key: str, weeks: Sequence[Row]) -> Curve:
    ends = [(week[key]["interval"][0], week[key]["interval"][1]) if week[key]["interval"] else None for week in weeks]
    last = weeks[-1]
    said = _("%(share)s (%(ends)s) by week %(week)s") % {
        "share": percent(last[key]["rate"], 0),
        "ends": interval(last[key]["interval"], 0),
        "week": count(last["week"]),
    }
    return Curve(name, [week[key]["rate"] or 0.0 for week in weeks], ends, said)


def _table(title: str, weeks: Sequence[Row], behind: Behind) -> Table:
    names = [_("Still open as it began"), *(_("%(end)s, 95%% interval") % {"end": name} for name in ENDS.values())]
    return Table(
        title,
        [Column(_("By the end of week")), *(Column(name, numeric=True) for name in names)],
        [[count(week["week"]), _at_risk(week, behind), *(_cell(week[key]) for key in ENDS)] for week in weeks],
        caption_size="s",
    )


def _at_risk(week: Row, behind: Behind) -> SafeString | str:
    return number_of(week[AT_RISK], behind, f"{AT_RISK}:{week['week']}")


def _cell(row: Row) -> SafeString | str:
    return under(percent(row["rate"]), interval(row["interval"])) if row["interval"] else "–"


def _note(found: Row, behind: Behind) -> SafeString | str:
    words = [
        _(
            "%(people)s people referred; %(open)s are still open and count for as long as they were followed, as no "
            "end. Bands are 95%% intervals of each week by itself. Told while 10 people or more were referred so "
            "long ago."
        )
    ]
    if found["undated"]:
        words.append(_("Left out, because nobody knows the day of their end: %(undated)s."))
    figures = {"people": "ended:dated", "open": "breached:pending", "undated": "ended:undated"}
    numbers = {name: said_of(found[name], behind, figure) for name, figure in figures.items()}
    return filled(" ".join(words), **numbers)
