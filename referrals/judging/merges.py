"""What the rules said of a case before the record of its person was put to another, or parted from it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from cases.models import Case, PersonMerge
from referrals.judging.judge import Judged
from referrals.judging.recorded import judge_as_recorded


def merges_since(case: Case, since: datetime) -> list[PersonMerge]:
    """Those of the records of its person that were put together or parted from the moment ``since``, in order."""
    of_person = Q(kept=case.person_id) | Q(merged=case.person_id)
    rows = PersonMerge.objects.filter(of_person, Q(merged_at__gte=since) | Q(split_at__gte=since))
    return list(rows.select_related("kept", "merged", "merged_by", "split_by").order_by("merged_at", "pk"))


def judge_as_before(case: Case, merges: Iterable[PersonMerge], since: datetime, born: date | None) -> Judged | None:
    """What the rules of the day of the decision say of ``case`` with the history, and the birth, of that moment."""
    with _nothing_kept():
        together = [(one.merged_at, False, one.pk, one) for one in merges]
        parted = [(one.split_at, True, one.pk, one) for one in merges if one.split_at]
        steps = sorted(step for step in (*together, *parted) if step[0] >= since)
        for _at, is_parted, _pk, one in reversed(steps):
            here, there = (one.merged_id, one.kept_id) if is_parted else (one.kept_id, one.merged_id)
            Case.objects.filter(pk__in=one.cases, person=here).update(person=there)
        found = Case.objects.select_related("person", "decision", "force").get(pk=case.pk)
        found.person.date_of_birth = born or found.person.date_of_birth
        return judge_as_recorded(found)


@contextmanager
def _nothing_kept() -> Iterator[None]:
    """The cases are moved back for as long as the rules are asked, and by nobody else's eyes."""
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)
