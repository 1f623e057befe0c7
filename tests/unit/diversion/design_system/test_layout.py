from django import forms
from django.template import Context, Template

from diversion.design_system.forms import Buttons, Details, Field, LinkButton, Section, Submit, form_helper, required
from tests.unit.diversion.design_system.page import dangling_references, element, elements


class Note(forms.Form):
    helper = form_helper(
        Section("What happened", Field("summary", label_size="s"), size="l", hint="Briefly", css_id="what"),
        Details("More", "detail"),
        Buttons(Submit("Save"), Submit("Keep as draft", style="secondary", name="draft"), LinkButton("Cancel", "/")),
    )
    summary = forms.CharField(error_messages=required("Enter a summary"))
    detail = forms.CharField(required=False, max_length=5)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=7)


def page(form: forms.Form) -> str:
    source = "{% load crispy_forms_tags %}{% crispy form %}"
    return Template(source).render(Context({"form": form, "csrf_token": "token"}))


def test_a_form_is_drawn_whole_with_its_token_and_its_hidden_fields() -> None:
    """A version left out would let two people overwrite each other; a token left out would refuse everybody."""
    html = page(Note())
    assert element(html, "form")["method"] == "post"
    assert "novalidate" in element(html, "form")
    assert element(html, "input", name="csrfmiddlewaretoken")["value"] == "token"
    assert element(html, "input", name="version")["value"] == "7"
    assert dangling_references(html) == set()
    assert element(html, "fieldset")["aria-describedby"] == "what-hint"


def test_submits_take_one_click_and_can_be_told_apart() -> None:
    """A double click must not make two records, and "Keep as draft" must not save."""
    save, draft = elements(page(Note()), "button", type="submit")
    assert save["data-prevent-double-click"] == draft["data-prevent-double-click"] == "true"
    assert "name" not in save
    assert draft["name"] == "draft"


def test_folded_fields_open_when_one_of_them_is_wrong() -> None:
    """A mistake inside something closed cannot be found."""
    assert "open" in element(page(Note({"summary": "x", "detail": "too long"})), "details")
    assert "open" not in element(page(Note({"detail": "x"})), "details")


def test_a_helper_without_layout_draws_every_field() -> None:
    """The shortest way to a form must not lose one."""

    class Plain(forms.Form):
        helper = form_helper(tag=False)
        name = forms.CharField()
        kept = forms.CharField(widget=forms.HiddenInput)

    html = page(Plain())
    assert elements(html, "form") == []
    assert {attrs["name"] for attrs in elements(html, "input")} == {"name", "kept"}
