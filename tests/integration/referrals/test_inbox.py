"""The provider's inbox."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diversion.accounts.models import User
from diversion.audit.models import Event
from referrals.models import Referral, SchemeVersion
from tests.conftest import Cast
from tests.factories.cases import person, refer

SignIn = Callable[[User], Client]
INBOX = "/inbox/"


def text_of(response: Any) -> str:
    return response.content.decode()


def test_shows_what_the_answer_needs_and_nothing_of_the_police_record(
    cast: Cast, sent: Referral, signed_in: SignIn
) -> None:
    """A victim or a crime number on a charity's screen cannot be taken back."""
    page = text_of(signed_in(cast["hugh"]).get(INBOX))
    for shown in ("Sam Price", "Drug diversion", "25", "Drugs possession", "less than an hour"):
        assert shown in page
    for hidden in ("Vera", "AV/SECRET/26", "caution", "Caribbean"):
        assert hidden not in page


def test_the_longest_wait_comes_first(cast: Cast, version: SchemeVersion, signed_in: SignIn) -> None:
    """Somebody would wait for weeks below newer referrals."""
    later = refer(cast["amara"], version, person=person(given_names="Later"))
    earlier = refer(cast["amara"], version, person=person(given_names="Earlier"))
    Referral.objects.filter(pk=earlier.pk).update(sent_at=earlier.sent_at.replace(day=1))  # type: ignore[union-attr]
    page = text_of(signed_in(cast["hugh"]).get(INBOX))
    assert page.index(earlier.reference) < page.index(later.reference)


def test_another_provider_sees_nothing_of_it(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """Two charities would read each other's clients."""
    response = signed_in(cast["hana"]).get(INBOX)
    assert sent.reference not in text_of(response)
    assert "No referral is waiting" in text_of(response)


@pytest.mark.parametrize(("who", "status"), [("george", 403), ("lena", 403), ("amara", 404), ("carol", 404)])
def test_only_who_may_answer_opens_it(who: str, status: int, cast: Cast, signed_in: SignIn) -> None:
    """A colleague without the right is told so; for police the page does not exist."""
    assert signed_in(cast[who]).get(INBOX).status_code == status


def test_each_look_is_logged_with_whom_it_showed(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """Nobody could say who had seen that Sam was referred (DPA 2018 s.62)."""
    signed_in(cast["hugh"]).get(INBOX)
    event = Event.objects.get(kind="referral.inbox_shown")
    assert event.actor_id == cast["hugh"].pk
    assert event.subjects == [f"referrals.referral:{sent.pk}"]


def test_more_referrals_need_no_more_queries(
    cast: Cast, version: SchemeVersion, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    """The page would slow down with every person who waits."""
    client = signed_in(cast["hugh"])
    counts = []
    for more in (2, 9):
        for _ in range(more):
            refer(cast["amara"], version)
        with django_assert_max_num_queries(40) as captured:
            client.get(INBOX)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_long_inbox_is_shown_in_pages(cast: Cast, version: SchemeVersion, signed_in: SignIn) -> None:
    """A page of hundreds would be too slow to open at the start of the day."""
    for _ in range(26):
        refer(cast["amara"], version)
    client = signed_in(cast["hugh"])
    assert len(client.get(INBOX).context["table"].rows) == 25
    assert len(client.get(INBOX + "?page=2").context["table"].rows) == 1


def test_accept_gives_the_person_to_the_colleague_with_most_room(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """Accepting takes one click: the usual answer is already chosen."""
    client = signed_in(cast["hugh"])
    form = client.get(reverse("referral_page", args=[sent.reference])).context["accept"]
    assert form.initial["navigator"] == str(cast["george"].pk)
    data = {"version": sent.version, "navigator": form.initial["navigator"]}
    response = client.post(reverse("referral_accept", args=[sent.reference]), data)
    assert response.status_code == 302
    sent.refresh_from_db()
    assert (sent.state, sent.navigator) == (Referral.State.ACCEPTED, cast["george"])


def test_accepting_twice_is_accepting_once(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """A double click would greet the partner with an error for something that worked."""
    client, address = signed_in(cast["hugh"]), reverse("referral_accept", args=[sent.reference])
    data = {"version": sent.version, "navigator": cast["george"].pk}
    assert [client.post(address, data).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.filter(kind="referral.accepted").count() == 1


def test_two_managers_never_overwrite_each_other(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """The second would undo the first one's choice without either of them knowing."""
    client = signed_in(cast["hugh"])
    client.post(reverse("referral_accept", args=[sent.reference]), {"version": 1, "navigator": cast["george"].pk})
    response = client.post(reverse("referral_decline", args=[sent.reference]), {"version": 1, "reason": "risk"})
    assert response.status_code == 422
    assert "has changed since you opened this page" in text_of(response)
    sent.refresh_from_db()
    assert sent.state == Referral.State.ACCEPTED


def test_decline_needs_a_reason_and_keeps_the_note(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """The officer must learn why, and what was typed must not be typed twice."""
    client, address = signed_in(cast["hugh"]), reverse("referral_decline", args=[sent.reference])
    response = client.post(address, {"version": 1, "note": "Moved to Leeds"})
    assert response.status_code == 422
    page = text_of(response)
    assert "Choose why the referral is declined" in page
    assert "Moved to Leeds" in page
    assert re.search(r"<title>\s*Error: ", page)
    assert client.post(address, {"version": 1, "note": "Moved to Leeds", "reason": "outside_area"}).status_code == 302
    sent.refresh_from_db()
    assert (sent.state, sent.decline_reason, sent.decline_note) == ("declined", "outside_area", "Moved to Leeds")


def test_a_note_too_long_is_refused_with_its_length(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """A silent cut would lose the end of the reason."""
    address = reverse("referral_decline", args=[sent.reference])
    response = signed_in(cast["hugh"]).post(address, {"version": 1, "reason": "other", "note": "x" * 281})
    assert response.status_code == 422
    assert "The note must be 280 characters or fewer" in text_of(response)


def test_a_navigator_of_another_provider_cannot_be_chosen(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """A person's file would be in the hands of another organisation's worker."""
    data = {"version": 1, "navigator": cast["fatima"].pk}
    response = signed_in(cast["hugh"]).post(reverse("referral_accept", args=[sent.reference]), data)
    assert response.status_code == 422
    sent.refresh_from_db()
    assert sent.state == Referral.State.SENT


def test_a_navigator_may_not_answer(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """Answering is the manager's, unless the role says otherwise."""
    response = signed_in(cast["george"]).post(reverse("referral_accept", args=[sent.reference]), {"version": 1})
    assert response.status_code == 403


def test_reassigning_changes_who_helps(cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """A person whose navigator leaves would be on nobody's list."""
    address = reverse("referral_assign", args=[accepted.reference])
    data = {"version": accepted.version, "navigator": cast["hugh"].pk}
    assert signed_in(cast["hugh"]).post(address, data).status_code == 302
    accepted.refresh_from_db()
    assert accepted.navigator == cast["hugh"]
