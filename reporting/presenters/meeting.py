"""One page of a kept report for a meeting. Figures come here chosen for their audience; nothing counts here."""

from datetime import date

from django.utils.translation import gettext as _

from diversion.design_system.tables import Column, Table
from diversion.design_system.wording import count, long_date, percent
from reporting.codes import told
from reporting.door import Audience, Leaving, checked
from reporting.presenters.parts import Row, share_of
from reporting.presenters.report import NOTHING, TITLES, group_words, interval, sentence, without_small_share
from reporting.statistics.intervals import wilson

COUNTS = ("considered", "diverted")
ON_THE_PAGE = ("ethnicity_self_defined", "gender", "age_band")


def tables(report: Leaving, moved: Leaving | None) -> list[Table]:
    """Who people are, with the share of each group, and beside it what it was in the report before."""
    found = checked(report, Audience.OPERATIONAL)
    before = moved["tables"] if moved else []
    changes = {table["by"]: {row["group"]: row for row in table["rows"]} for table in before}
    shown = [one for one in found["tables"] if one["by"] in ON_THE_PAGE]
    return [_table(report, one, changes.get(one["by"], {}), total=one is shown[0]) for one in shown]


def since(moved: Leaving | None) -> str:
    """Which report stands beside, and how the changes were judged; "" where there is none."""
    if moved is None:
        return ""
    days = {name: long_date(date.fromisoformat(checked(moved)["before"][name])) for name in ("from", "to")}
    said = _("Before: %(from)s to %(to)s.") % days
    judged = _("Changes marked * are more than chance gives, of %(n)s compared together (Benjamini–Hochberg).")
    return f"{said} {judged % {'n': count(moved['compared'])}}"


def _table(report: Leaving, table: Row, changes: Row, *, total: bool) -> Table:
    words = report["words"]
    names = [sentence(words["considered"]), sentence(words["diverted"]), _("Share"), _("95% interval")]
    if changes:
        names += [_("Before"), _("Change in points")]
    rows = [
        _cells(row, group_words(report, table["by"], row["group"]), changes)
        for row in table["rows"]
        if row["considered"] or "considered_range" in row
    ]
    return Table(
        str(TITLES[table["by"]]),
        [Column(_("Group")), *(Column(name, numeric=True) for name in names)],
        rows,
        caption_size="s",
        foot=_cells(table["total"], _("Total"), changes) if total else (),
    )


def _cells(row: Row, words: str, changes: Row) -> list[str]:
    counts = [str(told(row, name)) if isinstance(told(row, name), str) else count(row[name]) for name in COUNTS]
    shared = without_small_share(row)
    cells = [words, *counts, percent(shared["rate"]), interval(shared["interval"])]
    return [*cells, *_change(changes.get(row["group"]))] if changes else cells


def _change(row: Row | None) -> list[str]:
    if row is None or row["change"] is None:
        return [NOTHING, NOTHING]
    low, high = (_points(bound) for bound in row["interval"])
    star = "*" if row["beyond_chance"] else ""
    change = _("%(change)s (%(low)s to %(high)s)%(star)s") % {
        "change": _points(row["change"]),
        "low": low,
        "high": high,
        "star": star,
    }
    before = row["before"]
    share = share_of(before["diverted"], before["considered"], before["rate"])
    return [f"{share}, {interval(wilson(before['diverted'], before['considered']))}", change]


def _points(share: float) -> str:
    """A difference of shares in points, with its sign."""
    return f"{share:+.1%}".removesuffix("%").replace("-", "−")
