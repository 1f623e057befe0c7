"""A navigator leaves: the administrator reads the number, and the manager hands everything over."""

from collections.abc import Callable

import pytest

from referrals.actions import partner
from referrals.models import Referral
from tests.browser.conftest import Visitor
from tests.conftest import Cast, password_hash
from tests.factories.cases import decision, person, refer
from tests.factories.ground import newcomer

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


@pytest.mark.parametrize("script", [True, False])
def test_the_work_of_somebody_who_left_goes_to_another(site: Cast, visit: Visit, script: bool) -> None:
    """Ten people would wait for a worker who is not there any more."""
    scheme = next(one for one in site["elin"].organisation.schemes.all() if one.slug == "drug-diversion")
    manager, helper = site["hugh"], site["george"]
    for name in ("Ada", "Siobhán"):
        chosen = decision(rationale="This scheme is what helps here.")
        sent = refer(
            site["amara"], scheme.versions.latest("valid_from"), person=person(given_names=name), decision=chosen
        )
        partner.accept(referral=sent, navigator=helper, version=sent.version, by=manager)
    rae = newcomer("Rae Lund", "rae@harbour.example", manager.organisation, "provider-administrator", password_hash())
    admin = visit(rae, script=script).go(f"/users/{helper.pk}/")
    admin.page.get_by_text("George Tate holds 2 open referrals.").wait_for()
    admin.page.get_by_role("button", name="Disable this account").press("Enter")
    admin.page.get_by_text("George Tate still holds 2 open referrals").wait_for()
    leader = visit(manager, script=script).go("/caseload/?who=unassigned")
    leader.page.get_by_text("George Tate has left").first.wait_for()
    if script:
        admin.check()
        leader.check()
    leader.page.get_by_role("link", name="Hand over the work of somebody who leaves").press("Enter")
    leader.page.get_by_role("link", name="George Tate").wait_for()
    if script:
        leader.check()
    leader.page.get_by_role("link", name="George Tate").press("Enter")
    leader.page.get_by_role("button", name="Hand over").press("Enter")
    leader.page.get_by_role("link", name="Choose who takes it over").wait_for()
    if script:
        leader.check()
    leader.page.get_by_label("To whom").select_option("Hugh Barrow")
    leader.page.get_by_role("button", name="Hand over").press("Enter")
    leader.page.get_by_text("2 are handed over to Hugh Barrow.").wait_for()
    assert set(Referral.objects.values_list("navigator", flat=True)) == {manager.pk}
