"""Conditions that are kept day by day (no further offence, keeping away) are not done on the first of those days."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from cases.law.codes import ConditionType
from diversion import clock
from diversion.accounts.models import User
from diversion.refusals import Refused
from referrals.actions import closing, partner, support
from referrals.actions.deciding import Support
from referrals.models import Condition, Referral
from tests.conftest import Cast
from tests.factories.cases import OFFENCES, condition, crime, record
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")
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


@pytest.mark.parametrize("kind", LASTING)
def test_what_lasts_is_done_from_its_last_day_on(cast: Cast, kind: str) -> None:
    """An agreement of four months would be kept on its first day, and the victim told so."""
    one = on_a_scheme(cast, kind)
    for moment in (clock.now(), EVE):
        with clock.set_to(moment), pytest.raises(Refused, match="lasts until 7 October 2026"):
            settle(one, cast["george"])
    with clock.set_to(LAST_MORNING):
        assert settle(one, cast["george"]).state == "done"


def test_what_lasts_is_broken_at_any_time_and_may_be_taken_back(cast: Cast) -> None:
    """A new offence in the first week is not to be kept quiet for four months; a mistake is undone."""
    one = on_a_scheme(cast)
    assert settle(one, cast["george"], "not_done").state == "not_done"
    assert settle(one, cast["george"], "open").state == "open"


def test_what_lasts_ends_with_the_agreement(cast: Cast) -> None:
    """A due date after the end of the agreement would leave the person bound by nothing, and the case open."""
    one = on_a_scheme(cast, ends_on=date(2026, 9, 2))
    with clock.set_to(datetime(2026, 9, 1, 12, tzinfo=UTC)), pytest.raises(Refused, match="until 2 September 2026"):
        settle(one, cast["george"])
    with clock.set_to(datetime(2026, 9, 2, 12, tzinfo=UTC)):
        assert settle(one, cast["george"]).state == "done"


def test_an_agreement_with_something_that_lasts_is_completed_on_its_last_day(cast: Cast) -> None:
    """Closed as kept after a week, the crimes would get their outcome before the person had kept anything."""
    one = on_a_scheme(cast)
    referral = Referral.objects.get(agreement__conditions=one)

    def close() -> None:
        closing.close_referral(
            referral=referral, result="completed", note="", version=referral.version, by=cast["george"]
        )

    with clock.set_to(EVE), pytest.raises(Refused, match="not done yet"):
        close()
    with clock.set_to(LAST_MORNING):
        settle(one, cast["george"])
        close()
    referral.case.refresh_from_db()
    assert referral.case.closed_at == LAST_MORNING


def test_the_partner_is_shown_how_long_it_lasts_and_no_button_too_early(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    """A button that can only be refused wastes a navigator's time, many times a day."""
    reference = Referral.objects.get(agreement__conditions=on_a_scheme(cast)).reference
    navigator = signed_in(cast["george"])
    page = navigator.get(f"/referrals/{reference}/").content.decode()
    assert "to be kept until 7 October 2026" in page
    assert "Mark as done" not in page
    assert "Not kept" in page
    with clock.set_to(LAST_MORNING):
        assert "Mark as done" in signed_in(cast["george"]).get(f"/referrals/{reference}/").content.decode()


def test_the_officer_is_shown_the_same_of_a_condition_without_a_partner(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
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
