"""What a page shows of two records that may be of one person."""

from collections.abc import Sequence

from django.db.models import Q

from cases.models import Allegation, Case, Crime, Person, PersonMerge
from cases.queries import is_of_own_work, may_record_about, open_person
from diversion.accounts.models import User
from diversion.refusals import Refused
from diversion.unit_of_work import as_service
from referrals.models import Facilitation
from referrals.queries.facilitating import has_supported

NOT_ALL = "You may not see every case of that record: somebody who may has to compare the two."


def other_record(pk: int, *, by: User) -> Person:
    """A record to be put beside another, opened, counted and logged as any person is (`open_person`, whose errors).

    Raises Refused where ``by`` may not see every case of it: so much of it is not for them.
    """
    found = Person.objects.visible_to(by).filter(pk=pk).first()
    if found is not None and is_of_own_work(found, by) and not sees_every_case([found], by=by):
        raise Refused(NOT_ALL)
    opened = open_person(pk=pk, by=by)
    if not sees_every_case([opened], by=by):
        raise Refused(NOT_ALL)
    return opened


def record_beside(pk: int, *, by: User) -> Person | None:
    """The record that a page which is sent had beside another: one that led ``by`` there; None for any other.

    By its own number, also where it is merged by now: the page may be sent twice.
    """
    found = Person.objects.visible_to(by).select_related("merged_into").filter(pk=pk).first()
    led = found is not None and (may_record_about(found, by) or is_of_own_work(found.as_kept, by))
    return found if led else None


def sees_every_case(people: Sequence[Person], *, by: User) -> bool:
    """Whether there is no case of these people that ``by`` may not see."""
    seen = Case.objects.visible_to(by).values("pk")
    return not Case.objects.filter(person__in=people).exclude(pk__in=seen).exists()


def crime_of_both(one: Person, other: Person) -> Crime | None:
    """A crime of which both are suspected; a case that ended without an outcome says of nobody that they are."""
    rows = Allegation.objects.exclude(Q(case__closed_at__isnull=False) & Q(outcome=""))
    theirs = [rows.filter(case__person=person).values("crime") for person in (one, other)]
    return Crime.objects.filter(pk__in=theirs[0]).filter(pk__in=theirs[1]).order_by("pk").first()


@as_service()  # who helps whom is not for whoever asks: the answer names nobody
def leads_for_one_and_helps_the_other(one: Person, other: Person) -> bool:
    """Whether somebody who leads between a victim and one of the two helps the other (`has_supported`)."""
    live = Facilitation.objects.live().select_related("facilitator")
    pairs = [(run.facilitator, helped) for person, helped in ((one, other), (other, one))
             for run in live.filter(allegation__case__person=person)]  # fmt: skip
    return any(has_supported(facilitator, helped) for facilitator, helped in pairs)


def cases_of(person: Person, *, by: User) -> list[Case]:
    """The cases of a person that ``by`` may see, the newest first."""
    rows = Case.objects.visible_to(by).filter(person=person).select_related("officer", "standing")
    return list(rows.prefetch_related("allegations__offence").order_by("-recorded_at", "-pk"))


def merges_of(person: Person) -> list[PersonMerge]:
    """The records that were put to this one, with those that were parted again, the newest first."""
    rows = PersonMerge.objects.filter(kept=person)
    return list(rows.select_related("merged", "merged_by", "split_by"))


def merges_with(case: Case) -> list[PersonMerge]:
    """Those that moved ``case``, or put another record to that of its person while it was there."""
    rows = PersonMerge.objects.filter(Q(cases__contains=[case.pk]) | Q(stood__contains=[case.pk]), force=case.force_id)
    return list(rows.select_related("kept", "merged", "merged_by", "split_by").order_by("merged_at", "pk"))


def recorded_since(merge: PersonMerge) -> list[Case]:
    """The cases that stay where they are when the two are parted: recorded since, and never moved."""
    later = PersonMerge.objects.filter(kept=merge.kept_id, split_at=None, pk__gt=merge.pk)
    known = [*merge.cases, *merge.stood, *(pk for cases in later.values_list("cases", flat=True) for pk in cases)]
    return list(Case.objects.filter(person=merge.kept_id).exclude(pk__in=known).order_by("pk"))
