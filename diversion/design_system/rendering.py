"""From a bound field of Django's to what the templates in ``templates/govuk/fields/`` need.

Every field is drawn from the widget's own context (`Widget.get_context`), so choices, values and escaping stay
Django's; only the markup is ours, that of govuk-frontend 6. Ids follow govuk-frontend: the first radio or checkbox has
the field's own id, so that a link in the error summary always finds an input.

What a form may say about a field, in a class attribute ``design``::

    class ContactForm(forms.Form):
        design = {
            "channel": {"reveal": {"phone": "number"}, "hints": {"phone": _("We do not leave messages")}},
            "amount": {"prefix": "£", "width": 5},
        }
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.widgets import Input
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from diversion.design_system.tables import escaped
from diversion.design_system.widgets import CatalogueSelect

# Most particular first: the first widget class that fits names the template.
KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (CatalogueSelect, "catalogue"),
    (forms.HiddenInput, "hidden"),
    (forms.MultipleHiddenInput, "hidden"),
    (forms.Textarea, "textarea"),
    (forms.PasswordInput, "password"),
    (forms.FileInput, "file"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.MultiWidget, "other"),
    (Input, "input"),
)
CHOSEN = ("select", "catalogue", "radios", "checkboxes", "file")
IN_FIELDSET = ("checkboxes", "radios")

# Django adds these to inputs. The browser's own messages are not accessible enough, and a silent cut at `maxlength`
# loses what somebody pasted: the server says what is wrong instead.
DROPPED = (
    "id",
    "class",
    "required",
    "maxlength",
    "minlength",
    "min",
    "max",
    "step",
    "cols",
    "rows",
    "type",
    "placeholder",
)

OptionGroups = list[tuple[str | None, list[dict[str, Any]], int]]  # as a widget of choices gives them
EMPTY_CHOICE = "---------"
DJANGO_ROWS = "10"  # what a Textarea has when nobody said anything; a number that a form gives is kept


def kind_of(bound: BoundField) -> str:
    """Name of the template that draws this field."""
    widget = bound.field.widget
    return next((kind for widget_class, kind in KINDS if isinstance(widget, widget_class)), "other")


def errors_of(bound: BoundField) -> list[str]:
    """Messages of this field, or none while the form is only being redisplayed (a row was added, say)."""
    if not bound.form.is_bound or getattr(bound.form, "hide_errors", False):
        return []
    return [_worded(bound, error) for error in bound.form.errors.as_data().get(bound.name, [])]


def _worded(bound: BoundField, error: ValidationError) -> str:
    """Django's "This field is required." says neither what nor how: "Enter a name" does."""
    [message] = error.messages
    if error.code != "required" or message not in _unsaid(bound):
        return message
    label = str(bound.label)
    if kind_of(bound) == "checkbox":
        return _("Tick “%(label)s”") % {"label": label}
    if kind_of(bound) == "hidden":
        return _("Part of this page did not load. Load it again before you send it")
    verb = _("Select %(label)s") if kind_of(bound) in CHOSEN else _("Enter %(label)s")
    return verb % {"label": label if label[:2].isupper() else label[:1].lower() + label[1:]}


def _unsaid(bound: BoundField) -> set[str]:
    kinds = (forms.Field, type(bound.field))
    return {str(kind.default_error_messages["required"]) for kind in kinds if "required" in kind.default_error_messages}


def render_field(bound: BoundField, **options: Any) -> SafeString:
    """The whole field: label or legend, hint, errors and input.

    ``options`` (all may also stand in the form's ``design``): ``label``, ``label_size`` (s, m, l, xl),
    ``page_heading``, ``hint``, ``width`` (characters 2 to 30, or "one-half"), ``prefix``, ``suffix``, ``inline``,
    ``small``, ``hints`` and ``reveal`` (by choice value), ``optional``, ``css_class``, ``count``.
    """
    kind = kind_of(bound)
    context = field_context(bound, kind, {**design_of(bound), **options})
    return SafeString(render_to_string(f"govuk/fields/{kind}.html", context))


def design_of(bound: BoundField) -> Mapping[str, Any]:
    """What the form itself says about how this field looks."""
    return getattr(bound.form, "design", {}).get(bound.name, {})


