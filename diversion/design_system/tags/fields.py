"""Fields, error summary, and how things read."""

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from diversion.design_system import wording
from diversion.design_system.rendering import errors_of, render_field, revealed_fields
from diversion.design_system.summary import mistakes_in

register = template.Library()

for shown_as in (
    *(wording.long_date, wording.short_date, wording.weekday_date, wording.clock_time, wording.date_and_time),
    *(wording.iso, wording.money, wording.percent, wording.count),
):
    register.filter(shown_as.__name__, shown_as)


@register.filter
def mistakes(form: Any) -> bool:
    """Whether the page shows a mistake in this form or formset: then what folds it away must be open."""
    return bool(mistakes_in(form))


register.filter("errors_of", errors_of)


@register.simple_tag
def govuk_field(bound: BoundField, **options: Any) -> SafeString:
    """One field: ``{% govuk_field form.amount prefix="£" width=5 %}``."""
    return render_field(bound, **options)


@register.simple_tag
def form_fields(form: forms.BaseForm) -> SafeString:
    """All fields of a form in their order; those revealed by a choice stand inside it."""
    inside = revealed_fields(form)
    return format_html_join("\n", "{}", ((render_field(bound),) for bound in form if bound.name not in inside))


@register.inclusion_tag("components/error_summary.html")
def error_summary(*checked: Any) -> dict[str, Any]:
    """``{% error_summary form formset %}``: nothing while there is no mistake."""
    return {"mistakes": mistakes_in(*checked)}


@register.inclusion_tag("components/repeatable.html")
def repeatable(formset: "forms.BaseFormSet[Any]", item: str, add_text: str = "", size: str = "m") -> dict[str, Any]:
    """The forms of a formset, each under "<item> 1", "<item> 2"…, with buttons to add and to remove one.

    The buttons are ordinary submits, read by `repeating.resized`; so they work without JavaScript.
    """
    return {
        "formset": formset,
        "item": item,
        "size": size,
        "add_text": add_text or _("Add another %(item)s") % {"item": item.lower()},
        "may_remove": len(formset.forms) > formset.min_num,
        "may_add": len(formset.forms) < formset.max_num,
    }


@register.simple_block_tag(takes_context=True)
def page_title(context: Context, content: str) -> SafeString:
    """The title on one line, "Error: " before it when a form on the page has a mistake: it is read first."""
    values = [value for layer in context.dicts for value in layer.values()]
    prefix = _("Error: ") if mistakes_in(*(value for value in values if _is_form(value))) else ""
    return format_html("{}{}", prefix, SafeString(" ".join(content.split())))


def _is_form(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_is_form(one) for one in value[:20])
    return isinstance(value, forms.BaseForm | forms.BaseFormSet)
