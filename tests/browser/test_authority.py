"""What an officer may not issue alone: asked, authorised by somebody who acts as a sergeant, explained and signed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from cases.models import Authorisation
from diversion import clock
from diversion.accounts.actions import approvals, users
from referrals.models import Agreement
from tests.browser.conftest import WIDE, Visitor
from tests.browser.test_drafts import unfold
from tests.browser.test_the_whole_journey import show_more
from tests.conftest import Cast

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


def let_act(site: Cast) -> None:
    """Callum, a constable, acts as a sergeant today and tomorrow."""
    today = clock.today()
    asked = users.ask_acting(
        user=site["callum"],
        rank="sergeant",
        acting_from=today,
        acting_until=today + timedelta(days=1),
        by=site["kit"],
    )
    approvals.approve(request=asked, by=site["jo"])


def sign_and_choose_another(page: Page) -> None:
    """Sign under one offer, look at what a rank decides, and choose a third: what they signed must not stand there."""
    box = page.get_by_label("Signature: their name")
    for option, signs in (("community_resolution:", 1), ("simple_caution:", 0), ("cannabis_warning:", 1)):
        page.locator(f"[name=option][value='{option}']").evaluate("one => one.click()")  # wherever it is folded
        expect(page.locator(f"[name=signed_for][value='{option}']")).to_have_count(signs)
        expect(box).to_have_count(signs)
        if signs:
            expect(box).to_have_value("")
            box.fill("Sam Mensah")


@pytest.mark.parametrize("script", [True, False])
def test_an_acting_sergeant_authorises_and_the_officer_explains(site: Cast, visit: Visit, script: bool) -> None:
    """If the way to authority and back breaks, the person signs nothing and the place is lost."""
    let_act(site)
    officer = visit(site["amara"], script=script)
    page = officer.go("/decisions/new").page
    page.get_by_label("Given names").fill("Sam")
    page.get_by_label("Family name").fill("Mensah")
    page.get_by_label("Date of birth").fill(f"4 3 {clock.today().year - 37}")
    page.get_by_role("group", name="Sex").get_by_label("Male", exact=True).check()
    page.get_by_label("Ethnicity, as the person describes it").select_option("B2")
    page.get_by_label("Crime number").fill("AV/4731/26")
    page.locator("select[name$='-offence']").select_option(label="Possession of cannabis", force=True)
    for group in ("account", "gravity", "earlier"):
        unfold(page, group)
    page.get_by_label("Yes, without help").check()
    page.get_by_label("2: minor, usually settled informally").check()
    page.get_by_label("Admits the offence").check()
    page.get_by_label("Enough to charge").check()
    page.get_by_label("None known to this force").check()
    page.get_by_label("Offered and accepted").check()
    show_more(page, script)
    if script:
        sign_and_choose_another(page)
        unfold(page, "offers")
    page.get_by_role("radio", name="Community resolution with Drug diversion", exact=True).check()
    show_more(page, script)
    page.get_by_role("group", name="Is it a small quantity").get_by_label("Not known").check()
    show_more(page, script)
    # Of what a rank decides nobody signs anything yet.
    expect(page.get_by_label("Signature: their name")).to_have_count(0)
    page.get_by_label("Why it is not known yet").fill("The bag is not weighed.")
    page.get_by_text("Reasons for the decision").last.scroll_into_view_if_needed()
    page.get_by_label("Reasons for the decision").fill("Drugs are what it is about.")
    page.get_by_role("button", name="Record the decision").click()
    page.wait_for_url("**/cases/DV-*/")
    sergeant = visit(site["callum"], script=script)
    sergeant.go("/").page.get_by_role("link", name="Sam Mensah").first.click()
    sergeant.page.get_by_label("Authorise", exact=True).check()
    sergeant.page.get_by_label("Your reason, or your question").fill("A small bag by all accounts.")
    if script:
        sergeant.check()
    button = sergeant.page.get_by_role("button", name="Record your decision")
    box = button.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= WIDE["height"]  # in reach without scrolling
    button.click()
    expect(sergeant.page.get_by_text("Authorised: Sam Mensah")).to_be_visible()
    assert Authorisation.objects.get().decided_by == site["callum"]
    assert not Agreement.objects.exists(), "nobody has signed anything yet"
    officer.go("/").page.get_by_role("link", name="Sam Mensah").first.click()
    page.get_by_label("I have read this to the person").check()
    page.get_by_label("Yes, they admit it to me now").check()
    page.get_by_label("They agree, and sign").check()
    page.get_by_label("Signature of the person").fill("Sam Mensah")
    if script:
        officer.check()
    page.get_by_role("button", name="Record", exact=True).click()
    page.wait_for_url("**/cases/DV-*/")
    hub = visit(site["elin"], script=script)
    hub.go("/cases/").page.get_by_role("link", name="Sam Mensah").click()
    expect(hub.page.get_by_text("Sent to the partner").first).to_be_visible()
    expect(hub.page.get_by_text("Callum Reid, acting sergeant").first).to_be_visible()
    expect(hub.page.get_by_text("Explained by Amara Okafor")).to_be_visible()
    if script:
        hub.check()
