"""Headings, buttons, lists, statuses and other parts of a page."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

Item = Mapping[str, Any]


@register.inclusion_tag("components/page_header.html")
def page_header(title: str, caption: str = "", lead: str = "", size: str = "l") -> dict[str, Any]:
    """The page's one ``<h1>``, with a caption over it and a lead paragraph under it."""
    return {"title": title, "caption": caption, "lead": lead, "size": size}


@register.inclusion_tag("components/back_link.html")
def back_link(href: str, text: str = "") -> dict[str, Any]:
    return {"href": href, "text": text or _("Back")}


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(items: Iterable[Item]) -> dict[str, Any]:
    """``items``: text and href, from the top; the page itself is not among them."""
    return {"items": items}


@register.inclusion_tag("components/button.html")
def button(text: str, name: str = "", value: str = "1", style: str = "", form: str = "") -> dict[str, Any]:
    """A submit button; ``style`` is "", "secondary" or "warning". A second click at once does nothing.

    ``form`` is the id of a form elsewhere on the page that this button submits.
    """
    return {"text": text, "name": name, "value": value, "style": style, "form": form}


@register.inclusion_tag("components/link_button.html")
def link_button(text: str, href: str, style: str = "") -> dict[str, Any]:
    """A link that looks like a button: for going somewhere, never for changing something."""
    return {"text": text, "href": href, "style": style}


@register.simple_tag
def default_submit(name: str = "", value: str = "1") -> SafeString:
    """First thing in a form that has several buttons: what Enter in a text box presses."""
    named = format_html(' name="{}" value="{}"', name, value) if name else ""
    return format_html(
        '<button type="submit" class="govuk-visually-hidden" tabindex="-1" aria-hidden="true"{}></button>', named
    )


@register.inclusion_tag("components/summary_list.html")
def summary_list(rows: Iterable[Item], title: str = "", actions: Iterable[Item] = (), level: int = 2) -> dict[str, Any]:
    """``rows``: key, value and, if any, actions (text, href, hidden: what is read after "Change").

    With ``title`` it is a card. A value that is None or "" says "Not recorded".
    """
    rows = list(rows)
    return {
        "rows": rows,
        "title": title,
        "actions": actions,
        "level": level,
        "any_actions": any(row.get("actions") for row in rows),
    }


@register.inclusion_tag("components/tag.html")
def tag(text: str, colour: str = "") -> dict[str, Any]:
    """A status in words; ``colour`` (grey, green, teal, blue, purple, magenta, red, orange, yellow) only helps."""
    return {"text": text, "colour": colour}


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
    """``variant``: information, success, warning or error."""
    return {"text": text, "variant": variant}


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
def details(content: str, summary: str, is_open: bool = False) -> SafeString:
    """``{% details "What this means" %}…{% enddetails %}``: folded away until asked for."""
    return format_html(
        '<details class="govuk-details"{}><summary class="govuk-details__summary">'
        '<span class="govuk-details__summary-text">{}</span></summary>'
        '<div class="govuk-details__text">{}</div></details>',
        SafeString(" open" if is_open else ""),
        summary,
        content,
    )


@register.simple_block_tag
def button_group(content: str) -> SafeString:
    """``{% button_group %}…{% endbutton_group %}``: buttons and links in one row."""
    return format_html('<div class="govuk-button-group">{}</div>', content)
