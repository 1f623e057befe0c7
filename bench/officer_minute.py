"""What recording a decision asks of an officer: page loads, clicks, keys and seconds, counted in the real browser.

    make bench

Each journey is walked on the demonstration as its officer would walk it, and every movement of the hand is counted as
it is made, with the Keystroke-Level Model of Card, Moran and Newell (1980): K 0.28 s a key, P 1.1 to point, B 0.2 to
press the button, H 0.4 for the hand to move between mouse and keyboard, M 1.35 to think, R 0.5 for an answer of the
service (a page, or a part of one). Reading, composing and the person's own answers are not counted. The officer
knows the page and takes the keyboard where it is the shorter way: every Tab, arrow and letter is pressed and counted.

    known_incident    person and crime come by the address: offered, accepted, referred, the soonest appointment booked
    issued_alone      the same, of what the officer may issue alone: read aloud, and signed by the person
    new_person        nobody and nothing on record: looked for by name and date of birth, which the page then keeps
    pasted            the same, with the summary of the occurrence pasted from the record system
    by_number         nobody on record; the record system has told of the crime, which is found by its number
    not_offered       somebody on record: a reason, and no offer
    declined          somebody on record: an offer, and why it was declined
    new_not_offered   nobody and nothing on record: a reason, and no offer

The last line is JSON. ``boxes`` are text boxes written in, ``inputs`` the most inputs visible at any moment, ``exit_s``
the seconds in which the officer says what came of it and records it, ``screens`` how long the page is on a telephone
when all is chosen. Of a journey above its ceiling (LINES=1: of each)
every line is printed with what it costs and why it is asked.

Ceilings give way, and not by the page's doing. Of those who were offered nothing, or declined, as much must be known as
of those who were offered, else the figures compare the known with the unknown: age, sex, ethnicity, offence, gravity,
what came earlier, and all that eligibility rests on. What only an offer needs is not asked where there is none:
what the victim thinks of it. Whether somebody can follow is asked wherever they were asked what they say.
"""

import json
import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in the thread that asks the ORM

import django  # noqa: E402

from diversion.postgres.wall import begin_as_service  # noqa: E402

begin_as_service()
django.setup()

from playwright.sync_api import Locator, sync_playwright  # noqa: E402

from bench.beside.hand import WHY, Hand  # noqa: E402
from cases.actions.known_crimes import bring_crimes  # noqa: E402
from cases.intake.crimes import read_crimes  # noqa: E402
from cases.models import Allegation, Offence, Person  # noqa: E402
from diversion import clock  # noqa: E402
from diversion.accounts.models import User  # noqa: E402
from diversion.demonstration.cast import PASSWORD  # noqa: E402
from referrals.judging.recorded import earlier_on_record  # noqa: E402
from tests.browser.browser import launch_options  # noqa: E402

OFFICER = "amara@avonford.example"
INPUTS_SEEN, SCREENS = 25, 4
CEILINGS = {
    "known_incident": 30.0,
    "issued_alone": 30.0,
    "new_person": 45.0,
    "pasted": 45.0,
    "by_number": 45.0,
    "not_offered": 15.0,
    "declined": 15.0,
    "new_not_offered": 30.0,
}


def main() -> None:
    with service() as address:
        known = [f"{address}/decisions/new?person={pk}&crime={crime}" for pk, crime in _once_there()]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**launch_options())
            hands = {journey.__name__: _signed_in(browser, address) for journey in JOURNEYS}
            for journey, one in zip(JOURNEYS, known, strict=True):
                journey(hands[journey.__name__], one)
            browser.close()
    for name, hand in hands.items():
        _tell(name, hand)
    print(json.dumps({name: hand.told for name, hand in hands.items()}), flush=True)


def _tell(name: str, hand: Hand) -> None:
    """What the journey took; of one above its ceiling, each line of it with the reason for which it is asked."""
    print(f"{name}: {hand.told}, at most {CEILINGS[name]:g} s, {INPUTS_SEEN} inputs and {SCREENS} screens")
    if hand.told["ui_s"] <= CEILINGS[name] and "LINES" not in os.environ:
        return
    for what, seconds in hand.lines:
        print(f"    {seconds:4.1f} s  {what:22} {WHY[what]}")


def known_incident(hand: Hand, known: str) -> None:
    hand.open(known)
    _confirmed(hand)
    _accepted(hand)


