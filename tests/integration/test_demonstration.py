"""The demonstration: the same tale each time, with something at every stage and the differences it was given."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from cases.models import Authorisation, Case, Decision
from diversion import clock
from referrals.models import Appointment, Referral
from reporting.models import Fact

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    from diversion.management.commands import load_demonstration

    monkeypatch.setattr(load_demonstration, "AVONFORD", 150)
    monkeypatch.setattr(load_demonstration, "NORTHMOOR", 5)
    call_command("seed_reference", verbosity=0)
    with clock.set_to(datetime(2026, 6, 10, 9, 30, tzinfo=UTC)):
        call_command("load_demonstration", verbosity=0)


def test_there_is_something_at_every_stage_and_it_is_counted(loaded: None) -> None:
    """Whoever tries the service out must find work in every queue, and figures that are not all alike."""
    states = set(Referral.objects.values_list("state", flat=True))
    assert {"sent", "accepted", "started", "closed"} <= states
    assert {"waiting", "given"} <= set(Authorisation.objects.values_list("state", flat=True))
    results = Counter(Decision.objects.values_list("result", flat=True))
    assert set(results) == {"offered_accepted", "offered_declined", "not_offered"}
    assert Appointment.objects.filter(attendance="planned", starts_at__gt=datetime(2026, 6, 10, tzinfo=UTC)).exists()
    assert Fact.objects.filter(source="live").count() == Case.objects.count() == 155


def test_loading_again_adds_no_case(loaded: None) -> None:
    """`make run` a second time keeps the data and doubles nothing."""
    with clock.set_to(datetime(2026, 6, 11, 9, 30, tzinfo=UTC)):
        call_command("load_demonstration", verbosity=0)
    assert Case.objects.count() == 155
