"""Youth justice on police's pages: the clock on the case and in the list, who was told, what came back."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.actions import youth
from cases.models import Case, ChildAssessment, Decision, YouthDuty
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from referrals.actions import closing, deciding
from referrals.actions.deciding import Support
from referrals.queries.cases import CaseStatus, status_of
from tests.conftest import NOW, Cast
from tests.factories.breaches import broken
from tests.factories.cases import condition, decision, person, record, sign
from tests.factories.youth import BORN, another_worker, child_with_knife, duty_of, serve

pytestmark = pytest.mark.usefixtures("frozen")

SignedIn = Callable[[User], Client]


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def page_of(client: Client, case: Case) -> str:
    return text_of(client.get(reverse("case_page", args=[case.reference])))


def address(name: str, duty: YouthDuty) -> str:
    return reverse(name, args=[duty.case.reference, duty.pk])


@pytest.fixture
def officer(cast: Cast, signed_in: SignedIn) -> Client:
    return signed_in(cast["amara"])


@pytest.fixture
def untold(cast: Cast) -> YouthDuty:
    """No youth justice service has sign-ins here: the officer tells it in another way."""
    return duty_of(child_with_knife(cast["amara"]))


def test_the_case_and_the_list_say_by_when_youth_justice_has_to_be_told(officer: Client, untold: YouthDuty) -> None:
    """An officer would not know of a rule of one day until it has passed."""
    page = page_of(officer, untold.case)
    assert "Youth justice has to be told of this child. Due Thu 11 Jun." in page
    assert "KNIFE26" in page
    assert "Youth justice by Thu 11 Jun" in text_of(officer.get("/cases/"))
    assert "Nobody told yet" in text_of(officer.get("/"))
    with clock.set_to(NOW + timedelta(days=3)):
        assert "Youth justice: 2 days overdue" in text_of(officer.get("/cases/"))


def test_other_cases_say_nothing_of_youth_justice(cast: Cast, officer: Client) -> None:
    """Officers would cease to read a line that stands under everybody."""
    case = record(cast["amara"])
    assert "youth justice" not in page_of(officer, case).lower().split("<main", 1)[1]
    assert "Youth justice" not in text_of(officer.get("/"))


def test_whom_the_officer_told_stops_the_clock(officer: Client, untold: YouthDuty) -> None:
    """A telephone call made in time would count as never made."""
    data = {"version": 1, "told_whom": "Anna Bell, Northmoor Youth Justice"}
    assert officer.post(address("case_youth_tell", untold), data).status_code == 302
    page = page_of(officer, untold.case)
    assert "Anna Bell, Northmoor Youth Justice, 10 June 2026" in page
    assert "On time" in page
    assert "Youth justice" not in text_of(officer.get("/"))


def test_telling_nobody_is_refused_where_it_was_typed(officer: Client, untold: YouthDuty) -> None:
    """A click would free everybody of the duty."""
    response = officer.post(address("case_youth_tell", untold), {"version": 1, "told_whom": " "})
    assert response.status_code == 422
    assert "Say whom you told" in text_of(response)
    untold.refresh_from_db()
    assert untold.notified_at is None


def test_of_several_services_the_officer_picks_one(cast: Cast, officer: Client) -> None:
    """A child of the other town would be sent to the wrong council."""
    serve(cast)
    other = another_worker().organisation
    youth.link_service(service=other, valid_from=NOW.date(), by=cast["elin"])
    duty = duty_of(child_with_knife(cast["amara"]))
    assert cast["yusuf"].organisation.name in page_of(officer, duty.case)
    nobody = officer.post(address("case_youth_tell", duty), {"version": 1, "told_whom": "Anna"})
    assert (nobody.status_code, "Choose the service, or “another”" in text_of(nobody)) == (422, True)
    officer.post(address("case_youth_tell", duty), {"version": 1, "service": other.pk, "told_whom": "Anna"})
    duty.refresh_from_db()
    assert (duty.service, duty.told_whom) == (other, "")


def test_a_service_with_sign_ins_speaks_for_itself(cast: Cast, officer: Client) -> None:
    """The officer could end what the service works on."""
    serve(cast)
    duty = duty_of(child_with_knife(cast["amara"]))
    page = page_of(officer, duty.case)
    assert "Sent, not acknowledged yet" in page
    for words in ("They say that the plan is not kept", "They say that it is over", "Whom did you tell?"):
        assert words not in page
    response = officer.post(address("case_youth_finish", duty), {"version": 1, "reason": "kept"})
    assert response.status_code == 422
    assert "says this itself" in text_of(response)


def test_what_somebody_without_sign_ins_says_is_noted_by_police(cast: Cast, officer: Client, untold: YouthDuty) -> None:
    """What comes by telephone would be nowhere."""
    youth.tell(duty=untold, told_whom="Anna Bell", version=1, by=cast["amara"])
    officer.post(address("case_youth_not_kept", untold), {"version": 2, "note": "Anna Bell: never came."})
    assert "Youth justice reports that the plan is not kept." in page_of(officer, untold.case)
    assert officer.post(address("case_youth_finish", untold), {"version": 3, "reason": "not_kept"}).status_code == 302
    page = page_of(officer, untold.case)
    assert "Anna Bell: never came." in page
    assert "police have been told" in page


@pytest.mark.parametrize("who", ["amara", "elin"])
def test_the_officer_and_the_hub_see_that_a_plan_is_not_kept(cast: Cast, signed_in: SignedIn, who: str) -> None:
    """The prosecution that was held back would be forgotten."""
    serve(cast)
    duty = duty_of(child_with_knife(cast["amara"]))
    youth.report_not_kept(duty=duty, note="Missed three meetings.", version=1, by=cast["yusuf"])
    client = signed_in(cast[who])
    page = page_of(client, duty.case)
    assert page.count("Missed three meetings.") == 3
    for step in ("Youth justice told", "Youth justice acknowledged", "Youth justice: plan not kept"):
        assert step in page
    assert "Youth justice: to be seen to" in text_of(client.get("/"))
    assert "Youth justice: plan not kept" in text_of(client.get("/cases/"))


def test_the_hub_sees_what_is_late_of_everybody_and_an_officer_their_own(cast: Cast, signed_in: SignedIn) -> None:
    """Nobody would look after the child of an officer who is on leave."""
    serve(cast)
    child_with_knife(cast["callum"])
    with clock.set_to(NOW + timedelta(days=3)):
        assert "to be seen to" in text_of(signed_in(cast["elin"]).get("/"))
        assert "to be seen to" not in text_of(signed_in(cast["amara"]).get("/"))


def test_a_reported_plan_brings_the_prosecution_decision_back(cast: Cast, officer: Client) -> None:
    """Deferred is not dropped: without the report the decision would be held for ever."""
    serve(cast)
    case = child_with_knife(
        cast["amara"],
        decision=decision(disposal="deferred_prosecution_child"),
        support=Support(conditions=[condition()]),
    )
    deciding.authorise(
        evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=cast["david"]
    )
    sign(case)
    assert status_of(case) == CaseStatus.CONDITIONS
    youth.report_not_kept(duty=duty_of(case), note="Did not come.", version=1, by=cast["yusuf"])
    assert status_of(case) == CaseStatus.NOT_KEPT
    assert "Ask for their side" in page_of(officer, case)
    broken(case, cast)
    assert "Next: the agreement was not kept" in page_of(officer, case)
    closed = closing.decide_after_failure(case=case, result="failed_prosecuted", by=cast["amara"])
    assert [one.outcome for one in closed.allegations.all()] == ["1"]


def test_a_report_changes_nothing_where_nothing_was_deferred(cast: Cast) -> None:
    """A community resolution stands as it was issued."""
    serve(cast)
    case = child_with_knife(cast["amara"], decision=decision(), support=Support(conditions=[condition()]))
    deciding.authorise(
        evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=cast["david"]
    )
    sign(case)
    youth.report_not_kept(duty=duty_of(case), note="Did not come.", version=1, by=cast["yusuf"])
    assert status_of(case) == CaseStatus.CONDITIONS


def test_the_assessment_of_a_diverted_child_is_noted_on_the_case(cast: Cast, officer: Client) -> None:
    """Only children with a knife could be shown to have been assessed."""
    case = record(cast["amara"], person=person(date_of_birth=BORN))
    assert "Assessment (PDAT)" in page_of(officer, case)
    where = reverse("case_assessment", args=[case.reference])
    said = {"version": 0, "done_on": "2026-06-09", "done_by": "R. Lind", "reference": ""}
    wrong = officer.post(where, said)
    assert wrong.status_code == 422
    assert re.search(r"<details[^>]*open[^>]*>.{0,200}Note that it was made", text_of(wrong))
    assert officer.post(where, {**said, "reference": "CV-118"}).status_code == 302
    assert ChildAssessment.objects.get(case=case).reference == "CV-118"
    assert "CV-118" in page_of(officer, case)


@pytest.mark.parametrize(("who", "status"), [("ben", 404), ("yusuf", 404), ("ian", 403), ("hana", 404)])
def test_nobody_else_says_anything_there(
    cast: Cast, signed_in: SignedIn, untold: YouthDuty, who: str, status: int
) -> None:
    """Another force, or a provider, could write that youth justice was told."""
    client = signed_in(cast[who])
    data = {"version": 1, "told_whom": "Anna"}
    assert client.post(address("case_youth_tell", untold), data).status_code == status
    assert client.post(reverse("case_assessment", args=[untold.case.reference]), {}).status_code == status
    untold.refresh_from_db()
    assert untold.notified_at is None


def test_a_duty_of_another_case_is_not_reached_through_this_one(cast: Cast, officer: Client, untold: YouthDuty) -> None:
    """A mistyped address would write into another child's record."""
    other = duty_of(child_with_knife(cast["amara"]))
    where = reverse("case_youth_tell", args=[untold.case.reference, other.pk])
    assert officer.post(where, {"version": 1, "told_whom": "Anna"}).status_code == 404


def test_more_duties_in_the_list_need_no_more_queries(
    cast: Cast, officer: Client, django_assert_max_num_queries: Any
) -> None:
    """The list would slow down with every child."""
    counts = []
    for more in (2, 8):
        for _ in range(more):
            child_with_knife(cast["amara"])
        with django_assert_max_num_queries(40) as captured:
            officer.get("/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_who_is_shown_on_the_first_page_is_logged(officer: Client, untold: YouthDuty) -> None:
    """A name would be shown that no log tells of (DPA 2018 s.62)."""
    officer.get("/")
    assert Event.objects.get(kind="home.shown").subjects == [f"cases.case:{untold.case_id}"]


def test_a_duty_of_a_day_that_knew_none_is_said_to_be_none(cast: Cast, signed_in: SignedIn) -> None:
    """A day that was put right would leave the officer, and the child's worker, with a page that does not open."""
    case = child_with_knife(cast["amara"])
    Decision.objects.filter(case=case).update(decided_at=datetime(1999, 1, 1, tzinfo=UTC))
    page = page_of(signed_in(cast["amara"]), case)
    assert "no rule in force asked for it" in page
