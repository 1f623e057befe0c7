"""Every part and every field in every state, for developers and for the accessibility checks.

Only wired outside production (diversion/urls.py).
"""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from diversion.access import public
from diversion.design_system import charts
from diversion.design_system.forms import hide_errors, resized
from diversion.design_system.funnel import Limit, Sized, funnel_chart
from diversion.design_system.gallery_samples import FILLED, PARTS, WRONG, Crimes, EveryField, ListFilter, posted
from diversion.design_system.svg import Drawing, render_svg
from diversion.design_system.tables import Column, Table, link, order_by


@public
def fields(request: HttpRequest, state: str = "empty") -> HttpResponse:
    """All fields, ``state`` being empty, filled or wrong; and a group of fields that repeats."""
    form = {"filled": EveryField(initial=FILLED), "wrong": EveryField(posted(WRONG))}.get(state, EveryField())
    data, changed = resized(request.POST or posted({"crimes-TOTAL_FORMS": "2", "crimes-INITIAL_FORMS": "0"}), "crimes")
    crimes = Crimes(data, prefix="crimes")
    if changed or state != "wrong":
        hide_errors(crimes)
    return render(request, "design_system/fields.html", {"form": form, "crimes": crimes, "state": state})


@public
def parts(request: HttpRequest) -> HttpResponse:
    """All parts of a page but fields."""
    shown = ListFilter(request.GET or posted({"state": "open", "since": "2026-06-01"}))
    page = Paginator(range(200), 10).get_page(request.GET.get("page", "6"))
    return render(
        request,
        "design_system/parts.html",
        {"filter": shown, "page": page, "table": _table(request), "cards": _cards(), **PARTS},
    )


@public
def figures(request: HttpRequest) -> HttpResponse:
    """The charts."""
    return render(request, "design_system/figures.html", {"charts": _charts()})


@public
def progress(request: HttpRequest) -> JsonResponse:
    """What a job under way answers."""
    return JsonResponse({"done": 40, "total": 100, "message": "40% done", "finished": False})


def _table(request: HttpRequest) -> Table:
    return Table(
        caption="Cases",
        columns=[
            Column("Person", sort="name"),
            Column("Opened", sort="opened"),
            Column("Conditions", numeric=True),
            Column("Compensation", numeric=True, sort="amount"),
        ],
        rows=[
            [link("Ada Example", "#ada"), "5 Jun 2026", 3, "£99.50"],
            [link("Grace Sample", "#grace"), "12 May 2026", 1, None],
        ],
        order=order_by(request, ["name", "opened", "amount"], default="-opened"),
        foot=["Both", "", 4, "£99.50"],
    )


def _cards() -> Table:
    return Table(
        caption="Due this week",
        columns=[Column("Person"), Column("What"), Column("By"), Column("Action", hidden_heading=True)],
        rows=[
            [
                link("Ada Example", "#ada"),
                "Second session",
                "Friday 12 June 2026",
                link("Record", "#r", "for Ada Example"),
            ],
            [
                link("Grace Sample", "#grace"),
                "Apology",
                "Monday 15 June 2026",
                link("Record", "#s", "for Grace Sample"),
            ],
        ],
        stacked=True,
    )


def _funnel() -> Drawing:
    units = [Sized("Response A", 60, 0.55, 0), Sized("Response B", 140, 0.5, 0), Sized("Response C", 90, 0.3, -2)]
    wide = {n: 1 / n**0.5 for n in (30, 60, 140)}
    limits = [Limit(n, (0.46 - w, 0.46 + w), (0.46 - 1.5 * w, 0.46 + 1.5 * w)) for n, w in wide.items()]
    return funnel_chart(units, limits, 0.46, "People")


def _charts() -> list[Any]:
    rows = [
        charts.Interval("White", 0.31, 0.29, 0.33, 2100),
        charts.Interval("Black", 0.22, 0.17, 0.28, 240),
        charts.Interval("Asian", 0.27, 0.22, 0.33, 260),
        charts.Interval("Unknown", None, None, None, 4),
    ]
    months = [charts.Point("Diverted", date(2026, month, 1), 40 + 7 * month) for month in range(1, 7)]
    months += [charts.Point("Charged", date(2026, month, 1), 80 - 5 * month) for month in range(1, 7)]
    bars = [
        charts.Bar("Community resolution", 410),
        charts.Bar("Conditional caution", 130),
        charts.Bar("Outcome 22", 64),
    ]
    drawn = [
        (charts.interval_chart(rows), "Offered, by ethnicity", "Share offered with 95% intervals, lowest for Black."),
        (charts.bar_chart(bars), "Decisions by disposal", "Community resolutions are two in three."),
        (charts.month_chart(months), "Decisions by month", "Diverted rises, charged falls."),
        (_funnel(), "Offered, by size of team", "Response C lies under the limits."),
    ]
    table = Table("Figures", [Column("Group"), Column("n", numeric=True)], [["White", 2100], ["Black", 240]])
    return [
        {"title": title, "svg": render_svg(chart, title=title, description=words), "table": table}
        for chart, title, words in drawn
    ]
