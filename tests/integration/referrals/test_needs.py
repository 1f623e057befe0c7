"""The pages of needs and of the questions for monitoring: for the workers who help, and for nobody else."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.audit.models import Event
from referrals.actions import closing, needs
from referrals.codes import NeedDomain
from referrals.models import MonitoringAnswers, NeedLevel, NeedOutcome, NeedReview, Referral, SchemeVersion
from tests.conftest import Cast
from tests.factories.ground import only_may
from tests.factories.schemes import rewrite
from tests.made_once import made_once

SignIn = Callable[[User], Client]
PAGES = [("referral_needs", []), ("needs_review", ["start"]), ("about_person", [])]
POSTED = [*PAGES[1:], ("needs_outcomes", [])]
SECRETS = ("3 Acute", "Acute", "Met by a service", "Harbour clinic", "disabled")


def at(name: str, referral: Referral, *more: str) -> str:
    return reverse(name, args=[referral.reference, *more])


def text_of(response: Any) -> str:
    return response.content.decode()


@made_once
def reviewed(cast: Cast, accepted: Referral) -> Referral:
    """Drugs acute and met at once, housing serious; disabled."""
    george = cast["george"]
    levels = {"drugs": 3, "accommodation": 2}
    needs.review_needs(referral=accepted, point="start", levels=levels, version=0, by=george)
    met = needs.OutcomeDetails("drugs", "met", "Harbour clinic", date(2026, 6, 10))
    needs.record_outcomes(referral=accepted, outcomes=[met], by=george)
    needs.record_answers(referral=accepted, disability="yes", care_experience="no", version=0, by=george)
    return accepted


@pytest.mark.parametrize(("name", "more"), PAGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [("george", 200), ("hugh", 200), ("fatima", 404), ("hana", 404), ("amara", 404), ("carol", 404), ("lena", 403)],
)
def test_only_the_provider_s_workers_open_them(
    who: str, status: int, name: str, more: list[str], cast: Cast, reviewed: Referral, signed_in: SignIn
) -> None:
    """What somebody told a drugs worker is not for the officer who sent them, nor for another charity."""
    response = signed_in(cast[who]).get(at(name, reviewed, *more))
    assert response.status_code == status
    if status != 200:
        assert not any(secret in text_of(response) for secret in SECRETS)


@pytest.mark.parametrize(("name", "more"), POSTED)
@pytest.mark.parametrize(("who", "status"), [("fatima", 404), ("amara", 404), ("lena", 403)])
def test_nobody_else_writes_there(
    who: str, status: int, name: str, more: list[str], cast: Cast, reviewed: Referral, signed_in: SignIn
) -> None:
    """A level written by somebody else would be taken for the person's own."""
    data = {"version": 1, "drugs": "0", "care_experience": "yes"}
    assert signed_in(cast[who]).post(at(name, reviewed, *more), data).status_code == status
    assert NeedLevel.objects.get(domain="drugs").level == 3


@pytest.mark.parametrize("is_voluntary", [False, True])
def test_police_see_at_most_that_needs_were_reviewed(
    is_voluntary: bool, cast: Cast, reviewed: Referral, signed_in: SignIn
) -> None:
    """Of an agreement that can be enforced the return set has no clinical content; of a voluntary one there is none."""
    if is_voluntary:
        for version in SchemeVersion.objects.all():
            rewrite(version, confidentiality="voluntary")
    page = text_of(signed_in(cast["amara"]).get(reverse("case_page", args=[reviewed.case.reference])))
    assert ("Needs reviewed by the partner" in page) is not is_voluntary
    assert not any(secret in page for secret in SECRETS)


