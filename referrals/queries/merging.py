"""What a page shows of two records that may be of one person."""

from cases.models import Case, Person, PersonMerge
from cases.queries import log_shown
from diversion.accounts.models import User


def other_record(pk: int, *, by: User) -> Person | None:
    """A record to be put beside another, with the record that it is merged with; the reading is logged."""
    found = Person.objects.visible_to(by).filter(pk=pk).first()
    if found is not None:
        log_shown("person.compared", [found], by=by)
    return found


def cases_of(person: Person, *, by: User) -> list[Case]:
    """The cases of a person that ``by`` may see, the newest first."""
    rows = Case.objects.visible_to(by).filter(person=person).select_related("officer", "standing")
    return list(rows.prefetch_related("allegations__offence").order_by("-recorded_at", "-pk"))


def merges_of(person: Person) -> list[PersonMerge]:
    """The records that were put to this one, with those that were parted again, the newest first."""
    rows = PersonMerge.objects.filter(kept=person)
    return list(rows.select_related("merged", "merged_by", "split_by"))


def recorded_since(merge: PersonMerge) -> list[Case]:
    """The cases that stay where they are when the two are parted: recorded since, and never moved."""
    later = PersonMerge.objects.filter(kept=merge.kept_id, split_at=None, pk__gt=merge.pk)
    known = [*merge.cases, *merge.stood, *(pk for cases in later.values_list("cases", flat=True) for pk in cases)]
    return list(Case.objects.filter(person=merge.kept_id).exclude(pk__in=known).order_by("pk"))
