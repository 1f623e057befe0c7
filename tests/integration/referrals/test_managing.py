"""The page of a provider's manager: what is late, who has how much, how long people wait; and the monthly return."""

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from cases.actions import absences
from cases.law.workdays import working_days_between
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.door import leave_own
from diversion.notifications.tasks import tell
from diversion.refusals import Refused
from referrals.actions import closing, partner, support
from referrals.models import Agreement, Referral, Scheme, SharingAgreement
from referrals.queries import managing
from tests.conftest import Cast
from tests.factories.cases import decision, person, refer
from tests.factories.ground import adopt_scheme
from tests.factories.schemes import rewrite

SignIn = Callable[[User], Client]


def read(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def on(day: int, hour: int = 9, month: int = 6) -> Any:
    """The clock at an hour of UTC in 2026."""
    return clock.set_to(datetime(2026, month, day, hour, tzinfo=UTC))


def sent(cast: Cast, name: str, confidentiality: str = "enforceable") -> Referral:
    """Somebody sent to Harbour Trust on the day at which the clock stands."""
    scheme = Scheme.objects.filter(slug="drug-diversion").first() or adopt_scheme(
        "drug-diversion", cast, provider="hugh"
    )
    version = rewrite(scheme.versions.latest("valid_from"), confidentiality=confidentiality)
    return refer(cast["amara"], version, person=person(given_names=name), decision=decision(rationale="It helps."))


def accepted(referral: Referral, cast: Cast) -> Referral:
    return partner.accept(referral=referral, navigator=cast["george"], version=referral.version, by=cast["hugh"])


def reach(referral: Referral, cast: Cast) -> None:
    said = {"submission": uuid4(), "channel": "telephone", "reached": True, "note": ""}
    support.record_contact(referral=referral, **said, by=cast["george"])


def came(referral: Referral, cast: Cast) -> None:
    met = support.plan_appointment(referral=referral, starts_at=clock.now(), place="Here", by=cast["george"])
    support.record_attendance(appointment=met, attendance="attended", version=met.version, by=cast["george"])


@pytest.fixture
def month(cast: Cast) -> Cast:
    """June 2026 at Harbour Trust: Ada finished, Bo is being helped, Cy was declined, Di waits since the first."""
    with on(1):
        ada, bo, cy = (sent(cast, name) for name in ("Ada", "Bo", "Cy"))
        sent(cast, "Di")
    with on(3):
        ada, bo = accepted(ada, cast), accepted(bo, cast)
        partner.decline(referral=cy, reason="no_capacity", version=cy.version, by=cast["hugh"])
    with on(4):
        reach(ada, cast)
    with on(8):
        came(ada, cast)
    with on(9):
        reach(bo, cast)
        support.plan_appointment(
            referral=bo, starts_at=clock.now() + timedelta(days=2), place="Harbour House", by=cast["george"]
        )
    with on(20):
        now = Referral.objects.get(pk=ada.pk)
        closing.close_referral(referral=now, result="not_completed", note="", version=now.version, by=cast["george"])
    return cast


def test_waits_are_told_in_working_days_against_each_clock(month: Cast) -> None:
    """A contract that is judged by calendar days, or by those alone who came, says nothing of who still waits."""
    with on(22):
        told = managing.figures(by=month["hugh"])
    by_step = {one["step"]: one for one in told["waits"]}
    shown = ("days", "people", "within", "middle", "longest", "late")
    # sent Monday 1 June; Ada, Bo and Cy were answered on Wednesday, Di was not
    assert [by_step["acceptance"][name] for name in shown] == [2, 3, 3, 2, 2, 1]
    # accepted on Wednesday 3 June: Ada reached on Thursday, Bo on Tuesday 9
    assert [by_step["contact"][name] for name in shown] == [2, 2, 1, 4, 4, 0]
    # Ada came on Monday 8 June, Bo has not come
    assert [by_step["appointment"][name] for name in shown] == [5, 1, 1, 3, 3, 1]
    assert told["load"] == [{"pk": month["george"].pk, "who": "George Tate", "people": 1, "late": 1, "quiet": 0}]


def test_the_page_names_what_is_late_to_whoever_decides_there_alone(month: Cast, signed_in: SignIn) -> None:
    """A manager who has to open forty records to find who was forgotten finds nobody; police must not read it."""
    away = {
        "user": month["george"],
        "cover": month["hugh"],
        "from_on": date(2026, 6, 22),
        "until_on": date(2026, 6, 26),
    }
    with on(22):
        absences.say_away(**away, by=month["hugh"])
        page = signed_in(month["hugh"]).get(reverse("managing")).content.decode()
        shown = ("Until 26 June 2026: Hugh Barrow covers", "Not accepted or declined", "Appointment without a result")
        for who in ("Di Price", "Bo Price", *shown):
            assert who in page, who
        assert "Cy Price" not in page
        assert Event.objects.filter(kind="referral.late_shown", actor_id=month["hugh"].pk).exists()
        assert "Di Price" not in signed_in(month["hana"]).get(reverse("managing")).content.decode()
        seen = {who: signed_in(month[who]).get(reverse("managing")).status_code for who in ("george", "elin", "lena")}
    assert set(seen.values()) <= {403, 404}


def test_the_return_of_a_month_counts_and_names_nobody(month: Cast, signed_in: SignIn) -> None:
    """Whoever pays wants the same numbers each month; and those of a voluntary scheme would tell police who came."""
    with on(2, month=7):
        client = signed_in(month["hugh"])
        answer = client.get(reverse("monthly_return"), {"month": "2026-06"})
        _headings, row = csv.reader(answer.content.decode().splitlines())
        assert answer["Content-Type"].startswith("text/csv")
        assert row == ["2026-06", "Drug diversion", *"42121011"]
        assert not [name for name in ("Ada", "Bo", "Di", "Price", "George") if name in answer.content.decode()]
        for wrong in ("2026-13", "june", "", "2026-08"):
            assert client.get(reverse("monthly_return"), {"month": wrong}).status_code == 404
        assert Event.objects.get(kind="return.made").detail == {"month": "2026-06"}
        accepted(sent(month, "Eli", "voluntary"), month)
        now = client.get(reverse("monthly_return"), {"month": "2026-07"}).content.decode()
        assert now.splitlines()[1] == "2026-07,Drug diversion,1,,,,,,,"


def test_figures_of_a_provider_leave_for_its_manager_alone(cast: Cast) -> None:
    """A worker, another provider or police would count people whom they may not open."""
    for who in ("george", "hana", "elin", "ian"):
        with pytest.raises(PermissionDenied):
            leave_own({}, provider=cast["hugh"].organisation, by=cast[who])
    assert leave_own({}, provider=cast["hugh"].organisation, by=cast["hugh"]).exact


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2026, 6, 1), date(2026, 6, 1), 0),
        (date(2026, 6, 5), date(2026, 6, 8), 1),  # Friday to Monday
        (date(2026, 8, 28), date(2026, 9, 1), 1),  # over the bank holiday of 31 August
    ],
)
def test_a_wait_over_a_weekend_or_a_bank_holiday_is_not_longer(first: date, last: date, days: int) -> None:
    """Whoever is sent on a Friday would be late by Monday."""
    assert working_days_between(first, last) == days


