"""Somebody looked for by keyboard, however the name is written; the address holds no name."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Visitor
from tests.conftest import Cast
from tests.factories.cases import decision, person, record

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.mark.parametrize("script", [True, False])
def test_a_person_is_found_by_an_officer(site: Cast, visit: Visit, script: bool) -> None:
    """A name in the address stays in the history of a computer that a whole shift uses."""
    irish, chosen = person(given_names="Siobhán", family_name="O'Brien"), decision(rationale="No scheme fits.")
    known = record(site["amara"], person=irish, decision=chosen).person
    visitor = visit(site["amara"], script=script).go("/decisions/new")
    page = visitor.page
    page.get_by_label("Find the crime or the person first").fill("Siobhan 31/2/2001")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Date of birth must be a real date").press("Enter")
    if script:
        visitor.check()
    page.get_by_label("Find the crime or the person first").fill("obrien, siobhan")
    page.keyboard.press("Enter")
    found = page.get_by_role("link", name="Siobhán O'Brien")
    found.wait_for()
    assert "brien" not in page.url.lower()
    if script:
        visitor.check()
    found.press("Enter")
    page.wait_for_url(lambda url: f"person={known.pk}" in url)
    visitor.go("/cases/")
    page.get_by_label("Name, date of birth, case reference").fill("4/3/2001")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Siobhán O'Brien").wait_for()
    assert "2001" not in page.url
    if script:
        visitor.check()
