"""The caseload: what is due next, and records in at most three interactions from the row itself."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from referrals.actions import partner, support
from referrals.actions.deciding import Support
from referrals.actions.standing import restate
from referrals.codes import Group
from referrals.models import Appointment, Condition, Contact, Referral, SchemeVersion
from referrals.queries.caseload import EVERYONES, FirstPlaces, load_of, places, recorded_today
from referrals.views import caseload as board
from tests.conftest import Cast
from tests.factories.cases import condition, crime, person, record, refer

SignIn = Callable[[User], Client]
CASELOAD = "/caseload/"


def text_of(response: Any) -> str:
    return response.content.decode()


def accept(cast: Cast, version: SchemeVersion, navigator: str | None = "george", **changes: Any) -> Referral:
    referral = refer(cast["amara"], version, **changes)
    helper = cast[navigator] if navigator else None
    return partner.accept(referral=referral, navigator=helper, version=referral.version, by=cast["hugh"])


def attendance(appointment: Appointment, result: str = "", **data: Any) -> tuple[str, dict[str, Any]]:
    address = reverse("appointment_attendance", args=[appointment.referral.reference, appointment.pk])
    chosen = {"attendance": result} if result else {}
    return address, {"version": appointment.version, "back": "caseload", "who": "mine", **chosen, **data}


def test_attended_is_one_click_back_to_the_same_row(cast: Cast, appointment: Appointment, signed_in: SignIn) -> None:
    """Ten appointments a day: each more page or box is minutes taken from people."""
    client = signed_in(cast["george"])
    response = client.post(*attendance(appointment, "attended"))
    reference = appointment.referral.reference
    assert response["Location"] == f"/caseload/?who=mine&at={reference}#{reference}"
    appointment.refresh_from_db()
    assert (appointment.attendance, appointment.recorded_by) == ("attended", cast["george"])
    page = text_of(client.get(response["Location"]))
    assert "Attended, Wed 10 Jun" in re.sub(r"\s+", " ", page)
    assert f'id="{reference}"' in page
    assert page.index("Today") < page.index(f'id="{reference}"')  # the row stays in its group, with Undo
    assert 'name="undo"' in page


def test_undo_takes_the_record_and_the_start_back(cast: Cast, appointment: Appointment, signed_in: SignIn) -> None:
    """The wrong row clicked would stand in somebody's record as a meeting they never had."""
    client = signed_in(cast["george"])
    client.post(*attendance(appointment, "attended"))
    appointment.refresh_from_db()
    assert appointment.referral.state == "started"
    client.post(*attendance(appointment, "planned"))
    appointment.refresh_from_db()
    referral = Referral.objects.get(pk=appointment.referral_id)
    assert (appointment.attendance, appointment.recorded_at) == ("planned", None)
    assert (referral.state, referral.started_at) == ("accepted", None)


def test_an_absence_asks_only_why(cast: Cast, appointment: Appointment, signed_in: SignIn) -> None:
    """The reason decides what follows for the person: it is never assumed."""
    client = signed_in(cast["george"])
    response = client.post(*attendance(appointment))
    assert response.status_code == 422
    page = text_of(response)
    assert "Choose what happened at the appointment" in page
    assert re.search(r"<title>\s*Error: ", page)
    assert "app-board__row--open" in page
    client.post(*attendance(appointment, "acceptable_absence"))
    appointment.refresh_from_db()
    assert appointment.attendance == "acceptable_absence"
    assert appointment.referral.state == "accepted"


def test_a_result_that_nobody_offers_is_refused(cast: Cast, appointment: Appointment, signed_in: SignIn) -> None:
    """A made-up code would sit in the record, and in every count."""
    assert signed_in(cast["george"]).post(*attendance(appointment, "arrested")).status_code == 422


