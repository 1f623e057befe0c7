"""A navigator reviews needs: few clicks, by keyboard, and without JavaScript."""

from collections.abc import Callable
from typing import Any

import pytest

from diversion.accounts.permissions import Permission
from referrals.actions import partner
from referrals.models import MonitoringAnswers, NeedLevel, NeedOutcome, Referral
from tests.browser.conftest import Visitor
from tests.conftest import Cast
from tests.factories.cases import refer

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]
MOST_CLICKS = 12


@pytest.fixture
def referral(site: Cast) -> Referral:
    scheme = next(one for one in site["elin"].organisation.schemes.all() if one.slug == "drug-diversion")
    sent = refer(site["amara"], scheme.versions.latest("valid_from"))
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
    assert page.get_by_role("cell", name="3 Acute").is_visible()
    assert clicks.made < MOST_CLICKS / 2
    page.get_by_role("group", name="What came of it: Drugs").get_by_label("Met by a service").check(force=True)
    clicks.on("button", "Save what came of them")
    if script:
        visitor.check()
    assert clicks.made + 1 < MOST_CLICKS
    assert NeedLevel.objects.count() == 3
    assert NeedOutcome.objects.get().domain == "drugs"


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
