"""Conditions that are kept day by day (no further offence, keeping away) are not done on the first of those days."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from cases.law.codes import ConditionType, Settler
from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.refusals import Refused
from referrals.actions import closing, partner, support
from referrals.actions.deciding import Support
from referrals.models import Condition, Referral
from referrals.queries.cases import told_status_of
from referrals.queries.managing import late
from referrals.queries.settling import conditions_for_home
from tests.conftest import Cast
from tests.factories.cases import OFFENCES, condition, crime, record
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[User], Client]
LASTING = ("no_reoffending", "exclusion", "curfew_youth", "gps_tag")
LAST_DAY = date(2026, 10, 7)
EVE, LAST_MORNING = datetime(2026, 10, 6, 12, tzinfo=UTC), datetime(2026, 10, 7, 6, tzinfo=UTC)


def on_a_scheme(cast: Cast, kind: str = "no_reoffending", ends_on: date = LAST_DAY) -> Condition:
    """What lasts until 7 October, beside a course that is done; with Harbour Trust and george."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    conditions = [condition(kind=kind, due_on=LAST_DAY), condition("I will go to the course.")]
    agreement = Support(version, conditions=conditions, ends_on=ends_on)
    case = record(cast["amara"], crimes=[crime(OFFENCES["drug-diversion"])], support=agreement)
    sent = case.referrals.get()
    partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    settle(Condition.objects.get(agreement__case=case, kind="course"), cast["george"])
    return Condition.objects.get(agreement__case=case, kind=kind)


def settle(one: Condition, by: User, state: str = "done") -> Condition:
    one.refresh_from_db()
    return support.settle_condition(
        condition=one, state=state, evidence="No offence on record.", version=one.version, by=by
    )


def test_the_kinds_that_last_are_these() -> None:
    """A kind left out could be ticked off on the first day; one too many would hold a finished course open."""
    assert [str(kind) for kind in ConditionType if kind.lasts] == list(LASTING)


def test_police_settle_what_lasts() -> None:
    """A worker would vouch for what they never see."""
    assert {ConditionType.parse(kind).settler for kind in LASTING} == {Settler.FORCE}


@pytest.mark.parametrize("kind", LASTING)
def test_what_lasts_is_done_from_its_last_day_on(cast: Cast, kind: str) -> None:
    """An agreement of four months would be kept on its first day, and the victim told so."""
    one = on_a_scheme(cast, kind)
    for moment in (clock.now(), EVE):
        with clock.set_to(moment), pytest.raises(Refused, match="lasts until 7 October 2026"):
            settle(one, cast["amara"])
    with clock.set_to(LAST_MORNING):
        assert settle(one, cast["amara"]).state == "done"


def test_what_lasts_is_broken_at_any_time_and_may_be_taken_back(cast: Cast) -> None:
    """A new offence in the first week is not to be kept quiet for four months; a mistake is undone."""
    one = on_a_scheme(cast)
    assert settle(one, cast["amara"], "not_done").state == "not_done"
    assert settle(one, cast["amara"], "open").state == "open"


def test_police_let_nobody_off_by_the_way_while_a_partner_helps(cast: Cast) -> None:
    """In a conditional caution a change needs a signature and a rank; here a tick would do."""
    with pytest.raises(Refused, match="the worker asks for it as a change"):
        settle(on_a_scheme(cast), cast["amara"], "cancelled")


@pytest.mark.parametrize("state", ["done", "not_done", "open"])
def test_a_partner_never_says_whether_it_was_kept(cast: Cast, state: str) -> None:
    """What a worker cannot see would close a crime, or send somebody to court."""
    one = on_a_scheme(cast)
    with clock.set_to(LAST_MORNING), pytest.raises(Refused, match="not a partner's to say"):
        settle(one, cast["george"], state)


def test_police_settle_nothing_else_that_a_partner_looks_after(cast: Cast) -> None:
    """An officer who was at no session would say that it was attended."""
    one = on_a_scheme(cast)
    course = Condition.objects.get(agreement=one.agreement, kind="course")
    with pytest.raises(PermissionDenied):
        settle(course, cast["amara"], "not_done")


def test_what_lasts_ends_with_the_agreement(cast: Cast) -> None:
    """A due date after the end of the agreement would leave the person bound by nothing, and the case open."""
    one = on_a_scheme(cast, ends_on=date(2026, 9, 2))
    with clock.set_to(datetime(2026, 9, 1, 12, tzinfo=UTC)), pytest.raises(Refused, match="until 2 September 2026"):
        settle(one, cast["amara"])
    with clock.set_to(datetime(2026, 9, 2, 12, tzinfo=UTC)):
        assert settle(one, cast["amara"]).state == "done"


