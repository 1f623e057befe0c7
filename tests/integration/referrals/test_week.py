"""The week of first appointments: published by the provider's own workers, and who comes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diversion import clock
from diversion.audit.models import Event
from referrals.actions import duty, slots
from referrals.models import SchemeVersion, Slot
from tests.conftest import Cast
from tests.factories.cases import refer
from tests.factories.ground import adopt_scheme
from tests.factories.schemes import rewrite

pytestmark = pytest.mark.usefixtures("frozen")
WEEK = "2026-06-15"


@pytest.fixture
def version(cast: Cast) -> SchemeVersion:
    """Drug diversion, which Harbour Trust (hugh, george) delivers."""
    return adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")


def client_of(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast[who])
    return client


def words_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def publish(client: Client, version: SchemeVersion, week: str = WEEK, **changes: Any) -> Any:
    given = {"scheme": version.pk, "days": ["2026-06-15", "2026-06-18"], "times": "9am, 10:30am and 14", "weeks": 2}
    given |= {"place": "Harbour House", "places": 1} | changes
    return client.post(f"{reverse('slot_week')}?week={week}", given)


@pytest.mark.parametrize("who", ["george", "elin"])
def test_what_repeats_leaves_bank_holidays_out_and_says_so(who: str, cast: Cast, version: SchemeVersion) -> None:
    """Somebody would stand before a locked door on their first day; one who chose the day by itself means it."""
    client, slug = client_of(cast, who), version.scheme.slug

    def offers(day: str, weeks: int) -> str:
        given = {"days": [day], "times": "9am", "day": day, "time": "9am", "place": "Harbour House", "places": 1}
        given |= {"weeks": weeks, "scheme": version.pk}
        own = f"{reverse('slot_week')}?week={day}"
        address = own if who == "george" else reverse("scheme_slots", args=[slug])
        return words_of(client.post(address, given, follow=True))

    assert "Left out, as bank holidays: Monday 31 August 2026." in offers("2026-08-24", 3)
    at = [clock.local_date(one.starts_at).isoformat() for one in Slot.objects.order_by("starts_at")]
    assert at == ["2026-08-24", "2026-09-07"]
    assert "Left out" not in offers("2026-08-31", 1)
    assert Slot.objects.count() == 3


def test_a_worker_publishes_a_week_that_repeats_and_sees_who_comes(cast: Cast, version: SchemeVersion) -> None:
    """Only the police's coordinator could publish the times of workers whom they do not know."""
    george = client_of(cast, "george")
    assert publish(george, version).status_code == 302
    assert publish(george, version).status_code == 302  # the same page sent twice
    at = [clock.local_date(one.starts_at).isoformat() for one in Slot.objects.order_by("starts_at")]
    assert at == [day for day in ("2026-06-15", "2026-06-18", "2026-06-22", "2026-06-25") for _three in range(3)]
    first = Slot.objects.order_by("starts_at").first()
    assert first is not None
    sent = refer(cast["amara"], version)
    sent.slot = first
    sent.save()
    page = words_of(george.get(reverse("slot_week"), {"week": "2026-06-17"}))
    assert "<strong>9am</strong>, Harbour House, Drug diversion: 1 of 1 booked" in page
    assert f">{sent.case.person}</a>" in page
    assert page.count("Take back") == 5
    shown = Event.objects.filter(kind="slots.week_shown").latest("pk")
    assert f"referrals.referral:{sent.pk}" in shown.subjects
    other = words_of(george.get(reverse("slot_week"), {"week": WEEK, "scheme": "lead"}))
    assert "Harbour House" not in other
    taken = george.post(f"{reverse('slot_take_back', args=[first.pk])}?week={WEEK}")
    assert (taken.status_code, "Somebody has booked this appointment" in words_of(taken)) == (422, True)
    free = Slot.objects.order_by("starts_at").last()
    assert free is not None
    assert george.post(f"{reverse('slot_take_back', args=[free.pk])}?week={WEEK}").status_code == 302
    assert Slot.objects.count() == 11


@pytest.mark.parametrize(
    ("week", "changes", "said"),
    [
        (WEEK, {"times": "9am, 7"}, "“7”: Say which half of the day: enter 7am or 7pm"),
        (WEEK, {"days": []}, "Choose at least one day"),
        (WEEK, {"days": ["2026-06-08"]}, "has passed, or is of another week"),
        (WEEK, {"weeks": 26, "times": "9, 10, 11, 12, 13"}, "That is 255 appointments: publish 200 at most at once"),
        ("2026-06-10", {"days": ["2026-06-10"], "times": "9am"}, "9am on Wednesday 10 June 2026 has passed"),
        ("2027-03-22", {"days": ["2027-03-28"], "times": "1:30am"}, "There is no 1:30am on Sunday 28 March 2027"),
        ("not a day", {"days": ["2026-06-12"], "times": " "}, "Enter at least one time"),
    ],
)
def test_what_cannot_be_published_is_said_and_what_was_typed_stays(
    week: str, changes: dict[str, Any], said: str, cast: Cast, version: SchemeVersion
) -> None:
    """Somebody would be booked into an hour that does not exist, or the worker would type a week anew."""
    answer = publish(client_of(cast, "george"), version, week=week, **changes)
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert 'value="Harbour House"' in words_of(answer)
    assert not Slot.objects.exists()


def test_a_provider_publishes_and_sees_its_own_appointments_alone(cast: Cast, version: SchemeVersion) -> None:
    """Another provider would take back the appointments of a competitor, or read who comes to them."""
    publish(client_of(cast, "george"), version)
    theirs = Slot.objects.earliest("starts_at")
    sent = refer(cast["amara"], version)
    sent.slot = theirs
    sent.save()
    hana = client_of(cast, "hana")
    page = words_of(hana.get(reverse("slot_week"), {"week": WEEK}))
    assert "Harbour House" not in page
    assert str(sent.case.person) not in page
    assert publish(hana, version).status_code == 422
    theirs_too = reverse("slot_take_back", args=[Slot.objects.latest("starts_at").pk])
    answer = words_of(hana.post(theirs_too, follow=True))
    assert "is taken back" not in answer
    assert "Your organisation keeps no such appointment" in answer
    assert Slot.objects.count() == 12
    later = [clock.now() + timedelta(days=3)]
    with pytest.raises((slots.Refused, type(version.scheme).DoesNotExist)):
        slots.offer_slots(scheme=version.scheme, moments=later, place="Elsewhere", places=1, by=cast["hana"])
    for who in ("amara", "elin", "yusuf", "lena"):
        assert client_of(cast, who).get(reverse("slot_week")).status_code in (403, 404)


@pytest.mark.parametrize("shared", ["enforceable", "voluntary"])
def test_the_officer_sees_who_is_on_duty_there_for_the_hours_of_a_hand_over(
    shared: str, cast: Cast, version: SchemeVersion, frozen: datetime
) -> None:
    """An officer with the person beside them rings a switchboard; or a row that goes tells what came of it."""
    sent = refer(cast["amara"], rewrite(version, confidentiality=shared))
    with clock.set_to(frozen + timedelta(hours=1)):
        duty.go_on_duty(hours=24, telephone="01632 960 122", by=cast["george"])
    address, amara = reverse("case_page", args=[sent.case.reference]), client_of(cast, "amara")
    seen = []
    for hours, state in ((2, "sent"), (3, "started"), (13, "started")):
        type(sent).objects.filter(pk=sent.pk).update(state=state)
        with clock.set_to(frozen + timedelta(hours=hours)):
            seen.append("01632 960 122" in words_of(amara.get(address)))
    assert seen == [True, True, False]
