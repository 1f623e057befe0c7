"""Every field that a release may have, and what the attacker makes of it: no other may stand in one.

A field that nobody attacks could be a function of the hidden counts: the number of sensitive cells, say, which beside
the marks tells that each of them is small. So a field that is not named here is a fault of the release, and not a
detail to be passed over.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from reporting.suppression.knowledge import BadRelease

#: What the attacker learns counts from.
LEARNT = "a count, or what limits one"
#: Which cells there are and how they add up; the same whatever the counts are.
SHAPE = "which counts there are"
#: Words that were settled before anything was counted. A number in them would be one that nobody attacks.
SAID = "words"
#: Sentences, of which none may hold a figure.
NOTE = "sentences without a figure"

Fields = Mapping[str, str]
RELEASE: Fields = {
    **dict.fromkeys(("format", "parts", "tables"), SHAPE),
    **dict.fromkeys(("policy", "rates", "ratios"), LEARNT),
    **dict.fromkeys(("name", "audience", "force", "force_name", "from", "to", "unit", "source", "grade"), SAID),
    "footnotes": NOTE,
}
POLICY: Fields = dict.fromkeys(("threshold", "protection", "rounding"), LEARNT)
PART: Fields = dict.fromkeys(("whole", "part"), SHAPE)
TABLE: Fields = {
    **dict.fromkeys(("measure", "dimensions", "categories", "results", "windows", "revises"), SHAPE),
    "cells": LEARNT,
    **dict.fromkeys(("of", "time"), SAID),
}
CELL: Fields = {"at": SHAPE, **dict.fromkeys(("value", "mark", "first"), LEARNT)}
COUNT: Fields = dict.fromkeys(("measure", "at"), SHAPE)
RATE: Fields = {
    **dict.fromkeys(("numerator", "denominator"), SHAPE),
    **dict.fromkeys(("per", "decimals", "value", "mark", "interval"), LEARNT),
}
RATIO: Fields = {
    **dict.fromkeys(("group", "reference"), SHAPE),
    **dict.fromkeys(("decimals", "value", "mark", "interval"), LEARNT),
}
SIDE: Fields = dict.fromkeys(("events", "people"), SHAPE)


def check(content: Mapping[str, Any]) -> None:
    """BadRelease where the release has a field that the attacker does not reckon with, or words that hold a figure."""
    _only(content, RELEASE, "A release")
    _check_days(content)
    _only(content.get("policy", {}), POLICY, "The policy")
    _each(content.get("parts", []), lambda one: _only(one, PART, "A part"))
    _each(content["tables"], _table)
    _each(content.get("rates", []), _rate)
    _each(content.get("ratios", []), _ratio)


def _check_days(content: Mapping[str, Any]) -> None:
    """Where a release says of which days it is, as dates, the first is not after the last."""
    try:
        first, last = (date.fromisoformat(content[name]) for name in ("from", "to"))
    except (KeyError, ValueError):
        return  # another way to say it, or none: it tells the attacker nothing
    if first > last:
        raise BadRelease(f"The release is from {first} to {last}, which is before it: correct 'from' or 'to'.")


def _table(told: Mapping[str, Any]) -> None:
    _only(told, TABLE, "A table")
    _each(told["cells"], lambda one: _only(one, CELL, "A cell"))
    if "revises" not in told and any("first" in cell for cell in told["cells"]):
        raise BadRelease("A cell tells what was told first, and its table not of which measure: say what it 'revises'.")


def _rate(told: Mapping[str, Any]) -> None:
    _only(told, RATE, "A rate")
    _each([told["numerator"], told["denominator"]], lambda one: _only(one, COUNT, "A count of a rate"))


def _ratio(told: Mapping[str, Any]) -> None:
    _only(told, RATIO, "A ratio")
    for side in (told["group"], told["reference"]):
        _only(side, SIDE, "A side of a ratio")
        _each([side["events"], side["people"]], lambda one: _only(one, COUNT, "A count of a ratio"))


def _each(found: Any, check_one: Callable[[Mapping[str, Any]], None]) -> None:
    for one in found:
        check_one(one)


def _only(told: Mapping[str, Any], fields: Fields, what: str) -> None:
    for name, value in told.items():
        if name not in fields:
            raise BadRelease(
                f"{what} tells '{name}', with which the attacker does not reckon: it could be worked out from hidden "
                "counts, and they from it. Take it out."
            )
        if fields[name] == SAID and not isinstance(value, str):
            raise BadRelease(f"'{name}' of {what.lower()} is words, not {value!r}.")
        if fields[name] == NOTE:
            _check_notes(value)


def _check_notes(notes: Any) -> None:
    for note in notes if isinstance(notes, list) else [None]:
        if not isinstance(note, str):
            raise BadRelease(f"The footnotes are a list of sentences, not {notes!r}.")
        if any(sign.isdigit() for sign in note):
            raise BadRelease(f"A footnote holds a figure, which nobody attacks: '{note}'. Say it without.")
