"""A youth justice worker's pages: the list of children, and what is said on the page of a child."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import ChildAssessment, YouthDuty, YouthJusticeLink
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from tests.conftest import NOW, Cast
from tests.factories.cases import crime, person
from tests.factories.youth import BORN, KNIFE, another_worker, child_with_knife, duty_of, serve
from tests.made_once import made_once

pytestmark = pytest.mark.usefixtures("frozen")

SignedIn = Callable[[User], Client]
INBOX = "/youth/"
ASSESSED = {
    "version": "0",
    "done_on": "9 6 2026",
    "done_by": "R. Lind",
    "reference": "CV-118",
}


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def address(name: str, duty: YouthDuty) -> str:
    return reverse(name, args=[duty.reference])


@made_once
def duty(cast: Cast) -> YouthDuty:
    """Kim Young, 15, with everything behind it that the service must not see."""
    serve(cast)
    hidden = crime(KNIFE, number="AV/SECRET/26", victim_kind="person", victim_name="Vera Victim", area="Backlane")
    who = person(given_names="Kim", family_name="Young", date_of_birth=BORN, telephone="07700 900123")
    return duty_of(
        child_with_knife(
            cast["amara"],
            person=who,
            crimes=[hidden],
            earlier_outcomes="caution",
        )
    )


@pytest.fixture
def worker(cast: Cast, signed_in: SignedIn) -> Client:
    return signed_in(cast["yusuf"])


def test_the_worker_begins_at_the_list_and_reads_what_is_needed_and_no_more(worker: Client, duty: YouthDuty) -> None:
    """What police hold of a child and a victim would be on a council's screens."""
    assert worker.get("/")["Location"] == INBOX
    pages = [text_of(worker.get(INBOX)), text_of(worker.get(address("youth_duty", duty)))]
    for page in pages:
        for shown in (
            "Kim Young",
            "15",
            "Possession of a bladed article",
            "Due Thu 11 Jun",
            "Amara Okafor",
            "Avonford",
        ):
            assert shown in page, shown
        for hidden in ("Vera", "SECRET", "Caribbean", "caution", "07700", "Backlane", "Too serious", "Not offered"):
            assert hidden not in page, hidden
        assert duty.case.reference not in page
    assert "amara@avonford.example" in pages[1]
    assert "Present" in pages[1]


def test_whether_an_adult_was_there_is_not_guessed(cast: Cast, worker: Client, duty: YouthDuty) -> None:
    """“Not recorded” read as “no” would start a complaint; read as “yes”, hide one."""
    for follow, words in ([], "Not recorded"), (["alone"], "Not present"):
        case = child_with_knife(cast["amara"], answers={"follow": follow})
        assert words in text_of(worker.get(address("youth_duty", duty_of(case))))


def test_what_is_due_comes_first_and_what_is_late_says_so(cast: Cast, worker: Client, duty: YouthDuty) -> None:
    """The child whose day has passed would stand below those who were taken on weeks ago."""
    with clock.set_to(NOW + timedelta(days=2)):
        later = duty_of(child_with_knife(cast["amara"]))
        taken = duty_of(child_with_knife(cast["amara"]))
        YouthDuty.objects.filter(pk=taken.pk).update(
            due_on=NOW.date(), acknowledged_at=NOW, acknowledged_by=cast["yusuf"]
        )
        page = text_of(worker.get(INBOX))
        places = [page.index(one.reference) for one in (duty, later, taken)]
        assert places == sorted(places)
        assert "1 day overdue" in page
        backwards = text_of(worker.get(f"{INBOX}?sort=-due"))
        places = [backwards.index(one.reference) for one in (later, duty, taken)]
        assert places == sorted(places)
        late = text_of(worker.get(f"{INBOX}?state=late"))
        assert duty.reference in late
        assert later.reference not in late


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "young kim"}, True),
        ({"q": "Kím 4/5/2011"}, True),
        ({"q": "REFERENCE"}, True),
        ({"q": "Smith"}, False),
        ({"state": "taken"}, False),
    ],
)
def test_a_child_is_found_by_name_reference_and_state(
    worker: Client, duty: YouthDuty, asked: dict[str, str], found: bool
) -> None:
    """A worker who is telephoned about a child would leaf through pages, or leave the name in an address."""
    asked = {name: value.replace("REFERENCE", duty.reference.lower()) for name, value in asked.items()}
    response = worker.post(INBOX, asked, follow=True)
    page = text_of(response)
    assert (f">{duty.reference}<" in page) is found
    assert ("No child here fits this filter" in page) is not found
    assert "oung" not in response.redirect_chain[0][0]


def test_a_date_that_cannot_be_read_is_said_and_kept(worker: Client, duty: YouthDuty) -> None:
    """A worker would believe that there is no such child."""
    response = worker.post(INBOX, {"q": "Kim 31/2/2011"})
    assert response.status_code == 422
    assert "Kim 31/2/2011" in text_of(response)


