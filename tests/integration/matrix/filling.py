"""What somebody would send from a page: its own forms, with what it shows in them, and the rest filled in plausibly."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from diversion import clock
from diversion.demonstration.cast import PASSWORD

BUTTONS = frozenset({"submit", "image", "button", "reset"})
WORDS = "It was talked about with them, and they agree."
#: The end of a name in whose box somebody types a date.
DATES = re.compile(r"(_on|_until|_from|_to|date|day|repeal|\bstart|\bend)$")
#: By a part of a field's name, what somebody types there; the first that fits.
TYPED = (
    ("email", "new.person@avonford.example"),
    ("postcode", "AV1 2BC"),
    ("telephone", "07700 900123"),
    ("number", "AV/9999/26"),
    ("time", "10:30"),
    ("hour", "10"),
    ("minute", "30"),
    ("name", "Alex Field"),
    ("size", "1"),
)


@dataclass
class Input:
    """A field as the page shows it: ``options`` where one is chosen, ``values`` what stands in it."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """One form of a page, where it is sent, and each button by which it can be."""

    address: str
    inputs: dict[str, Input] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def path(self) -> str:
        return urlsplit(self.address).path


@dataclass(frozen=True)
class Way:
    """How what a page leaves open is filled in: ``days`` from today where a day is asked for."""

    days: int = 7
    ticks: bool = False
    chooses: int = 0


WAYS = (Way(), Way(days=-1, ticks=True), Way(days=0, chooses=-1), Way(ticks=True, chooses=-1))


class _Page(HTMLParser):
    """Collects the forms that are sent by POST; a control may name its form from outside of it."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms, self.by_id = address, [], {}  # type: ignore[var-annotated]
        self.form: Form | None = None
        self.chosen: Input | None = None
        self.text: Input | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._begin(given)
        form = self.by_id.get(given.get("form", ""), self.form)
        if form is None or "disabled" in given:
            return
        if tag == "button" or (tag == "input" and given.get("type") in BUTTONS):
            form.buttons.append((given.get("name", ""), given.get("value", "")))
        elif tag == "input" and given.get("name"):
            _add(form, given)
        elif tag in ("select", "textarea") and given.get("name"):
            found = form.inputs.setdefault(given["name"], Input(given["name"], tag))
            self.chosen, self.text = (found, None) if tag == "select" else (None, found)
        elif tag == "option" and self.chosen is not None and given.get("value"):
            self.chosen.options.append(given["value"])
            self.chosen.values += [given["value"]] if "selected" in given else []

    def handle_data(self, data: str) -> None:
        if self.text is not None and data.strip():
            self.text.values.append(data.strip())

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag in ("select", "textarea"):
            self.chosen = self.text = None

    def _begin(self, given: dict[str, str]) -> None:
        found = Form(urljoin(self.address, given.get("action") or self.address))
        self.form = found
        if given.get("id"):
            self.by_id[given["id"]] = found
        if given.get("method", "get").lower() == "post":
            self.forms.append(found)


def _add(form: Form, given: dict[str, str]) -> None:
    kind, value = given.get("type", "text"), given.get("value", "")
    found = form.inputs.setdefault(given["name"], Input(given["name"], kind))
    if kind in ("radio", "checkbox"):
        found.options.append(value or "on")
        found.values += [value or "on"] if "checked" in given else []
    elif value:
        found.values.append(value)


def forms_of(page: bytes, address: str) -> list[Form]:
    """The forms on a page that are sent by POST."""
    parser = _Page(address)
    parser.feed(page.decode(errors="replace"))
    return parser.forms


def bodies(form: Form) -> list[str]:
    """The form as it may be sent: each way of filling it in, by each of its buttons; no two the same."""
    buttons = form.buttons or [("", "")]
    sent = [
        urlencode(
            [*((one.name, value) for one in form.inputs.values() for value in filled(one, way)), *_pressed(button)]
        )
        for way in WAYS
        for button in buttons
    ]
    return list(dict.fromkeys(sent))


def _pressed(button: tuple[str, str]) -> list[tuple[str, str]]:
    return [button] if button[0] else []


def filled(one: Input, way: Way) -> list[str]:
    """What is sent of a field: what stands in it, or else what ``way`` puts there."""
    if one.values or one.kind == "hidden":
        return one.values or [""]
    if one.kind == "checkbox":
        return one.options[:1] if way.ticks else []
    if one.kind in ("radio", "select"):
        return [one.options[way.chooses]] if one.options else []
    return [_typed(one, way)]


def _typed(one: Input, way: Way) -> str:
    day, name = clock.today() + timedelta(days=way.days), one.name.lower()
    if one.kind == "password":
        return PASSWORD
    if one.kind == "number":
        return "1"
    if DATES.search(name):
        return f"{day:%-d %-m %Y}"
    return next((value for part, value in TYPED if part in name), WORDS)


def with_value(form: Form, name: str, value: str) -> Form:
    """The same form, with ``value`` sent for one of its fields, whatever the page offers there."""
    changed = replace(form.inputs[name], kind="hidden", values=[value], options=[])
    return replace(form, inputs=form.inputs | {name: changed})


def choices(form: Form) -> dict[str, set[str]]:
    """By the name of each field that offers records, by number: which."""
    offered: dict[str, Any] = {
        name: {one for one in field.options if one.isdecimal()} for name, field in form.inputs.items()
    }
    return {name: values for name, values in offered.items() if values}
