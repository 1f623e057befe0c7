"""Somebody met at night who wants help: sent by one page, seen by a worker at once, on any screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from referrals.models import HelpRequest
from tests.browser.conftest import Visitor
from tests.conftest import Cast

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


def test_met_at_night_and_helped(site: Cast, visit: Visit) -> None:
    """With more than one page, or a box that a thumb cannot find, nobody would be sent in the rain."""
    visitor = visit(site["amara"], script=False).go("/decisions/new")
    page = visitor.page
    page.get_by_role("link", name="Get help for somebody").first.click()
    page.get_by_label("LEAD, Harbour Trust").check(force=True)
    page.get_by_label("What would they like to be called?").fill("Jay")
    page.get_by_label("Telephone, or where they can be found").fill("By the fountain")
    page.get_by_label("Go and find them there").check(force=True)
    page.get_by_label("Somewhere to stay").check(force=True)
    page.get_by_role("button", name="They agree: send it").click()
    expect(page.get_by_role("heading", name="Sent to Harbour Trust")).to_be_visible()
    scripted = visit(site["callum"]).go("/help/").check()
    scripted.page.get_by_role("button", name="They agree: send it").click()
    expect(scripted.page.get_by_role("link", name="Choose how they want to be reached")).to_be_visible()
    scripted.check()

    worker = visit(site["george"]).go("/caseload/")
    worker.page.get_by_role("link", name="Look now").click()
    worker.check()
    worker.page.get_by_role("link", name="Jay").click()
    worker.check()
    worker.page.get_by_role("button", name="I help them").click()
    worker.page.get_by_role("button", name="Not seen").click()
    worker.page.get_by_role("button", name="Met or spoke").click()
    worker.page.get_by_text("Noted: met or spoke.").wait_for()
    worker.check()
    assert HelpRequest.objects.get().worker == site["george"]
