"""What the record system tells of a crime, for the page that records a decision; each look is logged once a shift."""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from cases.intake.crimes import Suspect, is_number
from cases.models import Crime, KnownCrime, Person
from cases.models.crime import crime_number
from cases.queries.logged import log_shown
from cases.queries.people import SEARCHED, SHOWN_LASTS, was_shown
from diversion import audit, clock
from diversion.accounts.models import User
from diversion.audit import queries as log
from diversion.names.folding import words
from diversion.postgres.locks import one_at_a_time
from diversion.refusals import Refused

LOOKED_UP, LOOKED_UP_MANY = "crime.looked_up", "crime.looked_up_many"
#: Crimes of the record system looked up in a shift: from then on listed as unusual, and no more. Numbers can be tried
#: one after another, and each names people.
MANY, MOST = 30, 90


class Named(NamedTuple):
    """Somebody whom the record system names, and who of those on record here has that name and that day of birth.

    ``key`` tells them from everybody else who is named of this crime, also when its row has been sent anew.
    """

    suspect: Suspect
    key: str
    people: Sequence[Person] = ()


def known_crime(*, number: str, by: User) -> KnownCrime | None:
    """What is told of the crime of this number. Raises Refused once ``by`` has looked up MOST of them in this shift."""
    found = KnownCrime.objects.visible_to(by).filter(number=crime_number(number)).first()
    if found is not None:
        _log(found, by)
    return found


def is_known_number(typed: str, *, by: User) -> bool:
    """Whether this is the whole number of a crime that is known here; what it is of is not told."""
    number = crime_number(typed)
    if not is_number(number):
        return False
    told = KnownCrime.objects.visible_to(by).filter(number=number)
    return told.exists() or Crime.objects.filter(force=by.organisation_id, number=number).exists()


def named_of(*known: KnownCrime, by: User) -> list[Named]:
    """Whom they name, each with those on record here who may be meant: they are shown as a search would show them."""
    suspects = list(dict.fromkeys(Suspect(**told) for one in known for told in one.suspects))
    born = _by_birth(suspects, by)
    found = [Named(one, _key(one), _people(one, born)) for one in suspects]
    fresh = [person for one in found for person in one.people if not was_shown(person, by, SHOWN_LASTS / 2)]
    if fresh:
        log_shown(SEARCHED, dict.fromkeys(fresh), by=by)
    return found


def _log(known: KnownCrime, by: User) -> None:
    looks = log.own_events(by, clock.now() - SHOWN_LASTS, [LOOKED_UP, LOOKED_UP_MANY])
    if looks.about(audit.subject_key(known)).exists():
        return
    one_at_a_time(f"crimes looked up by {by.pk}")  # of many pages asked for at once each would find the count below
    number = len(looks[:MOST])
    if number == MOST:
        raise Refused(f"You have looked up {MOST} crimes in this shift. Ask your supervisor to have this one recorded.")
    kind = LOOKED_UP_MANY if number >= MANY else LOOKED_UP
    # The number stays in the log: the row goes, and nothing else would say which crime it was.
    audit.record(kind, audit.Nature.CONSULTATION, by=by, subjects=[known], detail={"crime_number": known.number})


def _by_birth(suspects: Sequence[Suspect], by: User) -> dict[date, list[Person]]:
    """People on record here who were born on the days of ``suspects``, asked once for all of them."""
    days = {day for one in suspects if (day := one.day_of_birth)}
    found: dict[date, list[Person]] = {}
    if days:
        people = Person.objects.visible_to(by).filter(date_of_birth__in=days).select_related("merged_into")
        for one in people.order_by("pk"):
            found.setdefault(one.date_of_birth, []).append(one)
    return found


def _people(suspect: Suspect, born: Mapping[date, Sequence[Person]]) -> list[Person]:
    """Only of the whole name, in any order, and the day of birth: nobody is shown by half of what is known."""
    name, day = set(words(f"{suspect.given_names} {suspect.family_name}")), suspect.day_of_birth
    if day is None or not name:
        return []
    same = [one for one in born.get(day, ()) if set(words(f"{one.given_names} {one.family_name}")) == name]
    return list(dict.fromkeys(one.as_kept for one in same))


def _key(suspect: Suspect) -> str:
    return sha256(repr(suspect).encode()).hexdigest()[:16]