def test_an_agreement_that_ends_warns_three_times_and_stops_new_people_alone(
    cast: Cast, mailoutbox: list[Any], signed_in: SignIn
) -> None:
    """Sending stops one morning and nobody knew; or somebody who is being helped is dropped with it."""
    with on(1):
        helped = accepted(sent(cast, "Ada"), cast)
    SharingAgreement.objects.update(valid_to=date(2026, 9, 30), valid_from=date(2026, 1, 1))
    SharingAgreement.objects.exclude(provider=cast["hugh"].organisation).delete()
    said = []
    for day, month_ in ((1, 6), (2, 7), (3, 7), (31, 8), (23, 9), (24, 9)):
        with on(day, month=month_):
            said.append(tell("agreement_ends"))
    told = len({one.to[0] for one in mailoutbox})
    assert said == [0, told, 0, told, told, 0]
    assert {cast["elin"].email, cast["hugh"].email} <= {one.to[0] for one in mailoutbox}
    with on(25, month=9):
        page = signed_in(cast["hugh"]).get(reverse("managing")).content.decode()
        assert "ends on 30 September 2026: after it nobody new can be sent" in page
    with on(1, month=10):
        support.plan_appointment(
            referral=helped, starts_at=clock.now() + timedelta(days=1), place="Here", by=cast["george"]
        )
        with pytest.raises(Refused):
            sent(cast, "Bo")


