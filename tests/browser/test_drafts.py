"""What is typed of a decision outlives a lost connection, a second window, an ended session and the back button."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from referrals.models import DecisionDraft
from tests.browser.conftest import Visitor
from tests.conftest import Cast

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


def kept(page: Page, action: Callable[[], None]) -> None:
    """Do it, and wait until the service has answered."""
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.ok):
        action()


def unfold(page: Page, name: str) -> None:
    """Open a group of questions that waits for those above it."""
    page.wait_for_load_state()  # the script has closed what waits
    group = page.locator(f"#fold-{name}")
    if group.get_attribute("open") is None:
        group.locator("summary").first.click()


def test_nothing_that_was_typed_is_lost(site: Cast, visit: Visit) -> None:
    """At the roadside the signal goes, the session ends, and two windows stay open: each costs an officer the page."""
    officer = visit(site["amara"])
    page = officer.go("/decisions/new").page
    page.get_by_label("Given names").fill("Kim")
    page.get_by_label("Family name").fill("Young")
    unfold(page, "account")
    kept(page, lambda: page.get_by_label("Yes, without help").check())
    page.wait_for_url("**/decisions/new?draft=*")

    page.context.set_offline(True)
    page.get_by_label("Crime number").fill("AV/4713/26")
    page.get_by_label("Admits the offence").check()
    expect(page.get_by_text("The service does not answer")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("The service does not answer")).to_be_hidden()
    assert DecisionDraft.objects.get().typed["crimes-0-number"] == ["AV/4713/26"]
    officer.check()

    page.get_by_text("Add reasons for the decision").click()
    page.get_by_label("Reasons for the decision").fill("Called away")
    unfold(page, "gravity")
    kept(page, lambda: page.get_by_label("Enough to charge").check())
    page.get_by_role("link", name="Home", exact=True).first.click()
    page.get_by_role("link", name="Kim Young").wait_for()
    officer.check()
    page.go_back()
    expect(page.get_by_label("Reasons for the decision")).to_have_value("Called away")

    second = page.context.new_page()
    second.goto(page.url)
    unfold(second, "account")
    kept(second, lambda: second.get_by_label("Denies it").check())
    unfold(page, "account")
    kept(page, lambda: page.get_by_label("No comment or no reply").check())
    expect(page.get_by_text("Another window has changed this page.")).to_be_visible()
    assert DecisionDraft.objects.get().typed["admission"] == ["denied"]
    officer.check()
    page.get_by_role("button", name="Keep what is on this page").click()
    expect(page.get_by_text("Another window has changed this page.")).to_have_count(0)
    assert DecisionDraft.objects.get().typed["admission"] == ["no_comment"]

    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    unfold(page, "gravity")
    page.get_by_label("2: minor, usually settled informally").check()
    expect(page.get_by_text("you are signed out")).to_be_visible()
    page.context.add_cookies(cookies)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.get_by_text("you are signed out")).to_be_hidden()
    assert DecisionDraft.objects.get().typed["gravity_score"] == ["2"]
