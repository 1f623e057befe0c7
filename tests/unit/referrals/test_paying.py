"""What is paid: police say whether it was, and ask the worker why before they say that it was not."""

from collections.abc import Callable
from datetime import date, time, timedelta
from functools import partial
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import Client

from cases.law.codes import ConditionType, Settler
from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.refusals import Outdated, Refused
from referrals.actions import breaching, closing, missed, support
from referrals.actions.standing import restate
from referrals.models import Condition, MissedStep, NextDue, Referral
from referrals.queries.managing import late
from referrals.queries.next_due import COLUMNS, next_due
from referrals.schemes.missed import answer_by, waits_for_worker
from tests.conftest import Cast
from tests.factories.breaches import heard
from tests.factories.schemes import rewrite
from tests.made_once import made_once
from tests.unit.referrals.test_breaching import put
from tests.unit.referrals.test_varying import ask, move, scheme, supported

__all__ = ["scheme"]
pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[User], Client]


@made_once
def owed(cast: Cast, scheme: Any) -> Condition:
    """Compensation, due in four weeks, of somebody whom george helps."""
    return supported(cast, scheme)


def settle(one: Condition, state: str, by: User) -> Condition:
    one.refresh_from_db()
    return support.settle_condition(condition=one, state=state, evidence="Receipt 12.", version=one.version, by=by)


def ask_worker(one: Condition, by: User) -> Condition:
    one.refresh_from_db()
    return missed.ask_worker(condition=one, version=one.version, by=by)


def after(day: date) -> Any:
    return clock.set_to(clock.now() + (day - clock.today()) + timedelta(days=1))


def next_step(one: Condition) -> date | None:
    return NextDue.objects.get(referral=one.agreement.referral_id).step_on


@pytest.mark.parametrize("kind", ["compensation", "financial_penalty", "departure_uk"])
def test_police_say_whether_it_was_paid_or_whether_somebody_left(kind: str) -> None:
    """A worker would vouch for a payment, or a departure, of which the receipt is with the police."""
    assert ConditionType.parse(kind).settler == Settler.FORCE


def test_it_may_be_paid_at_any_time_and_police_say_so(cast: Cast, owed: Condition) -> None:
    """A payment before its day would wait for weeks; one that a worker ticks off may never have arrived."""
    with pytest.raises(Refused, match="not a partner's to say"):
        settle(owed, "done", cast["george"])
    assert settle(owed, "done", cast["amara"]).state == "done"


def test_nobody_says_that_it_was_not_paid_before_the_worker_was_asked(cast: Cast, owed: Condition) -> None:
    """Who lost their job would be taken to have refused, and be charged."""
    with pytest.raises(Refused, match="its day has not passed"):
        ask_worker(owed, cast["amara"])
    with after(owed.due_on):
        with pytest.raises(Refused, match="Ask the worker first"):
            settle(owed, "not_done", cast["amara"])
        ask_worker(owed, cast["amara"])
        with pytest.raises(Refused, match="The worker has until"):
            settle(owed, "not_done", cast["amara"])


@pytest.mark.parametrize(
    ("asked", "wanted_by", "recorded_from"),
    [
        (date(2026, 8, 26), date(2026, 8, 28), date(2026, 8, 29)),
        (date(2026, 8, 27), date(2026, 9, 1), date(2026, 9, 2)),  # a weekend, and a bank holiday on 31 August
    ],
)
def test_police_wait_two_working_days_for_the_answer(
    cast: Cast, owed: Condition, asked: date, wanted_by: date, recorded_from: date
) -> None:
    """Asked on a Friday evening and recorded on the Monday, nobody would have been asked at all."""
    Condition.objects.filter(pk=owed.pk).update(due_on=asked - timedelta(days=1))
    with clock.set_to(clock.moments_at(asked, time(17))[0]):
        ask_worker(owed, cast["amara"])
        owed.refresh_from_db()
        assert (answer_by(owed), waits_for_worker(owed)) == (wanted_by, wanted_by)
    with clock.set_to(clock.moments_at(wanted_by, time(23, 59))[0]), pytest.raises(Refused, match="until"):
        settle(owed, "not_done", cast["amara"])
    with clock.set_to(clock.moments_at(recorded_from, time(0, 1))[0]):
        assert settle(owed, "not_done", cast["amara"]).state == "not_done"


