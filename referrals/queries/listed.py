"""The list of cases: which stand on it, in which order, and what its rows show."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

from cases.models import Allegation, Case, Crime, PersonName
from cases.models.case import seen_by, ways_seen
from cases.models.crime import crime_number
from cases.models.person import police_domain
from cases.queries import cases_for_list, people_sought, with_live_duties
from diversion.accounts.models import User
from diversion.name_index import owners_between, ranges_of
from diversion.names.tokens import following
from diversion.names.typed import Sought, read
from diversion.written import written
from referrals.models import Standing
from referrals.models.standing import StandingQuerySet
from referrals.queries.cases import not_here

#: What the list may be ordered by, and the columns of Standing that this means.
ORDERED_BY: dict[str, tuple[str, ...]] = {
    "recorded": ("recorded_at",),
    "limit": ("limit_on",),
    "name": ("case__person__family_name", "case__person__given_names"),
}


def case_keys(
    *, by: User, text: str = "", status: str = "", whose: str = "", order: str = "-recorded", most: int
) -> list[int]:
    """The ids of the first cases in order, ``most`` of them, that ``by`` may see and that answer what is asked.

    ``text`` is a name or date of birth as it is typed (`diversion.names.typed`), a case reference, or the beginning of
    a crime number; ``whose`` is "mine", "team", "nobodys" (open, and the officer has left) or "" for all.
    """
    asked: dict[str, Any] = {"status": status, "whose": whose, "order": order, "most": most}
    if not text and whose != "nobodys":
        return [row[0] for row in _keys(by=by, **asked)]
    if (number := crime_number(text)) and whose != "nobodys":
        places: dict[str, Any] = {"named": names_of(number), "first": number, "beyond": following(number)}
        if is_number(text):
            return [row[0] for row in _numbered(by=by, **places, **asked)]
        if ranges := _ranges(read(text)):
            return [row[0] for row in _called(by=by, **places, **ranges, **asked)]
    found = Standing.objects.filter(pk__in=matching(text, by)) if text else Standing.objects.all()
    return [row[0] for row in _in_order(found, by=by, **asked)]


#: So many words, in all the ways in which a name may be meant, have a place in a question; of more it is written anew.
MOST_WORDS = 8
PLACES = {f"{end}_{number}": str for number in range(MOST_WORDS) for end in ("from", "to")}


def _ranges(sought: Sought) -> dict[str, Any]:
    """Where the tokens of a name stand, by `PLACES`, and how many words each way has (``words``); empty where there is
    no such name, or where it has too many words or a date of birth."""
    ways = [ranges_of(way) for way in sought.ways]
    each = [one for way in ways for one in way]
    if not each or len(each) > MOST_WORDS or sought.born is not None:
        return {}
    found = {f"from_{n}": begins for n, (begins, _beyond) in enumerate(each)}
    found |= {f"to_{n}": beyond for n, (_begins, beyond) in enumerate(each)}
    return {"words": tuple(map(len, ways)), **dict.fromkeys(PLACES, ""), **found}


@written()
def _keys(*, by: User, **asked: Any) -> QuerySet[Any, Any]:
    return _in_order(Standing.objects.all(), by=by, **asked)


@written(named=[str], first=str, beyond=str)
def _numbered(*, by: User, named: list[str], first: str, beyond: str, **asked: Any) -> QuerySet[Any, Any]:
    """The same, of this reference or with a crime whose number begins so."""
    crimes = Crime.objects.numbered_between(first, beyond, force=by.organisation_id)
    return _few(_of_number(named, crimes), by=by, **asked)


@written(named=[str], first=str, beyond=str, **PLACES)
def _called(
    *, by: User, named: list[str], first: str, beyond: str, words: tuple[int, ...], **asked: Any
) -> QuerySet[Any, Any]:
    """The same, or of people whose names answer one of the ways: each of so many ``words``, with their ranges."""
    crimes = Crime.objects.numbered_between(first, beyond, force=by.organisation_id)
    ends = iter([(asked.pop(f"from_{n}"), asked.pop(f"to_{n}")) for n in range(MOST_WORDS)])
    people = owners_between(
        PersonName, [list(islice(ends, n)) for n in words], domain=police_domain(by.organisation_id)
    )
    return _few([*_of_number(named, crimes), *_of_people(people)], by=by, **asked)


def _few(ways: list[QuerySet[Any, Any]], *, by: User, **asked: Any) -> QuerySet[Any, Any]:
    """Those of ``ways`` that ``by`` may see. What was looked for is few: it is found once, for all ways of seeing."""
    found = Standing.objects.filter(pk__any=ArraySubquery(ways[0].union(*ways[1:])))
    return _in_order(found, by=by, seen=[seen_by(by)], **asked)


def _in_order(
    rows: StandingQuerySet, *, by: User, status: str, whose: str, order: str, most: int, seen: Sequence[Q] = ()
) -> QuerySet[Any, Any]:
    rows = _whose(rows, whose, by)
    if order.removeprefix("-") == "name":  # the index that has people in this order has them by whose they are
        rows = rows.filter(case__person__domain=police_domain(by.organisation_id))
    parts = rows.told_as(status) if status else [rows]
    names, backwards = ORDERED_BY[order.removeprefix("-")], order.startswith("-")
    return _first_rows(parts, names, seen or ways_seen(by), most=most, backwards=backwards)


def first_keys(
    parts: Sequence[StandingQuerySet], names: Sequence[str], *, by: User, most: int, backwards: bool = False
) -> list[int]:
    """The ids of what `first_rows` gives."""
    return [row[0] for row in first_rows(parts, names, by=by, most=most, backwards=backwards)]


def first_rows(
    parts: Sequence[StandingQuerySet], names: Sequence[str], *, by: User, most: int, backwards: bool = False
) -> QuerySet[Any, Any]:
    """The first ``most`` cases of ``parts`` that ``by`` may see, in the order of the columns ``names``: of each its id,
    and those columns.

    Each part, and each way of seeing, is an index in this order: of each the first are read, where a condition with OR
    would have all rows of both sorted.
    """
    return _first_rows(parts, names, ways_seen(by), most=most, backwards=backwards)


def _first_rows(
    parts: Sequence[StandingQuerySet], names: Sequence[str], seen: Sequence[Q], *, most: int, backwards: bool
) -> QuerySet[Any, Any]:
    terms = [_term(name, backwards=backwards) for name in (*names, "pk")]
    found = [rows.filter(way).order_by(*terms).values_list("pk", *names)[:most] for rows in parts for way in seen]
    if len(found) > 1:
        return found[0].union(*found[1:]).order_by(*terms)[:most]
    return found[0] if found else Standing.objects.none().values_list("pk")


def case_rows(keys: list[int], *, by: User) -> list[Any]:
    """Those cases of ``keys`` that ``by`` may see, in that order, as a list shows them (`cases_for_list`).

    Each carries its ``standing`` and its team.
    """
    found = {case.pk: case for case in _rows(by=by, keys=keys)} if keys else {}
    return list(with_live_duties([found[key] for key in keys if key in found]))


@written(keys=[int])
def _rows(*, by: User, keys: list[int]) -> QuerySet[Any]:
    return cases_for_list(keys, by=by).select_related("standing", "team")


def _term(name: str, *, backwards: bool) -> OrderBy:
    """As the indexes have it: rows without a value come last, or first from behind."""
    return F(name).desc(nulls_first=True) if backwards else F(name).asc(nulls_last=True)


def _whose(rows: StandingQuerySet, whose: str, by: User) -> StandingQuerySet:
    if whose == "mine":
        return rows.filter(officer=by.pk)
    if whose == "nobodys":
        return rows.open().filter(officer__in=not_here(by.organisation))
    return rows.filter(team=by.team_id) if whose else rows


def matching(text: str, by: User) -> QuerySet[Any, Any]:
    """The ids of cases that answer what was typed: a union of short ranges of indexes.

    What holds a figure is a number and no name, or "AV/77" would find everybody called Ava as well.
    """
    sought, number = read(text), crime_number(text)
    ways = _of_number(names_of(number), Crime.objects.numbered_from(number, force=by.organisation))
    if not is_number(text):
        ways += _of_people(people_sought(sought, domain=police_domain(by.organisation_id)))
    return ways[0].order_by().union(*(way.order_by() for way in ways[1:]))


def is_number(text: str) -> bool:
    """Whether what was typed, beside a date of birth, holds a figure."""
    return any(letter.isdecimal() for letter in read(text).rest)


def names_of(number: str) -> list[str]:
    """The references of a case that ``number`` may be."""
    return [number, f"DV-{number}"]


def _of_number(named: list[str], crimes: QuerySet[Crime]) -> list[QuerySet[Any, Any]]:
    cases = Case.objects.filter(reference__any=named).order_by().values("pk")
    return [cases, Allegation.objects.filter(crime__in=crimes).order_by().values("case")]


def _of_people(people: QuerySet[Any, Any]) -> list[QuerySet[Any, Any]]:
    """The name of a record that was put to another of the same person finds the cases of that one."""
    put_to = Case.objects.filter(person__merged_records__in=people)
    return [rows.order_by().values("pk") for rows in (Case.objects.filter(person__in=people), put_to)]