def issued_alone(hand: Hand, known: str) -> None:
    hand.open(known)
    _confirmed(hand)
    _accepted(hand, offer=hand.page.locator("#offers .govuk-radios__item", has_text="you may go on").locator("input"))


def new_person(hand: Hand, known: str) -> None:
    _somebody_new(hand, known)
    _accepted(hand, then=lambda: _crime(hand))


def new_not_offered(hand: Hand, known: str) -> None:
    _somebody_new(hand, known)
    _nothing_offered(hand, then=lambda: _crime(hand))


def _somebody_new(hand: Hand, known: str) -> None:
    page = hand.page
    hand.open(known.partition("?")[0])
    hand.search(f"Rowan {''.join(random.choices('bdfgklmnprt', k=7))} 14 6 2001")
    hand.choose(page.get_by_label("Male", exact=True))
    hand.pick(page.get_by_label("Ethnicity, as the person describes it"), typed="B1")


def _crime(hand: Hand) -> None:
    page = hand.page
    hand.write(page.get_by_label("Crime number"), f"AV/{time.time_ns() % 10**7:07}/26")
    hand.find(page.get_by_role("combobox", name="Offence"), "shop")
    page.wait_for_selector("[id^=victim-] input[type=radio]")
    page.wait_for_timeout(500)


def pasted(hand: Hand, known: str) -> None:
    page, name = hand.page, "".join(random.choices("bdfgklmnprt", k=7))
    hand.open(known.partition("?")[0])
    hand.press(page.get_by_text("Paste a summary instead of typing"))
    lines = (
        "Crime number: AV/{:07}/26",
        "Offence: Theft from a shop",
        "Suspect: {}, Rowan",
        "DOB: 14 June 2001",
        "Sex: M",
    )
    summary = "\n".join(lines).format(time.time_ns() % 10**7, name)
    hand.paste(page.get_by_label("Summary of the occurrence"), summary)
    hand.press(page.get_by_role("button", name="Fill in the page"), loads=True)
    hand.pick(page.get_by_label("Ethnicity, as the person describes it"), typed="B1")
    page.wait_for_selector("[id^=victim-] input[type=radio]")
    page.wait_for_timeout(500)
    _accepted(hand)


def by_number(hand: Hand, known: str) -> None:
    page, name = hand.page, "".join(random.choices("bdfgklmnprt", k=7)).title()
    hand.open(known.partition("?")[0])
    hand.search(_told(name))
    hand.press(page.get_by_role("button", name=f"Rowan {name}"), loads=True)
    hand.pick(page.get_by_label("Ethnicity, as the person describes it"), typed="B1")
    _accepted(hand)


def _told(name: str) -> str:
    """The number of a shop theft that the record system tells of, with who is suspected."""
    number = f"AV/{time.time_ns() % 10**7:07}/26"
    row = {"number": number, "offence": "Theft from a shop", "person": f"Rowan {name}", "born": "14/6/2001", "sex": "M"}
    row |= {"committed_on": clock.today().isoformat(), "victim": "Hart's", "victim_kind": "Business"}
    force = User.objects.get(email=OFFICER).organisation
    told = read_crimes([(2, row)], Offence.objects.catalogue(force))
    bring_crimes(told=told, force=force, by=None)
    return number


def not_offered(hand: Hand, known: str) -> None:
    hand.open(known)
    _confirmed(hand)
    _nothing_offered(hand)


def _nothing_offered(hand: Hand, then: Callable[[], None] = lambda: None) -> None:
    hand.choose(hand.page.get_by_label("Not offered"))  # its reasons stand under it, before the service answers
    hand.choose(hand.page.get_by_label("Charge or summons is in the public interest"))
    then()
    _account(hand)
    _record(hand)


def declined(hand: Hand, known: str) -> None:
    hand.open(known)
    _confirmed(hand)
    hand.choose(hand.page.get_by_label("Offered and declined"))
    hand.choose(hand.page.get_by_label("Did not say"))
    _account(hand, offers=True)
    hand.choose(hand.page.locator("#offers input").first)
    _record(hand)


def _accepted(hand: Hand, then: Callable[[], None] = lambda: None, offer: Locator | None = None) -> None:
    hand.choose(hand.page.get_by_label("Offered and accepted"))
    then()
    _account(hand, offers=True)
    _offer(hand, offer)
    if (box := hand.page.get_by_label("Signature: their name")).count():
        hand.sign(box)
    reasons = hand.page.get_by_label("Reasons for the decision", exact=True)
    if reasons.is_visible():  # officers must refer elsewhere: why not
        hand.write(reasons, "Lives elsewhere.")
    _record(hand)


