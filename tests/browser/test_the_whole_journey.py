"""One decision travels the whole way: three people at their own browsers, one real worker, one report.

The officer records it by keyboard alone.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from referrals.actions import support
from referrals.models import Appointment
from reporting.models import ReportRun
from tests.browser.conftest import NARROW, WIDE, Visitor
from tests.browser.hands import Hand, Keyboard
from tests.browser.test_drafts import unfold
from tests.conftest import Cast

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Visitor]


def record_a_drug_diversion(hand: Hand, *, script: bool = True) -> Case:
    """The officer records: Sam, 26 or 27, Black African by his own account, cannabis, drug diversion, first slot."""
    page = hand.visitor.go("/decisions/new").page
    hand.write(page.get_by_label("Given names"), "Sam")
    hand.write(page.get_by_label("Family name"), "Mensah")
    hand.write(page.get_by_label("Date of birth"), f"4 3 {clock.today().year - 27}")
    hand.pick(page.get_by_role("group", name="Sex").get_by_label("Male", exact=True))
    ethnicity = page.get_by_label("Ethnicity, as the person describes it")
    hand.choose(ethnicity, ethnicity.locator("[value=B2]").inner_text())
    hand.pick(page.get_by_label("Offered and accepted"))
    hand.write(page.get_by_label("Crime number"), "AV/4711/26")
    say_the_offence(hand, script=script)
    for answer in (
        "Yes, without help",
        "Admits the offence",
        "Enough to charge",
        "2: minor",
        "None known to this force",
    ):
        hand.pick(page.get_by_label(answer))
    show_more(page, script)
    hand.pick(page.get_by_role("radio", name="Community resolution with Drug diversion", exact=True))
    show_more(page, script)
    # What the scheme still needs is asked before it is promised.
    hand.pick(page.get_by_role("group", name="Is it a small quantity").get_by_label("Yes"))
    slots = page.get_by_label("First appointment")
    hand.choose(slots, slots.locator("option").nth(1).inner_text())
    if script:
        hand.visitor.check()
    # Every scheme of the library is open here, and officers must refer to one of them: another needs a reason.
    hand.write(page.get_by_label("Signature: their name"), "Sam Mensah")
    hand.write(page.get_by_label("Reasons for the decision"), "Drugs are what it is about.")
    if script:  # nobody scrolls further than that beside somebody who waits
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        hand.visitor.settles(f"document.documentElement.scrollHeight <= {4 * NARROW['height']}")
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    hand.press(page.get_by_role("button", name="Record the decision"))
    page.wait_for_url("**/cases/DV-*/")
    return Case.objects.get()


def say_the_offence(hand: Hand, *, script: bool) -> None:
    """By letters of it where the script looks; otherwise from the list, with every group of questions unfolded."""
    page = hand.page
    if script:
        hand.write(page.get_by_role("combobox", name="Offence"), "cannabis")
        page.get_by_role("option", name="Possession of cannabis").wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        return
    page.locator("select[name$='-offence']").select_option(label="Possession of cannabis")
    for group in ("account", "gravity", "earlier"):
        unfold(page, group)


def show_more(page: Page, script: bool) -> None:
    """With the script the page answers by itself; without it "Continue" does the same."""
    if not script:
        page.get_by_role("button", name="Continue").click()


def test_one_decision_travels_the_whole_way(site: Cast, visit: Visit, worker: None) -> None:
    """If any link breaks, someone who agreed to get help waits for a call that never comes, or is never counted."""
    officer = visit(site["amara"])
    case = record_a_drug_diversion(Keyboard(officer))
    expect(officer.page.get_by_role("heading", level=1)).to_contain_text("Sam Mensah")
    officer.check()

    manager = visit(site["hugh"]).go("/inbox/")
    manager.check().page.get_by_role("link", name="Sam Mensah").click()
    expect(manager.page.get_by_text("AV/4711/26")).to_have_count(0)
    manager.check().page.get_by_label("Drug worker").select_option(str(site["george"].pk))
    manager.page.get_by_role("button", name="Accept").click()
    expect(manager.page.get_by_text("Accepted").first).to_be_visible()

    navigator = visit(site["george"]).go("/caseload/")
    expect(navigator.check().page.get_by_role("button", name="Attended")).to_have_count(0)
    Appointment.objects.update(starts_at=clock.now() - timedelta(hours=1))  # the day of the appointment comes
    navigator.go("/caseload/")
    navigator.check().page.get_by_role("button", name="Attended").first.click()
    expect(navigator.page.get_by_role("button", name="Undo").first).to_be_visible()
    come_to_the_sessions(case, site["george"])
    navigator.page.get_by_role("link", name="Sam Mensah").first.click()
    navigator.check()
    settle_every_condition(navigator)
    navigator.page.get_by_text("The agreement has ended").click()
    navigator.page.get_by_label("Completed", exact=True).check()
    navigator.page.get_by_role("button", name="Close the referral").click()
    expect(navigator.page.get_by_text("Completed").first).to_be_visible()
    navigator.check().page.get_by_role("button", name="It is right").click()
    expect(navigator.page.get_by_role("button", name="Undo it")).to_have_count(0)
    case.refresh_from_db()
    assert case.closed_at is not None
    assert [allegation.outcome for allegation in case.allegations.all()] == ["8"]

    inspector = visit(site["ian"]).go("/monitoring/")
    inspector.page.get_by_role("button", name="Make a report of these figures").click()
    inspector.page.wait_for_url("**/monitoring/reports/MR-*")
    run = ReportRun.objects.get()
    expect(inspector.page.get_by_text("not for release")).to_be_visible(timeout=180_000)
    inspector.check()
    for title, group in (
        ("Age", "25-34"),
        ("Gender", "Male"),
        ("Ethnicity, as people describe themselves", "Black"),
        ("Scheme", "Drug diversion"),
    ):
        table = inspector.page.get_by_role("table", name=title, exact=True)
        row = table.get_by_role("row").filter(has=inspector.page.get_by_role("rowheader", name=group, exact=True))
        expect(row.get_by_role("cell").nth(0)).to_have_text("1")
        expect(row.get_by_role("cell").nth(1)).to_have_text("1")
    inspector.page.get_by_role("link", name="One page for a meeting, to print").click()
    inspector.check()
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("ready", 1)

    officer.go(f"/cases/{case.reference}/")
    expect(officer.page.get_by_text("Completed").first).to_be_visible()
    assert_the_log_tells_it(case)


def come_to_the_sessions(case: Case, navigator: User) -> None:
    """The three that the scheme asks after the first appointment, each recorded as attended."""
    for _number in range(3):
        referral = case.referrals.get()
        planned = support.plan_appointment(referral=referral, starts_at=clock.now(), place="Here", by=navigator)
        support.record_attendance(appointment=planned, attendance="attended", version=planned.version, by=navigator)


def settle_every_condition(navigator: Visitor) -> None:
    page = navigator.page
    while page.get_by_role("button", name="Mark as done").count():
        page.get_by_label("What shows it?").first.fill("Seen in the session record.")
        page.get_by_role("button", name="Mark as done").first.click()
        page.wait_for_load_state()


def assert_the_log_tells_it(case: Case) -> None:
    """Who saw and did what, from the first look to the last."""
    subject = f"cases.person:{case.person_id}"
    kinds = set(Event.objects.filter(subjects__contains=[subject]).values_list("kind", flat=True))
    assert {"case.recorded", "referral.sent", "referral.opened", "referral.accepted"} <= kinds
    assert {"appointment.recorded", "condition.done", "referral.closed", "case.closed", "case.opened"} <= kinds


def test_the_officer_records_without_javascript(site: Cast, visit: Visit) -> None:
    """A locked-down force laptop, or a script that failed to load, must not stop a decision."""
    case = record_a_drug_diversion(Hand(visit(site["amara"], script=False)), script=False)
    assert case.referrals.get().slot is not None
    assert case.referrals.get().slot.starts_at < clock.now() + timedelta(days=8)
