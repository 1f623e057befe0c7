"""What a draft would have changed, as sentences and tables."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.codes import Sex
from diversion.design_system.tables import Column, Table
from diversion.door import BASE, Audience, Leaving, checked

GROUPS = {
    "age": gettext_lazy("Age on the day of the decision"),
    "ethnicity": gettext_lazy("Self-defined ethnicity"),
    "sex": gettext_lazy("Sex"),
}


def preview_sentence(preview: Leaving) -> str:
    """ "This version would have changed at least 14, at most 61 of last year's 310 decisions."."""
    counts = checked(preview, Audience.OPERATIONAL)["changed"]
    if not preview["options"]:
        return _("This version changes no criterion.") if preview.get("chooses") else _("This version changes nothing.")
    if not counts["decisions"]:
        return _few(preview)
    words = _exact_words(counts) if preview.exact else _rounded_words(counts)
    return words % {key: _said(counts[key], preview) for key in ("low", "high", "decisions")}


def _exact_words(counts: Mapping[str, int]) -> str:
    if counts["low"] == counts["high"]:
        return _("This version would have changed %(low)s of last year’s %(decisions)s decisions.")
    return _(
        "This version would have changed at least %(low)s, at most %(high)s of last year’s %(decisions)s decisions."
    )


def _rounded_words(counts: Mapping[str, int]) -> str:
    if not counts["low"] and counts["high"]:
        return _("This version would have changed at most %(high)s of last year’s decisions, %(decisions)s.")
    if counts["low"] == counts["high"]:
        return _("This version would have changed %(low)s of last year’s decisions, %(decisions)s.")
    return _(
        "This version would have changed at least %(low)s, at most %(high)s of last year’s decisions, %(decisions)s."
    )


def _few(preview: Leaving) -> str:
    if preview.exact:
        return _("There are no decisions of the last twelve months to preview this version on.")
    return _("Fewer than 10 decisions of the last twelve months are there to preview this version on.")


def given_sentences(preview: Leaving) -> list[str]:
    """ "Given last year to 68 people: Community resolution. Of them ...", for each option that the draft changes."""
    checked(preview, Audience.OPERATIONAL)
    given = [(row["title"], row.get("given") or {}) for row in preview["options"]]
    said = [_given_words(title, counts, preview) for title, counts in given if counts.get("decisions")]
    return said + ([_("What the force chooses changes, and is not counted here.")] if preview.get("chooses") else [])


def _given_words(title: str, counts: Mapping[str, int], preview: Leaving) -> str:
    first = ngettext("Given last year to %(n)s person: %(title)s.", "Given last year to %(n)s people: %(title)s.",
                     counts["decisions"])  # fmt: skip
    then = _("Of them this version would have stopped, or sent to a higher rank, at least %(low)s, at most %(high)s.")
    if counts["low"] == counts["high"]:
        then = _("Of them this version would have stopped, or sent to a higher rank, %(high)s.")
    elif not (counts["low"] or preview.exact):
        then = _("Of them this version would have stopped, or sent to a higher rank, at most %(high)s.")
    said = {key: _said(counts[key], preview) for key in ("low", "high")}
    return f"{first % {'n': _said(counts['decisions'], preview), 'title': title}} {then % said}"


def marking(preview: Leaving) -> str:
    """What stands above the figures, on the page that shows them."""
    if checked(preview, Audience.OPERATIONAL).exact:
        return _("Operational: exact counts, some of them of very few people. Not for release.")
    return _(
        "Operational: rounded to the nearest 10, because exact counts of small groups are for those who monitor in "
        "this force. Not for release."
    )


def _said(count: int, preview: Leaving) -> str:
    """The count in words: itself, or what the door left of it."""
    if preview.exact:
        return str(count)
    return _("about %(n)d") % {"n": count} if count else _("fewer than 10")


def group_tables(preview: Leaving) -> list[dict[str, Any]]:
    """One table for each way of grouping, and the share unknown in words."""
    checked(preview, Audience.OPERATIONAL)
    return [_group_table(kind, rows, preview) for kind, rows in preview["groups"].items()]


def _group_table(kind: str, rows: list[dict[str, Any]], preview: Leaving) -> dict[str, Any]:
    unknown = next((row["decisions"] for row in rows if row["group"].lower() == "unknown"), 0)
    whole = preview["changed"]["decisions"]
    words = _("Not known for %(n)s of %(whole)s decisions.")
    if preview.exact and whole:
        words = _("Not known for %(n)s of %(whole)s decisions (%(share)s).")
    said = {"n": _said(unknown, preview), "whole": _said(whole, preview)}
    lines = [
        [_group_label(row["group"]), *(_said(row[key], preview) for key in ("decisions", "low", "high"))]
        for row in rows
    ]
    columns = [
        Column(_("Group")),
        Column(_("Decisions"), numeric=True),
        Column(_("Changed, at least"), numeric=True),
        Column(_("Changed, at most"), numeric=True),
    ]
    table = Table(caption=GROUPS[kind], columns=columns, rows=lines)
    return {"table": table, "unknown": words % (said | {"share": f"{unknown / whole:.0%}" if whole else ""})}


def option_table(preview: Leaving) -> Table:
    """For each option that the draft changes: for how many people it opens, and for how many it closes."""
    checked(preview, Audience.OPERATIONAL)
    columns = [
        Column(_("Option")),
        Column(_("Opens for"), numeric=True),
        Column(_("Closes for, or needs a higher rank"), numeric=True),
    ]
    rows = [
        [option["title"], *(_range(option.get(way), preview) for way in ("wider", "narrower"))]
        for option in preview["options"]
    ]
    return Table(caption=_("By option"), columns=columns, rows=rows)


def places_table(preview: Leaving) -> Table:
    """Scheme places a month: how many people could enter, now and then, beside what the scheme can take."""
    checked(preview, Audience.OPERATIONAL)
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
            _a_month(row["before"], preview),
            _a_month(row["after"], preview),
            _monthly(row["referred"], preview),
            "–" if row["capacity_a_month"] is None else f"{row['capacity_a_month']:g}",
            row["capacity"] or "–",
        ]
        for row in preview["places"]
    ]
    return Table(caption=_("Scheme places"), columns=columns, rows=rows)


def _group_label(group: str) -> str:
    return str(dict(Sex.choices).get(group, group))


def _range(bounds: Mapping[str, int] | None, preview: Leaving) -> str:
    return _ends(bounds, lambda count: _said(count, preview))


def _a_month(bounds: Mapping[str, int] | None, preview: Leaving) -> str:
    return _ends(bounds, lambda count: _monthly(count, preview))


def _ends(bounds: Mapping[str, int] | None, say: Callable[[int], str]) -> str:
    if not bounds:
        return "–"
    low, high = say(bounds["low"]), say(bounds["high"])
    return low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}


def _monthly(count: int, preview: Leaving) -> str:
    """A year's count as so many a month."""
    if preview.exact:
        return f"{count / 12:.1f}"
    return _("about %(n)s") % {"n": f"{count / 12:.1f}"} if count else _("under %(n)s") % {"n": f"{BASE / 12:.1f}"}
