"""The cases app's answer to the access log: which records stand behind a case reference."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet, Value
from django.utils.translation import gettext as _

from cases.models import Case, Person, YouthDuty
from cases.models.person import police_domain
from cases.queries import best_matches
from diversion.accounts.models import User
from diversion.audit.lookups import Found, People, Somebody, ids_of
from diversion.design_system.wording import long_date
from diversion.names.typed import Sought
from diversion.written import written


def find(reference: str, by: User) -> Found:
    """The case of that reference, its own or youth justice's, in ``by``'s own force, and the person it is about, under
    every record of theirs; no provider has any.
    """
    named = {f"{label}:{pk}": name for label, pk, name in _behind(by=by, reference=reference)} if by.is_police else {}
    return Found(frozenset(named), names={key: name for key, name in named.items() if name})


@written(reference=str)
def _behind(*, by: User, reference: str) -> QuerySet[Any, Any]:
    """The label, id and reference of each record behind one: people have none."""
    own = Case.objects.filter(force=by.organisation_id).order_by()
    ways = [own.filter(**{where: reference}).values("pk") for where in ("reference", "youth_duties__reference")]
    cases = Case.objects.filter(pk__in=ways[0].union(*ways[1:])).order_by()
    held, every = Person.objects.filter(cases__in=cases), Person.objects
    # Of one that was put to another that one, and what was put to either: an index each.
    people = [held, *(every.filter(**{way: cases}) for way in ("merged_records__cases__in", "merged_into__cases__in"))]
    people.append(every.filter(merged_into__merged_records__cases__in=cases))
    parts = [
        cases.values_list(Value("cases.case"), "pk", "reference"),
        YouthDuty.objects.filter(case__in=cases.values("pk")).values_list(Value("cases.youthduty"), "pk", "reference"),
        *(rows.values_list(Value("cases.person"), "pk", Value("")) for rows in people),
    ]
    return parts[0].union(*(part.order_by() for part in parts[1:]), all=True)


def _keys_of(person: Person) -> frozenset[str]:
    """The keys of somebody in the log: of each record that is put together with this one, and of this."""
    return frozenset(f"cases.person:{pk}" for pk in _records_of(person))


def _records_of(person: Person) -> set[int]:
    stays = person.merged_into_id or person.pk
    return {person.pk, stays, *Person.objects.filter(merged_into=stays).values_list("pk", flat=True)}


class ForcesPeople:
    """People of the force's own police, for who reads its log and has no case to open. Nobody's for other readers."""

    def find(self, sought: Sought, by: User) -> People:
        found = best_matches(self._own(by), sought, domain=police_domain(by.organisation_id))
        return People(tuple(self._in_words(one) for one in found.people), found.more)

    def tell(self, pk: int, by: User) -> Somebody | None:
        found = self._own(by).filter(pk=pk).first()
        return self._in_words(found) if found else None

    def references_of(self, pk: int, by: User) -> list[str]:
        """The references of the person's cases, whichever of their records they were recorded under."""
        found = self._own(by).filter(pk=pk).first()
        own = self._own(by).filter(pk__in=_records_of(found)) if found else self._own(by).none()
        return list(Case.objects.filter(person__in=own, force=by.organisation).values_list("reference", flat=True))

    def keys_of(self, pk: int, by: User) -> frozenset[str]:
        """The person's own keys: somebody may have been looked up who has no case, or whose cases moved."""
        found = self._own(by).filter(pk=pk).first()
        return _keys_of(found) if found else frozenset()

    @staticmethod
    def _own(by: User) -> "QuerySet[Person]":
        return Person.objects.filter(force=by.organisation, domain=police_domain(by.organisation_id))

    @staticmethod
    def _in_words(person: Person) -> Somebody:
        words = _("%(name)s, born %(born)s") % {"name": person, "born": long_date(person.date_of_birth)}
        return Somebody(person.pk, words)


def names(keys: Iterable[str], by: User) -> dict[str, str]:
    """The references of cases of ``by``'s own force."""
    keys = list(keys)
    ids = ids_of(keys, "cases.case")
    rows = Case.objects.filter(pk__in=ids, force=by.organisation).values_list("pk", "reference")
    named = {f"cases.case:{pk}": reference for pk, reference in rows}
    duties = YouthDuty.objects.filter(pk__in=ids_of(keys, "cases.youthduty"), case__force=by.organisation)
    return named | {f"cases.youthduty:{pk}": reference for pk, reference in duties.values_list("pk", "reference")}
