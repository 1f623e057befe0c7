"""Nothing offered, and an offer declined: each recorded by keyboard alone, of somebody new and of somebody on file."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from cases.models import Case
from diversion import clock
from tests.browser.conftest import Visitor
from tests.browser.hands import Keyboard
from tests.conftest import Cast

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


def who_and_what(hand: Keyboard, number: str) -> None:
    page = hand.page
    hand.write(page.get_by_label("Crime number"), number)
    hand.write(page.get_by_role("combobox", name="Offence"), "cannabis")
    page.get_by_role("option", name="Possession of cannabis").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    hand.pick(page.get_by_label("Yes, without help"))
    hand.pick(page.get_by_label("Admits the offence"))
    hand.pick(page.get_by_label("Enough to charge"))
    hand.pick(page.get_by_label("2: minor, usually settled informally"))


def test_exits_are_recorded_by_keyboard_alone(site: Cast, visit: Visit) -> None:
    """If "not offered" costs more than an offer it is not recorded, and nobody sees who was left out."""
    hand = Keyboard(visit(site["amara"]))
    page = hand.visitor.go("/decisions/new").page
    hand.write(page.get_by_label("Given names"), "Sam")
    hand.write(page.get_by_label("Family name"), "Mensah")
    hand.write(page.get_by_label("Date of birth"), f"4 3 {clock.today().year - 27}")
    hand.pick(page.get_by_role("group", name="Sex").get_by_label("Male", exact=True))
    hand.choose(page.get_by_label("Ethnicity, as the person describes it"), "B2")
    who_and_what(hand, "AV/4721/26")
    hand.pick(page.get_by_label("None known to this force"))
    hand.pick(page.get_by_label("Not offered"))
    hand.pick(page.get_by_label("Charge or summons is in the public interest"))
    hand.button("Record the decision")
    page.wait_for_url("**/cases/DV-*/")
    hand.visitor.check()
    first = Case.objects.get()
    assert first.decision.result == "not_offered"
    page.go_back()
    page.wait_for_load_state()
    assert page.url.endswith(f"/cases/{first.reference}/"), "what was recorded is not asked a second time"

    hand.visitor.go("/decisions/new")
    hand.write(page.get_by_label("Given names"), "Sam")
    hand.write(page.get_by_label("Family name"), "Mensah")
    hand.press(page.get_by_role("button", name="Sam Mensah, born 4 March"))
    page.get_by_role("link", name="Someone else").wait_for()
    hand.pick(page.get_by_label("They confirmed it now"))
    who_and_what(hand, "AV/4722/26")
    hand.pick(page.get_by_label("Not checked yet"))
    hand.pick(page.get_by_label("Offered and declined"))
    hand.pick(page.get_by_label("Does not trust the offer"))
    offer = page.get_by_role("radio", name="Community resolution with Drug diversion", exact=True)
    hand.pick(offer)
    reasons = page.get_by_label("Reasons for the decision", exact=True)
    expect(page.get_by_text("Officers refer whoever is eligible to")).to_be_visible()  # said before it is refused
    hand.write(reasons, "No help is wanted.")
    hand.visitor.check()
    hand.button("Record the decision")
    page.wait_for_url("**/cases/DV-*/")
    second = Case.objects.latest("pk")
    assert (second.person, second.decision.result) == (first.person, "offered_declined")
    assert second.earlier_outcomes == "not_checked", "what nobody knew is recorded as such"
