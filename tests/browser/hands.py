"""How somebody uses a page: with the mouse, or with the keyboard alone."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator

from tests.browser.conftest import Visitor

MOST_TABS = 300


class Hand:
    """Uses a page with the mouse."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page

    def press(self, target: Locator) -> None:
        target.click()

    def tick(self, target: Locator) -> None:
        target.check()

    def pick(self, target: Locator) -> None:
        target.check()

    def write(self, target: Locator, text: str) -> None:
        target.fill(text)

    def choose(self, target: Locator, label: str) -> None:
        target.select_option(label=label)

    def link(self, name: Any) -> None:
        self.press(self.page.get_by_role("link", name=name).first)
        self.page.wait_for_load_state()

    def button(self, name: str) -> None:
        self.press(self.page.get_by_role("button", name=name))
        self.page.wait_for_load_state()


class Keyboard(Hand):
    """Uses a page with the keyboard alone: Tab until there, then the key that the control answers to."""

    def reach(self, target: Locator) -> None:
        self._tab_until(target, lambda: target.evaluate("each => each === document.activeElement"))

    def _tab_until(self, target: Locator, is_there: Callable[[], bool]) -> None:
        for _press in range(MOST_TABS):
            if is_there():
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached with the Tab key on {self.page.url}")

    def press(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def tick(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Space")

    def write(self, target: Locator, text: str) -> None:
        self.reach(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, target: Locator, label: str) -> None:
        self.reach(target)
        self.page.keyboard.type(label)

    def pick(self, target: Locator) -> None:
        """One of several radio buttons, of which only one is in the order of the Tab key."""
        group = "({name, form}) => name === document.activeElement.name && form === document.activeElement.form"
        self._tab_until(target, lambda: target.evaluate(group))
        while not target.evaluate("each => each === document.activeElement"):
            assert target.evaluate(group), f"The arrows lead past {target}"
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Space")
