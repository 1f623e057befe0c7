"""Two records of one person put together, and parted again. Nothing is deleted, and nothing is done by itself."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import F
from django.shortcuts import get_object_or_404

from cases import actions as case_actions
from cases.actions import youth
from cases.actions.outbox import changed
from cases.codes import SafeTexts
from cases.models import Case, Person, PersonMerge
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from referrals.actions.correcting import record_changed
from referrals.actions.parting import take_back_what_it_asked
from referrals.judging import recorded
from referrals.judging.facts import ACCEPTED
from referrals.queries.merging import crime_of_both, leads_for_one_and_helps_the_other, sees_every_case

#: How somebody is reached goes together: a number of the one record with the rule of the other is nobody's wish.
CONTACT = ("telephone", "safe_contact", "safe_contact_texts", "needs_interpreter")
TEXTS = "safe_contact_texts"
KEPT, OTHER = "kept", "other"


@transaction.atomic
def merge_people(
    *, kept: Person, other: Person, contact: str, reason: str, seen: Sequence[int], by: User
) -> PersonMerge:
    """Put the record ``other`` to ``kept``, of one person: its cases are the kept one's, and its name finds that.

    ``contact`` says whose way of being reached stands ("kept" or "other"); ``seen`` are the versions of both that the
    page showed. Open cases are judged again: an outcome on the other record counts now, and a birth that differs is
    that of the record that stays. Refused across two domains, for a record that is merged already, and to whoever may
    not see every case of both. Sent twice it is done once.
    """
    access.check(by, Permission.MANAGE_SCHEMES)
    kept, other = _held([kept, other], by)
    if earlier := _sent_before(kept, other, contact, reason, by):
        return earlier
    _check(kept, other, reason, by)
    if [kept.version, other.version] != list(seen):
        raise Outdated("One of the two records")
    merge = PersonMerge(force=by.organisation, kept=kept, merged=other, reason=reason.strip(), merged_by=by)
    moved = list(Case.objects.filter(person=other).order_by("pk").values_list("pk", flat=True))
    merge.cases = moved
    merge.stood = list(Case.objects.filter(person=kept).order_by("pk").values_list("pk", flat=True))
    with _judged_again([kept, other], moved, to=kept, reason=merge.reason, by=by):
        merge.contact = _reached_as(kept, other) if contact == OTHER else {}
        _move(moved, kept)
        Person.objects.filter(pk=other.pk).update(merged_into=kept, version=F("version") + 1)
        merge.save()
    _told("person.merged", merge, moved, by)
    return merge


@transaction.atomic
def split_people(*, merge: PersonMerge, because: str, by: User) -> PersonMerge:
    """Part two records again: what was moved goes back, and cases recorded since stay where they were recorded.

    How the person is reached is put back, but for what somebody has changed since (`contact_since` tells which). Open
    cases are judged again, and what the merge made a rank decide is taken back, or put to that rank once more
    (`take_back_what_it_asked`). Sent twice it is done once.
    """
    access.check(by, Permission.MANAGE_SCHEMES)
    found = get_object_or_404(PersonMerge.objects.filter(force=by.organisation_id), pk=merge.pk)
    kept, other = _held([found.kept, found.merged], by)
    found.refresh_from_db()
    if found.split_at is not None:
        return found
    if PersonMerge.objects.filter(kept=kept, split_at=None, pk__gt=found.pk).exists():
        raise Refused("Another record was put to this one after that: part that first.")
    if not because.strip():
        raise Refused("Say why these are two people after all, in a sentence.")
    _check_sees_all([kept, other], by)
    moved = list(Case.objects.filter(pk__in=found.cases, person=kept).order_by("pk").values_list("pk", flat=True))
    with _judged_again([kept], moved, to=other, reason=because.strip(), by=by):
        _put_back(kept, found.contact)
        _move(moved, other)
        Person.objects.filter(pk=other.pk).update(merged_into=None, version=F("version") + 1)
        found.split_at, found.split_by, found.split_because = clock.now(), by, because.strip()
        found.save()
    for case in _decided([kept, other]):
        take_back_what_it_asked(case, found, because.strip(), by)
    _told("person.split", found, moved, by)
    return found


def contact_since(merge: PersonMerge) -> list[str]:
    """The ways of reaching the record that stays which are not as they were before the merge: changed since."""
    now = Person.objects.get(pk=merge.kept_id)
    return [name for name, value in merge.contact.get("was", {}).items() if getattr(now, name) != value]


def _sent_before(kept: Person, other: Person, contact: str, reason: str, by: User) -> PersonMerge | None:
    """The merge that the same page has made already; None where this one says something else."""
    found = PersonMerge.objects.filter(kept=kept, merged=other, split_at=None, merged_by=by).first()
    same = found is not None and found.reason == reason.strip() and bool(found.contact) == (contact == OTHER)
    return found if same else None


def _held(people: Iterable[Person], by: User) -> list[Person]:
    """Both and their cases, held until the transaction ends; 404 for a record that ``by`` may not know of."""
    keys = [one.pk for one in people]
    for case in Case.objects.filter(person__in=keys, force=by.organisation_id).order_by("pk"):
        case_actions.lock(case)  # before the people: whoever decides a case holds it before its person
    rows = Person.objects.visible_to(by).filter(pk__in=keys).order_by("pk").select_for_update()
    found = {one.pk: one for one in rows}
    return [found[key] if key in found else get_object_or_404(Person.objects.none()) for key in keys]


def _check(kept: Person, other: Person, reason: str, by: User) -> None:
    if kept.pk == other.pk:
        raise Refused("This is one record: choose another.")
    if kept.domain != other.domain:
        raise Refused("Records of two services are never put together.")
    for one in (kept, other):
        if one.merged_into_id is not None:
            raise Refused(f"The record of {one} is merged already: part it first, or choose the one that it is with.")
    if Person.objects.filter(merged_into=other).exists():
        raise Refused(f"Another record is merged with that of {other}: let that one stay, or part the two first.")
    if not reason.strip():
        raise Refused("Say how you know that this is one person, in a sentence.")
    _check_sees_all([kept, other], by)
    _check_may_be_one(kept, other)


def _check_may_be_one(kept: Person, other: Person) -> None:
    """Refuse two suspects of one crime, and two between whom one facilitator would stand on both sides."""
    if crime := crime_of_both(kept, other):
        raise Refused(
            f"Both stand in crime {crime}: they cannot be one person, or one of the two cases was recorded twice. "
            "Correct the crime number that is wrong, or have the case that was recorded twice ended without an outcome."
        )
    if leads_for_one_and_helps_the_other(kept, other):
        raise Refused(
            "Whoever leads a letter or a meeting with a victim of one of the two helps the other, or has helped them,"
            " or works where they were sent for voluntary help: a coordinator has to name somebody else for the victim"
            " first."
        )


def _check_sees_all(people: Sequence[Person], by: User) -> None:
    if not sees_every_case(people, by=by):
        raise Refused("You may not see every case of both records: somebody who may has to do this.")


def _move(cases: Sequence[int], to: Person) -> None:
    Case.objects.filter(pk__in=cases).update(person=to, version=F("version") + 1)


def _reached_as(kept: Person, other: Person) -> dict[str, dict[str, str]]:
    """Have ``kept`` reached as ``other`` was: what stood before, and what stands now."""
    was, now = ({name: str(getattr(one, name)) for name in CONTACT} for one in (kept, other))
    Person.objects.filter(pk=kept.pk).update(**now, version=F("version") + 1)
    return {"was": was, "now": now}


def _put_back(kept: Person, contact: dict[str, dict[str, str]]) -> None:
    """Each way of reaching the person as it was before, where nobody has changed it since.

    Whether a text is safe was said of one number: a yes goes with that number, or nobody has said it.
    """
    now, was = contact.get("now", {}), contact.get("was", {})
    back = {name: was[name] for name, value in now.items() if getattr(kept, name) == value}
    if ("telephone" in back) != (TEXTS in back) and SafeTexts(back.get(TEXTS, getattr(kept, TEXTS))).is_yes:
        back[TEXTS] = SafeTexts.NOT_ASKED.value
    if back:
        Person.objects.filter(pk=kept.pk).update(**back, version=F("version") + 1)


@contextmanager
def _judged_again(
    people: Sequence[Person], moved: Sequence[int], *, to: Person, reason: str, by: User
) -> Iterator[None]:
    """Ask the rules again of the open cases of both, within the block: what they count as earlier has changed."""
    born = {case.pk: case.person.date_of_birth for case in _decided(people)}
    versions = {one.pk: one.version for one in people}
    before: dict[int, Any] = {}
    for case in _decided(people):
        before[case.pk] = recorded.judge_as_recorded(case) if case.closed_at is None else None
    yield
    for case in Case.objects.filter(pk__in=born).select_related("person", "decision", "force").order_by("pk"):
        changes = {"person": [str(one) for one in people]} if len(people) > 1 else {"person": [str(people[0]), str(to)]}
        if case.pk in moved and born[case.pk] != to.date_of_birth:
            changes["date_of_birth"] = [born[case.pk].isoformat(), to.date_of_birth.isoformat()]
        tells = case.pk in moved or case.person.version != versions[case.person_id]
        record_changed(case, before[case.pk], changes, reason, by, tells=tells)


def _decided(people: Sequence[Person]) -> Iterable[Case]:
    rows = Case.objects.filter(person__in=people, decision__result=ACCEPTED)
    return rows.select_related("person", "decision", "force").order_by("pk")


def _told(kind: str, merge: PersonMerge, moved: Sequence[int], by: User) -> None:
    """Log it with everybody and every case, and have clocks, youth justice and figures follow each case that moved."""
    people = [merge.kept_id, merge.merged_id]
    of_both = list(Case.objects.filter(person__in=people).select_related("person").order_by("pk"))
    cases = [case for case in of_both if case.pk in moved]
    audit.record(kind, audit.Nature.COMBINATION, by=by, subjects=[merge.kept, merge.merged, *cases])
    for case in of_both:  # also those that stay: which decision of the person came next is told by all of them
        changed(case)
    for case in cases:
        youth.follow(case=case, by=by)
