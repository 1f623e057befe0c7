"""Entries and files of the catalogue, as tests need them."""

from datetime import date
from typing import Any

from cases.catalogue.entry import Entry
from cases.catalogue.files import Offered, read_content
from cases.catalogue.planning import Kept, Plan

HEADER = "code,title,group,policy_group,mode,act,section,valid_from,valid_to"
ROW = "ticket-touting,Ticket touting,Miscellaneous,other,summary,Criminal Justice and Public Order Act 1994,s.166,,"


def entry(code: str = "ticket-touting", **changes: Any) -> Entry:
    values: dict[str, Any] = {
        "code": code,
        "title": "Ticket touting",
        "group": "Miscellaneous",
        "policy_group": "other",
        "mode": "summary",
        "source": "a test",
    }
    return Entry(**(values | changes))


def row(**changes: str) -> dict[str, str]:
    """A row of words that is an entry."""
    values = {"code": "ticket-touting", "title": "Ticket touting", "group": "Miscellaneous", "policy_group": "other"}
    return values | {"mode": "summary", "source": "a test"} | changes


def offered(*entries: Entry) -> Offered:
    return Offered(tuple(enumerate(entries, start=2)))


def read(text: str | bytes) -> Offered:
    content = text.encode() if isinstance(text, str) else text
    return read_content(content, "offences.csv")


def after(plan: Plan, before: list[Kept]) -> list[Kept]:
    """What is there once the plan is carried out, as the action does it."""
    closing = {kept.pk: last for kept, last in plan.closing}
    changed = {step.kept.pk: step.entry for step in plan.steps if step.kept}
    there = [Kept(one.pk, one.entry.ending(closing[one.pk])) if one.pk in closing else one for one in before]
    there = [Kept(one.pk, changed.get(one.pk, one.entry)) for one in there]
    new = [step.entry for step in plan.steps if step.kept is None]
    first = max((one.pk for one in before), default=0) + 1
    return there + [Kept(number, each) for number, each in enumerate(new, start=first)]


JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
