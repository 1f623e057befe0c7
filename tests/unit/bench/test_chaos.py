"""What bench/chaos.py tells: a loss that it does not see would be told as none."""

import uuid
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from bench.beside import afterwards
from bench.beside.hosts import Killed
from bench.beside.journeys import ATTENDANCE, Ask, Ledger
from cases.models import Case
from diversion.accounts.models import User
from referrals.models import Appointment
from tests.conftest import Cast
from tests.factories.cases import crime, record

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture(autouse=True)
def _same_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(afterwards, "connection", SimpleNamespace(close=lambda: None))


def of(kind: str, *asks: Ask) -> afterwards.Kept:
    found = {one.kind: one for one in afterwards.compare(Ledger(asks=list(asks)))}
    return found[kind]


def sent(case: Case | None, **changes: Any) -> Ask:
    values = {"kind": "decision", "key": str(case.submission if case else uuid.uuid4()), "tries": 1}
    values["answered"] = f"/cases/{case.reference}/" if case else "/cases/DV-0000-0000/"
    return Ask(**values | changes)


def test_what_was_answered_and_is_not_on_record_is_lost(cast: Cast) -> None:
    """Also where its answer led to another case. What got no answer may be on record or not."""
    one, other = record(cast["amara"]), record(cast["amara"])
    assert of("decision", sent(one), sent(other)).lost == []
    missing, elsewhere = sent(None), sent(one, answered=f"/cases/{other.reference}/")
    assert of("decision", missing, elsewhere).lost == [missing.key, elsewhere.key]
    assert of("decision", sent(None, answered="")).lost == []


def test_what_was_sent_once_and_stands_twice_is_doubled(cast: Cast) -> None:
    """Each crime of the load is decided once."""
    kept = record(cast["amara"])
    assert of("decision", sent(kept), sent(kept)).doubled == []
    again = crime(number=kept.allegations.get().crime.number)
    record(cast["amara"], crimes=[again])  # somebody else over the same crime: what a replay under a new number makes
    assert of("decision", sent(kept)).doubled == [str(kept.submission)]


def told(cast: dict[str, User], **changes: Any) -> afterwards.Told:
    faults = SimpleNamespace(leftovers=[1.0], room_seen=[True, False])
    done = {"seconds": {"Redis killed": [1.0, 3.0]}, "alone": {"Redis killed": [16.0]}}
    run = SimpleNamespace(**done, never=Counter(), count=3, faults=faults)
    values = {"seed": 1, "minutes": 1.0, "run": run, "ledger": Ledger(), "found": [of("report")], "unwell": []}
    others = {"changes": [], "calm": "", "has_disk": True, "killed": Killed(["third@host"], [31.0, 40.0])}
    return afterwards.Told(**values | others | changes)


def test_whatever_is_amiss_is_told_and_ends_with_one(cast: Cast) -> None:
    """The page must not say that all is well while a line of it says otherwise."""
    assert told(cast).is_well
    assert "| Redis killed | 3 | 16.0 | 2.0 | 3.0 | 1 | 0 |" in told(cast).text()
    assert "Over it within 15 s: 0 of 1 alone, 2 of 2 among others." in told(cast).text()
    assert "ready 31 s later in half of them, 40 s later at most, 0 times never" in told(cast).text()
    assert "told of a full disk 1 of 2 times" in told(cast).text()
    lost = of("decision", sent(None))
    assert not told(cast, found=[lost]).is_well
    assert f"- lost decision: {lost.lost[0]}" in told(cast, found=[lost]).text()
    assert "**1 lost, 0 doubled**" in told(cast, found=[lost]).text()
    for amiss in ({"unwell": ["MEND  x"]}, {"changes": ["28 March: WRONG"]}, {"killed": Killed(never=1)}):
        assert not told(cast, **amiss).is_well
    assert not told(cast, ledger=Ledger(seen=Counter({"NO SENTENCE: status 500": 1}))).is_well


def test_a_meeting_planned_again_is_found(cast: Cast) -> None:
    """A resend that plans a second one would have somebody come twice."""
    assert of("meeting", Ask("meeting", "Room 1", "/referrals/RF-1/", 1)).lost == ["Room 1"]
    assert Appointment.objects.count() == 0
    page = '<form action="/referrals/RF-1/appointments/7/attendance"><input name="version" value="3"></form>'
    assert ATTENDANCE.findall(page) == [("/referrals/RF-1/appointments/7/attendance", "3")]
