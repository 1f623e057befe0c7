"""A coordinator changes the policy: draft, preview with groups, second signature, live, copied to another force.

The same path is walked three times: by mouse with every page checked, by keyboard alone, and with JavaScript off.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from cases.models import PolicyVersion
from diversion.accounts.models import User
from tests.browser.conftest import Visitor
from tests.browser.hands import Hand, Keyboard
from tests.conftest import Cast, password_hash
from tests.factories.cases import crime, decision, record
from tests.factories.ground import newcomer

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]
REASON = "This resolution is for people up to 25."

GROUPS = ("Age on the day of the decision", "Self-defined ethnicity", "Sex")


@pytest.fixture
def northmoor(site: Cast) -> User:
    """The coordinator of the other force."""
    force = site["ben"].organisation
    return newcomer("Mair Pugh", "mair@northmoor.example", force, "coordinator", password_hash())


def decisions(site: Cast) -> None:
    for born, ethnicity in (("2004-01-01", "B1"), ("1980-01-01", "W1"), ("1975-01-01", "N4")):
        answers = {
            "date_of_birth": born,
            "sex": "male",
            "ethnicity": ethnicity,
            "admission": "admitted",
            "evidence": "charge_standard",
            "origin": "street",
            "result": "offered_accepted",
            "crimes": [{"offence": "theft-from-a-shop", "committed_on": "2026-06-07", "victim_kind": "none"}],
        }
        record(site["amara"], answers=answers, crimes=[crime()], decision=decision(rationale="No scheme fits."))


def draft_a_change(hand: Hand, look: Callable[[], object]) -> str:
    """A new draft with one more criterion; where its page is."""
    page = hand.page
    hand.visitor.go("/policies/")
    look()
    hand.link("Default policy, version 1")
    look()
    hand.button("Start a draft from this version")
    expect(page.get_by_text("This is a new draft.")).to_be_visible()
    address = page.url
    hand.press(page.locator("summary", has_text="Community resolution"))
    hand.link(re.compile("Add a criterion Community resolution"))
    hand.choose(page.get_by_label("What it looks at"), "Age")
    look()
    hand.button("Continue")
    hand.button("Save this criterion")
    expect(page.get_by_role("alert")).to_contain_text("Enter the reason in plain English")
    look()
    hand.write(page.get_by_label("Oldest age"), "25")
    hand.write(page.get_by_label("Reason, as the officer reads it"), REASON)
    hand.write(page.get_by_label("Where the rule comes from"), "force policy (proposal)")
    hand.button("Save this criterion")
    expect(page.get_by_text("Added:")).to_be_visible()
    look()
    return address


def describe_and_preview(hand: Hand, look: Callable[[], object]) -> None:
    page = hand.page
    hand.link("Change name, review date and reasons")
    look()
    hand.write(page.get_by_label("Name"), "Avonford policy")
    hand.write(page.get_by_label("What changed, and why"), "Older people go to the schemes.")
    hand.button("Save")
    hand.link("Preview it on past cases")
    look()
    hand.button("Preview on past cases")
    expect(page.get_by_text("Fewer than 10 decisions of")).to_be_visible()
    for group in GROUPS:
        expect(page.get_by_role("table", name=group)).to_be_visible()
    expect(page.get_by_text("rounded to the nearest 10")).to_be_visible()
    look()


def read_the_preview(hand: Hand, address: str, look: Callable[[], object]) -> None:
    """The signatory monitors in the force, and sees the exact counts."""
    page = hand.page
    page.goto(address)
    hand.link("See the preview")
    expect(page.get_by_text("would have changed 2 of last year’s 3 decisions")).to_be_visible()
    for group in GROUPS:
        expect(page.get_by_role("table", name=group)).to_be_visible()
    expect(page.get_by_text("Not known for 1 of 3 decisions (33%)")).to_be_visible()
    expect(page.get_by_text("Not for release")).to_be_visible()
    look()


def sign(hand: Hand, address: str, look: Callable[[], object]) -> None:
    hand.page.goto(address)
    look()
    expect(hand.page.get_by_role("button", name="Sign this version")).to_be_visible()
    hand.tick(hand.page.get_by_label("I have read this version"))
    hand.button("Sign this version")
    look()


def walk(
    site: Cast, visit: Visit, northmoor: User, *, hand: type[Hand], script: bool = True, looks: bool = False
) -> None:
    decisions(site)
    author = hand(visit(site["elin"], script=script))
    signatory = hand(visit(site["david"], script=script))
    look = author.visitor.check if looks else lambda: None
    address = draft_a_change(author, look)
    describe_and_preview(author, look)
    sign(author, address, look)
    expect(author.page.get_by_text("Waiting for a second signature")).to_be_visible()
    read_the_preview(signatory, address, signatory.visitor.check if looks else lambda: None)
    sign(signatory, address, signatory.visitor.check if looks else lambda: None)
    expect(signatory.page.get_by_text("is live from")).to_be_visible()
    version = PolicyVersion.objects.get(state="live", is_default=False)
    assert [signature.by for signature in version.signatures.all()] == [site["elin"], site["david"]]
    author.page.goto(address)
    author.button("Copy to another force")
    look()
    author.tick(author.page.get_by_label("Northmoor Police"))
    author.button("Copy")
    expect(author.page.get_by_text("is with Northmoor Police as a draft")).to_be_visible()
    receiver = hand(visit(northmoor, script=script))
    receiver.visitor.go("/policies/")
    expect(receiver.page.get_by_text("Copied from Avonford Police: Avonford policy, version 2")).to_be_visible()
    receiver.link("Avonford policy, version 2")
    expect(receiver.page.get_by_text("Nobody yet")).to_be_visible()
    if looks:
        receiver.visitor.check()


def test_a_policy_is_changed_with_every_page_in_order(site: Cast, visit: Visit, northmoor: User) -> None:
    """The coordinator who reads with a screen reader, or on a telephone, could not change the force's policy."""
    walk(site, visit, northmoor, hand=Hand, looks=True)


def test_a_policy_is_changed_by_keyboard_alone(site: Cast, visit: Visit, northmoor: User) -> None:
    """Somebody who cannot use a mouse would be shut out of the policy."""
    walk(site, visit, northmoor, hand=Keyboard)


def test_a_policy_is_changed_with_javascript_off(site: Cast, visit: Visit, northmoor: User) -> None:
    """A locked-down force machine, or a script that did not load, would stop the change."""
    walk(site, visit, northmoor, hand=Hand, script=False)
