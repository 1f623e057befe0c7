"""Open work in words: what somebody holds, and each piece of it to be handed over."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diversion.accounts.models import User
from referrals.models import HelpRequest, Referral
from referrals.queries import handing_over as queries


def held_in_words(user: User) -> list[str]:
    """ "46 open cases", "10 open referrals": for an administrator, who may read none of it."""
    cases, referrals, asked = queries.held_counts(user)
    words = []
    if cases:
        words.append(ngettext("%(n)d open case", "%(n)d open cases", cases) % {"n": cases})
    if referrals:
        words.append(ngettext("%(n)d open referral", "%(n)d open referrals", referrals) % {"n": referrals})
    if asked:
        words.append(
            ngettext("%(n)d person who asked for help", "%(n)d people who asked for help", asked) % {"n": asked}
        )
    return words


def case_in_words(case: Any) -> str:
    """ "Sam Price, DV-7K3M-9QX2: Theft from a shop. Sent to the partner"."""
    offences = [allegation.offence.title for allegation in case.allegations.all()]
    words = {"name": case.person, "reference": case.reference, "offence": ", ".join(offences)}
    return _("%(name)s, %(reference)s: %(offence)s.") % words + f" {case.standing.told.label}"


def referral_in_words(referral: Referral) -> str:
    """ "Sam Price, RF-7K3M-9QX2: Drug diversion. Started"."""
    words = {"name": referral.case.person, "reference": referral.reference}
    words |= {"scheme": referral.scheme_version.scheme.name, "state": referral.get_state_display()}
    return _("%(name)s, %(reference)s: %(scheme)s. %(state)s") % words


def help_in_words(asked: HelpRequest) -> str:
    """ "Robin, HP-7K3M-9QX2: LEAD. Asked for help"."""
    words = {"name": asked, "reference": asked.reference, "scheme": asked.scheme_version.scheme.name}
    return _("%(name)s, %(reference)s: %(scheme)s. Asked for help") % words
