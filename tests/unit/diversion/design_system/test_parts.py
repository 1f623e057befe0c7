"""Parts of a page, as the template tags draw them."""

import pytest
from django import forms
from django.template import Context, Template
from django.utils.html import strip_tags

from diversion.design_system.tables import tag, under
from tests.unit.diversion.design_system.page import element, elements


def drawn(source: str, **context: object) -> str:
    return Template("{% load design %}" + source).render(Context(context))


def words(html: str) -> str:
    return " ".join(strip_tags(html).split())


def test_a_button_sends_its_name_and_value_once() -> None:
    """Two "Save" buttons that cannot be told apart record the wrong thing; two clicks make two records."""
    html = drawn('{% button "Not done" name="state" value=0 style="secondary" css_class="app-x" css_id="id_state" %}')
    button = element(html, "button")
    assert (button["type"], button["name"], button["value"], button["id"]) == ("submit", "state", "0", "id_state")
    assert button["class"] == "govuk-button govuk-button--secondary app-x"
    assert button["data-prevent-double-click"] == "true"


def test_a_button_without_a_name_sends_nothing_of_its_own() -> None:
    """An empty name or id would be sent, or found twice on the page."""
    assert set(element(drawn('{% button "Save" %}'), "button")) == {
        "type",
        "class",
        "data-module",
        "data-prevent-double-click",
    }


def test_a_button_may_look_like_a_link_and_is_still_a_button() -> None:
    """To undo changes a record: a link would do so whenever a browser looked ahead."""
    button = element(drawn('{% button "Undo" style="link" name="attendance" value="planned" %}'), "button")
    assert (button["class"], button["type"], button["value"]) == ("app-link-button", "submit", "planned")


@pytest.mark.parametrize(
    "source",
    [
        '{% button "Remove" about=what %}',
        '{% link "Remove" "/x" about=what %}',
        '{% details "Remove" about=what %}{% enddetails %}',
    ],
)
def test_what_a_word_is_about_is_read_out_and_not_shown(source: str) -> None:
    """Ten buttons that all read "Remove" are no use to who hears them; and what people typed is not markup."""
    html = drawn(source, what="<b>")
    assert words(html) == "Remove: &lt;b&gt;"
    assert element(html, "span", class_="govuk-visually-hidden") == {"class": "govuk-visually-hidden"}


def test_what_is_read_out_can_go_on_with_the_sentence() -> None:
    """Not every word goes with a colon after it."""
    assert words(drawn('{% button "Remove" hidden="crime 2" %}')) == "Remove crime 2"
    assert elements(drawn('{% button "Remove" %}'), "span") == []


class Note(forms.Form):
    note = forms.CharField(required=False, max_length=3)


@pytest.mark.parametrize(
    ("form", "asked", "is_open"),
    [
        (Note({"note": "too long"}), None, True),
        (Note({"note": "ok"}), "1", True),
        (Note({"note": "ok"}), "", False),
        (Note(), None, False),
    ],
)
def test_folded_content_opens_if_any_of_its_conditions_holds(form: forms.Form, asked: object, is_open: bool) -> None:
    """A mistake inside something closed cannot be found."""
    source = '{% details "More" form|mistakes asked css_class="app-x" %}<p>{{ inner }}</p>{% enddetails %}'
    html = drawn(source, form=form, asked=asked)
    assert ("open" in element(html, "details")) is is_open
    assert element(html, "details")["class"] == "govuk-details app-x"


def test_what_is_folded_or_in_a_row_keeps_its_own_escaping() -> None:
    """A block that escaped twice would show markup, one that escaped never would run it."""
    html = drawn(
        '{% summary_card "Card" 3 %}{% summary_rows "app-crime" %}{% summary_row key %}<i>{{ value }}</i>'
        "{% endsummary_row %}{% endsummary_rows %}{% endsummary_card %}",
        key="<k>",
        value="<v>",
    )
    assert "<i>&lt;v&gt;</i>" in html
    assert "&lt;k&gt;" in html
    assert element(html, "dl")["class"] == "govuk-summary-list app-crime"
    assert element(html, "h3")["class"] == "govuk-summary-card__title"


@pytest.mark.parametrize(
    "source",
    [
        "{% summary_list rows %}",
        "{% summary_rows %}{% summary_row rows.0.key %} {{ rows.0.value }} {% endsummary_row %}{% endsummary_rows %}",
    ],
)
def test_a_row_without_a_value_says_so(source: str) -> None:
    """An empty cell leaves open whether nobody asked or nothing loaded."""
    assert words(drawn(source, rows=[{"key": "Telephone", "value": ""}])) == "Telephone Not recorded"


def test_a_value_may_lead_somewhere() -> None:
    """A telephone number is there to be called."""
    html = drawn("{% summary_list rows css_class='app-pack' %}", rows=[{"key": "T", "value": "07", "href": "tel:07"}])
    assert element(html, "a")["href"] == "tel:07"
    assert element(html, "dl")["class"] == "govuk-summary-list app-pack"


@pytest.mark.parametrize(
    ("level", "kind", "role"),
    [
        ("success", "success", "alert"),
        ("error", "error", "alert"),
        ("warning", "warning", "region"),
        ("info", "information", "region"),
        ("", "information", "region"),
    ],
)
def test_a_message_of_any_level_has_a_look_and_a_name(level: str, kind: str, role: str) -> None:
    """Django's levels have other names than the design system's: an unknown one would have no colour."""
    html = drawn("{% alert 'Saved' level %}", level=level)
    alert = element(html, "div", role=role)
    assert alert["class"] == f"moj-alert moj-alert--{kind}"
    assert alert["aria-label"] == kind.capitalize()


def test_cells_made_in_python_are_escaped() -> None:
    """A person's name is not markup."""
    assert words(tag("<b>", "red")) == "&lt;b&gt;"
    assert under("<b>", "<i>") == '&lt;b&gt;<br><span class="govuk-body-s app-quiet">&lt;i&gt;</span>'
