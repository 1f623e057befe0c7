"""Victims in figures: how long it took, who was told in time, and who may see it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from cases.actions import victims as actions
from cases.models import VictimDuty
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from referrals.actions import support
from reporting import outbox
from reporting.measures.victims import victims
from reporting.models import VictimFact
from tests.conftest import Cast
from tests.factories.cases import crime, person, record
from tests.factories.facts import harmed, live
from tests.unit.reporting.measures.test_documented import TEXT

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[User], Client]
PERIOD = "?start=2026-01-01&end=2026-06-30"
DAY = date(2026, 5, 4)


def words_of(client: Client, address: str = f"/monitoring/victims{PERIOD}") -> str:
    return " ".join(client.get(address).content.decode().split())


def test_victims_in_figures_follow_what_was_done_for_them(cast: Cast, signed_in: SignIn) -> None:
    """A force that cannot say whether victims are told finds out from a complaint; a name in a fact would be theirs."""
    about = {"victim_kind": "person", "victim_name": "Zenobia Quillfeather"}
    one = record(cast["amara"], crimes=[crime("common-assault", **about), crime("criminal-damage", **about)])
    two = record(cast["amara"], crimes=[crime("common-assault", **about, is_hate_crime=False)], person=person())
    record(cast["amara"], crimes=[crime("possession-of-cannabis")], person=person(family_name="Nobody"))
    step = one.agreement.conditions.get()
    with clock.set_to(clock.now() + timedelta(days=3)):
        support.settle_condition(condition=step, state="done", evidence="Seen.", version=1, by=cast["amara"])
    decision, end = (VictimDuty.objects.get(allegation__case=one, kind=kind) for kind in ("decision", "end"))
    actions.tell(duty=decision, channel="telephone", by=cast["vera"])
    with clock.set_to(clock.now() + timedelta(days=30)):
        actions.tell(duty=end, channel="letter", by=cast["vera"])
    first = two.allegations.get()
    actions.keep_record(allegation=first, said={"updates": "no"}, seen=0, by=cast["vera"])
    actions.tell(duty=VictimDuty.objects.get(allegation=first), channel="", by=cast["vera"])
    three = record(cast["amara"], crimes=[crime("common-assault", **about)], person=person(family_name="Third"))
    actions.keep_record(allegation=three.allegations.get(), said={"contact_by": "none"}, seen=0, by=cast["vera"])
    outbox.drain()
    rows = {row.fact.case_id: row for row in VictimFact.objects.select_related("fact")}
    assert rows.keys() == {one.pk, two.pk, three.pk}
    assert (rows[one.pk].decision_told_on, rows[one.pk].view) == (clock.today(), "agrees")
    assert rows[one.pk].end_told_on > rows[one.pk].end_due_on
    assert (rows[two.pk].decision_told_on, rows[two.pk].decision_unwanted) == (None, True)
    assert rows[three.pk].decision_unwanted, "they said so; nobody has noted it at the notice yet"
    assert not {str(value) for row in rows.values() for value in vars(row).values()} & {"Zenobia Quillfeather"}
    for who, came_from in (("vera", "/victims/"), ("ian", "/monitoring/")):
        shown = words_of(signed_in(cast[who]))
        assert "1 of 1" in shown
        assert "0 of 1" in shown  # told of the end, and late
        assert "Community resolution" in shown
        assert "Zenobia" not in shown
        assert "/monitoring/victims" in words_of(signed_in(cast[who]), came_from)
    assert Event.objects.filter(kind="monitoring.victims_viewed").count() == 2
    assert "Nobody was harmed" in words_of(
        signed_in(cast["vera"]), "/monitoring/victims?start=2025-01-01&end=2025-02-01"
    )
    wrong = signed_in(cast["vera"]).get("/monitoring/victims?start=2026-07-01&end=2026-01-01")
    assert (wrong.status_code, "The last day is before the first" in wrong.content.decode()) == (422, True)
    assert "Nobody was harmed" in words_of(signed_in(cast["noel"]))
    assert signed_in(cast["amara"]).get("/monitoring/victims").status_code == 403


def test_the_worked_example_of_victims_comes_out(cast: Cast) -> None:
    """Whoever waits counted among those not told would be a failure that has not happened."""
    force = cast["ian"].organisation
    for days in (3, 3, 4, 5, 6, 8, 10, 12, 15):
        harmed(live(force, happened_on=DAY), committed_on=DAY - timedelta(days=days))
    late = {"decision_told_on": DAY + timedelta(days=9), "committed_on": DAY - timedelta(days=20)}
    harmed(live(force, happened_on=DAY), **late)
    waits = {"decision_told_on": None, "decision_due_on": clock.today(), "committed_on": DAY - timedelta(days=31)}
    harmed(live(force, happened_on=DAY), **waits)
    open_one = {"decided_on": None, "decision_told_on": None, "decision_due_on": None, "view": "not_asked"}
    harmed(live(force, happened_on=DAY), **open_one)
    found = victims(force, DAY, DAY)
    days = found["times"][0]
    everybody, enhanced, _usual = found["notices"]
    told = everybody["victim_told_decision_in_time"]
    low, high = told["interval"]
    for said in (
        f"Median {days['median']:g} days, half of them between {days['quartiles'][0]} and {days['quartiles'][1]}",
        f"({days['denominator']} victims; {days['pending']} not yet)",
        f"{told['numerator']} of {told['denominator']} (90%, 95% interval {low:.1%} to {high:.1%})",
    ):
        assert said in " ".join(TEXT.split())
    at_all = everybody["victim_told_decision"]
    assert (at_all["numerator"], at_all["denominator"], at_all["pending"]) == (10, 10, 1)
    assert enhanced["victim_told_decision"]["denominator"] == 0
    assert found["views"][-1]["views"] == {
        "agrees": 11, "objects": 0, "no_view": 0, "uncontactable": 0, "not_asked": 1
    }  # fmt: skip
