"""A navigator reviews needs: few clicks, by keyboard, and without JavaScript."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import expect

from diversion.accounts.permissions import Permission
from referrals.actions import partner
from referrals.models import MonitoringAnswers, NeedLevel, NeedOutcome, Referral
from tests.browser.conftest import NARROW, Visitor
from tests.conftest import Cast
from tests.factories.cases import decision, refer

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]
MOST_CLICKS = 12
SMALLEST_TARGET = 24  # WCAG 2.2, success criterion 2.5.8


@pytest.fixture
def referral(site: Cast) -> Referral:
    scheme = next(one for one in site["elin"].organisation.schemes.all() if one.slug == "drug-diversion")
    chosen = decision(rationale="This scheme is what helps here.")
    sent = refer(site["amara"], scheme.versions.latest("valid_from"), decision=chosen)
    workers = [user for user in site.values() if user.organisation == sent.provider]
    manager = next(user for user in workers if user.can(Permission.DECIDE_REFERRALS))
    return partner.accept(referral=sent, navigator=manager, version=sent.version, by=manager)


class Clicks:
    """Counts the clicks of a person with a mouse."""

    def __init__(self, visitor: Visitor) -> None:
        self.page, self.made = visitor.page, 0

    def on(self, kind: Any, name: str, **options: Any) -> None:
        self.made += 1
        self.page.get_by_role(kind, name=name, **options).click()

    def level(self, need: str, level: str) -> None:
        self.made += 1
        self.page.get_by_role("group", name=need, exact=True).get_by_label(level).check(force=True)


@pytest.mark.parametrize("script", [True, False])
def test_three_needs_and_what_came_of_them(site: Cast, visit: Visit, referral: Referral, script: bool) -> None:
    """A wheel that takes minutes is filled in by nobody, and a need nobody records is met by nobody."""
    helper = referral.navigator
    visitor = visit(helper, script=script).go(f"/referrals/{referral.reference}/")
    page, clicks = visitor.page, Clicks(visitor)
    clicks.on("button", "Review needs at the start")
    if script:
        visitor.check()
    for need, level in (("Drugs", "3 Acute"), ("Housing or accommodation", "2 Serious"), ("Mental health", "1 Some")):
        clicks.level(need, level)
    clicks.on("button", "Save the review")
    expect(page.get_by_role("cell", name="3 Acute")).to_be_visible()
    assert clicks.made < MOST_CLICKS / 2
    page.get_by_role("group", name="What came of it: Drugs").get_by_label("Met by a service").check(force=True)
    clicks.on("button", "Save what came of them")
    if script:
        visitor.check()
    assert clicks.made + 1 < MOST_CLICKS
    assert NeedLevel.objects.count() == 3
    assert NeedOutcome.objects.get().domain == "drugs"


def test_on_a_telephone_each_need_is_one_row_of_levels(site: Cast, visit: Visit, referral: Referral) -> None:
    """Sixteen needs of five lines each are scrolled past, and a level beside the wrong button is recorded wrongly."""
    visitor = visit(referral.navigator).go(f"/referrals/{referral.reference}/needs/start").check()
    page = visitor.page
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    row = page.get_by_role("group", name="Gambling", exact=True)
    levels = ("Not asked", "0 No need", "1 Some", "2 Serious", "3 Acute")
    radios = [row.get_by_role("radio", name=level, exact=True) for level in levels]
    boxes = [box for radio in radios if (box := radio.bounding_box())]
    assert len({box["y"] for box in boxes}) == 1
    for left, right in pairwise(boxes):
        assert min(left["width"], left["height"], right["width"]) >= SMALLEST_TARGET
        assert left["x"] + left["width"] <= right["x"]
    radios[0].focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert radios[2].is_checked()
    page.keyboard.press("Shift+Tab")
    key, focused = page.get_by_text("3 Acute").first.bounding_box(), page.locator(":focus").bounding_box()
    assert key
    assert focused
    assert 0 <= key["y"] < key["y"] + key["height"] <= focused["y"]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/referrals/{referral.reference}/needs/")
    assert [(one.domain, one.level) for one in NeedLevel.objects.all()] == [("gambling", 1)]


def test_the_questions_for_monitoring(site: Cast, visit: Visit, referral: Referral) -> None:
    """Asked in other words, the answers could not be compared with anybody's."""
    visitor = visit(referral.navigator).go(f"/referrals/{referral.reference}/")
    page = visitor.page
    page.get_by_role("link", name="About the person, for monitoring").click()
    visitor.check()
    condition = page.get_by_role("group", name="Do you have any physical or mental health conditions")
    condition.get_by_label("Yes", exact=True).check(force=True)
    page.get_by_label("Yes, a little").check(force=True)
    visitor.check()
    page.get_by_role("group", name="Were you ever in care").get_by_label("No", exact=True).check(force=True)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/referrals/{referral.reference}/")
    visitor.check()
    answers = MonitoringAnswers.objects.get()
    assert (answers.disability, answers.care_experience) == ("yes", "no")
