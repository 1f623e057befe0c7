"""By when a partner is to answer a referral, and to have reached the person: the force's own days, in working days."""

from datetime import date

from cases import rulebook
from cases.law.workdays import working_days_after, working_days_between
from diversion import clock
from diversion.accounts.models import Organisation
from referrals.models import Referral


def answer_by(force: Organisation, sent_on: date) -> date:
    """The last day to accept or decline what was sent on a day."""
    return working_days_after(sent_on, rulebook.settings_of(force, sent_on).partner_answer_days)


def first_contact_by(force: Organisation, accepted_on: date) -> date:
    """The last day of the first contact with somebody whose referral was accepted on a day."""
    return working_days_after(accepted_on, rulebook.settings_of(force, accepted_on).partner_contact_days)


def days_on_list(referral: Referral) -> int:
    """Of how many working days so far the partner's days to answer stood still on its waiting list."""
    if referral.waits_since is None:
        return 0
    until = clock.local_date(referral.waited_until or clock.now())
    return working_days_between(clock.local_date(referral.waits_since), until)
