"""By when a partner is to answer a referral, and to have reached the person: the force's own days, in working days."""

from datetime import date

from cases import rulebook
from cases.law.workdays import working_days_after
from diversion.accounts.models import Organisation


def answer_by(force: Organisation, sent_on: date) -> date:
    """The last day to accept or decline what was sent on a day."""
    return working_days_after(sent_on, rulebook.settings_of(force, sent_on).partner_answer_days)


def first_contact_by(force: Organisation, accepted_on: date) -> date:
    """The last day of the first contact with somebody whose referral was accepted on a day."""
    return working_days_after(accepted_on, rulebook.settings_of(force, accepted_on).partner_contact_days)
