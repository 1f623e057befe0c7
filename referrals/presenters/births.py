"""What is said of a decision that could not have been made of somebody born when its person was, as is now known."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from cases.findings import Finding
from cases.law.dates import age_on
from cases.models import Case
from diversion import clock
from diversion.design_system.wording import long_date
from referrals.models import Referral
from referrals.queries.births import corrected_since_sent, of_scheme, sent_still, stopped_for_police


def closed_warning(case: Case) -> str:
    """What stands against a closed case since a birth was corrected, and whom to tell; "" where nothing does."""
    found = stopped_for_police(case)
    if not found:
        return ""
    decided = clock.local_date(case.decision.decided_at)
    words = _(
        "The date of birth was corrected after this case was closed: the person was %(age)d when it was decided, on"
        " %(day)s. It could not have been decided so. %(reasons)s"
    ) % {
        "age": age_on(case.person.date_of_birth, decided),
        "day": long_date(decided),
        "reasons": " ".join(f"{one.reason} ({one.source})" for one in found),
    }
    return " ".join([words, *_what_to_do(case, found)])


def _what_to_do(case: Case, found: Sequence[Finding]) -> list[str]:
    """Of the decision, and of support that goes on, for all that police know."""
    said = []
    if any(not of_scheme(one.rule) for one in found):
        said.append(
            _("It stays as it was recorded: tell your sergeant and your legal services, who say whether it may stand.")
        )
    referral = sent_still(case) if any(of_scheme(one.rule) for one in found) else None
    if referral is not None:
        said.append(
            _(
                "Tell %(provider)s and your coordinator that the referral to %(scheme)s is taken back, and refer the"
                " person to a service for their age."
            )
            % {"provider": referral.provider.name, "scheme": referral.scheme_version.scheme.name}
        )
    return said


def corrected_words(referral: Referral) -> str:
    """What a provider reads of a birth that was corrected since it was sent the person; "" where none was."""
    corrected = corrected_since_sent(referral)
    if corrected is None:
        return ""
    correction, reasons = corrected
    words = _("The date of birth was corrected on %(day)s: the person is %(age)d years old now.") % {
        "day": long_date(clock.local_date(correction.corrected_at)),
        "age": age_on(referral.case.person.date_of_birth, clock.today()),
    }
    return " ".join([words, *reasons, *([_next_step(referral)] if reasons else [])])


def _next_step(referral: Referral) -> str:
    if not referral.is_voluntary:
        return _("Police decide what follows: ask the officer in the case.")
    if referral.state == Referral.State.SENT:
        return _("Decline this referral as outside the scheme’s criteria: police refer the person elsewhere.")
    return _("See to it that a service for their age has the person, then close this referral.")
