"""The report in words: headings, tables and charts from its figures, for page and dashboard alike.

Figures come here already chosen for their audience; nothing on this page counts or divides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.dateformat import format as date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.codes import SelfDefinedEthnicity
from diversion.design_system.charts import Interval, interval_chart
from diversion.design_system.svg import Drawing, render_svg
from diversion.design_system.tables import Column, Table
from diversion.design_system.wording import percent
from reporting.codes import told, told_disposal
from reporting.door import Audience, Leaving, checked

TITLES = {
    "ethnicity_self_defined": gettext_lazy("Ethnicity, as people describe themselves"),
    "ethnicity_officer_defined": gettext_lazy("Ethnicity, as officers recorded it"),
    "age_band": gettext_lazy("Age"),
    "gender": gettext_lazy("Gender"),
    "month": gettext_lazy("Month"),
    "scheme": gettext_lazy("Scheme"),
}
NOTHING = "–"
#: Fewer people than that have no share on a page or in print (domain 4.3); the data have it in full precision.
FEWEST = 10


@dataclass(frozen=True)
class Section:
    """One table of the report with its chart; ``drawing`` is None where nobody was considered."""

    key: str
    title: str
    table: Table
    drawing: Drawing | None
    chart_title: str
    chart_words: str
    unknown: str
    detail: Table | None = None
    disposals: Table | None = None

    @property
    def chart(self) -> SafeString | str:
        """The drawing as a page shows it."""
        if self.drawing is None:
            return ""
        return render_svg(self.drawing, title=self.chart_title, description=self.chart_words)


def sections(report: Leaving, only: Iterable[str] | None = None) -> list[Section]:
    """The tables of ``report`` as sections, in its order; ``only`` keeps those named."""
    checked(report, Audience.OPERATIONAL)
    wanted = set(only) if only is not None else set(TITLES)
    return [_section(report, table) for table in report["tables"] if table["by"] in wanted]


def tiles(report: Leaving) -> list[dict[str, str]]:
    """The four figures at the top: how many, of how many, the rate with its interval, and how much is unknown."""
    checked(report, Audience.OPERATIONAL)
    totals, words = without_small_share(report["totals"]), report["words"]
    unknown = next(table["unknown_share"] for table in report["tables"] if table["by"] == "ethnicity_self_defined")
    return [
        {"value": _number(told(totals, "considered")), "label": words["considered"]},
        {"value": _number(told(totals, "diverted")), "label": words["diverted"]},
        {"value": percent(totals["rate"]), "label": words["rate"], "note": interval(totals["interval"])},
        {
            "value": percent(unknown),
            "label": _("self-defined ethnicity not known"),
            "note": _("counted, not estimated"),
        },
    ]


def without_small_share(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a report, without its share where it is of too few people."""
    return {**row, **({"rate": None, "interval": None} if row["considered"] < FEWEST else {})}


def interval(bounds: Sequence[float] | None, places: int = 1) -> str:
    """The 95% interval in words; a dash where there is none."""
    if bounds is None:
        return NOTHING
    return _("%(low)s to %(high)s") % {"low": percent(bounds[0], places), "high": percent(bounds[1], places)}


def group_words(report: Leaving, by: str, group: str) -> str:
    """What a group is called: the source's own words first."""
    words = checked(report)["words"]
    if by == "scheme":
        return str(words.get("schemes", {}).get(group, group))
    if by == "month":
        return date_format(date.fromisoformat(f"{group}-01"), "F Y")
    return str(words.get("groups", {}).get(group, group))


def quality_lines(report: Leaving) -> list[str]:
    """What is doubtful in the figures, a sentence each, with how often. Doubtful rows are counted, not dropped."""
    quality = checked(report, Audience.OPERATIONAL)["data_quality"]
    lines = [f"{sentence(rule['words'])}: {rule['rows']:,}" for rule in quality["rules"] if rule["rows"]]
    if quality["repeated_rows"]:
        lines.append(_("Rows that repeat another row word for word: %s") % f"{quality['repeated_rows']:,}")
    if report["suppressed"]:
        lines.append(_("Counts that the source hid: %s. Sums over them are ranges.") % f"{report['suppressed']:,}")
    compared = quality["ethnicity"]
    if compared["disagree"]:
        words = _("The person and the officer gave different ethnic groups: %(some)s of %(all)s rows that have both")
        lines.append(words % {"some": f"{compared['disagree']:,}", "all": f"{compared['both_known']:,}"})
    lines += [_("Nothing is known by this heading: %s") % TITLES[by] for by in quality["all_unknown"]]
    lines += [_("Only one group is recorded, so nothing can be compared: %s") % TITLES[by] for by in single(quality)]
    for column, values in report["unknown_values"].items():
        each = ", ".join(f"“{value}” ({number:,})" for value, number in values.items())
        lines.append(
            _("Not understood in “%(column)s”, and counted as unknown: %(values)s") % {"column": column, "values": each}
        )
    return lines


