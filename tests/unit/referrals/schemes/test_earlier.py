"""Whether somebody took part before, as far as police may know."""

import pytest

from diversion import clock
from referrals.actions import closing, partner, support
from referrals.models import Appointment, Referral
from referrals.schemes.earlier import earlier_schemes
from tests.conftest import NOW, Cast
from tests.factories.cases import refer
from tests.factories.ground import adopt_scheme
from tests.factories.schemes import rewrite

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def referral(cast: Cast) -> Referral:
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    return refer(cast["amara"], version)


def accepted(referral: Referral, cast: Cast) -> Referral:
    return partner.accept(referral=referral, navigator=None, version=referral.version, by=cast["hugh"])


def come(referral: Referral, cast: Cast, attendance: str) -> Referral:
    meeting = Appointment.objects.create(referral=referral, starts_at=NOW, place="Here")
    support.record_attendance(appointment=meeting, attendance=attendance, version=1, by=cast["george"])
    return Referral.objects.get(pk=referral.pk)


def close(referral: Referral, cast: Cast) -> None:
    closing.close_referral(
        referral=referral, result="not_completed", note="", version=referral.version, by=cast["george"]
    )


def told(referral: Referral) -> list[object]:
    return [one.get("engaged") for one in earlier_schemes(referral.case.person)]


def test_somebody_who_came_once_took_part(cast: Cast, referral: Referral) -> None:
    """Who came and then stopped would be turned away like somebody who never did."""
    close(come(accepted(referral, cast), cast, "attended"), cast)
    [found] = earlier_schemes(referral.case.person)
    assert found == {"outcome": "scheme", "scheme": "drug-diversion", "date": clock.today(), "engaged": True}


def test_somebody_who_never_came_did_not_take_part_once_it_is_closed(cast: Cast, referral: Referral) -> None:
    """A first appointment that is still to come is nobody's failure."""
    absent = come(accepted(referral, cast), cast, "unacceptable_absence")
    assert told(referral) == [None]
    close(absent, cast)
    assert told(referral) == [False]


def test_of_voluntary_support_nothing_is_told(cast: Cast, referral: Referral) -> None:
    """Police would learn by a rule what a partner does not share with them."""
    close(accepted(referral, cast), cast)
    assert told(referral) == [False]
    rewrite(referral.scheme_version, confidentiality="voluntary")
    assert told(referral) == [None]
