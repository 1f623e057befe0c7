"""A victim is called, heard and told, by keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from cases.models import VictimDuty, VictimRecord
from tests.browser.conftest import Visitor
from tests.browser.hands import Keyboard
from tests.conftest import Cast
from tests.factories.cases import crime, decision, record

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


def test_a_victim_is_called_heard_and_told(site: Cast, visit: Visit) -> None:
    """If the coordinator cannot record it, the victim hears nothing and the case cannot close."""
    about = {"victim_kind": "person", "victim_name": "Ada Quill", "victim_stance": "not_asked"}
    record(site["amara"], crimes=[crime("common-assault", **about)], decision=decision(rationale="No scheme fits."))
    hand = Keyboard(visit(site["vera"]))
    page = hand.visitor.go("/").page
    expect(page.get_by_text("Ask for their views")).to_be_visible()
    hand.link("All that is owed to victims")
    hand.link("Ada Quill")
    hand.pick(page.get_by_role("group", name="How you tried").get_by_label("Telephone"))
    hand.pick(page.get_by_label("Spoke to them, or they answered"))
    hand.button("Note the attempt")
    hand.pick(page.get_by_label("Agrees", exact=True))
    hand.button("Record the view")
    hand.choose(page.get_by_label("A letter of apology"), "Yes")
    hand.button("Save")
    hand.choose(page.get_by_label("How they were told"), "Telephone")
    hand.button("They were told")
    expect(page.get_by_text("Recorded: the victim was told.")).to_be_visible()
    hand.visitor.check()
    assert not VictimDuty.objects.open().exists()
    assert VictimRecord.objects.get().letter == "yes"
