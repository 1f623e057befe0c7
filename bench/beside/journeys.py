"""What people do while everything fails (bench/chaos.py), by HTTP as a browser would: officers, partner, inspector.

What could not be sent is sent again, the same, as somebody does who reads that there is a problem. The ledger holds
each thing that was asked, whether it was answered, and what was seen each time it was not.
"""

import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from http.cookiejar import CookieJar
from random import Random
from typing import Any

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
ATTENDANCE = re.compile(r'action="([^"]+/attendance)"(?:(?!</form>).)*?name="version" value="(\d+)"', re.DOTALL)
ACCEPTANCE = re.compile(r'action="[^"]+/accept"(?:(?!</form>).)*?name="version" value="(\d+)"', re.DOTALL)
LOGIN = "/accounts/login/"
PATIENCE, AGAIN_SECONDS, NEVER_SECONDS = 40, 0.5, 180
Fields = Mapping[str, Any]


class _Stays(urllib.request.HTTPRedirectHandler):
    """An answer is an answer, also one that leads elsewhere."""

    def redirect_request(self, *_args: Any) -> None:
        return None


@dataclass
class Ask:
    """One thing that was asked of the service, under ``key``; ``answered`` is where the answer led."""

    kind: str
    key: str
    answered: str = ""
    tries: int = 0


@dataclass
class Ledger:
    asks: list[Ask] = field(default_factory=list)
    typed: set[str] = field(default_factory=set)  # names of people, of which no log may hold one
    seen: Counter[str] = field(default_factory=Counter)
    slowest: dict[str, float] = field(default_factory=dict)  # of an answered POST, by what was wrong at the time
    wrong: Callable[[], str] = lambda: ""
    stop: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, kind: str, key: str) -> Ask:
        found = Ask(kind, key)
        with self.lock:
            self.asks.append(found)
        return found

    def note(self, what: str) -> None:
        with self.lock:
            self.seen[what] += 1

    def took(self, seconds: float, wrong: str) -> None:
        with self.lock:
            self.slowest[wrong] = max(self.slowest.get(wrong, 0.0), seconds)


class Browser:
    """One person at one browser, who reaches the service at ``address``."""

    address, headers = "http://localhost:{port}", dict[str, str]()

    def __init__(self, ports: Sequence[int], email: str, password: str, ledger: Ledger) -> None:
        self.ports, self.email, self.password, self.ledger = list(ports), email, password, ledger
        keeps = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), keeps, _Stays())

    def ask(self, path: str, data: Fields | None = None) -> tuple[int, str, str]:
        """Status, where it leads, and the page; 0 for no answer at all: the other host is asked next, as by a proxy."""
        status, leads, said = self._asked(path, data)
        if not status:
            self.ports.reverse()
        return status, leads, said

    def _asked(self, path: str, data: Fields | None) -> tuple[int, str, str]:
        sent = urllib.parse.urlencode(data, doseq=True).encode() if data is not None else None
        address = self.address.format(port=self.ports[0])
        request = urllib.request.Request(address + path, sent, self.headers)  # noqa: S310 - a machine of ours
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return self._told(error)
        except (OSError, HTTPException):
            return 0, "", ""

    def _told(self, error: urllib.error.HTTPError) -> tuple[int, str, str]:
        try:
            return error.code, error.headers.get("Location", ""), error.read().decode()
        except (OSError, HTTPException):
            return 0, "", ""

    def see(self, path: str) -> str:
        """A page, however often it takes, with a sign-in where one is asked; "" once all is to stop."""
        while not self.ledger.stop.is_set():
            status, leads, page = self.ask(path)
            if status == 200:
                return page
            if LOGIN in leads:
                self.sign_in()
            elif status in (301, 302):
                path = leads
            elif status in (403, 404):
                return ""
            else:
                time.sleep(AGAIN_SECONDS)
        return ""

    def sign_in(self) -> None:
        page = self.see(LOGIN)
        if token := TOKEN.search(page):
            self.ask(LOGIN, {"login": self.email, "password": self.password, "csrfmiddlewaretoken": token[1]})

    def send(self, asked: Ask, path: str, page: str, data: Fields, mark: str) -> bool:
        """Send a form until it is answered; whether it was. ``mark`` must stand on an error page: what was typed."""
        token, until = TOKEN.search(page), time.monotonic() + NEVER_SECONDS
        while token and time.monotonic() < until:
            began, wrong = time.monotonic(), self.ledger.wrong()
            status, leads, said = self.ask(path, {**data, "csrfmiddlewaretoken": token[1]})
            asked.tries += 1
            if status == 302 and LOGIN not in leads:
                asked.answered = leads
                self.ledger.took(time.monotonic() - began, wrong or self.ledger.wrong())
                return True
            if status in (200, 400, 404, 409, 422):
                self.ledger.note(f"refused: {_heading(said)}"[:80])
                return False
            self._note(status, said, mark)
            time.sleep(AGAIN_SECONDS)
            if LOGIN in leads or status == 403:
                self.sign_in()
                token = TOKEN.search(self.see("/decisions/new" if "/decisions" in path else "/")) or token
        return False

    def _note(self, status: int, said: str, mark: str) -> None:
        if not status:
            self.ledger.note("no answer: the connection broke off")
        elif status >= 500 and _heading(said):
            kept = "kept" if mark in said else "NOT kept"
            self.ledger.note(f"{_heading(said)}; what was typed is {kept}")
        elif status in (302, 403):
            self.ledger.note("asked to sign in again, or to load the page again")
        else:
            self.ledger.note(f"NO SENTENCE: status {status}")