def test_more_children_need_no_more_queries(
    cast: Cast, worker: Client, duty: YouthDuty, django_assert_max_num_queries: Any
) -> None:
    """The page would slow down with every child."""
    counts = []
    for more in (1, 8):
        for _ in range(more):
            child_with_knife(cast["amara"])
        with django_assert_max_num_queries(30) as captured:
            worker.get(INBOX)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_long_list_is_shown_in_pages(cast: Cast, worker: Client, duty: YouthDuty) -> None:
    """Hundreds of children on one page could not be opened in the morning."""
    for _ in range(25):
        child_with_knife(cast["amara"])
    assert len(worker.get(INBOX).context["page"].object_list) == 25
    assert len(worker.get(INBOX + "?page=2").context["page"].object_list) == 1


def test_every_look_is_logged_with_whom_it_showed(cast: Cast, worker: Client, duty: YouthDuty) -> None:
    """Nobody could say who at the council had read of this child (DPA 2018 s.62)."""
    worker.get(INBOX)
    worker.get(address("youth_duty", duty))
    for kind in ("youth_duty.inbox_shown", "youth_duty.opened"):
        event = Event.objects.get(kind=kind)
        assert event.actor_id == cast["yusuf"].pk
        assert {
            f"cases.youthduty:{duty.pk}",
            f"cases.case:{duty.case_id}",
            f"cases.person:{duty.case.person_id}",
        } == set(event.subjects)


@pytest.mark.parametrize("reference", ["case", "duty"])
def test_the_force_finds_the_services_looks_in_its_log(
    cast: Cast, worker: Client, signed_in: SignedIn, duty: YouthDuty, reference: str
) -> None:
    """The force could not answer the child who asks who has read of them."""
    worker.get(address("youth_duty", duty))
    name = duty.case.reference if reference == "case" else duty.reference
    page = text_of(signed_in(cast["jo"]).get("/access-log/", {"reference": name}))
    assert "Yusuf Demir" in page
    assert duty.reference in page


def test_another_service_finds_no_such_child(cast: Cast, signed_in: SignedIn, duty: YouthDuty) -> None:
    """Each council would read the other's children."""
    client = signed_in(another_worker())
    assert duty.reference not in text_of(client.get(INBOX))
    for name in ("youth_duty", "youth_acknowledge", "youth_assessment", "youth_not_kept", "youth_finish"):
        send = client.get if name == "youth_duty" else client.post
        assert send(address(name, duty), {"version": 1}).status_code == 404, name
    duty.refresh_from_db()
    assert duty.version == 1


@pytest.mark.parametrize(("who", "status"), [("amara", 404), ("elin", 404), ("hana", 404), ("lena", 403)])
def test_the_pages_are_the_services_alone(
    cast: Cast, signed_in: SignedIn, duty: YouthDuty, who: str, status: int
) -> None:
    """A provider would find a list of children with knives."""
    client = signed_in(cast[who])
    assert client.get(INBOX).status_code == status
    assert client.get(address("youth_duty", duty)).status_code == status


def test_a_worker_opens_nothing_of_the_polices(cast: Cast, worker: Client, duty: YouthDuty) -> None:
    """The whole case would be one address away."""
    for path in (f"/cases/{duty.case.reference}/", "/cases/", "/inbox/", "/caseload/", "/decisions/new"):
        assert worker.get(path).status_code == 404, path


def test_acknowledging_stops_the_clock(worker: Client, duty: YouthDuty) -> None:
    """The officer would go on to be reminded."""
    page = worker.get(address("youth_duty", duty))
    assert "Next: acknowledge" in text_of(page)
    response = worker.post(address("youth_acknowledge", duty), {"version": 1}, follow=True)
    page = text_of(response)
    assert "Next: acknowledge" not in page
    assert "On time" in page


def test_the_assessment_is_noted_and_corrected(worker: Client, duty: YouthDuty) -> None:
    """Nobody could show that a child was assessed."""
    assert worker.post(address("youth_assessment", duty), ASSESSED).status_code == 302
    page = text_of(worker.get(address("youth_duty", duty)))
    assert "CV-118" in page
    assert "9 June 2026" in page
    changed = {**ASSESSED, "version": "1", "reference": "CV-119"}
    assert worker.post(address("youth_assessment", duty), changed).status_code == 302
    assert ChildAssessment.objects.get().reference == "CV-119"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reference": ""}, "Enter the reference under which it is found"),
        ({"done_on": "31 6 2026"}, "must be a real date"),
        ({"done_on": "9 6 2027"}, "must be today or in the past"),
        ({"done_on": "9 6 2009"}, "born after that day"),
    ],
)
def test_what_was_typed_of_an_assessment_is_kept_with_what_is_wrong(
    worker: Client, duty: YouthDuty, changes: dict[str, str], message: str
) -> None:
    """It would be typed twice, or be lost in a folded part of the page."""
    response = worker.post(address("youth_assessment", duty), {**ASSESSED, **changes})
    page = text_of(response)
    assert response.status_code == 422
    assert message in page
    assert "R. Lind" in page
    assert re.search(r"<title>\s*Error: ", page)
    assert re.search(r"<details[^>]*open[^>]*>.{0,200}Note that it was made", page)
    assert not ChildAssessment.objects.exists()


