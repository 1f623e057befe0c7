from django import forms
from django.template import Context, Template

from diversion.design_system.forms import GovDateField, hide_errors, required
from diversion.design_system.gallery_samples import WRONG, Crimes, EveryField, posted
from diversion.design_system.summary import Mistake, mistakes_in
from tests.unit.diversion.design_system.page import elements


class Meeting(forms.Form):
    on = GovDateField(label="Date")
    where = forms.ChoiceField(
        choices=[("a", "A")], widget=forms.RadioSelect, error_messages=required("Choose where to meet")
    )

    def clean(self) -> None:
        raise forms.ValidationError("The two do not fit together")


def page(**context: object) -> str:
    title = "<title>{% page_title %}Page{% endpage_title %}</title>"
    source = f"{{% load design %}}{title}{{% error_summary form crimes %}}{{% form_fields form %}}"
    return Template(source).render(Context(context))


def test_each_mistake_leads_to_the_input_to_mend() -> None:
    """A link that goes to a fieldset or nowhere leaves a keyboard user to search the page."""
    form = Meeting({"on": "1 2"})
    assert mistakes_in(form) == [
        Mistake("The two do not fit together", ""),
        Mistake("Date must include a year", "id_on"),
        Mistake("Choose where to meet", "id_where"),
    ]


def test_links_of_the_summary_reach_inputs_on_the_page() -> None:
    """Every kind of field, wrong in every way the gallery knows."""
    form = EveryField(posted(WRONG))
    html = page(form=form)
    inputs = {attrs["id"] for tag in ("input", "select", "textarea") for attrs in elements(html, tag) if "id" in attrs}
    targets = {mistake.input_id for mistake in mistakes_in(form) if mistake.input_id}
    assert len(targets) > 10
    assert targets <= inputs


def test_formsets_and_lists_of_forms_are_summed_up_together() -> None:
    """Two crimes with a mistake each are two lines, each leading to its own row."""
    crimes = Crimes(posted({"crimes-TOTAL_FORMS": "2", "crimes-INITIAL_FORMS": "0", "crimes-1-crime_number": "x"}))
    crimes = Crimes(crimes.data, prefix="crimes")
    targets = [mistake.input_id for mistake in mistakes_in([Meeting()], crimes, None)]
    assert targets == ["id_crimes-0-crime_number", "id_crimes-0-happened_on", "id_crimes-1-happened_on"]


def test_the_title_says_that_something_is_wrong_before_anything_else() -> None:
    """A screen reader reads the title first (WCAG 2.2, 3.3.1)."""
    assert "<title>Error: Page</title>" in page(form=Meeting({}))
    assert "<title>Page</title>" in page(form=Meeting())


def test_hidden_mistakes_are_in_neither_title_nor_summary() -> None:
    """After "Add another" nothing is wrong yet."""
    form = Meeting({})
    hide_errors(form)
    html = page(form=form)
    assert "Error" not in html
    assert "govuk-error-summary" not in html