def test_once_the_worker_has_answered_or_it_was_paid_nobody_waits(cast: Cast, owed: Condition) -> None:
    """Police would wait for what they have heard, or could not write down the receipt that they hold."""
    with after(owed.due_on):
        ask_worker(owed, cast["amara"])
        kept = missed.answer_missed(missed=owed, reason="money", version=0, by=cast["george"])
        with pytest.raises(
            Refused, match="until"
        ):  # a reason that the worker keeps for themselves tells police nothing
            settle(owed, "not_done", cast["amara"])
        told = {"reason": "money", "way": "escalated", "note": "She lost her job."}
        missed.answer_missed(missed=owed, version=kept.version, by=cast["george"], **told)
        assert settle(owed, "not_done", cast["amara"]).state == "not_done"
        assert settle(owed, "done", cast["amara"]).state == "done"


def test_an_old_answer_is_none_to_a_question_asked_anew(cast: Cast, scheme: Any) -> None:
    """Let off by a rank once, somebody would be held to an answer that their worker gave weeks before."""
    owed, george, amara = supported(cast, scheme, "deferred_charge"), cast["george"], cast["amara"]
    with after(owed.due_on):
        ask_worker(owed, amara)
        told = {"reason": "money", "way": "escalated", "note": "She lost her job.", "version": 0}
        missed.answer_missed(missed=owed, by=george, **told)
        settle(owed, "not_done", amara)
        breach = heard(put(owed, cast), worker=george, advice="excuse", account="I lost my job.")
        ruling = breaching.Ruling("excuse", "Lost her job.", "Go on.")
        breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=cast["carol"])
        owed.refresh_from_db()
        assert (owed.state, owed.was_asked, owed.is_with_worker) == ("open", False, False)
        with pytest.raises(Refused, match="Ask the worker first"):
            settle(owed, "not_done", amara)
        ask_worker(owed, amara)
        with pytest.raises(Refused, match="The worker has until"):
            settle(owed, "not_done", amara)
        missed.answer_missed(missed=owed, by=george, **told | {"version": MissedStep.objects.get().version})
        assert settle(owed, "not_done", amara).state == "not_done"


def test_what_was_asked_before_waits_counts_from_the_history(cast: Cast, owed: Condition) -> None:
    """A worker who was asked weeks ago would be asked anew, or one who was asked this morning be late already."""
    upgrade = import_module("referrals.migrations.0023_when_it_was_asked")
    with after(owed.due_on):
        asked_at = ask_worker(owed, cast["amara"]).asked_at
    Condition.objects.filter(pk=owed.pk).update(asked_at=None)
    with connection.cursor() as cursor:
        cursor.execute(upgrade.ASKED_AT)
    owed.refresh_from_db()
    event = apps.get_model("referrals.ConditionEvent")._base_manager.filter(asked_for=owed.due_on).earliest("pk")
    assert asked_at is not None
    assert owed.asked_at == event.pgh_created_at


def test_it_is_the_worker_s_to_see_to_once_they_are_asked_and_until_it_has_another_day(
    cast: Cast, owed: Condition
) -> None:
    """The worker would never hear that it was not paid; or be late for ever with what is not theirs to record."""
    assert next_step(owed) != owed.due_on
    with after(owed.due_on):
        assert "condition" not in [it.what for it in late(by=cast["hugh"])]
        ask_worker(owed, cast["amara"])
        assert next_step(owed) == owed.due_on
        assert "condition" in [it.what for it in late(by=cast["hugh"])]
        owed.refresh_from_db()
        move(owed, owed.due_on + timedelta(days=20), cast["george"])
        owed.refresh_from_db()
        assert not owed.is_with_worker
        assert next_step(owed) != owed.due_on


