"""What a draft would have changed, as sentences and tables."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.codes import Sex
from diversion.design_system.tables import Column, Table

GROUPS = {
    "age": gettext_lazy("Age on the day of the decision"),
    "ethnicity": gettext_lazy("Self-defined ethnicity"),
    "sex": gettext_lazy("Sex"),
}


def preview_sentence(preview: Mapping[str, Any]) -> str:
    """ "This version would have changed at least 14, at most 61 of last year's 310 decisions."."""
    counts = preview["changed"]
    if not counts["decisions"]:
        return _("There are no decisions of the last twelve months to preview this version on.")
    if counts["low"] == counts["high"]:
        words = _("This version would have changed %(low)d of last year’s %(decisions)d decisions.")
    else:
        words = _(
            "This version would have changed at least %(low)d, at most %(high)d of last year’s %(decisions)d decisions."
        )
    return words % counts


def group_tables(preview: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One table for each way of grouping, and the share unknown in words."""
    found = []
    for kind, rows in preview["groups"].items():
        unknown = next((row["decisions"] for row in rows if row["group"].lower() == "unknown"), 0)
        whole = sum(row["decisions"] for row in rows)
        share = f"{unknown / whole:.0%}" if whole else "–"
        found.append(
            {
                "table": _bounds_table(GROUPS[kind], _("Group"), [(_group_label(row["group"]), row) for row in rows]),
                "unknown": _("Not known for %(n)d of %(whole)d decisions (%(share)s).")
                % {"n": unknown, "whole": whole, "share": share},
            }
        )
    return found


def option_table(preview: Mapping[str, Any]) -> Table:
    """For each option that the draft changes: for how many people it opens, and for how many it closes."""
    columns = [
        Column(_("Option")),
        Column(_("Opens for"), numeric=True),
        Column(_("Closes for, or needs a higher rank"), numeric=True),
    ]
    rows = [
        [option["title"], _range(option.get("wider")), _range(option.get("narrower"))] for option in preview["options"]
    ]
    return Table(caption=_("By option"), columns=columns, rows=rows)


def places_table(preview: Mapping[str, Any]) -> Table:
    """Scheme places a month: how many people could enter, now and then, beside what the scheme can take."""
    columns = [
        Column(_("Scheme")),
        Column(_("Could enter now, a month"), numeric=True),
        Column(_("Could enter under this version, a month"), numeric=True),
        Column(_("Referred, a month"), numeric=True),
        Column(_("Can take, a month"), numeric=True),
        Column(_("Places at a time"), numeric=True),
    ]
    rows = [
        [
            row["scheme"],
            _a_month(row["before"]),
            _a_month(row["after"]),
            f"{row['referred'] / 12:.1f}",
            "–" if row["capacity_a_month"] is None else f"{row['capacity_a_month']:g}",
            row["capacity"] or "–",
        ]
        for row in preview["places"]
    ]
    return Table(caption=_("Scheme places"), columns=columns, rows=rows)


def _bounds_table(caption: Any, heading: str, rows: Iterable[tuple[str, Mapping[str, int]]]) -> Table:
    columns = [
        Column(heading),
        Column(_("Decisions"), numeric=True),
        Column(_("Changed, at least"), numeric=True),
        Column(_("Changed, at most"), numeric=True),
    ]
    lines = [[label, row["decisions"], row["low"], row["high"]] for label, row in rows]
    return Table(caption=caption, columns=columns, rows=lines)


def _group_label(group: str) -> str:
    return str(dict(Sex.choices).get(group, group))


def _range(bounds: Mapping[str, int] | None) -> str:
    if not bounds:
        return "–"
    low, high = bounds["low"], bounds["high"]
    return str(low) if low == high else _("%(low)d to %(high)d") % {"low": low, "high": high}


def _a_month(bounds: Mapping[str, int] | None) -> str:
    if not bounds:
        return "–"
    low, high = bounds["low"] / 12, bounds["high"] / 12
    return f"{low:.1f}" if low == high else _("%(low).1f to %(high).1f") % {"low": low, "high": high}
