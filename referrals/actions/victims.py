"""A victim's view, and closing the case that waited for nothing else."""

from django.db import transaction

from cases.actions.victims import note_view
from cases.models import Allegation, Case
from diversion.accounts.models import User
from referrals.actions.closing import close_what_waited
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