def test_asked_twice_is_once_and_an_old_page_asks_nothing(cast: Cast, owed: Condition) -> None:
    """A double click would be an error, and a page of before the new day would ask about a day that is no longer."""
    old = owed.version
    with after(owed.due_on):
        assert ask_worker(owed, cast["amara"]).version == ask_worker(owed, cast["amara"]).version == old + 1
    owed.refresh_from_db()
    with after(owed.due_on):
        move(owed, owed.due_on + timedelta(days=5), cast["george"])
    owed.refresh_from_db()
    with after(owed.due_on), pytest.raises(Outdated):
        missed.ask_worker(condition=owed, version=old, by=cast["amara"])


def test_nothing_is_asked_while_police_decide_on_a_change_or_of_somebody_elses_case(
    cast: Cast, owed: Condition
) -> None:
    """While a change waits it is not overdue; and a stranger would chase somebody they do not know."""
    with after(owed.due_on):
        with pytest.raises((PermissionDenied, Refused)):
            ask_worker(owed, cast["lena"])
        with pytest.raises(PermissionDenied):
            ask_worker(owed, cast["george"])
        owed.refresh_from_db()
        ask(owed, cast["george"], due_on=clock.today() + timedelta(days=9))
        with pytest.raises(Refused, match="A change to this condition waits"):
            ask_worker(owed, cast["amara"])


def test_once_the_partner_has_done_its_part_there_is_nobody_to_ask(cast: Cast, owed: Condition) -> None:
    """The case would wait for the answer of a worker who has left it."""
    referral = Referral.objects.get(agreement__conditions=owed)
    closing.close_referral(referral=referral, result="completed", note="", version=referral.version, by=cast["george"])
    with after(owed.due_on):
        with pytest.raises(Refused, match="no partner helps"):
            ask_worker(owed, cast["amara"])
        assert settle(owed, "not_done", cast["amara"]).state == "not_done"


def test_the_worker_answers_police_before_the_support_is_closed(cast: Cast, owed: Condition, signed_in: SignIn) -> None:
    """Who lost their job would be taken to have refused at once: nobody is left who could say so."""
    referral, george = Referral.objects.get(agreement__conditions=owed), cast["george"]
    ends = {"result": "completed", "note": "", "version": referral.version, "by": george}
    page = f"/referrals/{referral.reference}/"
    with after(owed.due_on):
        ask_worker(owed, cast["amara"])
        with pytest.raises(Refused, match="The police ask why this was not done: I will pay"):
            closing.close_referral(referral=referral, **ends)
        told = {"reason": "money", "way": "escalated", "note": "She lost her job.", "version": 0}
        with clock.set_to(clock.now() + timedelta(days=7)), transaction.atomic():  # police wait no more
            closing.close_referral(referral=referral, **ends)
            assert "police ask why" not in signed_in(george).get(page).content.decode()
            transaction.set_rollback(True)
        missed.answer_missed(missed=owed, by=george, **told)
        referral.refresh_from_db()
        closing.close_referral(referral=referral, **ends)
        assert referral.result == "completed"


