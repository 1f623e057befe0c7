"""Finding one offence among some hundreds, by whatever an officer calls it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from cases.actions.catalogue import add_offence
from cases.models import Offence
from tests.browser.conftest import NARROW, WIDE, Visitor
from tests.conftest import Cast
from tests.unit.cases.catalogue.builders import entry

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]

FOUND_BY = {
    "shoplifting": "Theft from a shop",
    "s47": "Assault occasioning actual bodily harm",
    "s.47": "Assault occasioning actual bodily harm",
    "gbh intent": "Wounding or causing grievous bodily harm with intent",
    "theft shop": "Theft from a shop",
    "TWOC": "Taking a vehicle without consent",
    "knife school": "Bladed article on school or further education premises",
    "touts": "Ticket touting",
}


def test_an_offence_is_found_by_what_officers_call_it(site: Cast, visit: Visit) -> None:
    """Who does not find the offence takes the nearest one, and the time limit and the figures are another's."""
    add_offence(entry=entry(search="touts"), by=site["elin"])
    page = visit(site["amara"]).go("/decisions/new").page
    box = page.get_by_role("combobox", name="Offence")
    for typed, title in FOUND_BY.items():
        box.fill(typed)
        expect(page.get_by_role("option", name=title, exact=True)).to_be_visible()
    page.get_by_role("option", name="Ticket touting").click()
    assert page.locator("select[name='crimes-0-offence']").input_value() == "ticket-touting"
    box.fill("no such thing")
    expect(page.get_by_text("No results found")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_keyboard_alone_is_enough(site: Cast, visit: Visit, size: dict[str, int]) -> None:
    """At 360 pixels too, an officer in a car park types four letters and presses two keys."""
    page = visit(site["amara"]).go("/decisions/new").page
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.get_by_role("combobox", name="Offence").press_sequentially("pwits")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    chosen = page.locator("select[name='crimes-0-offence']").input_value()
    assert "pwits" in Offence.objects.get(code=chosen).search
