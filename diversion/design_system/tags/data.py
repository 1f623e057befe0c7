"""Tables, pages of a list, filters, figures and progress."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from diversion.design_system.filtering import chips_of, other_parameters
from diversion.design_system.pagination import page_links
from diversion.design_system.tables import Table, headings

register = template.Library()


@register.inclusion_tag("components/table.html", takes_context=True)
def data_table(context: Context, table: Table) -> dict[str, Any]:
    """A `tables.Table`: caption, headings (with links that sort, if the table sorts) and rows."""
    return {"table": table, "headings": headings(table, context.get("request"))}


@register.inclusion_tag("components/chart.html", takes_context=True)
def chart(context: Context, svg: SafeString, title: str, table: Table | None = None, note: str = "") -> dict[str, Any]:
    """A chart from `svg.render_svg` with its title, and its figures in a table folded under it."""
    return {"svg": svg, "title": title, "table": table, "note": note, "request": context.get("request")}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: "Page[Any]", parameter: str = "page", label: str = "") -> dict[str, Any]:
    """Links to the other pages of a list, keeping filter and order; nothing when there is one page."""
    return {**page_links(page, context["request"].GET, parameter), "label": label}


@register.inclusion_tag("components/filter_panel.html", takes_context=True)
def filter_panel(context: Context, form: forms.BaseForm, heading: str = "", is_open: bool = True) -> dict[str, Any]:
    """A form that narrows a list, and a chip for each filter in force, which takes it off again.

    It is a GET form, unless the form keeps what is typed out of addresses (`diversion.searching`): then it is posted.
    """
    request = context["request"]
    return {
        "is_over": context.get("is_over", False),
        "is_posted": bool(getattr(form, "kept", ())),
        "form": form,
        "heading": heading,
        "is_open": is_open,
        "path": request.path,
        "chips": chips_of(form, request),
        "others": other_parameters(form, request.GET),
    }


@register.inclusion_tag("components/filter_chips.html")
def filter_chips(chips: Iterable[Mapping[str, str]], cleared: str) -> dict[str, Any]:
    """A chip for each filter in force (name, text, and href without it), and the address ``cleared`` of them all."""
    return {"chips": chips, "cleared": cleared}


@register.inclusion_tag("components/stat_tiles.html")
def stat_tiles(tiles: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """``tiles``: value (as it should read), label, and perhaps note and href."""
    return {"tiles": tiles}


@register.inclusion_tag("components/progress_bar.html")
def progress_bar(done: int | None, label: str, poll: str = "", total: int = 100) -> dict[str, Any]:
    """A native ``<progress>`` and the same in words. ``done`` None: under way, nobody knows how far.

    ``poll`` answers JSON: ``{"done": 40, "total": 100, "message": "…", "finished": false}``; when finished, the page is
    loaded again. For browsers without JavaScript put ``{% refresh_without_script %}`` into the block ``head``.
    """
    share = None if done is None else round(100 * done / total) if total else 0
    return {"done": done, "total": total, "label": label, "poll": poll, "share": share}


@register.simple_tag
def refresh_without_script(seconds: int = 5) -> SafeString:
    return format_html('<noscript><meta http-equiv="refresh" content="{}"></noscript>', seconds)
