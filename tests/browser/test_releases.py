"""A release from its declaration to its readers: its author, a worker, two checkers, and a partner who reads it."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from reporting.models import Release
from tests.browser.conftest import Visitor
from tests.browser.hands import Hand, Keyboard
from tests.conftest import Cast
from tests.factories.facts import live
from tests.factories.releases import left, of_northmoor

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


def decisions(site: Cast) -> None:
    """Of the first quarter: groups of very different size."""
    day = date(2026, 2, 3)
    for code, number in {"W1": 160, "B1": 45, "A2": 34, "W3": 4}.items():
        for gender, share in (("Male", number), ("Female", number // 2)):
            who = {"happened_on": day, "ethnicity_self_code": code, "gender": gender}
            live(site["ian"].organisation, share, **who)
            live(site["ian"].organisation, share // 2, **who, decision="not_offered", disposal="not_offered")
            live(site["ian"].organisation, share // 5, **who, decision="offered_declined")


def test_two_checkers_let_a_release_go(site: Cast, visit: Visit, worker: None) -> None:
    """A force that cannot publish its figures safely publishes none, or all of them."""
    decisions(site)
    author = visit(site["ian"])
    page = author.go("/releases/").check().page
    page.get_by_role("button", name="Declare a release").click()
    author.check()
    page.get_by_label("Everybody: it is published").check()
    for name, day in (("First day", "1 January 2026"), ("Last day", "31/3/2026")):
        page.get_by_label(name).fill(day)
    page.get_by_label("Split the time by").select_option(label="Quarters")
    page.get_by_role("button", name="See what is left").click()
    page.wait_for_url(lambda url: "/releases/RL-" in url)
    path = "/releases/" + page.url.rpartition("/releases/")[2]
    while page.get_by_role("link", name="Look again").count():
        page.wait_for_timeout(500)
        page.get_by_role("link", name="Look again").click()
    expect(page.get_by_role("heading", name="What is left")).to_be_visible()
    author.check()
    page.get_by_role("button", name="Freeze it as a draft").click()
    expect(page.get_by_text("0 of 2 verdicts are in")).to_be_visible()
    for who in ("rosa", "samir"):
        judge(visit(site[who], script=who == "rosa"), path, look=who == "rosa")
    reader = visit(site["hana"]).go(path).check()
    expect(reader.page.get_by_text("Fingerprint of its file")).to_be_visible()
    expect(reader.page.get_by_role("heading", name="In words")).to_be_visible()
    beside_northmoor(site)
    reader.go("/releases/compare").check()
    expect(reader.page.get_by_text("Offered, of those considered").first).to_be_visible()


def beside_northmoor(site: Cast) -> None:
    """Another force releases the same tables of the same quarter."""
    people = of_northmoor(site)
    decisions(people)
    tables = Release.objects.get().declared["tables"]
    left(people["ian"].organisation, people, tables=[tuple(one) for one in tables], unit="quarter")


def judge(checker: Visitor, path: str, *, look: bool) -> None:
    """Look at every table, let each leave, and send the verdict: one by keyboard, the other without JavaScript."""
    hand = (Keyboard if look else Hand)(checker.go(path))
    page = hand.page
    hand.button("Check this draft")
    expect(page.get_by_role("heading", name="Check a release")).to_be_visible()
    for number in (1, 2):
        hand.press(page.locator(".govuk-task-list__item").nth(number - 1).get_by_role("link"))
        expect(page.get_by_text("May this table leave?")).to_be_visible()
        if look and number == 1:
            checker.check()
        hand.pick(page.get_by_label("Yes, as it stands or with more of it hidden"))
        hand.button("Save and go on")
        expect(page.get_by_text("May leave")).to_have_count(number)
    if look:
        checker.check()
    hand.button("Send my verdict")
    expect(page.get_by_text("Your verdict is sent")).to_be_visible()
