"""Groups compared with each other, in charts and tables: ratios, shares by month, age by ethnicity.

Figures come here already chosen for their audience; nothing here counts or divides.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from diversion.design_system.charts import Compared, Point, Ratio, forest_chart, month_chart
from diversion.design_system.svg import render_svg
from diversion.design_system.tables import Column, Table, link, under
from diversion.design_system.wording import count, percent
from reporting.door import Audience, Leaving, checked
from reporting.presenters.parts import Behind, Picture, Row, number_of
from reporting.presenters.report import interval
from reporting.presenters.sentence import FLAGS, of_whom, people, ratio_words, sentence_of

SHADES = 5


def trend(figures: Leaving, behind: Behind = None) -> Picture:
    """The share by month as a line with its band, and whether it goes one way."""
    found = checked(figures, Audience.OPERATIONAL)["trend"]
    by_month = {row["at"]["month"]: row for row in found["rows"]}
    points = [_point(month, by_month.get(month)) for month in found["months"]]
    title = _("By month: %(did)s") % {"did": of_whom(figures)[1]}
    return Picture(
        title,
        render_svg(month_chart(points), title=title, description=_described(points, found)),
        Table(
            title,
            _rate_columns(figures, _("Month")),
            [_month_cells(figures, month, by_month.get(month), behind) for month in found["months"]],
        ),
        _direction(found),
    )


def _point(month: str, row: Row | None) -> Point:
    day = date.fromisoformat(f"{month}-01")
    if row is None or row["rate"] is None:
        return Point("", day, None)
    low, high = row["interval"]
    return Point("", day, row["rate"], low, high)


def _direction(found: Row) -> str:
    if all(row["rate"] is None for row in found["rows"]):
        return _("No month has 10 people, and fewer have no share.")
    if found["p"] is None:
        return _("Too little to tell whether it goes one way.")
    if found["p"] > 0.05:
        return _("No more rise or fall over these months than chance would give.")
    return (
        _("It rises by more than chance would give.")
        if found["z"] > 0
        else _("It falls by more than chance would give.")
    )


def _described(points: list[Point], found: Row) -> str:
    known = [point for point in points if point.value is not None]
    if not known:
        return _("There is nothing to draw.")
    ends = [_month_described(point) for point in (known[0], known[-1])]
    return _("From %(first)s to %(last)s. %(direction)s") % {
        "first": ends[0],
        "last": ends[1],
        "direction": _direction(found),
    }


def _month_described(point: Point) -> str:
    ends = interval(None if point.low is None or point.high is None else (point.low, point.high), 0)
    said = {"month": date_format(point.month, "F Y"), "share": percent(point.value, 0), "ends": ends}
    return _("%(month)s %(share)s (%(ends)s)") % said


def _month_cells(figures: Leaving, month: str, row: Row | None, behind: Behind) -> list[SafeString | str]:
    words = date_format(date.fromisoformat(f"{month}-01"), "F Y")
    if row is None:
        return [words, count(0), count(0), percent(None), interval(None)]
    days = _days_of(month, figures["from"], figures["to"])
    name, numbers = figures["measure"]["name"], {"of": row["denominator"], "with": row["numerator"]}
    counts = [number_of(number, behind, f"{name}:{part}", **days) for part, number in numbers.items()]
    return [words, *counts, percent(row["rate"]), interval(row["interval"])]


def _days_of(month: str, start: str, end: str) -> dict[str, str]:
    """The days of a month that are in the period, as the address has them."""
    first = date.fromisoformat(f"{month}-01")
    last = first.replace(day=monthrange(first.year, first.month)[1])
    return {"start": max(start, first.isoformat()), "end": min(end, last.isoformat())}


def _rate_columns(figures: Leaving, first: str) -> list[Column]:
    who, did = of_whom(figures)
    names = (sentence_of(who), sentence_of(did), _("Share"), _("95% interval"))
    return [Column(first), *(Column(name, numeric=True) for name in names)]


def ratios(figures: Leaving, behind: Behind) -> Picture:
    """Each group against the reference: crude and adjusted together, with how many."""
    compared = checked(figures, Audience.OPERATIONAL)["comparison"]
    order = [group["group"] for group in compared["groups"]]
    rows = sorted(compared["rows"], key=lambda row: order.index(row["group"]))
    did = of_whom(figures)[1]
    reference = people(figures["by"], compared["reference"])
    title = _("Against %(reference)s: %(did)s") % {"reference": reference, "did": did}
    drawing = forest_chart([_forest_row(row) for row in rows], reference, (_("less often"), _("more often")))
    described = "; ".join(f"{row['group']} {ratio_words(row)}, {_flag(row)}" for row in rows)
    return Picture(
        title,
        render_svg(drawing, title=title, description=f"{described}."),
        _ratio_table(title, figures, rows, behind),
        _overall(compared),
    )


def _forest_row(row: Row) -> Compared:
    label = _("%(group)s (n %(n)s)") % {"group": row["group"], "n": count(row["people"])}
    if row["flag"] == "insufficient":
        return Compared(label, Ratio(None, None, None, _flag(row)))
    crude = _ratio(row, f"{ratio_words(row)} {_flag(row)}")
    found = row.get("adjusted")
    if not found or found["ratio"] is None:
        return Compared(label, crude)
    note = _("%(some)s of %(all)s compared") % {"some": count(found["compared"]), "all": count(found["compared_of"])}
    words = _("adjusted %(ratio)s") % {"ratio": ratio_words(found)}
    return Compared(label, crude, _ratio(found, words), note)


def _ratio(row: Row, words: str) -> Ratio:
    low, high = row["interval"] or (None, None)
    return Ratio(row["ratio"], low, high, words)


def _flag(row: Row) -> str:
    return str(FLAGS[row["flag"]][0]).lower()


def _ratio_table(title: str, figures: Leaving, rows: list[Row], behind: Behind) -> Table:
    who, did = of_whom(figures)
    names = (
        sentence_of(who),
        sentence_of(did),
        _("Share, 95% interval"),
        _("Ratio, 95% interval"),
        _("Adjusted, 95% interval"),
        _("Compared"),
        _("Could reverse"),
    )
    more = (_("Smallest ratio that so many could show"), _("Flag"))
    groups = {one["group"]: one for one in figures["comparison"]["groups"]}
    reference = groups[figures["comparison"]["reference"]]
    first = [reference["group"], *_counts(figures, reference["group"], reference, behind), _share(reference)]
    return Table(
        title,
        [Column(_("Group")), *(Column(name, numeric=True) for name in (*names, *more))],
        [
            [*first, _("reference"), *[""] * 5],
            *(_ratio_cells(figures, row, _share(groups[row["group"]]), behind) for row in rows),
        ],
    )


def _counts(figures: Leaving, group: str, row: Row, behind: Behind) -> list[SafeString | str]:
    name = figures["measure"]["name"]
    return [
        number_of(row.get("people", row.get("denominator")), behind, f"{name}:of", group=group),
        number_of(row.get("events", row.get("numerator")), behind, f"{name}:with", group=group),
    ]


def _ratio_cells(figures: Leaving, row: Row, share: SafeString | str, behind: Behind) -> list[SafeString | str]:
    found = row.get("adjusted") or {"ratio": None}
    compared = _compared_cell(found) if found["ratio"] else ""
    return [
        row["group"],
        *_counts(figures, row["group"], row, behind),
        share,
        ratio_words(row) if row["ratio"] is not None else row["words"] or _("no ratio"),
        ratio_words(found),
        compared,
        _("yes") if row["unknown"]["could_reverse"] else _("no"),
        detectable_words(row["detectable"]),
        _flag(row),
    ]


def detectable_words(ends: Sequence[float | None]) -> str:
    """ "0.76 or less, 1.26 or more"; "none" where no ratio would be found."""
    words = (_("%(ratio)s or less"), _("%(ratio)s or more"))
    shown = [each % {"ratio": f"{end:.2f}"} for each, end in zip(words, ends, strict=True) if end]
    return ", ".join(shown) or _("none")


def _share(row: Row) -> SafeString | str:
    """The share of a group with its interval under it."""
    return under(percent(row["rate"]), interval(row["interval"])) if row["rate"] is not None else percent(None)


def _compared_cell(found: Row) -> str:
    some, all_ = count(found["compared"]), count(found["compared_of"])
    others, of = count(found["reference_compared"]), count(found["reference_compared_of"])
    return _("%(some)s of %(all)s, %(others)s of %(of)s") % {"some": some, "all": all_, "others": others, "of": of}


def _overall(compared: Row) -> str:
    """How many were compared together, and whether the groups differ at all: beside the flags, never before them."""
    tested, all_ = count(compared["family_size"]), count(compared["compared"])
    said = [
        _("%(k)s of %(n)s had enough people to be tested (together, by Benjamini–Hochberg).") % {"k": tested, "n": all_}
    ]
    p = compared["overall"]["p"]
    if p is not None:
        small = p < 0.001
        said.append(_("All groups at once: p %(p)s.") % {"p": "< 0.001" if small else f"= {p:.3f}"})
    return " ".join(said)


def heat(figures: Leaving, behind: Behind = None) -> Table:
    """Ethnicity by age: share and n, or that there are too few; the shade only repeats the number."""
    rows = checked(figures, Audience.OPERATIONAL)["heat"]
    cells = {(row["at"]["ethnicity"], row["at"]["age_band"]): row for row in rows}
    groups = list(dict.fromkeys(row["at"]["ethnicity"] for row in sorted(rows, key=_last_unknown)))
    ages = list(dict.fromkeys(row["at"]["age_band"] for row in rows if row["denominator"]))
    return Table(
        _("Age and ethnicity: %(did)s") % {"did": of_whom(figures)[1]},
        [Column(_("Ethnicity")), *(Column(age.replace("-", "–"), numeric=True) for age in ages)],
        [[group, *(_heat_cell(figures, cells.get((group, age)), behind) for age in ages)] for group in groups],
        caption_size="s",
    )


ETHNICITIES = ("White", "Black", "Asian", "Mixed", "Other", "Unknown")


def _last_unknown(row: Row) -> int:
    return ETHNICITIES.index(row["at"]["ethnicity"])


def _heat_cell(figures: Leaving, row: Row | None, behind: Behind) -> SafeString | str:
    if row is None or not row["denominator"]:
        return "–"
    of = {"ethnicity": row["at"]["ethnicity"], "age": row["at"]["age_band"]}
    figure = f"{figures['measure']['name']}:of"
    if row["too_few"]:
        few = link(_("too few"), behind(figure, **of), hidden=_("cases")) if behind else _("too few")
        return format_html('<span class="app-heat">{}</span>', few)
    shade = min(SHADES - 1, int(row["rate"] * SHADES))
    return format_html(
        '<span class="app-heat app-heat--{}">{}<span class="app-heat__n">{}<br>{} {}</span></span>',
        *(shade, percent(row["rate"], 0), interval(row["interval"], 0), _("of")),
        number_of(row["denominator"], behind, figure, **of),
    )
