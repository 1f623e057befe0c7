"""An officer's hand on one page of a browser: it does, and counts, each movement (Keystroke-Level Model)."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page

K, P, B, H, M, R = 0.28, 1.1, 0.2, 0.4, 1.35, 0.5
SIGNS = 3.0  # to write a name
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
    "rationale": "policy: why somebody is not referred where the force's policy refers",
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


def _question(one: Locator) -> str:
    """What an input asks, without the row in which it stands: "crimes-0-victim_stance" asks "victim_stance"."""
    name = (one.get_attribute("name") or "").rpartition("-")[2]
    return name if name in WHY else "offer's own question"
