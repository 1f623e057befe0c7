"""Entering the number of a crime, and closing the case that waited for nothing else."""

from django.db import transaction

from cases.actions.numbering import enter_number
from cases.models import Allegation, Case
from diversion.accounts.models import User
from referrals.actions.closing import close_what_waited
from referrals.actions.standing import follow


@transaction.atomic
def number_crime(*, allegation: Allegation, number: str, by: User) -> Case:
    """Enter the number, and close the case where only that was missing. Raises what ``enter_number`` raises."""
    enter_number(allegation=allegation, number=number, by=by)
    case = Case.objects.get(pk=allegation.case_id)
    close_what_waited(case=case, by=by)
    follow(case.pk)
    return Case.objects.get(pk=case.pk)