def test_the_page_asks_the_worker_first_and_the_worker_reads_it(cast: Cast, owed: Condition, signed_in: SignIn) -> None:
    """An officer would look for "not done" and find a refusal; the worker would not know what to talk about."""
    case, referral = owed.agreement.case, owed.agreement.referral
    assert referral is not None
    with after(owed.due_on):
        page = signed_in(cast["amara"]).get(f"/cases/{case.reference}/").content.decode()
        form = page[page.index(f'id="condition-{owed.pk}-state"') :]
        assert ('value="ask"' in form, 'value="not_done"' in form[: form.index("</form>")]) == (True, False)
        sent = {"version": owed.version, "state": "ask"}
        response = signed_in(cast["amara"]).post(f"/cases/{case.reference}/conditions/{owed.pk}", sent, follow=True)
        assert "The worker is asked why." in response.content.decode()
        home = signed_in(cast["amara"]).get("/").content.decode()
        assert ("the worker is asked why" in home, "answer wanted by" in home) == (True, True)
        page = signed_in(cast["amara"]).get(f"/cases/{case.reference}/").content.decode()
        form = page[page.index(f'action="/cases/{case.reference}/conditions/{owed.pk}"') :]
        form = form[: form.index("</form>")]
        assert ('value="not_done"' in form, 'type="radio"' in form, "Record as done" in form) == (False, False, True)
        assert "Not done can be recorded from" in page
        page = signed_in(cast["george"]).get(f"/referrals/{referral.reference}/").content.decode()
        assert "police ask why it was not done" in page
        assert "Why is it late, and what next?" in page
        assert "Answer wanted by" in page
        assert "Mark as done" not in page


def test_while_the_partner_has_not_answered_police_say_so_and_ask_nobody(
    cast: Cast, owed: Condition, signed_in: SignIn
) -> None:
    """The page would offer to ask a worker who is not there, refuse that, and leave nothing else to say."""
    case = owed.agreement.case
    Referral.objects.filter(agreement__conditions=owed).update(state="sent")
    restate(Case.objects.filter(pk=case.pk))
    with after(owed.due_on):
        page = signed_in(cast["amara"]).get(f"/cases/{case.reference}/").content.decode()
        form = page[page.index(f'id="condition-{owed.pk}-state"') :]
        form = form[: form.index("</form>")]
        assert ('value="ask"' in form, 'value="not_done"' in form) == (False, True)
        assert settle(owed, "not_done", cast["amara"]).state == "not_done"


def test_what_was_open_on_the_day_of_the_upgrade_is_whose_it_is_now(cast: Cast, owed: Condition) -> None:
    """A payment would stay on the board of a worker who may not record it, and what they put to police be gone."""
    upgrade = import_module("referrals.migrations.0020_whose_next_step_it_is")

    def run() -> date | None:
        with connection.cursor() as cursor:
            cursor.execute(upgrade.WITH_WORKER)
            cursor.execute(upgrade.NEXT_STEP)
        owed.refresh_from_db()
        rows = Referral.objects.filter(agreement__conditions=owed)
        assert list(NextDue.objects.values_list(*COLUMNS)) == list(next_due(rows))
        return next_step(owed)

    NextDue.objects.update(step_on=owed.due_on)
    assert (run() == owed.due_on, owed.asked_for) == (False, None)
    with after(owed.due_on):
        told = {"reason": "money", "way": "escalated", "note": "What now?", "version": 0}
        missed.answer_missed(missed=owed, by=cast["george"], **told)
        assert (run(), owed.asked_for) == (owed.due_on, owed.due_on)


def test_police_learn_by_no_refusal_whether_voluntary_support_goes_on(cast: Cast, owed: Condition, scheme: Any) -> None:
    """No page offers it, but who sent the form by hand was told to ask the worker while there was one."""
    rewrite(scheme, confidentiality="voluntary")
    rows = Referral.objects.filter(agreement__conditions=owed)
    tries = (partial(settle, owed, "not_done"), partial(settle, owed, "done"), partial(ask_worker, owed))
    told = set()
    with after(owed.due_on):
        over = {"state": "closed", "result": "completed", "closed_at": clock.now(), "closed_by": cast["george"]}
        for stands in ({"state": "started"}, over):
            rows.update(**stands)
            for attempt in tries:
                with pytest.raises(Refused) as refusal:
                    attempt(by=cast["amara"])
                told.add(str(refusal.value))
    assert len(told) == 2  # for what was asked, and not for how it stands
    owed.refresh_from_db()
    assert (owed.state, owed.asked_for) == ("open", None)
