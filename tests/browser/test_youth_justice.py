"""A child with a knife, from the worker's list to a plan not kept on the officer's page, with and without scripts."""

from collections.abc import Callable

import pytest

from cases.models import YouthDuty
from tests.browser.conftest import Visitor
from tests.conftest import Cast
from tests.factories.youth import child_with_knife, duty_of, serve

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.mark.parametrize("script", [True, False])
def test_a_child_is_taken_on_assessed_and_reported(site: Cast, visit: Visit, script: bool) -> None:
    """A worker who cannot do this by keyboard, on a telephone or without scripts, cannot do it."""
    duty_of(child_with_knife(site["amara"]))
    serve(site)
    duty = duty_of(child_with_knife(site["amara"]))
    check = Visitor.check if script else lambda visitor: visitor

    worker = visit(site["yusuf"], script=script)
    check(worker.go("/youth/"))
    worker.page.get_by_role("link", name="Kim Young").press("Enter")
    check(worker)
    worker.page.get_by_role("button", name="Acknowledge").press("Enter")
    worker.page.get_by_text("Acknowledged. The officer can see it.").wait_for()

    worker.page.get_by_text("Note that it was made").click()
    worker.page.get_by_label("Day on which it was finished").fill("3")
    worker.page.get_by_role("button", name="Note the assessment").press("Enter")
    worker.page.get_by_role("heading", name="There is a problem").wait_for()
    check(worker)
    assert worker.page.get_by_label("Day on which it was finished").input_value() == "3"

    worker.page.get_by_text("Report it to the officer").click()
    worker.page.get_by_label("What was not kept?").fill("Missed three meetings.")
    worker.page.get_by_role("button", name="Report it", exact=True).press("Enter")
    worker.page.get_by_text("Reported. The officer and the coordinator see it on the case.").wait_for()
    check(worker)

    officer = visit(site["amara"], script=script)
    check(officer.go("/"))
    officer.page.get_by_text("Youth justice: to be seen to").first.wait_for()
    officer.page.get_by_role("link", name=f"Kim Young, {duty.case.reference}").first.press("Enter")
    check(officer)
    officer.page.get_by_text("Missed three meetings.").first.wait_for()

    untold = YouthDuty.objects.get(service=None)
    check(officer.go(f"/cases/{untold.case.reference}/"))
    officer.page.get_by_label("Another, which I have told in another way").check(force=True)
    officer.page.get_by_label("Whom did you tell?").fill("Anna Bell, Northmoor Youth Justice")
    officer.page.get_by_role("button", name="Tell youth justice").press("Enter")
    officer.page.get_by_text("Anna Bell, Northmoor Youth Justice").first.wait_for()

    check(visit(site["elin"], script=script).go("/youth-services/"))
