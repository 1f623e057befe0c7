"""Teams and officers beside each other, by name. Figures come here chosen for their audience; nothing counts here."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diversion.design_system.charts import interval_chart
from diversion.design_system.svg import render_svg
from diversion.design_system.tables import Column, Table
from diversion.design_system.wording import count, percent
from reporting.door import Audience, Leaving, checked
from reporting.presenters import spread
from reporting.presenters.parts import Behind, Picture, Row, described, interval_of, number_of, with_interval

CONSIDERED = "offered_of_considered"
#: Everybody referred stands in one of these, as of today.
CAME_OF_IT = {
    "referred": gettext_lazy("Referred"),
    "waiting": gettext_lazy("Waiting to start"),
    "under_way": gettext_lazy("Under way"),
    "completed": gettext_lazy("Completed"),
    "not_kept": gettext_lazy("Not kept"),
    "declined_or_withdrawn": gettext_lazy("Declined by the partner, or withdrawn"),
    "not_told": gettext_lazy("Voluntary: police hear nothing"),
}
#: The figure whose cases stand behind each of them.
CASES_OF_IT = {
    "referred": "referred:with",
    "waiting": "started:pending",
    "under_way": "completed:pending",
    "completed": "breached:without",
    "not_kept": "breached:with",
    "declined_or_withdrawn": "ended:by_others",
    "not_told": "ended:not_told",
}


def teams(figures: Leaving, behind: Behind = None) -> Picture | None:
    """Every team with what was offered of those considered, as a chart and in figures; None where there is none."""
    found = checked(figures, Audience.OPERATIONAL)
    if not found["teams"]:
        return None
    title = _("Offered a resolution, of everybody considered")
    rows = [interval_of(_name(row), row[CONSIDERED]) for row in found["teams"]]
    whole = interval_of(_("The whole force"), found["whole"][CONSIDERED])
    lines = [[_name(row), *_cells(row, behind, **_of(row))] for row in found["teams"]]
    foot = [_("The whole force"), *_cells(found["whole"], behind)]
    return Picture(
        title,
        render_svg(interval_chart([*rows, whole]), title=title, description=described([*rows, whole])),
        Table(_("Teams"), _columns(_("Team")), lines, foot=foot, stacked=True),
        _("By name, with 95% intervals: the order of rates alone would be a league table of chance."),
    )


def funnel(figures: Leaving, behind: Behind = None) -> Picture | None:
    """Teams by size, within the limits that chance gives; None for fewer than three."""
    people = None if behind is None else lambda name: behind(f"{CONSIDERED}:of", team=name)
    return spread.funnel(figures, "spread", _("Offered of everybody considered, by size of team"), _("Team"), people)


def officers(figures: Leaving, behind: Behind = None) -> Table:
    """A team's officers, or the one who asks, and the team itself."""
    found = checked(figures, Audience.OPERATIONAL)
    lines = [[row["officer"], *_cells(row, behind, **_of(row))] for row in found["officers"]]
    foot = [_("The team"), *_cells(found["whole"], behind)]
    return Table(_("Officers"), _columns(_("Officer")), lines, foot=foot, stacked=True)


def came_of_it(figures: Leaving, behind: Behind = None) -> Table | None:
    """What became of whoever a team or an officer referred; None where nobody was."""
    found = checked(figures, Audience.OPERATIONAL)
    if not found["whole"]["came_of_it"]["referred"]:
        return None
    of_teams = "teams" in found
    rows = [row for row in found["teams" if of_teams else "officers"] if row["came_of_it"]["referred"]]
    whole = [_("The whole force") if of_teams else _("The team"), *_came_of_it(found["whole"], behind)]
    names = [_("Team") if of_teams else _("Officer"), *CAME_OF_IT.values()]
    columns = [Column(str(name), numeric=bool(place)) for place, name in enumerate(names)]
    lines = [[_name(row), *_came_of_it(row, behind, **_of(row))] for row in rows]
    return Table(_("What became of whoever was referred"), columns, lines, foot=whole, stacked=True)


def _came_of_it(row: Row, behind: Behind, **of: str) -> list[SafeString | str]:
    return [number_of(row["came_of_it"][name], behind, figure, **of) for name, figure in CASES_OF_IT.items()]


def _of(row: Row) -> dict[str, str]:
    """Whose cases stand behind the numbers of a row."""
    return {"team": row["team"]} if "team" in row else {"officer": row["key"]}


def without_offers(figures: Leaving) -> list[str]:
    """Teams, or officers, who considered people and offered nothing to anybody, each in a sentence."""
    found = checked(figures, Audience.OPERATIONAL)
    rows = found["teams"] if "teams" in found else found["officers"]
    return [_no_offer(row) for row in rows if row["no_offer"]]


def _no_offer(row: Row) -> str:
    of = row[CONSIDERED]
    said = {"who": _name(row), "of": count(of["denominator"])}
    if of["upper_bound"] is None:
        return _("%(who)s: no offer to any of %(of)s considered, too few to say more.") % said
    more = {"most": percent(of["upper_bound"], 0)}
    return _("%(who)s: no offer to any of %(of)s considered. At most %(most)s, as far as chance goes.") % (said | more)


def _name(row: Row) -> str:
    name = row["team"] if "team" in row else row["officer"]
    return _("No team") if name == "Unknown" else str(name)


def _columns(first: str) -> list[Column]:
    names = (
        *(_("Considered"), _("Eligible"), _("Offered, of those considered"), _("Offered, of those eligible")),
        *(_("Accepted"), _("Started"), _("Completed, of those due")),
    )
    return [Column(first), *(Column(name, numeric=True) for name in names)]


def _cells(row: Row, behind: Behind = None, **of: str) -> list[SafeString | str]:
    def events(name: str) -> SafeString | str:
        return number_of(row[name]["numerator"], behind, f"{name}:with", **of)

    def share(name: str) -> SafeString | str:
        return with_interval(row[name], behind, name, **of)

    considered = number_of(row[CONSIDERED]["denominator"], behind, f"{CONSIDERED}:of", **of)
    shares = [share(CONSIDERED), share("offered")]
    return [considered, events("eligible"), *shares, events("accepted"), events("started"), share("completed_in_time")]
