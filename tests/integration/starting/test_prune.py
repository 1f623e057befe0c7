"""``prune``: what is kept for a time goes when that is over, and nothing else with it."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client

from cases.models import KnownCrime
from diversion import clock
from diversion.accounts.models import Session, User
from diversion.audit.models import Event
from diversion.management.pruning import RULES
from diversion.notifications.models import Message
from diversion.tasks import prune
from referrals.models import DecisionDraft, Slot
from reporting.models import ReportArtefact, ReportRun
from tests.conftest import Cast
from tests.factories.cases import refer
from tests.factories.ground import adopt_scheme

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")


def a_report(cast: Cast, ended: int) -> ReportRun:
    """One finished so many days ago, with a file."""
    day, at = clock.today(), clock.now() - timedelta(days=ended)
    run = ReportRun.objects.create(
        force=cast["ian"].organisation, source="live", start=day, end=day, state="ready", finished_at=at, progress=100
    )
    ReportArtefact.objects.create(run=run, kind="json", content=b"{}", sha256="0")
    return run


@pytest.fixture
def kept_and_over(cast: Cast) -> dict[str, list[Any]]:
    """Of each kind, first one that is over, then those that stay."""
    amara, now = cast["amara"], clock.now()
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    past = [
        Slot.objects.create(version=version, starts_at=now - timedelta(days=days), place=f"Room {number}")
        for number, days in enumerate((91, 89, 91))
    ]
    taken = refer(amara, version)
    taken.slot = past[2]
    taken.save()
    return {
        "sessions": [
            Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(seconds=left))
            for key, left in {"over": -1, "goes on": 60}.items()
        ],
        "reports": [a_report(cast, 1097), a_report(cast, 1095)],
        "slots": past,
        "messages": [
            Message.objects.create(
                kind="news",
                about=str(days),
                organisation=amara.organisation,
                to=amara,
                state=state,
                queued_at=now - timedelta(days=days),
            )
            for days, state in ((401, "sent"), (399, "sent"), (402, "waiting"))
        ],
        "crimes": [
            KnownCrime.objects.create(
                force=amara.organisation, number=f"AV/{days}/26", brought_at=now - timedelta(days=days)
            )
            for days in (29, 27)
        ],
        "drafts": [
            DecisionDraft.objects.create(author=amara, submission=uuid4(), typed={}, kept_at=now - timedelta(days=days))
            for days in (8, 6)
        ],
    }


def held() -> list[int]:
    return [rule.over().model._base_manager.count() for rule in RULES]


def test_a_trial_removes_nothing_and_the_beat_only_what_is_over(
    kept_and_over: dict[str, list[Any]],
) -> None:
    """What is never removed is one day read by somebody who should not; what somebody came to must stay on record."""
    assert held() == [2, 2, 3, 3, 2, 2]
    call_command("prune", "--dry-run", stdout=StringIO())
    assert held() == [2, 2, 3, 3, 2, 2]
    assert not Event.objects.filter(kind="service.pruned").exists()

    assert prune() == 6

    assert held() == [1, 1, 2, 2, 1, 1]
    for kind in ("sessions", "slots", "messages", "crimes", "drafts"):
        over, *stay = kept_and_over[kind]
        assert not type(over).objects.filter(pk=over.pk).exists()
        assert all(type(one).objects.filter(pk=one.pk).exists() for one in stay)
    event = Event.objects.get(kind="service.pruned")
    assert set(event.detail.values()) == {1}
    assert prune() == 0
    assert Event.objects.filter(kind="service.pruned").count() == 1


def test_a_report_without_its_files_says_so(cast: Cast, signed_in: SignIn) -> None:
    """An empty page would look like a report of nobody."""
    run = a_report(cast, 1097)
    prune()
    text = signed_in(cast["ian"]).get(f"/monitoring/reports/{run.reference}").content.decode()
    assert "The figures of this report are kept no longer." in text
    assert "Download" not in text


def test_the_command_says_how_much_by_which_setting(cast: Cast) -> None:
    """Whoever sets a time must see what it would take away."""
    a_report(cast, 1097)
    out = StringIO()
    call_command("prune", "--dry-run", stdout=out)
    assert "files of reports: 1 held, 1 would be removed, 0 left (REPORT_DAYS)" in out.getvalue()
