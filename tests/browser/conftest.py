"""Journeys in a real browser, against a live server, with a real worker where one is needed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from diversion import clock
from diversion.celery import app
from diversion.demonstration import schemes
from diversion.demonstration.cast import PASSWORD
from tests.browser.browser import launch_options
from tests.conftest import Cast, password_hash
from tests.factories.ground import assemble

AXE = (settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js").read_text()
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}

# The rules of WCAG 2.2 AA, and axe's best practices.
AXE_OPTIONS = {"resultTypes": ["violations"]}
#: Until the page has been drawn at its new width, and its own scripts have seen that.
DRAWN = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"

# Both in milliseconds. How long a page may take says nothing about whether it is right: a busy machine must not
# fail a journey.
PATIENCE, PAUSE = 60_000, 50
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(**launch_options())
        yield running
        running.close()


@pytest.fixture
def site(live_server: Any) -> Cast:
    """A live server whose database holds the cast and every scheme of the library, with appointments to book."""
    cast = assemble(password_hash())
    schemes.set_up(cast["elin"])
    schemes.offer_appointments()
    return cast


class Visitor:
    """Someone at a browser: signs in, goes to pages, and checks what is on them."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.address = address

    def sign_in(self, user: Any) -> "Visitor":
        self.go("/accounts/login/")
        self.page.get_by_label("Email").fill(user.email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/accounts/login/" not in url)
        return self

    def go(self, path: str) -> "Visitor":
        self.page.goto(self.address + path)
        return self

    def settles(self, claim: str) -> "Visitor":
        """The claim about the page, in JavaScript, comes true within the patience of a test.

        Asked from outside, time and again: ``wait_for_function`` asks from within, where the site's own policy refuses
        words as script, so that it fails on the first "not yet".
        """
        for _ in range(PATIENCE // PAUSE):
            if self.page.evaluate(claim):
                return self
            self.page.wait_for_timeout(PAUSE)
        raise AssertionError(f"{self.page.url} never came to: {claim}")

    def check(self) -> "Visitor":
        """No axe violation and no sideways scrolling, at both widths, of a page that is there whole.

        A click or a key waits until the page it leads to begins to come, and no longer.
        """
        self.page.wait_for_load_state()
        self.page.evaluate(AXE)
        for size in (WIDE, NARROW):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.page.evaluate(DRAWN)
            found = self.page.evaluate("options => axe.run(document, options)", AXE_OPTIONS)["violations"]
            faults = [f"{each['id']}: {each['help']}: {[n['target'] for n in each['nodes']]}" for each in found]
            assert faults == [], (self.page.url, size, faults)
            width = self.page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], f"{self.page.url} scrolls sideways at {size['width']}: {width}"
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        return self


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Callable[..., Visitor]]:
    """``visit(user)``: a new browser window with that user signed in; ``script=False`` for one without JavaScript."""
    contexts: list[BrowserContext] = []

    def open_window(user: Any = None, *, script: bool = True) -> Visitor:
        context = browser.new_context(viewport=WIDE, java_script_enabled=script)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        visitor = Visitor(context, live_server.url)
        return visitor.sign_in(user) if user else visitor

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def worker(site: Cast, tmp_path: Path) -> Iterator[None]:
    """A real Celery worker, in a process of its own, on this test's database and queue."""
    queue = app.conf.task_default_queue
    assert os.environ["REDIS_URL"] == settings.REDIS_URL, "The worker would wait at another queue than is written to."
    base, _, _ = os.environ["DATABASE_URL"].partition("?")
    options = os.environ["DATABASE_URL"].removeprefix(base)
    address = base.rpartition("/")[0] + "/" + connection.settings_dict["NAME"] + options
    command = [sys.executable, "-m", "celery", "-A", "diversion", "worker", "-P", "solo", "-Q", queue, "-l", "INFO"]
    log = tmp_path / "worker.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "--without-gossip", "--without-mingle", "--without-heartbeat"],
            env=os.environ | {"DATABASE_URL": address, "DATABASE_OWNER_URL": "", "LOG_LEVEL": "INFO"},
            cwd=settings.BASE_DIR,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for_worker(process, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_worker(process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until the worker itself says that it consumes: a ping needs two more queues, and one day had no answer."""
    deadline = time.monotonic() + 120
    while " ready." not in log.read_text():
        assert process.poll() is None, f"The worker stopped before it was ready.\n{log.read_text()}"
        assert time.monotonic() < deadline, f"The worker was not ready within two minutes.\n{log.read_text()}"
        time.sleep(0.1)


def in_days(days: int) -> datetime:
    return datetime.combine(clock.today() + timedelta(days=days), datetime.min.time(), tzinfo=UTC)
