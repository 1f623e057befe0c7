"""What the force's record system tells, taken into the page "Record a decision" as if it had been typed."""

import re
from typing import Any

from django.http import QueryDict

from cases.models.crime import crime_number
from diversion.design_system.repeating import typed_number
from diversion.months import FULL_MONTHS, MONTHS
from diversion.names.typed import UnreadableDate, read
from referrals.forms.crimes import initial_known
from referrals.forms.narrowing import RecordingPage
from referrals.forms.reopening import as_sent

#: Buttons of the page: fill in the row of a crime; take somebody whom the record system names.
FILL, NAMED = "fill", "named"
SHORTEST = 9  # figures of a crime number that has nothing but figures: a date has fewer


def crime_sought(text: str) -> str:
    """The crime number that was typed where a person or a crime is looked for; "" for a name, a day, or both.

    A word with letters and figures is a number ("AV/1234/26"), unless it is a day ("4jun2001", "3rd"), and so is a
    long one of figures alone.
    """
    try:
        if read(text).born is not None:
            return ""
    except UnreadableDate:
        return ""
    return crime_number(text) if any(map(_is_number, text.split())) else ""


def _is_number(word: str) -> bool:
    figures, letters = re.sub(r"\D", "", word), re.sub(r"[^A-Za-z]", "", word).lower()
    if not figures or letters in {*MONTHS, *FULL_MONTHS, "st", "nd", "rd", "th"}:
        return False
    return bool(letters) or len(figures) >= SHORTEST or re.fullmatch(r"\d+/\d{3,}/\d+", word) is not None


def filled(page: RecordingPage, pressed: QueryDict) -> QueryDict:
    """What was typed, with what the record system tells in its place where one of the buttons asked for it."""
    data = page.data.copy()
    if FILL in pressed:
        _fill_crime(page, typed_number(pressed[FILL]), data)
    if NAMED in pressed:
        _fill_person(page, pressed.get(NAMED, ""), data)
    return data


def _fill_crime(page: RecordingPage, place: int | None, data: QueryDict) -> None:
    known = page.known.get(place) if place is not None else None
    if known is not None:
        told = initial_known(known, page.offences)
        _put(data, {f"crimes-{place}-{name}": value for name, value in told.items()})


def _fill_person(page: RecordingPage, key: str, data: QueryDict) -> None:
    """Nobody, where the record system has taken the name back since."""
    for one in page.suspects:
        if one.key == key:
            who = one.suspect
            names = {"given_names": who.given_names, "family_name": who.family_name}
            _put(data, names | {"date_of_birth": who.day_of_birth or "", "sex": who.sex})


def _put(data: QueryDict, values: dict[str, Any]) -> None:
    for name, sent in as_sent(values).lists():
        data.setlist(name, sent)
