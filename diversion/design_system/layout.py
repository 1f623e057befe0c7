"""Layout objects for crispy-forms' ``FormHelper``: how a form's fields stand on the page.

class NoteForm(forms.Form):
    helper = form_helper(
        Section(_("What happened"), Field("summary", label_size="m"), "seen_on", size="l"),
        Buttons(Submit(_("Save")), LinkButton(_("Cancel"), "/")),
    )
"""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout as CrispyLayout
from crispy_forms.layout import LayoutObject
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from diversion.design_system.rendering import render_field
from diversion.design_system.tags import parts

Text = str | Promise


def form_helper(*layout: Any, tag: bool = True, method: str = "post", action: str = "") -> FormHelper:
    """A `FormHelper` with our defaults. ``tag=False`` leaves ``<form>``, token and buttons to the page."""
    helper = FormHelper()
    helper.form_tag, helper.form_method, helper.form_action = tag, method, action
    helper.disable_csrf = not tag
    helper.include_media = False
    helper.render_hidden_fields = True
    if layout:
        helper.layout = CrispyLayout(*layout)
    return helper


class Field(LayoutObject):
    """One field with options of `rendering.render_field`: ``Field("amount", prefix="£", width=5)``."""

    def __init__(self, name: str, **options: Any) -> None:
        self.fields, self.options = [name], options

    def render(self, form: BaseForm, context: Context, template_pack: str = "govuk", **kwargs: Any) -> SafeString:
        [name] = self.fields
        if hasattr(form, "rendered_fields"):
            form.rendered_fields.add(name)
        return render_field(form[name], **self.options)


class Section(LayoutObject):
    """Fields that belong together, under a legend of size s, m, l or xl."""

    def __init__(
        self,
        legend: Text,
        *fields: Any,
        size: str = "m",
        hint: Text = "",
        css_id: str = "",
        css_class: str = "",
        page_heading: bool = False,
    ) -> None:
        if hint and not css_id:
            raise ValueError("A section with a hint needs css_id, to which the hint's own id belongs.")
        self.fields = list(fields)
        self.legend, self.size, self.hint, self.page_heading = legend, size, hint, page_heading
        self.css_id, self.css_class = css_id, css_class

    def render(self, form: BaseForm, context: Context, template_pack: str = "govuk", **kwargs: Any) -> SafeString:
        fields = self.get_rendered_fields(form, context, template_pack, **kwargs)
        shown = {"fieldset": self, "legend": self.legend, "fields": fields}
        return render_to_string("govuk/layout/fieldset.html", shown)


class Details(LayoutObject):
    """Fields that few people need, folded away. They open by themselves when one of them is wrong."""

    def __init__(self, summary: Text, *fields: Any) -> None:
        self.fields, self.summary = list(fields), summary

    def render(self, form: BaseForm, context: Context, template_pack: str = "govuk", **kwargs: Any) -> SafeString:
        fields = self.get_rendered_fields(form, context, template_pack, **kwargs)
        names = [pointer.name for pointer in self.get_field_names()]
        is_open = form.is_bound and any(name in form.errors for name in names)
        return parts.details(fields, self.summary, is_open)


class Buttons(LayoutObject):
    """Buttons and links in one row."""

    def __init__(self, *fields: Any) -> None:
        self.fields = list(fields)

    def render(self, form: BaseForm, context: Context, template_pack: str = "govuk", **kwargs: Any) -> SafeString:
        fields = self.get_rendered_fields(form, context, template_pack, **kwargs)
        return render_to_string("govuk/layout/buttonholder.html", {"fields_output": fields})


class Submit:
    """A submit button. ``style`` is "", "secondary" or "warning"; ``name`` and ``value`` tell buttons apart."""

    def __init__(self, text: Text, *, style: str = "", name: str = "", value: str = "1") -> None:
        self.text, self.style, self.name, self.value = text, style, name, value

    def render(self, form: BaseForm, context: Context, template_pack: str = "govuk", **kwargs: Any) -> SafeString:
        return parts.button(self.text, self.name, self.value, self.style)


class LinkButton:
    """A link beside the buttons, such as "Cancel"."""

    def __init__(self, text: Text, href: str) -> None:
        self.text, self.href = text, href

    def render(self, form: BaseForm, context: Context, template_pack: str = "govuk", **kwargs: Any) -> SafeString:
        return render_to_string("govuk/layout/link.html", {"link": self})
