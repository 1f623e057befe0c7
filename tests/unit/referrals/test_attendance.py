"""When a referral started: always as the appointments now stand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from diversion import clock
from referrals.actions import partner, support
from referrals.models import Appointment, Referral
from reporting.facts.live import refresh
from reporting.models import Fact
from tests.conftest import NOW, Cast
from tests.factories.cases import refer
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")
MAY, LATER = datetime(2026, 5, 11, 10, tzinfo=UTC), datetime(2026, 6, 3, 10, tzinfo=UTC)


@pytest.fixture
def referral(cast: Cast) -> Referral:
    """Accepted by Harbour Trust; george helps."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    sent = refer(cast["amara"], version)
    return partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])


def record(referral: Referral, cast: Cast, at: datetime, attendance: str = "attended") -> Appointment:
    """What came of the meeting at ``at``, planned first where it was not."""
    appointment = referral.appointments.filter(starts_at=at).first()
    if appointment is None:
        appointment = support.plan_appointment(referral=referral, starts_at=at, place="Here", by=cast["george"])
    return support.record_attendance(
        appointment=appointment, attendance=attendance, version=appointment.version, by=cast["george"]
    )


def start_of(referral: Referral) -> tuple[str, datetime | None]:
    referral.refresh_from_db()
    return referral.state, referral.started_at


def test_an_attendance_taken_back_takes_its_start_back(cast: Cast, referral: Referral) -> None:
    """A day on which the person never came would stay the start, and shorten the wait in every figure."""
    record(referral, cast, MAY)
    record(referral, cast, LATER)
    assert start_of(referral) == ("started", MAY)

    record(referral, cast, MAY, "unacceptable_absence")
    assert start_of(referral) == ("started", LATER)
    record(referral, cast, LATER, "planned")
    assert start_of(referral) == ("accepted", None)


def test_an_earlier_attendance_entered_late_is_the_start(cast: Cast, referral: Referral) -> None:
    """A navigator who catches up on a month's paper must not leave the person waiting a month longer in the figures."""
    record(referral, cast, LATER)
    record(referral, cast, MAY)
    assert start_of(referral) == ("started", MAY)
    refresh([referral.case_id])
    fact = Fact.objects.get(case_id=referral.case_id)
    assert (fact.started_on, fact.stage.first_appointment_on) == (date(2026, 5, 11), date(2026, 5, 11))


def test_whoever_comes_early_has_come_by_the_time_it_is_recorded(cast: Cast, referral: Referral) -> None:
    """A start still to come would stand in the record; what is recorded again keeps the hour that was planned."""
    planned = NOW + timedelta(minutes=20)
    record(referral, cast, planned)
    assert start_of(referral) == ("started", NOW)
    with clock.set_to(NOW + timedelta(hours=1)):
        record(referral, cast, planned, "attended_late")
    assert start_of(referral) == ("started", planned)
