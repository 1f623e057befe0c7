"""Referrals that have ended: what a provider can still read of them, and nobody else's."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diversion.accounts.models import User
from diversion.audit.models import Event
from referrals.actions import closing, partner
from referrals.models import Referral, SchemeVersion
from tests.conftest import Cast
from tests.factories.cases import person, refer

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]


def closed(cast: Cast, version: SchemeVersion, name: str = "Sam") -> Referral:
    who = person(given_names=name, telephone="07700 900123", safe_contact="Text only")
    referral = refer(cast["amara"], version, person=who)
    referral = partner.accept(referral=referral, navigator=cast["george"], version=referral.version, by=cast["hugh"])
    return closing.close_referral(
        referral=referral, result="not_completed", note="Moved away", version=referral.version, by=cast["george"]
    )


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_what_was_closed_can_be_found_and_read_and_not_changed(
    cast: Cast, version: SchemeVersion, signed_in: SignIn
) -> None:
    """A navigator asked about last month's case had no way to it, and no way to reach the person is needed for that."""
    referral = closed(cast, version)
    client = signed_in(cast["george"])
    address = reverse("referral_page", args=[referral.reference])
    assert reverse("ended_list") in text_of(client.get(reverse("caseload")))
    listed = text_of(client.get(reverse("ended_list")))
    assert address in listed
    assert "Not completed" in listed
    page = text_of(client.get(address))
    assert "Moved away" in page
    assert "07700 900123" not in page
    assert "Text only" not in page
    assert 'name="attendance"' not in page
    assert Event.objects.get(kind="referral.ended_list_shown").subjects == [f"referrals.referral:{referral.pk}"]


def test_of_a_declined_one_no_name_is_shown(cast: Cast, version: SchemeVersion, signed_in: SignIn) -> None:
    """Whoever declined somebody has no more need to know who it was."""
    referral = refer(cast["amara"], version, person=person(family_name="Unforgettable"))
    partner.decline(referral=referral, reason="no_capacity", version=referral.version, by=cast["hugh"])
    listed = text_of(signed_in(cast["hugh"]).get(reverse("ended_list")))
    assert referral.reference in listed
    assert "Unforgettable" not in listed


def test_another_provider_and_the_police_find_nothing(cast: Cast, version: SchemeVersion, signed_in: SignIn) -> None:
    """Who helped whom is the provider's own."""
    referral = closed(cast, version)
    assert referral.reference not in text_of(signed_in(cast["fatima"]).get(reverse("ended_list")))
    assert signed_in(cast["amara"]).get(reverse("ended_list")).status_code == 404


def test_one_that_was_never_sent_is_not_there(cast: Cast, version: SchemeVersion, signed_in: SignIn) -> None:
    """A decision that was refused never reached the provider, and must not do so by way of a list."""
    referral = closed(cast, version)
    Referral.objects.filter(pk=referral.pk).update(sent_at=None)
    assert referral.reference not in text_of(signed_in(cast["hugh"]).get(reverse("ended_list")))


def test_more_of_them_need_no_more_queries_and_come_in_pages(
    cast: Cast, version: SchemeVersion, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    """The list only grows: it must open as fast in its third year."""
    client, counts = signed_in(cast["hugh"]), []
    for more in (2, 24):
        for each in range(more):
            closed(cast, version, name=f"Sam {each}")
        with django_assert_max_num_queries(40) as captured:
            first = client.get(reverse("ended_list"))
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert len(first.context["page"].object_list) == 25
    assert len(client.get(reverse("ended_list") + "?page=2").context["page"].object_list) == 1