def _confirmed(hand: Hand) -> None:
    """The ethnicity on record, put to the person again."""
    hand.choose(hand.page.get_by_label("They confirmed it now"))


def _account(hand: Hand, *, offers: bool = False) -> None:
    """All that the page asks of victim, person and evidence; ``offers``: what is open comes with the last answer."""
    page = hand.page
    if page.locator("[id^=victim-] input[type=radio]:checked").count() == 0:
        hand.choose(page.get_by_label("A business"))
    for answer in ("Agrees", "Yes, without help", "Admits the offence", "Enough to charge"):
        if (one := page.get_by_label(answer, exact=True)).count():
            hand.choose(one)
    hand.choose(page.get_by_label("2: minor"))
    for row in page.locator("#earlier").get_by_label("Not similar").all():  # what is on record: similar or not
        hand.choose(row)
    if page.get_by_label("Not checked yet").first.is_checked():
        hand.choose(page.get_by_label("None known to this force"), asks=offers)


def _offer(hand: Hand, offer: Locator | None = None) -> None:
    page = hand.page
    hand.choose((offer or page.locator("#offers input")).first, asks=True)  # as the rules put them in order
    for question in page.locator("#asked select").all():
        hand.pick(question, index=1)
    for question in page.locator("#asked .govuk-radios").all():
        hand.choose(question.get_by_role("radio").first)
    for question in page.locator("#asked input[type=text]:visible").all():  # how much it was worth
        hand.write(question, "20")
    if page.locator("#asked").get_by_label("None of these, by PNC").count():
        hand.choose(page.locator("#asked").get_by_label("None of these, by PNC"))


def _record(hand: Hand) -> None:
    hand.send(hand.page.get_by_role("button", name="Record the decision"))
    if "/cases/DV-" not in hand.page.url:
        raise SystemExit(f"Not recorded: {hand.page.locator('.govuk-error-summary').inner_text()}")


def _once_there() -> list[tuple[int, str]]:
    """Those of `incidents`: a new demonstration is made in the background, and is whole after some minutes."""
    for _second in range(600):
        if len(found := incidents()) == len(JOURNEYS):
            return found
        time.sleep(1)
    raise SystemExit("The demonstration did not come to hold enough people within ten minutes.")


def incidents() -> list[tuple[int, str]]:
    """For each journey a man of the demonstration, 20 to 60, and a shop theft on record that is not yet his.

    Each has said how he describes himself, and nothing is on record of earlier outcomes: what came earlier is asked.
    """
    year = clock.today().year
    men = Person.objects.filter(force__slug="avonford", sex="male").exclude(telephone="")
    men = men.exclude(ethnicity_self_defined="")
    people = men.filter(date_of_birth__year__range=(year - 60, year - 20)).order_by("-pk")
    thefts = Allegation.objects.filter(crime__force__slug="avonford", offence__policy_group="shop_theft")
    if (newest := thefts.order_by("-committed_on").values_list("crime__number", "case__person").first()) is None:
        return []
    number, owner = newest
    free = people.exclude(pk=owner).exclude(cases__allegations__crime__number=number)
    unknown = (person for person in free if not earlier_on_record(person))
    return [(person.pk, number) for person in islice(unknown, len(JOURNEYS))]


def _signed_in(browser: Any, address: str) -> Hand:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{address}/accounts/login/")
    page.get_by_label("Email").fill(OFFICER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    return Hand(page)


@contextmanager
def service() -> Iterator[str]:
    """The service on a port of its own, ended after the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(ROOT / "manage.py"), "run_services"]
    running = subprocess.Popen(command, env=os.environ | {"PORT": str(port)}, stdout=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    try:
        _wait_for(f"{address}/health", running)
        yield address
    finally:
        running.terminate()
        running.wait(timeout=60)


def _wait_for(address: str, running: "subprocess.Popen[bytes]") -> None:
    for _second in range(300):
        if running.poll() is not None:
            raise SystemExit("The service did not start.")
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(1)
    raise SystemExit("The service did not answer within five minutes.")


JOURNEYS = (known_incident, issued_alone, new_person, pasted, by_number, not_offered, declined, new_not_offered)

if __name__ == "__main__":
    main()
