"""Headings, buttons, lists, statuses and other parts of a page."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from diversion.design_system import tables

register = template.Library()

Item = Mapping[str, Any]


@register.inclusion_tag("components/page_header.html")
def page_header(title: str, caption: str = "", lead: str = "", size: str = "l") -> dict[str, Any]:
    """The page's one ``<h1>``, with a caption over it and a lead paragraph under it."""
    return {"title": title, "caption": caption, "lead": lead, "size": size}


@register.inclusion_tag("components/blocks.html")
def blocks(blocks: Iterable[Any]) -> dict[str, Any]:
    """The blocks of a paper (`diversion.documents`), under headings of the second level."""
    return {"blocks": blocks}


@register.inclusion_tag("components/back_link.html")
def back_link(href: str, text: str = "") -> dict[str, Any]:
    return {"href": href, "text": text or _("Back")}


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(items: Iterable[Item]) -> dict[str, Any]:
    """``items``: text and href, from the top; the page itself is not among them."""
    return {"items": items}


button = register.simple_tag(tables.button)


@register.inclusion_tag("components/link_button.html")
def link_button(text: str, href: str, style: str = "") -> dict[str, Any]:
    """A link that looks like a button: for going somewhere, never for changing something."""
    return {"text": text, "href": href, "style": style}


@register.simple_tag
def link(text: str, href: str, hidden: str = "", about: Any = "") -> SafeString:
    """A link within a text or a list. ``hidden`` and ``about`` are read out after it, as with a button."""
    return tables.link(text, href, hidden, about)


@register.simple_tag
def default_submit(name: str = "", value: str = "1") -> SafeString:
    """First thing in a form that has several buttons: what Enter in a text box presses."""
    named = format_html(' name="{}" value="{}"', name, value) if name else ""
    return format_html(
        '<button type="submit" class="govuk-visually-hidden" tabindex="-1" aria-hidden="true"{}></button>', named
    )


@register.inclusion_tag("components/summary_list.html")
def summary_list(
    rows: Iterable[Item], title: str = "", actions: Iterable[Item] = (), level: int = 2, css_class: str = ""
) -> dict[str, Any]:
    """``rows``: key, value and, if any, href of the value and actions (text, href, hidden: "Change <hidden>").

    With ``title`` it is a card. A value that is None or "" says "Not recorded".
    """
    rows = list(rows)
    return {
        "rows": rows,
        "title": title,
        "actions": actions,
        "level": level,
        "css_class": css_class,
        "any_actions": any(row.get("actions") for row in rows),
    }


@register.simple_block_tag
def summary_card(content: str, title: str, level: int = 2) -> SafeString:
    """``{% summary_card title %}…{% endsummary_card %}``: a card whose content is not one summary list alone."""
    return _block("summary_card", content, title=title, level=level)


@register.simple_block_tag
def summary_rows(content: str, css_class: str = "") -> SafeString:
    """``{% summary_rows %}…{% endsummary_rows %}`` around each ``summary_row``: values that are more than a text."""
    return format_html('<dl class="{}">{}</dl>', f"govuk-summary-list {css_class}".rstrip(), content)


@register.simple_block_tag
def summary_row(content: str, key: Any) -> SafeString:
    """``{% summary_row key %}…{% endsummary_row %}``; one without content says "Not recorded"."""
    return _block("_summary_row", content, row={"key": key, "value": SafeString(content.strip())})


@register.simple_tag
def tag(text: str, colour: str = "") -> SafeString:
    """A status in words; ``colour`` (grey, green, teal, blue, purple, magenta, red, orange, yellow) only helps."""
    return tables.tag(text, colour)


@register.inclusion_tag("components/empty_state.html")
def empty_state(text: str, hint: str = "", action: str = "", href: str = "") -> dict[str, Any]:
    """What a list says when nothing is in it, and what one can do about it."""
    return {"text": text, "hint": hint, "action": action, "href": href}


@register.inclusion_tag("components/identity_bar.html")
def identity_bar(title: str, items: Iterable[Item] = (), status: str = "", colour: str = "") -> dict[str, Any]:
    """Whose record it is, on every page of it. ``items``: label and value (reference, date of birth…)."""
    return {"title": title, "items": items, "status": status, "colour": colour}


@register.inclusion_tag("components/sub_navigation.html")
def sub_navigation(items: Iterable[Item], label: str = "") -> dict[str, Any]:
    """``items``: text, href, current, count."""
    return {"items": items, "label": label or _("Parts of this record")}


@register.inclusion_tag("components/timeline.html")
def timeline(events: Iterable[Item], level: int = 2) -> dict[str, Any]:
    """``events``, newest first: title, when (aware datetime or date), by, text; text may be safe HTML."""
    return {"events": events, "level": level}


@register.inclusion_tag("components/task_list.html")
def task_list(items: Iterable[Item], prefix: str = "task") -> dict[str, Any]:
    """``items``: title, href (none when it cannot start yet), hint, status, colour ("" for plain text: done)."""
    return {"items": items, "prefix": prefix}


@register.inclusion_tag("components/alert.html")
def alert(text: str, variant: str = "information") -> dict[str, Any]:
    """``variant``: success, warning, error, or anything else for information, as `messages` name their levels."""
    named = {"success": _("Success"), "warning": _("Warning"), "error": _("Error")}
    kind = variant if variant in named else "information"
    role = "alert" if kind in ("success", "error") else "region"
    return {"text": text, "kind": kind, "name": named.get(kind, _("Information")), "role": role}


@register.inclusion_tag("components/warning_text.html")
def warning_text(text: str) -> dict[str, Any]:
    return {"text": text}


@register.inclusion_tag("components/confirmation_panel.html")
def confirmation_panel(title: str, text: str = "") -> dict[str, Any]:
    """What has been done, on a page that only says so. Its title is the page's ``<h1>``."""
    return {"title": title, "text": text}


@register.simple_block_tag
def inset(content: str) -> SafeString:
    """``{% inset %}…{% endinset %}``."""
    return format_html('<div class="govuk-inset-text">{}</div>', content)


@register.simple_block_tag
def details(
    content: str, summary: tables.Text, *open_if: Any, hidden: str = "", about: Any = "", css_class: str = ""
) -> SafeString:
    """``{% details "What this means" %}…{% enddetails %}``: folded away until asked for.

    It is open from the start if any value after the summary is true: something in it is wrong, say. ``hidden`` and
    ``about`` are read out after the summary, as with a button.
    """
    spoken = tables.spoken(hidden, about)
    return _block("details", content, summary=summary, is_open=any(open_if), spoken=spoken, css_class=css_class)


@register.simple_block_tag
def fold(content: str, shown: Any) -> SafeString:
    """``{% fold page.folds.account %}…{% endfold %}``: questions that stand on one line once they are answered.

    ``shown`` has ``html_id``, ``is_open``, ``waits``, ``heading_is_seen`` and a ``group`` with ``heading``, ``line``
    and ``is_asked``. While it is open it looks like its questions alone; a script of the page opens and folds it
    (`record-decision.js`).
    """
    return _block("fold", content, fold=shown, change=_("Change"), missing=_("Not answered yet"))


@register.simple_block_tag
def button_group(content: str) -> SafeString:
    """``{% button_group %}…{% endbutton_group %}``: buttons and links in one row."""
    return format_html('<div class="govuk-button-group">{}</div>', content)


def _block(name: str, content: str, **shown: Any) -> SafeString:
    return SafeString(render_to_string(f"components/{name}.html", {"content": content, **shown}))
