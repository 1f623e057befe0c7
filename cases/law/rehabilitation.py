"""What a person is told about their record before they consent, and when a caution is spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from cases.law.data import Dated, load_table, refuse_overlaps, version_on
from cases.law.dates import add_months, long_date
from cases.law.disposals import get

ROA = "Rehabilitation of Offenders Act 1974 Sch 2 para 1"


class Wording(Dated, frozen=True, extra="forbid"):
    """One version of what a person is told. `approved_by` is empty for the default: a force approves its own."""

    code: str
    version: int
    spent: Literal["at_once", "months", "not_a_caution", "not_commenced"]
    months: int | None = None
    text: str
    source: str
    approved_by: str = ""
    approved_on: date | None = None


@lru_cache(maxsize=1)
def default_wordings() -> tuple[Wording, ...]:
    """The wordings that ship, none of them approved."""
    found = load_table("rehabilitation.toml", "wording", Wording)
    refuse_overlaps("rehabilitation.toml", [(wording.code, wording) for wording in found])
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """The words to show and to keep on the signed document. `needs_approval`: the force has not approved any yet."""

    code: str
    version: int
    text: str
    approved_by: str
    needs_approval: bool
    explanation: str
    source: str


def wording_for(disposal: str, at: date, approved: Sequence[Wording] = ()) -> Told:
    """The words for a disposal on a day: the force's own approved version in force then, or else the default.

    Of several approved versions in force the highest numbered is used. An approval dated after `at` does not count yet.
    """
    key = get(disposal, at).spent_key
    own = [
        wording
        for wording in approved
        if wording.code == key
        and wording.valid_on(at)
        and wording.approved_by
        and (wording.approved_on is None or wording.approved_on <= at)
    ]
    if own:
        best = max(own, key=lambda wording: wording.version)
        words = f"Version {best.version}, approved by {best.approved_by}."
        return Told(key, best.version, best.text, best.approved_by, False, words, best.source)
    default = _default(key, at)
    words = "Default wording: your force has to approve it before it is shown to anyone."
    return Told(key, default.version, default.text, "", True, words, default.source)


def _default(key: str, at: date) -> Wording:
    return version_on([wording for wording in default_wordings() if wording.code == key], at, what=f"Wording “{key}”")


@dataclass(frozen=True, slots=True)
class Spent:
    """When a caution is spent; `on` is none for what is not a caution."""

    on: date | None
    explanation: str
    source: str = ROA


def spent_on(disposal: str, given_on: date, *, ceased_on: date | None = None) -> Spent:
    """The day by whose end a caution is spent: at once, or after three months, or when it ceased, if earlier."""
    default = _default(get(disposal, given_on).spent_key, given_on)
    if default.spent in ("not_a_caution", "not_commenced"):
        return Spent(None, "Not a caution, so there is nothing to become spent.", default.source)
    on = given_on if default.months is None else add_months(given_on, default.months)
    if ceased_on is not None and given_on <= ceased_on < on:
        on = ceased_on
    when = "as soon as it is given, on" if default.months is None else "at the end of"
    return Spent(on, f"Spent {when} {long_date(on)}.")
