from typing import Any

import pytest
from django import forms
from django.http import QueryDict

from diversion.design_system.forms import CatalogueSelect, GovDateField, required
from diversion.design_system.gallery_samples import FILLED, WRONG, EveryField, posted
from diversion.design_system.rendering import errors_of, kind_of, render_field
from diversion.design_system.summary import hide_errors
from diversion.design_system.tags.fields import form_fields
from tests.unit.diversion.design_system.page import dangling_references, element, elements, repeated_ids


def drawn(form: forms.Form) -> str:
    return form_fields(form)


class Contact(forms.Form):
    design = {"how": {"reveal": {"phone": "number"}, "hints": {"phone": "No messages"}}}
    how = forms.ChoiceField(
        choices=[("phone", "Phone"), ("post", "Post")],
        widget=forms.RadioSelect,
        error_messages=required("Choose how"),
        help_text="One only",
    )
    number = forms.CharField(required=False)
    note = forms.CharField(required=False, max_length=20, widget=forms.Textarea)


@pytest.mark.parametrize("form", [EveryField(), EveryField(initial=FILLED), EveryField(posted(WRONG))])
def test_every_field_in_every_state_has_sound_references(form: forms.Form) -> None:
    """A label or description that names no element is silence for somebody who cannot see the page."""
    html = drawn(form)
    assert dangling_references(html) == set()
    assert repeated_ids(html) == set()


@pytest.mark.parametrize("form", [EveryField(), EveryField(initial=FILLED), EveryField(posted(WRONG))])
def test_no_field_carries_what_the_content_security_policy_blocks(form: forms.Form) -> None:
    """An inline style or handler would simply not work in production."""
    forbidden = [name for attrs in elements(drawn(form)) for name in attrs if name == "style" or name.startswith("on")]
    assert forbidden == []


def test_a_placeholder_that_holds_no_words_is_kept_and_any_other_dropped() -> None:
    """By a blank one a page's style asks whether the box is empty; words in a box vanish as somebody types."""
    for text, drawn_as in ((" ", " "), ("07700 900123", None)):
        box = forms.CharField(widget=forms.TextInput(attrs={"placeholder": text}))
        form = type("Reached", (forms.Form,), {"telephone": box})()
        assert element(render_field(form["telephone"]), "input").get("placeholder") == drawn_as


def test_the_first_radio_has_the_fields_own_id() -> None:
    """The link in the error summary goes there (crispy-forms-gds issue 92)."""
    html = render_field(Contact({})["how"])
    assert [radio["id"] for radio in elements(html, "input", type="radio")] == ["id_how", "id_how-2"]


def test_hint_and_error_are_both_read_with_the_input() -> None:
    """aria-describedby must name both, or the reason for the refusal is not heard."""
    html = render_field(Contact({})["how"])
    assert element(html, "fieldset")["aria-describedby"] == "id_how-hint id_how-error"
    assert "Choose how" in html


def test_radios_keep_the_choice_after_an_error_elsewhere() -> None:
    """Everything typed must survive a refused form."""
    html = render_field(Contact({"how": "post"})["how"])
    assert [radio["value"] for radio in elements(html, "input", type="radio") if "checked" in radio] == ["post"]


def test_a_revealed_field_stands_inside_its_choice_and_only_there() -> None:
    """Drawn twice, a field would be sent twice and only one of the two would be kept."""
    html = drawn(Contact({"how": "phone", "number": "07"}))
    assert len(elements(html, "input", name="number")) == 1
    assert element(html, "div", id="conditional-id_how")["class"] == "govuk-radios__conditional"
    assert "(optional)" not in html.split('id="id_number"')[0].split("conditional-id_how")[-1]


def test_optional_fields_say_so_unless_the_form_does_not_want_it() -> None:
    """People leave empty what they may leave empty only if they are told."""
    assert "Note (optional)" in render_field(Contact()["note"])
    assert "(optional)" not in render_field(Contact()["note"], optional=False)


def test_a_missing_answer_without_a_message_of_its_own_still_says_what_to_do() -> None:
    """ "This field is required." tells nobody what to type."""

    class Plain(forms.Form):
        full_name = forms.CharField()
        area = forms.ChoiceField(choices=[("n", "North")])
        agreed = forms.BooleanField(label="They agree")
        born = GovDateField(label="Date of birth")
        DNA = forms.CharField(label="DNA reference")

    form = Plain({})
    said = {name: errors_of(form[name]) for name in form.fields}
    assert said == {
        "full_name": ["Enter full name"],
        "area": ["Select area"],
        "agreed": ["Tick “They agree”"],
        "born": ["Enter date of birth"],
        "DNA": ["Enter DNA reference"],
    }


def test_what_people_type_is_never_markup() -> None:
    """A name with a script in it must be shown as typed, in every kind of field."""
    attack = '"><script>alert(1)</script>'

    class Attacked(forms.Form):
        mark_optional = False
        text = forms.CharField(label=attack, help_text=attack)
        note = forms.CharField(widget=forms.Textarea)
        chosen = forms.ChoiceField(choices=[(attack, attack)], widget=forms.RadioSelect)
        listed = forms.ChoiceField(choices=[(attack, [(attack, attack)])], widget=CatalogueSelect)
        born = GovDateField(label=attack)

    data = {"text": attack, "note": attack, "chosen": attack, "listed": attack, "born": attack}
    form = Attacked(data)
    html = drawn(form)
    assert errors_of(form["born"])
    assert elements(html, "script") == []


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (forms.CharField(), "input"),
        (forms.IntegerField(), "input"),
        (forms.ChoiceField(), "select"),
        (forms.ChoiceField(widget=CatalogueSelect), "catalogue"),
        (forms.ChoiceField(choices=["ab"], widget=forms.RadioSelect), "radios"),
        (forms.MultipleChoiceField(choices=["ab"], widget=forms.CheckboxSelectMultiple), "checkboxes"),
        (forms.BooleanField(), "checkbox"),
        (forms.CharField(widget=forms.Textarea), "textarea"),
        (forms.CharField(widget=forms.PasswordInput), "password"),
        (forms.FileField(), "file"),
        (forms.CharField(widget=forms.HiddenInput), "hidden"),
        (GovDateField(), "input"),
        (forms.SplitDateTimeField(), "other"),
    ],
)
def test_each_widget_has_its_own_markup(field: forms.Field, kind: str) -> None:
    """A widget drawn by the wrong template loses its value or its label."""
    form: Any = type("One", (forms.Form,), {"one": field})()
    assert kind_of(form["one"]) == kind
    assert 'name="one' in render_field(form["one"])


def test_numbers_are_typed_as_text_with_a_number_pad() -> None:
    """Spinners of browsers change a value by a scroll of the mouse."""

    class Numbers(forms.Form):
        whole = forms.IntegerField(min_value=1)
        pounds = forms.DecimalField()

    html = drawn(Numbers())
    whole, pounds = element(html, "input", name="whole"), element(html, "input", name="pounds")
    assert (whole["type"], whole["inputmode"]) == ("text", "numeric")
    assert (pounds["type"], pounds["inputmode"]) == ("text", "decimal")
    assert "min" not in whole


def test_a_form_shown_again_after_adding_a_row_says_nothing_of_mistakes() -> None:
    """Nothing has been submitted yet: red boxes would blame somebody for what they had no chance to fill in."""
    form = Contact(QueryDict("number=07"))
    hide_errors(form)
    html = drawn(form)
    assert "govuk-error-message" not in html
    assert element(html, "input", name="number")["value"] == "07"
