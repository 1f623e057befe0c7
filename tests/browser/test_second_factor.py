"""A passkey and an authenticator app, in a browser: made, kept, and asked for at the next sign-in."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.conftest import Cast
from tests.factories.factors import code

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


def with_authenticator(visitor: Visitor) -> Visitor:
    """The browser has something that keeps passkeys, with a finger on it."""
    tools = visitor.page.context.new_cdp_session(visitor.page)
    tools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return visitor


def test_a_passkey_and_a_code_sign_somebody_in(site: Cast, visit: Visit) -> None:
    """The officer's laptop with a finger on it; and, without JavaScript, the code on a telephone."""
    visitor = with_authenticator(visit(site["amara"])).go("/your-account/second-factor/passkey")
    page = visitor.page
    page.get_by_label("What you call it").fill("work laptop")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Print them, or write them down").wait_for()
    expect(page.locator("code")).to_have_count(10)
    visitor.check()
    page.get_by_role("button", name="I have kept them").press("Enter")
    page.get_by_text("Passkey: work laptop", exact=True).wait_for()
    page.context.clear_cookies()
    visitor.sign_in(site["amara"]).check()
    page.get_by_role("button", name="Use your passkey").press("Enter")
    page.wait_for_url(lambda url: "/accounts/" not in url)
    visitor.go("/cases/")
    assert page.url.endswith("/cases/")

    plain = visit(site["callum"], script=False).go("/your-account/second-factor/app")
    key = plain.page.locator("code").inner_text().replace(" ", "")
    plain.page.get_by_label("Code from the app").fill(code(key))
    plain.page.keyboard.press("Enter")
    plain.page.get_by_role("heading", name="Print them, or write them down").wait_for()
    recovery = plain.page.locator("code").first.inner_text()
    plain.page.context.clear_cookies()
    plain.sign_in(site["callum"])
    plain.page.get_by_label("Code").fill(recovery)
    plain.page.keyboard.press("Enter")
    plain.page.get_by_text("You have 9 recovery codes left.").wait_for()