def test_a_colleague_who_only_reads_referrals_sees_that_and_when(
    cast: Cast, reviewed: Referral, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever answers the telephone there must know that somebody is on it, and need not know what it is."""
    only_may(monkeypatch, cast["george"], Permission.VIEW_REFERRALS)
    client = signed_in(cast["george"])
    page = text_of(client.get(at("referral_page", reviewed)))
    assert "Needs reviewed at the start, 10 June 2026" in page
    assert "About the person" not in page
    assert client.get(at("referral_needs", reviewed)).status_code == 403


def test_the_look_is_logged_with_the_person(cast: Cast, reviewed: Referral, signed_in: SignIn) -> None:
    """Sam asks who has read of the drugs: the log must answer."""
    signed_in(cast["george"]).get(at("referral_needs", reviewed))
    event = Event.objects.filter(kind="needs.opened").latest("pk")
    assert f"cases.person:{reviewed.case.person_id}" in event.subjects
    assert event.nature == "consultation"


def test_the_wheel_keeps_what_was_asked_and_leaves_the_rest_unknown(
    cast: Cast, accepted: Referral, signed_in: SignIn
) -> None:
    """Nothing has to be answered, and nothing that was not is made up."""
    data = {"version": 0, "drugs": "3", "alcohol": "0", "gambling": ""}
    response = signed_in(cast["george"]).post(at("needs_review", accepted, "start"), data)
    assert response.status_code == 302
    assert dict(NeedLevel.objects.values_list("domain", "level")) == {"drugs": 3, "alcohol": 0}


def test_one_box_says_that_all_the_rest_was_asked_about(cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """Thirteen clicks on "no need" would be left out, and the needs stay unknown for good."""
    data = {"version": 0, "drugs": "3", "rest": "on"}
    signed_in(cast["george"]).post(at("needs_review", accepted, "start"), data)
    levels = dict(NeedLevel.objects.values_list("domain", "level"))
    assert levels == dict.fromkeys(NeedDomain.values, 0) | {"drugs": 3}


def test_the_next_review_begins_as_the_last_one_left_it(cast: Cast, reviewed: Referral, signed_in: SignIn) -> None:
    """Sixteen answers keyed a second time, to change one, are answers that nobody keys."""
    page = text_of(signed_in(cast["george"]).get(at("needs_review", reviewed, "end")))
    assert page.count(" checked") == len(NeedDomain)
    form = signed_in(cast["george"]).get(at("needs_review", reviewed, "end")).context["form"]
    assert {name: form.fields[name].initial for name in ("drugs", "accommodation", "alcohol")} == {
        "drugs": 3,
        "accommodation": 2,
        "alcohol": "",
    }
    assert 'name="version" value="0"' in page


def test_what_a_colleague_changed_meanwhile_is_not_lost(cast: Cast, reviewed: Referral, signed_in: SignIn) -> None:
    """Two workers with the page open: the second is told, and what they typed stays."""
    response = signed_in(cast["hugh"]).post(at("needs_review", reviewed, "start"), {"version": 0, "drugs": "1"})
    assert response.status_code == 422
    assert "has changed since you opened this page" in text_of(response)
    assert NeedLevel.objects.get(domain="drugs").level == 3


def test_a_level_that_is_none_is_said_in_words(cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """Somebody whose answer was not taken must be told which."""
    response = signed_in(cast["george"]).post(at("needs_review", accepted, "start"), {"version": 0, "drugs": "9"})
    assert response.status_code == 422
    assert "Choose a level from 0 to 3" in text_of(response)


@pytest.mark.parametrize("point", ["later", "START"])
def test_there_are_three_points_and_no_others(point: str, cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """A page for a review that the figures do not know would collect for nothing."""
    assert signed_in(cast["george"]).get(at("needs_review", accepted, point)).status_code == 404


def outcome(domain: str, result: str, **more: Any) -> dict[str, Any]:
    return {
        f"{domain}-{name}": value for name, value in ({"version": 0, "result": result, "service": ""} | more).items()
    }


def test_what_came_of_needs_is_saved_in_one_go(cast: Cast, reviewed: Referral, signed_in: SignIn) -> None:
    """Without a date it is today's: one click for each need."""
    data = outcome("accommodation", "met", service="Housing team") | outcome("drugs", "partly", version=1)
    assert signed_in(cast["george"]).post(at("needs_outcomes", reviewed), data).status_code == 302
    rows = NeedOutcome.objects.order_by("domain").values_list("domain", "result", "service", "met_on")
    assert list(rows) == [
        ("accommodation", "met", "Housing team", date(2026, 6, 10)),
        ("drugs", "partly", "", None),
    ]


def test_a_day_before_the_need_was_found_is_refused_in_words(cast: Cast, reviewed: Referral, signed_in: SignIn) -> None:
    """A negative time would make the service look quicker than it can be."""
    data = outcome("accommodation", "met", met_on="2026-06-01") | outcome("drugs", "met", version=1)
    response = signed_in(cast["george"]).post(at("needs_outcomes", reviewed), data)
    assert response.status_code == 422
    assert "between the day it was found, 10 June 2026, and today" in text_of(response)
    assert signed_in(cast["george"]).get(at("needs_outcomes", reviewed)).status_code == 302


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"condition": "yes", "effect": "lot"}, "yes"),
        ({"condition": "yes", "effect": "little"}, "yes"),
        ({"condition": "yes", "effect": "none"}, "no"),
        ({"condition": "no"}, "no"),
        ({"condition": "no", "effect": "lot"}, "no"),
        ({"condition": "not_said"}, "not_said"),
        ({"condition": "unknown"}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_disability_is_a_condition_that_limits_what_somebody_can_do(
    said: dict[str, str], kept: str, cast: Cast, accepted: Referral, signed_in: SignIn
) -> None:
    """Counted otherwise than by the harmonised standard, the answers compare with nobody's."""
    data = {"version": 0, "care_experience": "not_said", **said}
    assert signed_in(cast["george"]).post(at("about_person", accepted), data).status_code == 302
    answers = MonitoringAnswers.objects.get()
    assert (answers.disability, answers.care_experience) == (kept, "not_said")


def test_an_answer_on_record_is_kept_while_the_other_is_changed(
    cast: Cast, reviewed: Referral, signed_in: SignIn
) -> None:
    """Asked about care a month later, nobody should have to ask about health again."""
    client = signed_in(cast["george"])
    assert "As recorded: disabled" in text_of(client.get(at("about_person", reviewed)))
    data = {"version": 1, "condition": "keep", "care_experience": "yes"}
    assert client.post(at("about_person", reviewed), data).status_code == 302
    answers = MonitoringAnswers.objects.get()
    assert (answers.disability, answers.care_experience) == ("yes", "yes")


def test_a_condition_without_its_effect_is_asked_again(cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """Half an answer would be counted as one or the other by guess."""
    response = signed_in(cast["george"]).post(at("about_person", accepted), {"version": 0, "condition": "yes"})
    assert response.status_code == 422
    assert "Choose whether it reduces what the person can do" in text_of(response)


def test_a_closed_referral_is_read_and_not_written(cast: Cast, reviewed: Referral, signed_in: SignIn) -> None:
    """A form that cannot be saved costs the time of filling it in."""
    reviewed.refresh_from_db()
    closing.close_referral(
        referral=reviewed, result="not_completed", note="", version=reviewed.version, by=cast["george"]
    )
    client = signed_in(cast["george"])
    page = text_of(client.get(at("referral_needs", reviewed)))
    assert "3 Acute" in page
    assert "Save what came of them" not in page
    assert client.get(at("needs_review", reviewed, "end")).status_code == 404
    assert client.get(at("about_person", reviewed)).status_code == 404


def test_a_referral_nobody_accepted_has_no_needs_page(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """Asking about drugs before anybody has said that they will help is not help."""
    assert signed_in(cast["hugh"]).get(at("referral_needs", sent)).status_code == 404
    assert "About the person" not in text_of(signed_in(cast["hugh"]).get(at("referral_page", sent)))


def test_more_needs_and_reviews_need_no_more_queries(cast: Cast, reviewed: Referral, signed_in: SignIn) -> None:
    """Sixteen needs at three reviews must not be forty-eight questions to the database."""
    client, george = signed_in(cast["george"]), cast["george"]
    client.get(at("referral_needs", reviewed))
    with CaptureQueriesContext(connection) as few:
        client.get(at("referral_needs", reviewed))
    for point in ("mid", "end"):
        levels = dict.fromkeys(NeedDomain.values, 2)
        needs.review_needs(referral=reviewed, point=point, levels=levels, version=0, by=george)
    with CaptureQueriesContext(connection) as many:
        client.get(at("referral_needs", reviewed))
    assert NeedReview.objects.count() == 3
    assert len(many) == len(few) <= 25
