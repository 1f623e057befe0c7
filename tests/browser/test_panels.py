"""A scrutiny panel as its members work through it: each finds alone, and reads the others once all are in."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from diversion import clock
from reporting import outbox
from reporting.actions import panels, sampling
from reporting.measures.overview import Question
from tests.browser.conftest import Visitor
from tests.conftest import Cast
from tests.factories.cases import decision, person, record

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]
WHY = "Others with this record were offered one."


def convened(site: Cast) -> str:
    """The address of a panel of petra, who takes the chair, and quentin over two cases in which nothing was offered."""
    refused = decision(result="not_offered", disposal="", not_offered_reason="history")
    for name in ("Ty", "Al"):
        record(site["amara"], person=person(given_names=name), decision=refused)
    outbox.drain()
    today = clock.today()
    asked = Question(today - timedelta(days=30), today, "live", "gender", "offered_of_considered")
    sample = sampling.draw_sample(asked=asked, of="not_offered", size=5, seed="June", by=site["david"])
    seats = [site["petra"], site["quentin"]]
    day = today + timedelta(days=7)
    return f"/panels/{panels.convene(sample=sample, members=seats, chair=seats[0], meets_on=day, by=site['david'])}/"


def test_a_member_finds_alone_and_then_reads_the_others(site: Cast, visit: Visit) -> None:
    """Whoever hears the others first finds what they found; whoever may know somebody must be able to stand aside."""
    path = convened(site)
    petra = visit(site["petra"])
    page = petra.go(path).check().page
    choose(page, "No, none that I know of", "Declare")
    expect(page.get_by_text("Waits for you")).to_have_count(2)
    petra.check()
    follow(page, "Case 1")
    expect(page.get_by_role("heading", name="What is on record")).to_be_visible()
    petra.check()
    choose(page, "I may know somebody in this case: I stand aside", "Keep the finding")
    expect(page.get_by_text("it is not shown to you again")).to_be_visible()
    petra.check().go(path)
    follow(page, "Case 2")
    choose(page, "Inappropriate", "Keep the finding", WHY)
    expect(page.get_by_text("you may change yours until they are")).to_be_visible()
    without_script(visit(site["quentin"], script=False), path)
    page.reload()
    expect(page.get_by_text("What members found by themselves")).to_be_visible()
    expect(page.get_by_text("Appropriate and consistent").first).to_be_visible()
    petra.check()


def without_script(quentin: Visitor, path: str) -> None:
    """The other member, whose browser runs no script: nothing of petra's before the finding, all of it after."""
    page = quentin.go(path).page
    page.get_by_label("No, none that I know of").check()
    page.get_by_role("button", name="Declare").click()
    page.get_by_role("link", name="Case 2").click()
    expect(page.get_by_text(WHY)).to_have_count(0)
    page.get_by_label("Appropriate and consistent").check()
    page.get_by_role("button", name="Keep the finding").click()
    expect(page.get_by_text(WHY)).to_be_visible()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).focus()
    page.keyboard.press("Enter")


def choose(page: Page, answer: str, button: str, words: str = "") -> None:
    """By keyboard: an answer, why, and the button."""
    page.get_by_label(answer).focus()
    page.keyboard.press("Space")
    if words:
        page.keyboard.press("Tab")
        page.keyboard.type(words)
    page.get_by_role("button", name=button).focus()
    page.keyboard.press("Enter")
