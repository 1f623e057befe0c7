"""What our own records tell of the schemes that somebody was on before, and whether they took part."""

from datetime import datetime
from typing import Any

from cases.models import Person, Rescission
from diversion import clock
from referrals.models import Referral, SchemeVersion

VOLUNTARY = SchemeVersion.Confidentiality.VOLUNTARY


def earlier_schemes(person: Person, *, before: datetime | None = None) -> list[dict[str, Any]]:
    """The schemes that somebody the caller has opened was referred to, in the terms of cases.eligibility, oldest first.

    A person belongs to one confidentiality domain, and so do these. ``engaged`` is left out where it is not known:
    the scheme has not ended yet, or its support is voluntary and police hear nothing of it.
    """
    rows = Referral.objects.filter(case__person=person).exclude(state__in=Referral.ENDED)
    rows = rows.exclude(case__rescissions__state=Rescission.State.GIVEN)  # nothing of it is held against them
    rows = rows.filter(case__recorded_at__lt=before) if before else rows
    return [_in_terms(one) for one in rows.select_related("scheme_version__scheme").order_by("made_at")]


def _in_terms(referral: Referral) -> dict[str, Any]:
    found = {
        "outcome": "scheme",
        "scheme": referral.scheme_version.scheme.slug,
        "date": clock.local_date(referral.made_at),
    }
    took_part = engaged(referral)
    return found if took_part is None else {**found, "engaged": took_part}


def engaged(referral: Referral) -> bool | None:
    """Whether the person took part, as far as police may know: came at least once, or completed; None if not known.

    Somebody who never came is known not to have taken part only once the referral is closed.
    """
    if referral.scheme_version.confidentiality == VOLUNTARY:
        return None
    if referral.started_at is not None or referral.result == Referral.Result.COMPLETED:
        return True
    return False if referral.state == Referral.State.CLOSED else None