def field_context(bound: BoundField, kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that a field template uses; see `render_field` for ``options``."""
    field_id, errors, widget = bound.auto_id, errors_of(bound), _widget_context(bound)
    hint = options.get("hint", bound.help_text)
    described_by = [f"{field_id}-hint"] * bool(hint) + [f"{field_id}-error"] * bool(errors)
    return {
        "kind": kind,
        "id": field_id,
        "name": bound.html_name,
        "label": label_of(bound, kind, options),
        "hint": hint,
        "errors": errors,
        "described_by": " ".join(described_by),
        "in_fieldset": kind in IN_FIELDSET,
        "options": options,
        "group_class": options.get("css_class", ""),
        "input_class": _input_class(bound, options, bool(errors)),
        "widget": widget,
        "attributes": _attributes(bound),
        **_extra(bound, kind, options, widget),
    }


def label_of(bound: BoundField, kind: str, options: Mapping[str, Any]) -> str:
    """The label, saying "(optional)" where an answer may be left out and the form does not say otherwise."""
    label = str(options.get("label", bound.label))
    marked = options.get("optional", getattr(bound.form, "mark_optional", True) and not _is_revealed(bound))
    if marked and not bound.field.required and kind not in ("checkbox", "hidden"):
        return _("%(label)s (optional)") % {"label": label}
    return label


def revealed_fields(form: forms.BaseForm) -> set[str]:
    """Names of the fields that are drawn inside a choice of another field."""
    reveals = [how.get("reveal", {}) for how in getattr(form, "design", {}).values()]
    return {name for reveal in reveals for names in reveal.values() for name in _names(names)}


def _is_revealed(bound: BoundField) -> bool:
    """A form is asked for each of its fields, and answers once."""
    known = vars(bound.form)
    if "revealed_fields" not in known:
        known["revealed_fields"] = revealed_fields(bound.form)
    return bound.name in known["revealed_fields"]


def _names(names: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _input_class(bound: BoundField, options: Mapping[str, Any], has_errors: bool) -> str:
    width = options.get("width")
    widths = {int: f"govuk-input--width-{width}", str: f"govuk-!-width-{width}"}
    given = bound.field.widget.attrs.get("class", "")
    return " ".join(filter(None, [given, widths.get(type(width), "")]))


def _widget_context(bound: BoundField) -> dict[str, Any]:
    widget = bound.field.widget
    attrs = {"id": bound.auto_id, **({"disabled": True} if bound.field.disabled else {})}
    return widget.get_context(bound.html_name, bound.value(), attrs)["widget"]


def _attributes(bound: BoundField) -> SafeString:
    """The widget's other attributes (autocomplete, inputmode, data-…), as HTML."""
    attrs = {key: value for key, value in bound.field.widget.attrs.items() if key not in DROPPED}
    if bound.field.widget.attrs.get("placeholder") == " ":  # no words: by it a style asks whether the box is empty
        attrs["placeholder"] = " "
    if isinstance(bound.field.widget, forms.RadioSelect):
        attrs.pop("autofocus", None)  # of a group only the first has it
    if isinstance(bound.field, forms.IntegerField):
        attrs.setdefault("inputmode", "decimal" if isinstance(bound.field, forms.DecimalField) else "numeric")
    if bound.field.disabled:
        attrs["disabled"] = True
    parts = [
        format_html(" {}", key) if value is True else format_html(' {}="{}"', key, value)
        for key, value in attrs.items()
        if value not in (False, None)
    ]
    return mark_safe("".join(parts))  # noqa: S308 - each part was escaped by format_html


def _extra(bound: BoundField, kind: str, options: Mapping[str, Any], widget: Mapping[str, Any]) -> dict[str, Any]:
    if kind in ("radios", "checkboxes"):
        return {"items": _choice_items(bound, options, widget["optgroups"])}
    if kind in ("select", "catalogue"):
        return {"options_html": options_html(widget["optgroups"])}
    if kind == "textarea":
        rows = bound.field.widget.attrs.get("rows", DJANGO_ROWS)
        count = options.get("count", getattr(bound.field, "max_length", None))
        return {"count": count, "rows": 5 if rows == DJANGO_ROWS else rows}
    if kind == "input":
        return {"type": _input_type(bound)}
    if kind == "other":
        return {"plain": bound.as_widget()}
    return {}


def _input_type(bound: BoundField) -> str:
    """GOV.UK takes numbers and dates as text: spinners and pickers of browsers mistake and mislead."""
    given = bound.field.widget.input_type
    return given if given in ("email", "tel", "url", "search") else "text"


def options_html(groups: OptionGroups) -> SafeString:
    """The options of a select. Not by a template: a catalogue has hundreds of them."""
    return SafeString("".join(_group_html(group, options) for group, options, _index in groups))


def _group_html(group: str | None, options: list[dict[str, Any]]) -> str:
    inside = "".join(map(_option_html, options))
    return f'<optgroup label="{conditional_escape(group)}">{inside}</optgroup>' if group else inside


def _option_html(option: Mapping[str, Any]) -> str:
    label = _("Choose one") if option["label"] == EMPTY_CHOICE else option["label"]
    search = option.get("search", "")
    attributes = (
        f' value="{escaped(str(option["value"]))}"',
        " selected" if option["selected"] else "",
        f' data-app-search="{escaped(search)}"' if search else "",
        " disabled" if option["attrs"].get("disabled") else "",
    )
    return f"<option{''.join(attributes)}>{escaped(label)}</option>"


def _choice_items(bound: BoundField, options: Mapping[str, Any], groups: OptionGroups) -> list[dict[str, Any]]:
    hints, reveals = options.get("hints", {}), options.get("reveal", {})
    choices = [choice for _group, group, _index in groups for choice in group]
    choices = [choice for choice in choices if str(choice["value"]) != "" or choice["label"] != EMPTY_CHOICE]
    return [_choice_item(bound, number, choice, hints, reveals) for number, choice in enumerate(choices, start=1)]


def _choice_item(
    bound: BoundField, number: int, choice: dict[str, Any], hints: Mapping[str, Any], reveals: Mapping[str, Any]
) -> dict[str, Any]:
    value = str(choice["value"])
    return {
        "id": bound.auto_id if number == 1 else f"{bound.auto_id}-{number}",
        "value": value,
        "label": choice["label"],
        "checked": choice["selected"],
        "disabled": choice["attrs"].get("disabled", False),
        "autofocus": number == 1 and bound.field.widget.attrs.get("autofocus", False),
        "hint": hints.get(value, ""),
        "revealed": _render_revealed(bound.form, _names(reveals.get(value, ()))),
    }


def _render_revealed(form: forms.BaseForm, names: tuple[str, ...]) -> SafeString:
    if hasattr(form, "rendered_fields"):  # crispy-forms keeps the names it has drawn
        form.rendered_fields.update(names)
    return mark_safe("".join(render_field(form[name]) for name in names))  # noqa: S308 - rendered by templates