def test_recording_twice_is_recording_once(cast: Cast, appointment: Appointment, signed_in: SignIn) -> None:
    """A double click would show an error for something that worked."""
    client = signed_in(cast["george"])
    assert [client.post(*attendance(appointment, "attended")).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.filter(kind="appointment.recorded").count() == 1


def test_two_people_never_record_differently(cast: Cast, appointment: Appointment, signed_in: SignIn) -> None:
    """The manager would overwrite what the navigator saw."""
    signed_in(cast["george"]).post(*attendance(appointment, "attended"))
    response = signed_in(cast["hugh"]).post(*attendance(appointment, "unacceptable_absence"))
    assert response.status_code == 422
    assert "This appointment has changed since you opened this page" in text_of(response)
    appointment.refresh_from_db()
    assert appointment.attendance == "attended"


def test_a_contact_from_the_row(cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """Open, "Save: reached": two interactions, because the usual channel is preset."""
    client = signed_in(cast["george"])
    opened = client.get(CASELOAD, {"open": accepted.reference}).context["open"]
    assert opened.contact["channel"].value() == "telephone"
    data = {"submission": UUID(int=3), "channel": "telephone", "reached": "yes", "back": "caseload", "who": "mine"}
    response = client.post(reverse("contact_record", args=[accepted.reference]), data)
    assert response["Location"].endswith(f"#{accepted.reference}")
    assert Contact.objects.get().reached is True
    page = re.sub(r"\s+", " ", text_of(client.get(CASELOAD, {"open": accepted.reference})))
    assert "Contact recorded today at 10:30am: Telephone, reached." in page


@pytest.mark.parametrize("who", ["mine", "unassigned"])
def test_a_contact_that_cannot_be_saved_keeps_its_note(
    who: str, cast: Cast, accepted: Referral, signed_in: SignIn
) -> None:
    """A note typed twice is a note not typed at all: also where the row is on another board by now."""
    data = {"submission": UUID(int=3), "channel": "pigeon", "note": "Said he will come", "back": "caseload", "who": who}
    response = signed_in(cast["george"]).post(reverse("contact_record", args=[accepted.reference]), data)
    assert response.status_code == 422
    assert "Said he will come" in text_of(response)


def test_ordered_by_what_is_due_next(cast: Cast, version: SchemeVersion, frozen: datetime, signed_in: SignIn) -> None:
    """What is due today must not stand below what is due next month."""

    def with_condition(name: str, days: int) -> Referral:
        due = condition(due_on=frozen.date() + timedelta(days=days))
        plan = Support(scheme_version=version, conditions=[due, condition("I will come.", due_on=due.due_on)])
        cannabis = crime("possession-of-cannabis")
        case = record(cast["amara"], person=person(given_names=name), crimes=[cannabis], support=plan)
        referral = case.referrals.get()
        return partner.accept(referral=referral, navigator=cast["george"], version=1, by=cast["hugh"])

    month, week = with_condition("Month", 30), with_condition("Week", 7)
    tomorrow = with_condition("Tomorrow", 60)
    support.plan_appointment(referral=tomorrow, starts_at=frozen + timedelta(days=1), place="Here", by=cast["george"])
    overdue = with_condition("Overdue", -2)
    response = signed_in(cast["george"]).get(CASELOAD)
    assert [row.referral for row in response.context["rows"]] == [overdue, tomorrow, week, month]
    page = text_of(response)
    for words in ("2 days overdue", "tomorrow", "7 days left", "30 days left"):
        assert words in page


def test_a_navigator_begins_with_their_own_people(cast: Cast, version: SchemeVersion, signed_in: SignIn) -> None:
    """The first page of the day is one's own work."""
    own, other = accept(cast, version), accept(cast, version, navigator="hugh")
    client = signed_in(cast["george"])
    assert [row.referral for row in client.get(CASELOAD).context["rows"]] == [own]
    assert {row.referral for row in client.get(CASELOAD + "?who=all").context["rows"]} == {own, other}


def test_a_manager_begins_with_everyone_the_unassigned_first(
    cast: Cast, version: SchemeVersion, signed_in: SignIn
) -> None:
    """Somebody whom nobody helps would be last on a list ordered by dates alone."""
    helped, unhelped = accept(cast, version), accept(cast, version, navigator=None)
    client = signed_in(cast["hugh"])
    assert [row.referral for row in client.get(CASELOAD).context["rows"]] == [unhelped, helped]
    assert [row.referral for row in client.get(CASELOAD + "?who=unassigned").context["rows"]] == [unhelped]
    by_colleague = client.get(f"{CASELOAD}?who={cast['george'].pk}").context["rows"]
    assert [row.referral for row in by_colleague] == [helped]


@pytest.mark.parametrize("who", ["²", "-1", "99999999999999999999", "hugh'--", "0"])
def test_a_caseload_of_nobody_we_know(who: str, cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """An address somebody typed must not end in a server error."""
    assert signed_in(cast["george"]).get(CASELOAD, {"who": who, "page": "x"}).status_code == 200


def test_no_people_of_another_provider(cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """Bridgeway's manager would read Harbour Trust's caseload."""
    client = signed_in(cast["hana"])
    assert "Nobody is on this caseload" in text_of(client.get(CASELOAD))
    assert list(client.get(f"{CASELOAD}?who={cast['george'].pk}").context["rows"]) == []


@pytest.mark.parametrize(("who", "status"), [("amara", 404), ("carol", 404), ("lena", 403)])
def test_only_a_provider_has_a_caseload(who: str, status: int, cast: Cast, signed_in: SignIn) -> None:
    """Police see the result on their case page, never the caseload."""
    assert signed_in(cast[who]).get(CASELOAD).status_code == status


def test_a_long_caseload_comes_back_to_the_page_of_the_row(
    cast: Cast, version: SchemeVersion, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a record on page 2, one would have to look for the person again."""
    referrals = [accept(cast, version) for _ in range(5)]
    monkeypatch.setattr(board, "ON_A_PAGE", 4)
    client = signed_in(cast["george"])
    last = client.get(CASELOAD + "?page=2").context["rows"][0].referral
    assert last in referrals
    shown = client.get(f"{CASELOAD}?who=mine&at={last.reference}").context
    assert [row.referral for row in shown["rows"]] == [last]


def test_more_people_need_no_more_queries(
    cast: Cast, version: SchemeVersion, frozen: datetime, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    """The page of the whole day would slow down with each person on it."""
    client, counts = signed_in(cast["george"]), []
    for more in (2, 4):
        for number in range(more):
            referral = accept(cast, version)
            support.plan_appointment(
                referral=referral, starts_at=frozen + timedelta(days=number), place="Here", by=cast["george"]
            )
        with django_assert_max_num_queries(40) as captured:
            page = client.get(CASELOAD)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert text_of(page).count("<form") <= 5  # forms are not repeated with each person


def test_each_look_is_logged_with_whom_it_showed(cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """Nobody could say who had seen that Sam is on a caseload (DPA 2018 s.62)."""
    signed_in(cast["george"]).get(CASELOAD)
    event = Event.objects.get(kind="referral.caseload_shown")
    assert event.subjects == [f"referrals.referral:{accepted.pk}"]


def test_people_stand_in_the_group_that_asks_for_them_first(
    cast: Cast, version: SchemeVersion, frozen: datetime, signed_in: SignIn
) -> None:
    """Whoever has not been heard of for a fortnight would be looked for when the agreement ends."""
    george, found = cast["george"], {}
    with clock.set_to(frozen - timedelta(days=15)):
        found |= {name: accept(cast, version) for name in ("today", "overdue", "week", "quiet")}
    found["later"] = accept(cast, version)
    for name, days in (("today", 0), ("overdue", -1), ("week", 3), ("quiet", 40), ("later", 40)):
        day = frozen + timedelta(days=days, hours=-1)
        support.plan_appointment(referral=found[name], starts_at=day, place="Here", by=george)
        found[name].agreement.conditions.update(due_on=(frozen + timedelta(days=60)).date())
    earlier = frozen - timedelta(hours=2)  # planned last, and the first of the day
    found = {"first": accept(cast, version), **found}
    found["first"].agreement.conditions.update(due_on=(frozen + timedelta(days=60)).date())
    support.plan_appointment(referral=found["first"], starts_at=earlier, place="Here", by=george)
    client = signed_in(george)
    rows = client.get(CASELOAD).context["rows"]
    assert [row.referral for row in rows] == list(found.values())
    assert [row.group.name.lower() for row in rows] == ["today", *list(found)[1:]]
    assert "last contact Tue 26 May" in text_of(client.get(CASELOAD))
    assert client.get(CASELOAD, {"sort": "seen"}).context["rows"][0].referral == found["today"]
    assert len(client.get(CASELOAD, {"sort": "name", "scheme": version.scheme_id}).context["rows"]) == len(found)
    odd = client.get(CASELOAD, {"sort": "x", "scheme": "0", "open": "RF-0000"})
    assert (odd.status_code, len(odd.context["rows"])) == (200, len(found))


def test_a_line_carries_its_own_version(cast: Cast, appointment: Appointment, signed_in: SignIn) -> None:
    """One form serves every line: a button must not send the version of somebody else's appointment."""
    client = signed_in(cast["george"])
    address = reverse("appointment_attendance", args=[appointment.referral.reference, appointment.pk])
    assert f'formaction="{address}"' in text_of(client.get(CASELOAD))
    where = {"back": "caseload", "who": "all", "scheme": appointment.referral.scheme_version.scheme_id, "sort": "name"}
    done = client.post(address, {**where, "attended": appointment.version})
    assert "scheme=" in done["Location"]
    assert "sort=name" in done["Location"]
    assert client.post(address, {**where, "undo": appointment.version}).status_code == 422
    appointment.refresh_from_db()
    assert appointment.attendance == "attended"
    assert client.post(address, {**where, "undo": appointment.version}).status_code == 302


def test_the_first_pages_of_everybody_are_the_whole_board_cut(cast: Cast, version: SchemeVersion) -> None:
    """Read group by group, somebody would stand on two pages, or on none."""
    days = (-9, -1, -2, 0, 0, 1, 7, 8, 30, None)
    for number, day in enumerate(days):
        helped = accept(cast, version, None if number == 1 else "george", person=person(given_names=f"Sam {number}"))
        Condition.objects.filter(agreement__referral=helped).update(due_on=clock.today() + timedelta(days=day or 300))
        if number in (0, 3, 6):
            at = clock.now() - timedelta(days=1 if number == 0 else 0, hours=1)
            missed = support.plan_appointment(referral=helped, starts_at=at, place="Mill Lane", by=cast["george"])
            support.plan_appointment(referral=helped, starts_at=clock.now(), place="Mill Lane", by=cast["george"])
        if number == 3:
            support.record_attendance(appointment=missed, attendance="attended", version=1, by=cast["hugh"])
        if number == 7:
            Referral.objects.filter(pk=helped.pk).update(decided_at=clock.now() - timedelta(days=40))
        restate(Case.objects.filter(pk=helped.case_id))
    load = load_of(by=cast["hugh"])
    asked = {"by": cast["hugh"], "load": load, "wanted": EVERYONES, "recorded": recorded_today(by=cast["hugh"])}
    whole = places(**asked)
    assert {one.group for one in whole} == set(Group)
    first = FirstPlaces(**asked)
    assert len(first) == len(whole) == len(days)
    for start, stop in [(0, 10), (0, 1), (3, 5), (5, 9), (8, 20)]:
        assert first[start:stop] == whole[start:stop]
