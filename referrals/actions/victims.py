"""A victim's view, what they wish, and what follows: closing what waited for nothing else, and a sergeant's review."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from cases.actions.outbox import changed
from cases.actions.victims import keep_record, note_view, record_of, review_remedies
from cases.models import Allegation, Authorisation, Case, VictimRecord
from cases.models.victim import of_one_victim
from diversion.accounts.models import User
from referrals.actions.closing import close_what_waited
from referrals.actions.facilitating import end_without_agreement
from referrals.actions.standing import follow
from referrals.queries.remedies import asked_in


@transaction.atomic
def hear_victim(*, allegation: Allegation, stance: str, seen: str, by: User) -> Case:
    """Keep what a victim thinks, and close the case where only that was missing. Raises what ``note_view`` raises."""
    note_view(allegation=allegation, stance=stance, seen=seen, by=by)
    case = Case.objects.get(pk=allegation.case_id)
    if case.closed_at is None:
        close_what_waited(case=case, by=by)
        follow(case.pk)
    return Case.objects.get(pk=case.pk)


@transaction.atomic
def keep_wishes(*, allegation: Allegation, said: Mapping[str, Any], seen: int, by: User) -> VictimRecord:
    """Keep what a victim wishes.

    A facilitation that they no longer agree to ends with it. What they chose of the remedies and is not agreed opens a
    sergeant's review. Raises what ``keep_record`` raises.
    """
    before = list(record_of(of_one_victim(allegation)[0]).remedies)
    record = keep_record(allegation=allegation, said=said, seen=seen, by=by)
    end_without_agreement(record.allegation, by=by)
    if record.remedies != before:
        follow_remedies(record.allegation.case, only=record.allegation)
    return record


def follow_remedies(case: Case, *, only: Allegation | None = None) -> None:
    """Ask a sergeant why what a victim chose is not agreed, where a decision was made by nobody of rank.

    Whoever authorised it has read what the victim chose, and their reasons stand: asked again is what was chosen since,
    which is ``only``'s. Called inside an action that holds the case.
    """
    if only is None and Authorisation.objects.filter(case=case).exists():
        return
    asked = {one.allegation.pk: bool(one.unmet) for one in asked_in(case)}
    if only is None and not asked:
        return
    for allegation in [only] if only else Allegation.objects.filter(pk__in=asked).select_related("case"):
        review_remedies(allegation, is_unmet=asked.get(allegation.pk, False))
    changed(case)
    follow(case.pk)