def single(quality: dict[str, Any]) -> list[str]:
    return [by for by in quality["single_group"] if by not in quality["all_unknown"]]


def _section(report: Leaving, table: dict[str, Any]) -> Section:
    by = table["by"]
    title = str(TITLES[by])
    named = [without_small_share(row) | {"words": group_words(report, by, row["group"])} for row in table["rows"]]
    share = _("Not known: %(share)s of %(what)s, counted and not estimated. Fewer than 10 have no rate.")
    rate, drawn = report["words"]["rate"], [row for row in named if row["interval"]]
    return Section(
        key=by,
        title=title,
        table=_table(title, report, named, without_small_share(table["total"])),
        drawing=interval_chart([_interval(row) for row in drawn], axis=sentence(rate)) if drawn else None,
        chart_title=f"{title}: {rate}",
        chart_words=_describe(drawn, rate),
        unknown=share % {"share": percent(table["unknown_share"]), "what": report["words"]["considered"]},
        detail=_detail(report, table),
        disposals=_disposals(title, report, named, table["total"]),
    )


def _number(number: str | int) -> str:
    """A sum of the report, or the range that it is where its source hid a count."""
    return number if isinstance(number, str) else f"{number:,}"


def _columns(report: Leaving) -> list[Column]:
    words = report["words"]
    return [
        Column(_("Group")),
        Column(sentence(words["considered"]), numeric=True),
        Column(sentence(words["diverted"]), numeric=True),
        Column(_("Rate"), numeric=True),
        Column(_("95% interval"), numeric=True),
    ]


def sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _cells(row: dict[str, Any], words: str) -> list[str]:
    counts = [_number(told(row, "considered")), _number(told(row, "diverted"))]
    return [words, *counts, percent(row["rate"]), interval(row["interval"])]


def _table(title: str, report: Leaving, rows: list[dict[str, Any]], total: dict[str, Any]) -> Table:
    return Table(
        caption=title,
        caption_hidden=True,
        columns=_columns(report),
        rows=[_cells(row, row["words"]) for row in rows],
        foot=_cells(total, _("Total")),
    )


def _detail(report: Leaving, table: dict[str, Any]) -> Table | None:
    if "detail" not in table:
        return None
    labels = dict(SelfDefinedEthnicity.choices) | {"NS": _("Not stated"), "Unknown": _("Blank or not understood")}
    rows = [_cells(without_small_share(row), str(labels.get(row["group"], row["group"]))) for row in table["detail"]]
    return Table(caption=_("The 18+1 groups"), columns=_columns(report), rows=rows, caption_size="s")


def _disposals(title: str, report: Leaving, rows: list[dict[str, Any]], total: dict[str, Any]) -> Table | None:
    hidden = total.get("disposals_range", {})
    codes = [code for code in {**total["disposals"], **hidden} if code in hidden or total["disposals"][code]]
    if not codes:
        return None
    words = report["words"]["disposals"]
    return Table(
        caption=_("%(title)s, by outcome") % {"title": title},
        caption_size="s",
        columns=[Column(_("Group")), *(Column(words.get(code, code), numeric=True) for code in codes)],
        rows=[[row["words"], *(_number(told_disposal(row, code)) for code in codes)] for row in rows],
        foot=[_("Total"), *(_number(told_disposal(total, code)) for code in codes)],
    )


def _describe(rows: list[dict[str, Any]], words: str) -> str:
    """The chart in words, for those who do not see it."""
    each = [f"{row['words']} {percent(row['rate'])} ({interval(row['interval'])})" for row in rows]
    return sentence(words) + ": " + "; ".join(each) + "."


def _interval(row: dict[str, Any]) -> Interval:
    low, high = row["interval"]
    return Interval(group=row["words"], rate=row["rate"], low=low, high=high, n=row["considered"])
