"""The clock board: which clocks run in an open case, in what order, and for whom."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from referrals.actions import partner, support
from referrals.actions.deciding import Support
from referrals.codes import Clock
from referrals.models import Standing
from tests.conftest import Cast
from tests.factories.cases import condition, crime, decision, left_open, person, record, refer
from tests.factories.ground import adopt_scheme
from tests.factories.youth import child_with_knife

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]


def board(client: Client, **query: Any) -> str:
    response = client.get(reverse("clock_board"), query)
    if "q" in query:
        response = client.post(reverse("clock_board"), query, follow=True)
        assert query["q"] not in response.redirect_chain[0][0]
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def order_of(page: str) -> list[str]:
    return re.findall(r"DV-[A-Z0-9-]+(?=</span>)", page)


def days_of(case: Case) -> dict[str, date | None]:
    return Standing.objects.filter(case=case).values(*Clock.values).get()


def common_assault(by: User, days_ago: int, **changes: Any) -> Case:
    """A summary-only offence: its limit is six months from the offence."""
    return record(
        by, crimes=[crime("common-assault", committed_on=clock.today() - timedelta(days=days_ago))], **changes
    )


def test_each_clock_of_a_case_has_its_day_while_it_runs(cast: Cast) -> None:
    """A clock that is not shown runs out; one that is shown for ever hides those that matter."""
    scheme = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    sent = refer(cast["amara"], scheme)
    day = days_of(sent.case)
    # Sent on a Wednesday, and not answered yet; twelve weeks were agreed.
    assert (day["contact_on"], day["finish_on"]) == (date(2026, 6, 12), date(2026, 9, 2))
    with clock.set_to(clock.now() + timedelta(days=1)):
        partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    assert days_of(sent.case)["contact_on"] == date(2026, 6, 15)  # a Thursday, and the week-end is left out
    late = clock.now() + timedelta(days=9)
    support.plan_appointment(referral=sent, starts_at=late, place="Harbour House", by=cast["george"])
    assert days_of(sent.case)["contact_on"] == date(2026, 6, 19)  # the meeting that is booked
    support.record_contact(
        referral=sent, submission=sent.case.submission, channel="telephone", reached=True, note="", by=cast["george"]
    )
    assert days_of(sent.case)["contact_on"] is None
    assert days_of(left_open(cast["amara"]))["decide_on"] == date(2026, 6, 11)
    assert days_of(child_with_knife(cast["amara"]))["youth_on"] is not None


def test_what_police_are_not_told_of_voluntary_support_is_no_clock(cast: Cast) -> None:
    """Whether somebody came to voluntary support would be told to police by a clock that stops."""
    scheme = adopt_scheme("divert", cast, provider="hugh").versions.latest("valid_from")
    sent = refer(cast["amara"], scheme, decision=decision(disposal="none"), origin="custody")
    assert sent.contact_by is not None  # for the partner
    runs = days_of(sent.case)
    assert {name for name in runs if runs[name]} == {"limit_on"}


def test_the_nearest_day_comes_first_and_a_closed_case_is_gone(cast: Cast, signed_in: SignIn) -> None:
    """Whoever reads from the top must meet what runs out first, whichever clock it is."""
    later, soon = common_assault(cast["amara"], 30), common_assault(cast["callum"], 170)
    asked = left_open(cast["amara"])
    done = common_assault(
        cast["amara"], 175, decision=decision(result="not_offered", not_offered_reason="too_serious", disposal="")
    )
    page = board(signed_in(cast["elin"]))
    assert order_of(page) == [asked.reference, soon.reference, later.reference]
    assert done.reference not in page
    assert "1 day left" in page
    assert order_of(board(signed_in(cast["elin"]), sort="-days")) == [
        later.reference,
        soon.reference,
        asked.reference,
    ]


def test_the_board_narrows_to_a_clock_a_team_and_a_number(cast: Cast, signed_in: SignIn) -> None:
    """A hub that asks what is to be decided is not helped by four hundred agreements."""
    asked = left_open(cast["amara"])
    other = record(cast["elin"], crimes=[crime("common-assault", number="AV/900/26")])
    client = signed_in(cast["elin"])
    assert order_of(board(client, clock="decide_on")) == [asked.reference]
    assert order_of(board(client, team=asked.team_id)) == [asked.reference]
    assert order_of(board(client, q="AV/900")) == [other.reference]
    assert "No clock runs in a case that fits" in board(client, q="AV/777")


@pytest.mark.parametrize(
    ("who", "status"), [("elin", 200), ("carol", 200), ("david", 200), ("amara", 403), ("hana", 404), ("lena", 403)]
)
def test_the_board_is_for_the_hub_and_for_those_who_authorise(
    cast: Cast, signed_in: SignIn, who: str, status: int
) -> None:
    """Days that are left say that somebody is suspected: nobody without business reads them."""
    assert signed_in(cast[who]).get(reverse("clock_board")).status_code == status


def test_a_sergeant_sees_the_team_and_another_force_nothing(cast: Cast, signed_in: SignIn) -> None:
    """The board must not show what the list of cases hides."""
    teams, hubs = common_assault(cast["amara"], 30), common_assault(cast["elin"], 30)
    assert order_of(board(signed_in(cast["carol"]))) == [teams.reference]
    assert order_of(board(signed_in(cast["mina"]))) == []
    assert set(order_of(board(signed_in(cast["elin"])))) == {teams.reference, hubs.reference}


def test_the_log_says_whose_clocks_were_shown(cast: Cast, signed_in: SignIn) -> None:
    """A board is a look at everybody on it (Data Protection Act 2018 s.62)."""
    from diversion.audit.models import Event

    case = common_assault(cast["amara"], 30, person=person(given_names="Seen"))
    board(signed_in(cast["elin"]))
    assert Event.objects.get(kind="clocks.shown").subjects == [f"cases.case:{case.pk}"]


def test_an_agreement_that_police_look_after_runs_until_its_last_condition(cast: Cast) -> None:
    """Without a scheme the last thing that was promised is the end."""
    case = record(cast["amara"], support=Support(conditions=[condition(), condition("I will write.")]))
    assert days_of(case)["finish_on"] == condition().due_on