def test_coordinators_read_that_an_agreement_ends_where_they_begin(cast: Cast, signed_in: SignIn) -> None:
    """An e-mail that nobody opened was all that a force heard before officers could refer nobody there."""
    with on(1):
        sent(cast, "Ada")
    mine = SharingAgreement.objects.filter(provider=cast["hugh"].organisation)
    mine.update(valid_to=date(2026, 9, 30), valid_from=date(2026, 1, 1))
    SharingAgreement.objects.exclude(pk__in=mine).delete()
    name = cast["hugh"].organisation.name
    said = {(1, 7): "", (2, 7): "90 days left", (31, 8): "30 days left", (23, 9): "7 days left", (30, 9): "last day"}
    for (day, month_), words in said.items():
        with on(day, month=month_):
            page = read(signed_in(cast["elin"]), "/")
            listed = read(signed_in(cast["elin"]), reverse("scheme_list"))
        for told in (page, listed):
            assert ("ends on 30 September 2026: after it nobody new can be" in told) is bool(words), (day, month_)
        assert words in page
    ended = f"{name}</a>: ended on 30 September 2026, and nobody new can be sent"
    with on(1, month=10):
        assert ended in read(signed_in(cast["elin"]), "/")
        assert name not in read(signed_in(cast["amara"]), "/"), "an officer agrees nothing with anybody"
        forgotten = {"force": cast["elin"].organisation, "provider": cast["hugh"].organisation, "document": "2"}
        SharingAgreement.objects.create(valid_from=date(2026, 10, 6), **forgotten)
    with on(5, month=10):
        assert ended in read(signed_in(cast["elin"]), "/"), "it follows after a gap"
    with on(6, month=10):
        assert "Sharing agreements that end" not in read(signed_in(cast["elin"]), "/")
        listed = read(signed_in(cast["elin"]), reverse("scheme_list"))
        assert "sharing agreement" not in listed.partition("<main")[2], "somebody can be referred again"


def test_the_manager_sees_who_is_helped_beyond_the_end_of_an_agreement(cast: Cast, signed_in: SignIn) -> None:
    """Ninety days are time to agree on somebody's support anew only for a manager who knows whose."""
    last = date(2026, 6, 20)
    with on(1):
        beyond, over = accepted(sent(cast, "Ada"), cast), accepted(sent(cast, "Bo"), cast)
        asked = sent(cast, "Cy")
        Agreement.objects.filter(referral__in=[beyond, asked]).update(ends_on=last + timedelta(days=1))
        Agreement.objects.filter(referral=over).update(ends_on=last)
        SharingAgreement.objects.filter(provider=cast["hugh"].organisation).update(valid_to=last)
        page = signed_in(cast["hugh"]).get(reverse("managing")).content.decode()
        assert "2 people are helped beyond it" in page
        listed = page.partition("helped beyond it")[2].partition("</table>")[0]
        assert all(name in listed for name in ("Ada", "Cy", "21 June 2026"))
        assert "Bo" not in listed
        assert Event.objects.filter(kind="referral.left_shown", actor_id=cast["hugh"].pk).exists()
        assert "helped beyond it" not in signed_in(cast["hana"]).get(reverse("managing")).content.decode()


def test_police_are_not_shown_whose_voluntary_support_goes_on(cast: Cast, signed_in: SignIn) -> None:
    """Whether somebody still comes would be told to those whom it is promised not to be told."""
    with on(1):
        helped = accepted(sent(cast, "Ada", "voluntary"), cast)
        scheme = helped.scheme_version.scheme
        scheme.money_until = clock.today() + timedelta(days=5)
        scheme.save()
        page = signed_in(cast["elin"]).get(reverse("scheme_page", args=[scheme.slug])).content.decode()
        assert "Its money ends on" in page
        assert "What goes on after" not in page


def test_the_manager_sees_whom_money_that_ends_would_leave(cast: Cast, signed_in: SignIn) -> None:
    """Somebody would be met for the last time on the day on which it was found that nobody pays for the next.

    The force's coordinator sees which cases those are.
    """
    last = date(2026, 6, 20)
    with on(1):
        beyond, over = accepted(sent(cast, "Ada"), cast), accepted(sent(cast, "Bo"), cast)
        Agreement.objects.filter(referral=beyond).update(ends_on=last + timedelta(days=1))
        Agreement.objects.filter(referral=over).update(ends_on=last)
        slug = beyond.scheme_version.scheme.slug
        address, number = reverse("scheme_telephone", args=[slug]), {"telephone": "01632 960001"}
        elin = signed_in(cast["elin"])
        elin.post(address, number | {"money_until": "20 June 2026"})
        shown = elin.get(reverse("scheme_page", args=[slug])).content.decode()
        assert "Its money ends on 20 June 2026" in shown
        goes_on = shown.partition("What goes on after 20 June 2026")[2].partition("</table>")[0]
        assert beyond.case.reference in goes_on
        assert over.case.reference not in goes_on
        page = signed_in(cast["hugh"]).get(reverse("managing")).content.decode()
        assert "ends on 20 June 2026" in page
        listed = page.partition("helped beyond it")[2].partition("</table>")[0]
        assert "Ada" in listed
        assert "Bo" not in listed
        assert "ends on 20 June" not in signed_in(cast["hana"]).get(reverse("managing")).content.decode()
        signed_in(cast["elin"]).post(address, number | {"money_until": "20 October 2026"})
        assert "20 October" not in signed_in(cast["hugh"]).get(reverse("managing")).content.decode()
    assert Event.objects.filter(kind="scheme.money_changed").count() == 2
    assert Event.objects.filter(kind="scheme.telephone_changed").count() == 1
