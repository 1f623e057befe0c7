"""An appointment in the night on which the clocks change, planned by keyboard."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from diversion import clock
from referrals.actions import partner
from referrals.models import Appointment
from tests.browser.conftest import Visitor
from tests.conftest import Cast
from tests.factories.cases import decision, refer

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.mark.parametrize("script", [True, False])
def test_a_time_that_comes_twice_is_asked_and_answered(site: Cast, visit: Visit, script: bool) -> None:
    """A night shelter's worker must get an answer to "1:30am" and not a page that will not save."""
    scheme = next(one for one in site["elin"].organisation.schemes.all() if one.slug == "drug-diversion")
    chosen = decision(rationale="This scheme is what helps here.")
    sent = refer(site["amara"], scheme.versions.latest("valid_from"), decision=chosen)
    manager = next(one for one in site.values() if one.organisation == sent.provider and one.can("decide_referrals"))
    partner.accept(referral=sent, navigator=manager, version=sent.version, by=manager)
    night = next(day for day in _last_sundays_of_october() if day > clock.now())
    visitor = visit(manager, script=script).go(f"/referrals/{sent.reference}/?plan=1")
    page = visitor.page
    page.locator("#plan").get_by_label("Date").fill(f"{night:%d/%m/%Y}")
    page.get_by_label("Time").fill("1.30am")
    page.get_by_label("Place").fill("The night shelter")
    page.get_by_role("button", name="Plan appointment").press("Enter")
    if script:
        visitor.check()
    page.get_by_role("link", name="Choose which 1:30am is meant").press("Enter")
    page.get_by_label("The second, an hour later").check(force=True)
    page.get_by_role("button", name="Plan appointment").press("Enter")
    page.get_by_text("Appointment planned").wait_for()
    planned = Appointment.objects.get(place="The night shelter")
    assert planned.starts_at == datetime(night.year, 10, night.day, 1, 30, tzinfo=UTC)


def _last_sundays_of_october() -> list[datetime]:
    days = [datetime(year, 10, day, tzinfo=UTC) for year in range(2025, 2100) for day in range(25, 32)]
    return [day for day in days if day.isoweekday() == 7]
