"""Reading the catalogue of offences."""

from functools import reduce
from operator import or_

from django.db.models import F, Q, QuerySet
from django.shortcuts import get_object_or_404

from cases.models import Offence
from diversion.accounts.models import User


def offences(*, by: User, text: str = "", group: str = "", whose: str = "") -> QuerySet[Offence]:
    """Entries of the catalogue that ``by`` may see, each word of ``text`` in some name, Act or code of theirs."""
    found = Offence.objects.visible_to(by)
    for word in text.split():
        columns = ("title", "search", "act", "section", "code")
        found = found.filter(reduce(or_, (Q(**{f"{column}__icontains": word}) for column in columns)))
    if group:
        found = found.filter(group=group)
    if whose:
        found = found.filter(owner__isnull=whose != "own")
    return found.order_by("group", "title", "valid_from", "pk")


def open_offence(*, pk: int, by: User) -> Offence:
    """An entry that ``by`` may see, a corrected one included; 404 for another force's."""
    mine = Q(owner__isnull=True) | Q(owner=by.organisation)
    return get_object_or_404(Offence.objects.filter(mine), pk=pk)


def other_entries(offence: Offence) -> list[Offence]:
    """The other entries of its code and owner, those that were corrected included, by their first day."""
    rows = Offence.objects.filter(code=offence.code, owner=offence.owner_id).exclude(pk=offence.pk)
    return list(rows.order_by(F("valid_from").asc(nulls_first=True), "pk"))
