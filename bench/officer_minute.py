"""What recording a decision asks of an officer: page loads, clicks, keys and seconds, counted in the real browser.

    make bench

Each journey is walked on the demonstration as its officer would walk it, and every movement of the hand is counted as
it is made, with the Keystroke-Level Model of Card, Moran and Newell (1980): K 0.28 s a key, P 1.1 to point, B 0.2 to
press the button, H 0.4 for the hand to move between mouse and keyboard, M 1.35 to think, R 0.5 for an answer of the
service (a page, or a part of one). Reading, composing and the person's own answers are not counted. The officer
knows the page and takes the keyboard where it is the shorter way: every Tab, arrow and letter is pressed and counted.

    known_incident    person and crime come by the address: offered, accepted, referred, the soonest appointment booked
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

from playwright.sync_api import Locator, Page, sync_playwright  # noqa: E402

from cases.actions.known_crimes import bring_crimes  # noqa: E402
from cases.intake.crimes import read_crimes  # noqa: E402
from cases.models import Allegation, Offence, Person  # noqa: E402
from diversion import clock  # noqa: E402
from diversion.accounts.models import User  # noqa: E402
from diversion.demonstration.cast import PASSWORD  # noqa: E402
from referrals.judging.recorded import earlier_on_record  # noqa: E402
from tests.browser.browser import launch_options  # noqa: E402

K, P, B, H, M, R = 0.28, 1.1, 0.2, 0.4, 1.35, 0.5
SIGNS = 3.0  # to write a name
OFFICER = "amara@avonford.example"
INPUTS = "main input:not([type=hidden]), main select, main textarea"
VISIBLE = f"""() => [...document.querySelectorAll("{INPUTS}")].filter(
  (one) => one.checkVisibility({{ visibilityProperty: true }}) && one.getBoundingClientRect().height > 0).length"""
#: How often Tab is pressed from where the keyboard stands until it stands at an input, and how often an arrow then: of
#: radios, Tab reaches the one that is chosen, else the first. Null where Tab does not lead there.
REACH = """(wanted) => {
  const stops = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
  const group = (one) => one.type === "radio" ? [...document.getElementsByName(one.name)] : [one]
  const isStop = (one) => one.type !== "radio" || one === (group(one).find((it) => it.checked) ?? group(one)[0])
  const all = [...document.querySelectorAll(stops)].filter((one) =>
    !one.disabled && one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true }))
  const now = document.activeElement, own = group(wanted)
  const steps = (from) => { // the arrows go round
    const down = (own.indexOf(wanted) - own.indexOf(from) + own.length) % own.length
    return down <= own.length / 2 ? down : down - own.length
  }
  if (own.includes(now)) return { tabs: 0, steps: steps(now) }
  const rest = all.slice(all.indexOf(now) + 1).filter((one) => isStop(one) && !group(now).includes(one))
  const tabs = rest.findIndex((one) => own.includes(one)) + 1
  return tabs ? { tabs, steps: steps(rest[tabs - 1]) } : null
}"""
TELEPHONE = {"width": 360, "height": 740}
INPUTS_SEEN, SCREENS = 25, 4
CEILINGS = {
    "known_incident": 30.0,
    "new_person": 45.0,
    "pasted": 45.0,
    "by_number": 45.0,
    "not_offered": 15.0,
    "declined": 15.0,
    "new_not_offered": 30.0,
}
#: Lines of a journey that say what came of it and record it.
EXIT = ("result", "not_offered_reason", "declined_reason", "option", "record")
LAW, FIGURES = "law: ", "monitoring: "
#: Why each question is asked: what no shorter page may leave out.
WHY = {
    "page": "the page itself",
    "name": "who it is: name and date of birth, which is also whether they are on record",
    "sex": FIGURES + "sex (Equality Act 2010, section 149)",
    "ethnicity": FIGURES + "self-defined ethnicity, or why there is none",
    "ethnicity_said": FIGURES + "whether the person confirmed the ethnicity on record",
    "result": "what came of it",
    "not_offered_reason": FIGURES + "why nothing was offered",
    "declined_reason": FIGURES + "why it was declined",
    "number": "law: which crime it is; its outcome is recorded under the number (Crime Recording Rules)",
    "offence": FIGURES + "the offence, on which all rules and limits rest too",
    "victim_kind": LAW + "who is told what came of it (Victims' Code, right 9)",
    "victim_stance": LAW + "what the victim thinks before an offer is made (Victims' Code, right 6)",
    "follow": LAW + "nothing that somebody says counts before it is known that they can follow",
    "admission": FIGURES + "whether they were eligible rests on it",
    "evidence": LAW + "nothing is offered without enough evidence; eligibility rests on it",
    "gravity_score": FIGURES + "figures are adjusted for it, and eligibility rests on it",
    "earlier_outcomes": FIGURES + "figures are adjusted for it, and eligibility rests on it",
    "similar": FIGURES + "eligibility rests on it (CJCA 2015, section 17)",
    "option": LAW + "what was offered",
    "signed_as": LAW + "nobody is bound by what they were not told and did not sign (consent; a child with an adult)",
    "text": "the summary of the record system",
    "offer's own question": "the rules of what is offered ask it",
    "record": "the record itself",
}


class Hand:
    """An officer's hand on one page: it does, and counts, each movement."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.seconds, self.loads, self.clicks, self.boxes, self.inputs, self.keys = 0.0, 0, 0, 0, 0, 0
        self.on_keyboard = False
        self.screens = 0.0
        self.lines: list[tuple[str, float]] = []  # what each question has cost, in the order of the journey

    @contextmanager
    def _about(self, what: str) -> Iterator[None]:
        """What is counted in the block is counted for ``what``."""
        before = self.seconds
        yield
        self.lines.append((what, self.seconds - before))

    def open(self, address: str) -> None:
        """Where the journey begins: the record system's link has opened the page. Only the page counts."""
        with self._about("page"):
            self.page.goto(address)
            self._answer()

    def choose(self, one: Locator, *, asks: bool = False) -> None:
        """A radio or a box; ``asks`` says that what comes next waits for the answer of the service.

        Whether it does or not, the page is as it is once the service has answered: that takes less than the thought
        before the next movement.
        """
        sent = 'name="{}"\r\n\r\n{}\r\n'.format(*(one.get_attribute(name) for name in ("name", "value"))).encode()
        with self._about(_question(one)):
            self._choose(one, sent)
            if asks:
                self._answer(whole=False)

    def _choose(self, one: Locator, sent: bytes) -> None:
        with self.page.expect_response(lambda answer: sent in (answer.request.post_data_buffer or b"")):
            if (keys := self._keys_to(one, marks=True)) and self._is_shorter(keys):
                self._type(keys, thinking=M)
            else:
                self._point(M)
                one.check()
        if not one.is_checked():
            raise SystemExit(f"Not chosen: {one}")
        self.page.wait_for_timeout(100)

    def press(self, one: Locator, *, loads: bool = False) -> None:
        """A button or a summary; ``loads`` says that it brings the page anew."""
        with self._about("page"):
            self._point(M)
            one.click()
            if loads:
                self.page.wait_for_load_state("load")
                self._answer()

    def paste(self, one: Locator, text: str) -> None:
        """What was copied before, into a text box: a click, Ctrl and V."""
        with self._about(_question(one)):
            self._point(M)
            self.seconds, self.keys, self.boxes = self.seconds + H + 2 * K, self.keys + 2, self.boxes + 1
            self.on_keyboard = True
            one.fill(text)

    def sign(self, one: Locator) -> None:
        """The person's own hand on the officer's device: M, and three seconds (``SIGNS``)."""
        with self._about("signed_as"):
            self.seconds, self.boxes = self.seconds + M + SIGNS, self.boxes + 1
            one.fill("Rowan")
            self.on_keyboard = True
        self.page.wait_for_timeout(2000)

    def pick(self, one: Locator, *, typed: str = "", index: int | None = None) -> None:
        """A list: reached by Tab and ``typed`` into (its option, by code), else opened and chosen from by the mouse."""
        with self._about(_question(one)):
            self._pick(one, typed, index)
        self.page.wait_for_timeout(1000)  # the thought before what comes next, in which the service answers

    def _pick(self, one: Locator, typed: str, index: int | None) -> None:
        keys = self._keys_to(one)
        if typed and keys is not None and self._is_shorter([*keys, *typed], than=2 * (P + B)):
            self._type([*keys, *typed], thinking=M)
        else:
            self._point(M)
            self._point(0)
            one.select_option(index=index, value=typed or None)

    def find(self, one: Locator, text: str) -> None:
        """An entry of a catalogue: ``text`` into its box, then the first that is found."""
        with self._about("offence"):
            self._write(one, text)
            self.page.wait_for_selector("li[role=option]")
            self._type(["ArrowDown", "Enter"])

    def write(self, one: Locator, text: str) -> None:
        """A text box, reached by Tab or by the mouse, whichever is shorter."""
        with self._about(_question(one)):
            self._write(one, text)

    def _write(self, one: Locator, text: str) -> None:
        keys = self._keys_to(one)
        self.boxes += 1
        if keys is not None and self._is_shorter(keys, than=P + B + H):
            self._type([*keys, *text], thinking=M)
            return
        self._point(M)
        one.click()
        self._type([*text])

    def send(self, button: Locator) -> None:
        """The button at the end: foreseen, so no M. Enter does the same from a box or a radio."""
        self._measure()
        with self._about("record"):
            self._send(button)

    def _measure(self) -> None:
        """How long the page is on a telephone when all is chosen."""
        wide = self.page.viewport_size
        self.page.set_viewport_size(TELEPHONE)
        self.screens = round(self.page.evaluate("document.documentElement.scrollHeight") / TELEPHONE["height"], 1)
        self.page.set_viewport_size(wide)

    def _send(self, button: Locator) -> None:
        by_enter = self.on_keyboard and self.page.evaluate("document.activeElement.matches('input')")
        with self.page.expect_event("load"):  # a new address alone is no new page
            if by_enter:
                self.seconds, self.keys = self.seconds + K, self.keys + 1
                self.page.keyboard.press("Enter")
            else:
                self._point(0)
                button.click()
        self._answer()

    def search(self, text: str) -> None:
        """Into the box where the keyboard stands, which looks first for somebody on record."""
        self.boxes += 1
        with self._about("name"):
            self._type([*text], thinking=M)
            with self.page.expect_event("load"):
                self.seconds, self.keys = self.seconds + K, self.keys + 1
                self.page.keyboard.press("Enter")
            self._answer()

    def _keys_to(self, one: Locator, *, marks: bool = False) -> list[str] | None:
        """The keys from where the keyboard stands to this input; ``marks``: and to choose it. None: no way by Tab."""
        found = one.evaluate(REACH)
        if found is None:
            return None
        steps = found["steps"]
        arrows = ["ArrowDown" if steps > 0 else "ArrowUp"] * abs(steps)
        return ["Tab"] * found["tabs"] + (arrows or (["Space"] if marks else []))

    def _is_shorter(self, keys: list[str], than: float = P + B) -> bool:
        """Whether these keys take less time than the mouse, with the movement of the hand between the two."""
        return K * len(keys) + (0 if self.on_keyboard else H) < than + (H if self.on_keyboard else 0)

    def _type(self, keys: list[str], thinking: float = 0) -> None:
        self.seconds += thinking + (0 if self.on_keyboard else H) + K * len(keys)
        self.on_keyboard = True
        self.keys += len(keys)
        for key in keys:
            self.page.keyboard.press(key)
        self.inputs = max(self.inputs, self.page.evaluate(VISIBLE))

    def _point(self, thinking: float) -> None:
        self.seconds += thinking + P + B + (H if self.on_keyboard else 0)
        self.on_keyboard = False
        self.clicks += 1
        self.inputs = max(self.inputs, self.page.evaluate(VISIBLE))

    def _answer(self, *, whole: bool = True) -> None:
        self.seconds += R
        self.loads += 1 if whole else 0
        self.inputs = max(self.inputs, self.page.evaluate(VISIBLE))

    @property
    def told(self) -> dict[str, float]:
        return {
            "ui_s": round(self.seconds, 1),
            "exit_s": round(sum(seconds for what, seconds in self.lines if what in EXIT), 1),
            **{name: getattr(self, name) for name in ("loads", "clicks", "keys", "boxes", "inputs", "screens")},
        }


