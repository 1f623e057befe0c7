"""What the force's record system tells, taken into the page "Record a decision" as if it had been typed."""

import re
from typing import Any

from django.http import QueryDict

from cases.models.crime import MOST_OF_NUMBER, crime_number
from cases.queries import is_known_number
from diversion.accounts.models import User
from diversion.design_system.repeating import typed_number
from diversion.names.typed import UnreadableDate, read
from referrals.forms.narrowing import RecordingPage
from referrals.forms.reopening import as_sent

#: Buttons of the page: fill in the row of a crime; take somebody whom the record system names.
FILL, NAMED = "fill", "named"
#: How a crime number is written: letters, groups of figures, letters. Anything else is looked for as a name.
NUMBER = re.compile(r"(?:[A-Z]{1,4}[ /-]?)?[0-9]+(?:[ /-][0-9]+)*(?:[ /-]?[A-Z]{1,2})?")
DAY = re.compile(r"[0-9]{1,2}[ /-][0-9]{1,2}[ /-][0-9]{2,4}(?![0-9])|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
LONG = 9  # figures of a number that is nothing but figures: a date has fewer
FEW = 4  # figures of one that is parted and begins with a figure: "3/4" is half a date


def crime_sought(text: str, *, by: User) -> str:
    """The crime number that was typed where a person or a crime is looked for; "" for a name, a day, or both.

    What is found stands in the address, where a name, a day of birth or a telephone number must not: the whole text has
    to be a number, of a crime that is known here or by how it is written.
    """
    number = crime_number(text)
    try:
        is_day = read(text).born is not None
    except UnreadableDate:
        is_day = True
    if is_day or len(number) > MOST_OF_NUMBER:
        return ""
    return number if _is_written_so(number) or is_known_number(text, by=by) else ""


def _is_written_so(number: str) -> bool:
    figures = re.sub(r"[^0-9]", "", number)
    if not NUMBER.fullmatch(number) or DAY.search(number):
        return False
    if number[0].isdigit() and figures.startswith(("0", "44")):
        return False  # a telephone number
    is_parted = re.search(r"[/-]", number) is not None and (number[0].isalpha() or len(figures) >= FEW)
    return is_parted or len(figures) >= LONG


def filled(page: RecordingPage, pressed: QueryDict) -> QueryDict:
    """What was typed, with what the record system tells in its place where one of the buttons asked for it.

    The same as was typed where the record system does not tell it any more.
    """
    data = page.data.copy()
    if FILL in pressed:
        _fill_crime(page, typed_number(pressed[FILL]), data)
    if NAMED in pressed:
        _fill_person(page, pressed.get(NAMED, ""), data)
    return data


def _fill_crime(page: RecordingPage, place: int | None, data: QueryDict) -> None:
    """What is empty: nothing that was typed changes."""
    if place is not None:
        _put(data, {f"crimes-{place}-{name}": value for name, value in page.left_to_fill(place).items()})


def _fill_person(page: RecordingPage, key: str, data: QueryDict) -> None:
    for one in page.named_now():
        if one.key == key:
            who = one.suspect
            names = {"given_names": who.given_names, "family_name": who.family_name}
            _put(data, names | {"date_of_birth": who.day_of_birth or "", "sex": who.sex})


def _put(data: QueryDict, values: dict[str, Any]) -> None:
    for name, sent in as_sent(values).lists():
        data.setlist(name, sent)
