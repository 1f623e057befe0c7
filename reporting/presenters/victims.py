"""Victims in figures, in tables. Figures come here chosen for their audience; nothing here counts or divides."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.codes import VictimStance
from diversion.design_system.tables import Column, Table
from diversion.design_system.wording import count
from reporting.door import Audience, Leaving, checked
from reporting.presenters.parts import Row, with_interval

TIMES: dict[str, Promise] = {
    "victim_days_to_decision": gettext_lazy("From the crime to the decision"),
    "victim_days_recorded_to_decision": gettext_lazy("From the record here to the decision"),
    "victim_days_to_end": gettext_lazy("From the crime to the end of the case"),
    "victim_days_recorded_to_end": gettext_lazy("From the record here to the end of the case"),
}
OF: dict[str, Promise] = {
    "decision": gettext_lazy("Told of the decision and the reasons"),
    "end": gettext_lazy("Told how it ended"),
}


def tables(figures: Leaving) -> list[Table]:
    """How long it took, who was told of the decision and of the end, and views by disposal; none where nobody is."""
    found = checked(figures, Audience.OPERATIONAL)
    if not found["victims"]:
        return []
    return [_times(found), *(_notices(found, name) for name in OF), _views(found)]


def _times(found: Leaving) -> Table:
    names = (_("Victims"), _("Median days"), _("Half of them between"), _("Not yet"))
    rows = [
        [TIMES[row["measure"]], count(row["numerator"]), _days(row["median"]), _half(row), count(row["pending"])]
        for row in found["times"]
    ]
    return Table(_("How long it took, in days"), _columns(_("Time"), names), rows)


def _half(row: Row) -> str:
    if row["quartiles"] is None:
        return "–"
    low, high = row["quartiles"]
    return _("%(low)s and %(high)s") % {"low": _days(low), "high": _days(high)}


def _days(number: float | None) -> str:
    return "–" if number is None else f"{round(number, 1):g}"


def _notices(found: Leaving, name: str) -> Table:
    names = (_("Told in time"), _("Told at all"), _("Day not passed yet"), _("Want no updates"))
    rows = [
        [
            _rights(row["rights"], found),
            with_interval(row[f"victim_told_{name}_in_time"]),
            with_interval(row[f"victim_told_{name}"]),
            count(row[f"victim_told_{name}"]["pending"]),
            count(row["unwanted"][name]),
        ]
        for row in found["notices"]
    ]
    return Table(OF[name], _columns(_("Victims"), names), rows)


def _rights(rights: str, found: Leaving) -> str:
    """Whom a row is of, and in how many working days they are to be told."""
    if rights == "all":
        return _("Everybody who is owed it")
    words = _("With enhanced rights") if rights == "enhanced" else _("All others")
    days = found["days"][rights]
    within = ngettext("%(days)s working day", "%(days)s working days", days) % {"days": days}
    return f"{words} ({within})"


def _views(found: Leaving) -> Table:
    rows = [[_(row["words"]), *_cells(row)] for row in found["views"][:-1]]
    names = [*(str(stance.label) for stance in VictimStance), _("All")]
    foot = [_("All"), *_cells(found["views"][-1])]
    return Table(_("What victims think, by what was decided"), _columns(_("Decided"), names), rows, foot=foot)


def _cells(row: Row) -> list[str]:
    return [*(count(row["views"][stance]) for stance in VictimStance.values), count(row["victims"])]


def _columns(first: str, names: Sequence[str]) -> list[Column]:
    return [Column(first), *(Column(name, numeric=True) for name in names)]
