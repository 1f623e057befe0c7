"""A night that nobody can decide: recorded, found on the list, and decided in the morning, with and without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from cases.models import Case
from tests.browser.conftest import Visitor
from tests.browser.test_drafts import unfold
from tests.conftest import Cast
from tests.factories.youth import serve

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.mark.parametrize("script", [True, False])
def test_a_child_with_a_knife_waits_for_youth_justice(site: Cast, visit: Visit, script: bool) -> None:
    """An officer who cannot leave it open writes "not offered", and the child is counted so."""
    serve(site)
    officer = visit(site["amara"], script=script)
    page = officer.go("/decisions/new").page
    page.get_by_label("Given names").fill("Kim")
    page.get_by_label("Family name").fill("Young")
    page.get_by_label("Date of birth").fill("4 5 2011")
    page.get_by_role("group", name="Sex").get_by_label("Male", exact=True).check()
    page.get_by_label("Ethnicity, as the person describes it").select_option("B2")
    page.get_by_label("Crime number").fill("AV/4712/26")
    page.locator("select[name$='-offence']").select_option(value="possession-of-a-bladed-article", force=True)
    unfold(page, "account")
    page.get_by_label("With an appropriate adult, who is there").check()
    page.get_by_label("Not asked", exact=True).check()
    page.get_by_label("Not decided yet").check()
    page.get_by_label("Who decides next").select_option("youth_justice")
    if script:
        officer.check()
    page.get_by_role("button", name="Record the decision").click()
    page.wait_for_url("**/cases/DV-*/")
    case = Case.objects.get()
    assert case.decision.result == "undecided"

    page.get_by_role("link", name="Home", exact=True).first.click()
    page.get_by_role("link", name=f"Kim Young, {case.reference}").click()
    if script:
        officer.check()
    expect(page.get_by_label("Given names")).to_have_value("Kim")
    page.get_by_label("Not offered").check()
    page.get_by_label("Charge or summons is in the public interest").check()
    unfold(page, "gravity")
    page.get_by_label("Enough to charge", exact=True).check()
    page.get_by_label("2: minor").check()
    if script:
        officer.check()
    page.get_by_role("button", name="Record the decision").click()
    page.wait_for_url("**/cases/DV-*/")
    case = Case.objects.get()
    assert case.decision.result == "not_offered"