def main() -> None:
    with service() as address:
        known = [f"{address}/decisions/new?person={pk}&crime={crime}" for pk, crime in incidents()]
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


def _accepted(hand: Hand, then: Callable[[], None] = lambda: None) -> None:
    hand.choose(hand.page.get_by_label("Offered and accepted"))
    then()
    _account(hand, offers=True)
    _offer(hand)
    if (box := hand.page.get_by_label("Signature: their name")).count():
        hand.sign(box)
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


def _offer(hand: Hand) -> None:
    page = hand.page
    hand.choose(page.locator("#offers input").first, asks=True)  # as the rules put them in order
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


def _question(one: Locator) -> str:
    """What an input asks, without the row in which it stands: "crimes-0-victim_stance" asks "victim_stance"."""
    name = (one.get_attribute("name") or "").rpartition("-")[2]
    return name if name in WHY else "offer's own question"


def incidents() -> list[tuple[int, str]]:
    """For each journey a man of the demonstration, 20 to 60, and a shop theft on record that is not yet his.

    Each has said how he describes himself, and nothing is on record of earlier outcomes: what came earlier is asked.
    """
    year = clock.today().year
    men = Person.objects.filter(force__slug="avonford", sex="male").exclude(telephone="")
    men = men.exclude(ethnicity_self_defined="")
    people = men.filter(date_of_birth__year__range=(year - 60, year - 20)).order_by("-pk")
    thefts = Allegation.objects.filter(crime__force__slug="avonford", offence__policy_group="shop_theft")
    number, owner = thefts.order_by("-committed_on").values_list("crime__number", "case__person")[0]
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


JOURNEYS = (known_incident, new_person, pasted, by_number, not_offered, declined, new_not_offered)

if __name__ == "__main__":
    main()