def close(one: Condition, cast: Cast) -> Case:
    """The case once the partner has done its part, before the day of what lasts."""
    referral = Referral.objects.get(agreement__conditions=one)
    with clock.set_to(EVE - timedelta(days=30)):
        closing.close_referral(
            referral=referral, result="completed", note="", version=referral.version, by=cast["george"]
        )
        assert told_status_of(referral.case) == "with_partner", "told once it cannot be undone"
    with clock.set_to(EVE):
        assert told_status_of(referral.case) == "conditions"
    return Case.objects.get(pk=referral.case_id)


def test_the_case_of_a_partner_who_has_done_its_part_closes_once_police_have_done_theirs(cast: Cast) -> None:
    """A worker would wait for weeks with a record that is done, or the crimes get their outcome too soon."""
    one = on_a_scheme(cast)
    case = close(one, cast)
    assert (case.closed_at, [it.pk for it in conditions_for_home(by=cast["amara"])]) == (None, [])
    with clock.set_to(EVE):
        assert [it.pk for it in conditions_for_home(by=cast["amara"])] == [one.pk]
    with clock.set_to(LAST_MORNING):
        settle(one, cast["amara"])
    case.refresh_from_db()
    assert case.closed_at == LAST_MORNING
    assert [it.outcome for it in case.allegations.all()] == ["8"]


def test_police_are_asked_on_its_day_also_while_the_partner_helps(cast: Cast, signed_in: SignIn) -> None:
    """Nobody would say it, since the worker may not and the officer waits for the worker."""
    one = on_a_scheme(cast)
    case, home = one.agreement.case, "Settle what was agreed"
    page = signed_in(cast["amara"]).get(f"/cases/{case.reference}/").content.decode()
    assert ("Settled by police" in page, f"condition-{one.pk}-state" in page) == (True, False)
    assert home not in signed_in(cast["amara"]).get("/").content.decode()
    with clock.set_to(LAST_MORNING):
        officer = signed_in(cast["amara"])
        assert home in officer.get("/").content.decode()
        assert f"condition-{one.pk}-state" in officer.get(f"/cases/{case.reference}/").content.decode()
        settle(one, cast["amara"])
        assert home not in signed_in(cast["amara"]).get("/").content.decode()
    case.refresh_from_db()
    assert case.closed_at is None, "the partner still helps"


def test_a_partner_is_never_late_with_it_and_reads_neither_button_nor_answer(cast: Cast, signed_in: SignIn) -> None:
    """What police have not said would count against the person, and a new offence be told to whoever may not know."""
    one = on_a_scheme(cast)
    reference = Referral.objects.get(agreement__conditions=one).reference
    for moment, state in ((clock.now(), ""), (LAST_MORNING + timedelta(days=9), ""), (LAST_MORNING, "not_done")):
        with clock.set_to(moment):
            if state:
                settle(one, cast["amara"], state)
            page = signed_in(cast["george"]).get(f"/referrals/{reference}/").content.decode()
            assert "to be kept until 7 October 2026" in page
            assert "settled by police" in page
            assert not [words for words in ("Mark as done", "Not kept", "Not done") if words in page]
    with clock.set_to(LAST_MORNING + timedelta(days=9)):
        assert "condition" not in [it.what for it in late(by=cast["hugh"])]


def test_the_officer_is_shown_the_same_of_a_condition_without_a_partner(cast: Cast, signed_in: SignIn) -> None:
    """A community resolution with "no further offence" would close on the day on which it was given."""
    case = record(cast["amara"], support=Support(conditions=[condition(kind="no_reoffending", due_on=LAST_DAY)]))
    one = case.agreement.conditions.get()
    officer = signed_in(cast["amara"])
    page = officer.get(f"/cases/{case.reference}/").content.decode()
    assert "It lasts until 7 October 2026" in page
    assert 'value="done"' not in page
    sent = {"version": one.version, "state": "done", "evidence": "Seen"}
    response = officer.post(f"/cases/{case.reference}/conditions/{one.pk}", sent)
    assert (response.status_code, "This condition lasts until 7 October 2026" in response.content.decode()) == (
        422,
        True,
    )
    with clock.set_to(LAST_MORNING):
        settle(one, cast["amara"])
    case.refresh_from_db()
    assert case.closed_at == LAST_MORNING
