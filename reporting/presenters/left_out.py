"""Who was not considered, not offered or declined, and why: tables by group, and who lives in the area beside them.

Figures come here already chosen for their audience; nothing here counts or divides.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.codes import DeclinedReason, NotOfferedReason
from diversion.design_system.tables import Column, Table, under
from diversion.design_system.wording import count, percent
from reporting.codes import UNKNOWN
from reporting.door import Audience, Leaving, checked
from reporting.presenters.parts import Behind, Row, filled, number_of
from reporting.presenters.report import interval

WORDS = {
    "not_offered": {str(value): label for value, label in NotOfferedReason.choices},
    "declined": {str(value): label for value, label in DeclinedReason.choices},
}
TITLES = {
    "not_offered": gettext_lazy("Not offered a resolution, by reason"),
    "declined": gettext_lazy("Offered one and declined, by reason"),
}
FIGURE = {"not_offered": "offered_of_considered:without", "declined": "declined:with"}
NO_REASON = gettext_lazy("No reason recorded, or authority refused")


def tables(figures: Leaving, behind: Behind) -> list[Table]:
    """Each reason by group: how many, and their share of those of the group to whom it happened."""
    found = checked(figures, Audience.OPERATIONAL)
    return [_table(name, found[name], behind) for name in TITLES if found[name]["rows"]]


def not_considered(figures: Leaving) -> Table | None:
    """Of the suspects of the force's own outcome extract, whom nobody considered; None without one."""
    found = checked(figures, Audience.OPERATIONAL)["coverage"]
    if found is None:
        return None
    columns = (_("Suspects"), _("Considered"), _("Share considered"), _("95% interval"))
    rows = [row for row in (*found["rows"], found["total"]) if row["denominator"]]
    return Table(
        _("Considered, of suspects in the outcome extract"),
        [Column(_("Group")), *(Column(name, numeric=True) for name in columns)],
        [
            [
                row["group"],
                count(row["denominator"]),
                count(row["numerator"]),
                percent(row["rate"]),
                interval(row["interval"]),
            ]
            for row in rows
        ],
        caption_size="s",
    )


def residents(figures: Leaving, behind: Behind = None) -> Table | None:
    """Decisions recorded beside who lives in the area, by ethnic group; None where no census is imported."""
    found = checked(figures, Audience.OPERATIONAL)["residents"]
    if found is None:
        return None
    names = (_("Residents"), _("Considered"), _("For each 1,000 residents, 95% interval"))
    ratio = _("Ratio to %(group)s residents, 95%% interval") % {"group": found["reference"]}
    unknown = [[_("Not known"), "–", _considered(UNKNOWN, found["unknown"], behind), "–", "–"]]
    return Table(
        _("Considered, beside who lives here: %(area)s, census of %(year)s")
        % {"area": found["area"], "year": found["year"]},
        [Column(_("Ethnic group")), *(Column(name, numeric=True) for name in (*names, ratio))],
        [
            *(_resident_cells(row, found["reference"], behind) for row in found["rows"]),
            *(unknown if found["unknown"] else []),
        ],
        caption_size="s",
    )


def _considered(group: str, number: int, behind: Behind) -> SafeString | str:
    return number_of(number, behind, "offered_of_considered:of", ethnicity=group)


def _resident_cells(row: Row, reference: str, behind: Behind) -> list[SafeString | str]:
    counts = [row["group"], count(row["residents"]), _considered(row["group"], row["considered"], behind)]
    if row["group"] == reference:
        return [*counts, _per_1000(row), _("reference")]
    return [*counts, _per_1000(row), _resident_ratio(row)]


def _per_1000(row: Row) -> SafeString | str:
    if row["per_1000"] is None:
        return "–"
    rate = f"{row['per_1000']:.2f}"
    if row["interval"] is None:
        return _("%(rate)s, no interval: more decisions than residents") % {"rate": rate}
    low, high = row["interval"]
    return under(rate, _("%(low)s to %(high)s") % {"low": f"{low:.2f}", "high": f"{high:.2f}"})


def _resident_ratio(row: Row) -> SafeString | str:
    if row["ratio"] is None:
        return _("too few for a ratio")
    low, high = row["ratio_interval"]
    return under(f"{row['ratio']:.2f}", _("%(low)s to %(high)s") % {"low": f"{low:.2f}", "high": f"{high:.2f}"})


def reason_words(reason: str) -> str:
    """A coded reason in words; empty for none."""
    words = WORDS["not_offered"] | WORDS["declined"]
    return str(words.get(reason, NO_REASON)) if reason else ""


def _table(name: str, found: Mapping[str, Any], behind: Behind) -> Table:
    heads = [Column(_("Reason")), Column(_("All"), numeric=True)]
    heads += [Column(each["group"], numeric=True) for each in found["groups"]]
    whole = [_of_how_many(name, each, behind) for each in found["groups"]]
    return Table(
        str(TITLES[name]),
        heads,
        [_row(name, row, behind) for row in found["rows"]],
        caption_size="s",
        foot=[_("All reasons, of how many"), "", *whole],
    )


def _of_how_many(name: str, each: Mapping[str, Any], behind: Behind) -> SafeString | str:
    measure = FIGURE[name].partition(":")[0]
    some = number_of(each["people"], behind, FIGURE[name], group=each["group"])
    return filled(_("%(n)s of %(of)s"), n=some, of=number_of(each["of"], behind, f"{measure}:of", group=each["group"]))


def _row(name: str, row: Mapping[str, Any], behind: Behind) -> list[SafeString | str]:
    words = str(WORDS[name].get(row["reason"], NO_REASON))
    figure = FIGURE[name]
    total = number_of(row["people"], behind, figure, reason=row["reason"])
    return [words, total, *(_cell(each, behind, figure, row["reason"]) for each in row["groups"])]


def _cell(each: Mapping[str, Any], behind: Behind, figure: str, reason: str) -> SafeString | str:
    number = number_of(each["people"], behind, figure, reason=reason, group=each["group"])
    if each["share"] is None:
        return number
    share = format_html('{} <span class="app-nowrap app-quiet">({})</span>', number, percent(each["share"], 0))
    return under(share, interval(each["interval"], 0))
