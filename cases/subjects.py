"""The cases app's answer to the access log: which records stand behind a case reference."""

from collections.abc import Iterable

from cases.models import Case
from diversion.accounts.models import User
from diversion.audit.lookups import Found, ids_of


def find(reference: str, by: User) -> Found:
    """The case of that reference in ``by``'s own force, and the person whose case it is."""
    case = Case.objects.filter(reference=reference, force=by.organisation).first() if by.is_police else None
    if case is None:
        return Found()
    return Found(keys=frozenset({f"cases.case:{case.pk}", f"cases.person:{case.person_id}"}))


def names(keys: Iterable[str], by: User) -> dict[str, str]:
    """The references of cases of ``by``'s own force."""
    ids = ids_of(keys, "cases.case")
    rows = Case.objects.filter(pk__in=ids, force=by.organisation).values_list("pk", "reference")
    return {f"cases.case:{pk}": reference for pk, reference in rows}