def _heading(page: str) -> str:
    found = HEADING.search(page)
    return " ".join(re.sub("<[^>]+>", "", found[1]).split()) if found else ""


def record(browser: Browser, chance: Random, decision: Fields, number: str) -> Ask:
    """An officer records a decision, and one in five sends it once more."""
    submission = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    family = "".join(chr(97 + int(one, 16)) for one in submission[:8]).title()
    own = {"submission": submission, "crimes-0-number": number, "family_name": family, "signed_as": f"Sam {family}"}
    browser.ledger.typed.add(family)
    asked = browser.ledger.ask("decision", submission)
    path = "/decisions/new"
    page = browser.see(path)
    if browser.send(asked, path, page, {**decision, **own}, submission) and chance.random() < 0.2:
        again = browser.ledger.ask("decision", submission)
        browser.send(again, path, page, {**decision, **own}, submission)
        if again.answered and again.answered != asked.answered:
            browser.ledger.note("DOUBLED: sent again, it led elsewhere")
    return asked


def help_somebody(browser: Browser, chance: Random, reference: str, navigator: str, today: str) -> None:
    """A partner takes a referral on, plans a meeting, records that the person came, and a contact."""
    at, place = f"/referrals/{reference}/", f"Room {chance.getrandbits(40)}"
    page = browser.see(at)
    if version := ACCEPTANCE.search(page):
        taken = {"version": version[1], "navigator": navigator}
        browser.send(browser.ledger.ask("acceptance", reference), f"{at}accept", page, taken, navigator)
    meeting = {"day": today, "time": "00:01", "place": place}
    if browser.send(browser.ledger.ask("meeting", place), f"{at}appointments", browser.see(at), meeting, place):
        page = browser.see(at)
        for path, version in ATTENDANCE.findall(page)[:1]:
            came = {"version": version, "attendance": "attended"}
            browser.send(browser.ledger.ask("attendance", path), path, page, came, "attended")
    submission = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    contact = {"submission": submission, "channel": "telephone", "reached": "yes", "note": place}
    browser.send(browser.ledger.ask("contact", submission), f"{at}contacts", browser.see(at), contact, submission)


def ask_for_report(browser: Browser, start: str, end: str) -> None:
    """An inspector asks for a report; asked once, whatever comes of it, for each asking makes one."""
    path = "/monitoring/reports"
    token = TOKEN.search(browser.see("/monitoring/"))
    if not token:
        return
    asked = browser.ledger.ask("report", path)
    asked.tries = 1
    data = {"csrfmiddlewaretoken": token[1], "start": start, "end": end, "source": "live"}
    status, leads, said = browser.ask(path, data)
    if status == 302 and LOGIN not in leads:
        asked.answered = leads
    elif status not in (200, 400, 422):
        browser._note(status, said, start)
