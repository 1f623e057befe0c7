"""Finding people, opening them, and what led there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from cases.codes import DecisionResult, EarlierOutcomes
from cases.models import Case, Decision, Person, PersonName, Rescission
from cases.models.person import police_domain
from cases.queries.logged import log_shown
from diversion import audit, clock
from diversion.accounts.models import User
from diversion.audit import queries as log
from diversion.name_index import find, named, owners
from diversion.names.folding import words
from diversion.names.likeness import may_be_one, slips_of
from diversion.names.tokens import keys_shared, whole_words
from diversion.names.typed import Sought
from diversion.refusals import Refused

MATCHES_SHOWN = 10


@dataclass(frozen=True)
class Matches:
    """The best people of a search, those whose names are whole words of it first; ``more``: there are others."""

    people: list[Person]
    more: bool = False


def find_people(*, sought: Sought, by: User) -> Matches:
    """People of ``by``'s force by the beginning of any word of the name, by date of birth, or by both.

    A record that was put to another of the same person is found as that one.
    The search is logged with what it found.
    """
    people = Person.objects.visible_to(by).select_related("merged_into")
    found = best_matches(people, sought, domain=police_domain(by.organisation_id))
    matches = Matches(list(dict.fromkeys(one.as_kept for one in found.people)), more=found.more)
    log_shown(SEARCHED, matches.people, by=by)
    return matches


def best_matches(people: QuerySet[Person], sought: Sought, *, domain: str) -> Matches:
    """Those of ``people``, all of ``domain``, who answer what is sought. The caller logs whom it shows."""
    if sought.born is not None:
        named_so = named(PersonName, sought.ways, domain=domain) if sought.ways else Q()
        found = list(people.filter(named_so, date_of_birth=sought.born).order_by("pk")[: MATCHES_SHOWN + 1])
    else:
        ids = find(PersonName, sought.ways, domain=domain, most=MATCHES_SHOWN + 1)
        found = sorted(people.filter(pk__in=ids), key=lambda one: ids.index(one.pk))
    best = sorted(found[:MATCHES_SHOWN], key=lambda one: _distance(one, sought))
    return Matches(best, more=len(found) > MATCHES_SHOWN)


def of_person(sought: Sought, *, person: str = "person", domain: str | None = None) -> Q:
    """Rows whose ``person`` (a path) has the name and date of birth that are sought; none where nothing is.

    So has a person to whose record another of theirs was put, by what that one says.
    """
    if not sought:
        return Q(pk__in=[])
    wanted = Q(**{f"{person}__date_of_birth": sought.born}) if sought.born else Q()
    here = wanted & named(PersonName, sought.ways, owner=person, domain=domain) if sought.ways else wanted
    return here | Q(Exists(_put_to(OuterRef(person), sought, domain)))


def _put_to(kept: OuterRef, sought: Sought, domain: str | None) -> QuerySet[Person]:
    """The records of the same person that were put to ``kept`` and answer what is sought.

    Whoever is not of the force reads those alone under which somebody was sent to them (the wall of ``cases_person``).
    """
    rows = Person.objects.filter(merged_into=kept)
    rows = rows.filter(date_of_birth=sought.born) if sought.born else rows
    return rows.filter(named(PersonName, sought.ways, domain=domain)) if sought.ways else rows


def people_sought(sought: Sought, *, domain: str) -> QuerySet[Any, Any]:
    """The ids of all people of ``domain`` with the name and date of birth that are sought; none where nothing is."""
    if not sought:
        return Person.objects.none().values("pk")
    if sought.born is None:
        return owners(PersonName, sought.ways, domain=domain)
    born = Person.objects.filter(domain=domain, date_of_birth=sought.born)
    return (born.filter(named(PersonName, sought.ways, domain=domain)) if sought.ways else born).values("pk")


def _distance(person: Person, sought: Sought) -> tuple[int, str, str, int]:
    """How far a name is from what was typed: the same, all words whole, or only begun; then by the alphabet."""
    known = whole_words(person.given_names, person.family_name) if sought.ways else frozenset()
    whole = [way for way in sought.ways if known.issuperset(way)]
    same = any(len(way) == len(words(f"{person.given_names} {person.family_name}")) for way in whole)
    return (0 if same else 1 if whole else 2, person.family_name, person.given_names, person.pk)


def people_like(*, given_names: str, family_name: str, born: date, by: User) -> list[Person]:
    """People of ``by``'s force who may be this one: the name in any spelling, and the birthday or one slip from it.

    Those born on the very day come first. What was found is logged.
    """
    name, people = (given_names, family_name), Person.objects.visible_to(by)
    shared = keys_shared(given_names, family_name)
    tokens = PersonName.objects.filter(domain=police_domain(by.organisation_id), token__in=shared)
    near = people.filter(pk__in=tokens.values("owner"), date_of_birth__in=[born, *slips_of(born)])
    near = near.select_related("merged_into")
    like = [one for one in near if may_be_one(name, (one.given_names, one.family_name))]
    found = list(dict.fromkeys(one.as_kept for one in like))
    if found:
        log_shown(MATCHED, found, by=by)
    return sorted(found, key=lambda one: (one.date_of_birth != born, one.created_at, one.pk))


SHOWN_LASTS = timedelta(hours=12)  # a long shift
CHOSEN_LASTS = timedelta(days=31)  # longer than a page that was not finished is kept
MANY, MOST = 20, 60  # people opened from searches in a shift: from then on listed as unusual, and no more
SEARCHED, MATCHED, OWN = "person.searched", "person.matched", "person.opened"
FROM_SEARCH, UNUSUAL = "person.opened_from_search", "person.opened_many"
OPENED = (OWN, FROM_SEARCH, UNUSUAL)


class NotShown(Http404):
    """Somebody whom nothing led to: the number was put into an address. ``sought`` is what the log keeps of it."""

    def __init__(self, person: Person) -> None:
        super().__init__("Nothing led to this person: search for them by name or date of birth.")
        self.sought = [audit.subject_key(person)]


def open_person(*, pk: int, by: User) -> Person:
    """A person to record another decision about, of one's own work or shown to ``by`` by a search of this shift.

    Raises Http404 for one that ``by`` may not see, NotShown where nothing led to them, and Refused where ``by`` has
    opened `MOST` people from searches in this shift: numbers can be tried one after another.
    """
    person = get_object_or_404(Person.objects.visible_to(by).select_related("merged_into"), pk=pk).as_kept
    kind = OWN
    if not is_of_own_work(person, by):
        if not was_shown(person, by, SHOWN_LASTS):
            raise NotShown(person)
        kind = _from_search(by)
    log_shown(kind, [person], by=by)
    return person


def chosen_person(*, pk: int, by: User) -> Person | None:
    """The person whose number a page holds that ``by`` is filling in, or has left unfinished; None for any other.

    ``by`` has opened them, so that it was counted: what a page holds of them is more than a search shows.
    """
    found = Person.objects.visible_to(by).select_related("merged_into").filter(pk=pk).first()
    person = found.as_kept if found else None
    led = person is not None and (is_of_own_work(person, by) or _was_told(person, by, CHOSEN_LASTS, OPENED))
    return person if led else None


def may_record_about(person: Person, by: User) -> bool:
    """Whether ``by`` may record a decision about this person: chosen, or shown where it was asked if it is them."""
    return is_of_own_work(person, by) or _was_told(person, by, CHOSEN_LASTS, [*OPENED, MATCHED])


def is_of_own_work(person: Person, by: User) -> bool:
    """Whether ``by`` may see a case of this person."""
    return Case.objects.visible_to(by).filter(person=person).exists()


def was_shown(person: Person, by: User, within: timedelta) -> bool:
    """Whether a search, or the question whether it is the same person, has shown ``by`` this person lately."""
    return _was_told(person, by, within, [SEARCHED, MATCHED])


def _was_told(person: Person, by: User, within: timedelta, kinds: Sequence[str]) -> bool:
    return log.own_events(by, clock.now() - within, kinds).about(audit.subject_key(person)).exists()


def _from_search(by: User) -> str:
    """The kind of the entry of one person more, opened from a search."""
    opened = len(log.own_events(by, clock.now() - SHOWN_LASTS, [FROM_SEARCH, UNUSUAL])[:MOST])
    if opened == MOST:
        raise Refused(
            f"You have opened {MOST} people from searches in this shift. "
            "Ask your supervisor to have somebody else record this one."
        )
    return UNUSUAL if opened >= MANY else FROM_SEARCH


def known_history(person: Person) -> str:
    """What the force's own cases here tell of earlier outcomes of somebody that the caller has opened."""
    accepted = Decision.objects.filter(case__person=person, result=DecisionResult.OFFERED_ACCEPTED)
    stands = accepted.exclude(case__rescissions__state=Rescission.State.GIVEN)
    codes = set(stands.exclude(disposal="none").values_list("disposal", flat=True))
    if any(code.endswith("_caution") and not code.startswith("deferred") for code in codes):
        return EarlierOutcomes.CAUTION
    return EarlierOutcomes.RESOLUTION if codes else EarlierOutcomes.NOT_CHECKED
