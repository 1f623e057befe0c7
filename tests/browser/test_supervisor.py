"""A sergeant and their team: who offered nothing to whom, and what was issued without a second person."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from reporting import outbox
from tests.browser.conftest import Visitor
from tests.browser.hands import Hand, Keyboard
from tests.conftest import Cast
from tests.factories.cases import decision, person, record

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


def a_week(site: Cast) -> None:
    """Amara issued something alone; Callum, of the same team, offered nothing to the one person he dealt with."""
    record(site["amara"], decision=decision(rationale="A first matter."))
    left_out = decision(result="not_offered", disposal="", not_offered_reason="history")
    record(site["callum"], person=person(given_names="Alma"), decision=left_out)
    outbox.drain()


@pytest.mark.parametrize(("hands", "script"), [(Keyboard, True), (Hand, False)])
def test_a_sergeant_asks_after_those_not_offered(site: Cast, visit: Visit, hands: type[Hand], script: bool) -> None:
    """Of somebody who never offers, and of what nobody else looked at, their sergeant would not hear."""
    a_week(site)
    hand = hands(visit(site["carol"], script=script).go("/"))
    page = hand.page
    hand.link("My team")
    expect(page.get_by_text(f"{site['callum'].full_name}: no offer to any of 1 considered")).to_be_visible()
    if script:
        hand.visitor.check()
    row = page.get_by_role("row", name=site["callum"].full_name)
    hand.press(row.get_by_role("link").first)
    listed = page.get_by_role("row").filter(has=page.get_by_role("link", name="DV-"))
    expect(listed).to_have_count(1)
    expect(listed).to_contain_text(site["callum"].full_name)
    if script:
        hand.visitor.check()
    hand.link("DV-")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Alma")
    hand.visitor.go("/monitoring/team")
    hand.link("Read some of what was issued alone")
    hand.button("Draw a sample of the last four weeks")
    expect(page.get_by_role("link", name="Read it, and say what you find")).to_be_visible()
    if script:
        hand.visitor.check()
    hand.link("Read it, and say what you find")
    hand.pick(page.get_by_label("Right to issue alone"))
    if script:
        hand.visitor.check()
    hand.button("Keep the finding")
    expect(page.get_by_text("Finding kept.")).to_be_visible()
