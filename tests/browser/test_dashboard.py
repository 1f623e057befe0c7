"""An inspector reads the finding, follows a figure to its cases, and narrows the figures: with and without a script."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from diversion import clock
from reporting import outbox
from tests.browser.conftest import NARROW, WIDE, Visitor
from tests.browser.hands import Hand, Keyboard
from tests.conftest import Cast
from tests.factories.cases import decision, person, record
from tests.factories.facts import live

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]
NOT_OFFERED: dict[str, Any] = {"decision": "not_offered", "disposal": "not_offered"}
#: Figures in the finding and in the funnel come before the charts, in which an inspector has to look for them.
ON_A_TELEPHONE = ("#finding", ".app-funnel", ".app-chart")
SCREENS = 3


def a_year(cast: Cast) -> None:
    """A difference that is flagged, groups too small to tell, people of unknown ethnicity, and a scheme."""
    force, today = cast["ian"].organisation, clock.today()
    for code, offered, people in (("W1", 397, 1903), ("B1", 61, 412), ("A1", 16, 20), ("M1", 3, 9), ("", 40, 300)):
        for month in range(1, 5):
            days = {"happened_on": today - timedelta(days=28 * month), "ethnicity_self_code": code}
            live(force, offered // 4, **days, scheme="Checkpoint", referred_on=today, due_by=today)
            live(force, (people - offered) // 4, **days, **NOT_OFFERED)
    for number in range(20):  # the page ends after three screens in a large force too
        small = {"scheme": f"A scheme of a long name, number {number}", "referred_on": today, "started_on": today}
        live(force, 3 if number % 2 else 12, **small, happened_on=today, ethnicity_self_code="")
    for scheme in ("Pathfinder", "Turning Point", "Checkpoint Plus"):
        came = {"scheme": scheme, "referred_on": today, "started_on": today, "happened_on": today - timedelta(days=30)}
        live(force, 12, **came, due_by=today)
    nobody_asked = person(ethnicity_self_defined="", ethnicity_not_stated="to_be_asked")
    record(cast["amara"], person=nobody_asked, decision=decision(rationale="A first matter."))
    outbox.drain()


def test_an_inspector_understands_it_in_a_minute(site: Cast, visit: Visit) -> None:
    """Whoever has to look for the finding reads a chart the wrong way round, or not at all: by keyboard, or without a
    script."""
    a_year(site)
    for script in (True, False):
        visitor = visit(site["david"], script=script).go("/monitoring/")
        hand = (Keyboard if script else Hand)(visitor)
        page = hand.page
        expect(page.get_by_text("Look", exact=True)).to_be_visible()
        expect(page.get_by_text("This shows a difference, not its cause.")).to_be_visible()
        hand.press(page.locator("summary", has_text="Change the period, the comparison or the people"))
        hand.choose(page.get_by_label("Gender"), "Male")
        hand.button("Show these figures")
        hand.link("Gender: Male")
        hand.press(page.get_by_role("link", name="1 cases", exact=True).first)
        expect(page.get_by_role("link", name="DV-")).to_have_count(1)
        if script:
            visitor.check()
    visitor = visit(site["david"]).go("/monitoring/")
    page = visitor.page
    page.get_by_role("link", name="Schemes compared").click()
    expect(page.get_by_role("img", name="Came to a first appointment, of everybody referred")).to_be_visible()
    visitor.check()
    page.get_by_role("link", name="Monitoring").first.click()
    page.get_by_role("link", name="Explain or reform").click()
    visitor.check()
    page.get_by_label("Reform: what will change").check()
    page.get_by_label("What explains it, or what will change?").fill("A sergeant looks at each decision not to offer.")
    page.get_by_label("Who answers for it?").select_option("Ian Doyle")
    page.get_by_label("By when?").fill(f"1 September {clock.today().year + 1}")
    page.get_by_role("button", name="Write the note").click()
    expect(page.get_by_text("A sergeant looks at each decision not to offer.")).to_be_visible()
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollHeight") <= SCREENS * WIDE["height"]
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    places = [page.locator(each).first.evaluate("each => each.offsetTop") for each in ON_A_TELEPHONE]
    assert places == sorted(places)
    for figures in page.get_by_text("Figures of this chart").all():
        figures.click()
    visitor.check()


def test_an_inspector_looks_at_some_of_those_left_out(site: Cast, visit: Visit) -> None:
    """Reasons from a list say nothing of whether they held: somebody has to read a few, whichever browser they have."""
    record(site["amara"], decision=decision(result="not_offered", disposal="", not_offered_reason="history"))
    outbox.drain()
    for script in (True, False):
        visitor = visit(site["david"], script=script).go("/monitoring/")
        page = visitor.page
        page.get_by_role("link", name="Who was left out, and why").click()
        page.get_by_role("link", name="Draw a dip sample").click()
        if script:
            visitor.check()
        page.get_by_label("Seed").fill("June")
        page.get_by_role("button", name="Draw the sample").click()
        expect(page.get_by_text("What was found, by group")).to_be_visible()
        if script:
            visitor.check()
        page.get_by_role("link", name="Say what you find").click()
        if script:
            visitor.check()
        page.get_by_label("There is not enough on record to say").check()
        page.get_by_role("button", name="Keep the finding").click()
        expect(page.get_by_text("Finding kept.")).to_be_visible()
        expect(page.get_by_role("link", name="Not enough on record")).to_have_count(1)
