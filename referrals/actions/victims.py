"""A victim's view, what they wish, and what follows: closing what waited for nothing else, and a sergeant's review."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from cases.actions.victims import keep_record, note_view, record_of
from cases.models import Allegation, Case, VictimRecord
from cases.models.victim import of_one_victim
from diversion.accounts.models import User
from referrals.actions.closing import close_what_waited
from referrals.actions.facilitating import end_without_agreement
from referrals.actions.remedies import follow_remedies
from referrals.actions.standing import follow


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