def test_a_plan_not_kept_needs_a_sentence(worker: Client, duty: YouthDuty) -> None:
    """The officer would read that something went wrong, and not what."""
    worker.post(address("youth_acknowledge", duty), {"version": 1})
    response = worker.post(address("youth_not_kept", duty), {"version": 2, "note": " "})
    assert response.status_code == 422
    assert "Say what was not kept" in text_of(response)
    response = worker.post(address("youth_not_kept", duty), {"version": 2, "note": "Missed three."}, follow=True)
    assert "Missed three." in text_of(response)
    duty.refresh_from_db()
    assert duty.not_kept_note == "Missed three."


def test_what_a_colleague_has_settled_meanwhile_loses_no_words(cast: Cast, worker: Client, duty: YouthDuty) -> None:
    """The second worker's sentence would be gone."""
    worker.post(address("youth_acknowledge", duty), {"version": 1})
    worker.post(address("youth_not_kept", duty), {"version": 2, "note": "First."})
    response = worker.post(address("youth_not_kept", duty), {"version": 2, "note": "Second words."})
    page = text_of(response)
    assert response.status_code == 422
    assert "has changed since you opened this page" in page
    assert "What you typed was not saved" in page
    assert "Second words." in page


def test_the_end_takes_the_child_from_the_list_and_leaves_the_reference(worker: Client, duty: YouthDuty) -> None:
    """The service would keep a child's name that it has no use for, or wonder where the child went."""
    worker.post(address("youth_acknowledge", duty), {"version": 1})
    assert "The plan was not kept" not in text_of(worker.get(address("youth_duty", duty)))
    data = {"version": 2, "reason": "kept"}
    for _ in range(2):
        assert worker.post(address("youth_finish", duty), data)["Location"] == INBOX
    page = text_of(worker.get(INBOX))
    assert "Kim" not in page
    assert duty.reference in page
    assert "The plan was kept" in page
    assert worker.get(address("youth_duty", duty)).status_code == 404


@pytest.mark.parametrize("name", ["youth_acknowledge", "youth_assessment", "youth_not_kept", "youth_finish"])
def test_an_address_that_only_does_something_shows_nothing(worker: Client, duty: YouthDuty, name: str) -> None:
    """Opening a link would change a record."""
    assert worker.get(address(name, duty)).status_code == 405


def test_the_page_says_where_the_duty_comes_from_and_what_is_open(worker: Client, duty: YouthDuty) -> None:
    """Guidance with doubts would be read as settled law."""
    page = text_of(worker.get(address("youth_duty", duty)))
    assert "KNIFE26" in page
    assert "Not settled by any source" in page


def test_the_coordinator_says_which_service_serves_the_force(cast: Cast, signed_in: SignedIn) -> None:
    """Only whoever can write to the database could let a service in."""
    client, service = signed_in(cast["elin"]), cast["yusuf"].organisation
    assert "No youth justice service has sign-ins here" in text_of(client.get("/youth-services/"))
    data = {"service": service.pk, "valid_from": "1 6 2026"}
    wrong = client.post("/youth-services/", {**data, "valid_from": ""})
    assert wrong.status_code == 422
    assert client.post("/youth-services/", data).status_code == 302
    again = client.post("/youth-services/", data)
    assert "serves your force already" in text_of(again)
    link = YouthJusticeLink.objects.get()
    end = reverse("youth_service_end", args=[link.pk])
    refused = client.post(end, {"last_day": "1 1 2026"})
    assert (refused.status_code, "before the first" in text_of(refused)) == (422, True)
    assert client.post(end, {"last_day": "1 7 2026"}).status_code == 302
    link.refresh_from_db()
    assert link.valid_to is not None


@pytest.mark.parametrize(("who", "status"), [("amara", 403), ("yusuf", 404), ("mina", 404)])
def test_nobody_else_ends_a_service_of_the_force(cast: Cast, signed_in: SignedIn, who: str, status: int) -> None:
    """Another force could shut our children out, or an officer open them."""
    link = serve(cast)
    end = reverse("youth_service_end", args=[link.pk])
    data = {"last_day": "1 7 2026"}
    assert signed_in(cast[who]).post(end, data).status_code == status
    link.refresh_from_db()
    assert link.valid_to is None
