"""The first page at police: what waits for each, in order, and nothing of what is not theirs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diversion import clock
from diversion.accounts.models import Role, User
from diversion.audit.models import Event
from referrals.actions import closing, partner
from referrals.models import Referral, SchemeVersion, Undoable
from tests.conftest import NOW, Cast
from tests.factories.cases import crime, decision, record, refer
from tests.factories.ground import hold
from tests.factories.schemes import rewrite

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]


def home(client: Client) -> str:
    return " ".join(client.get("/").content.decode().split())


def test_an_officer_finds_what_waits_in_order_and_records_from_there(
    cast: Cast, sent: Referral, signed_in: SignIn
) -> None:
    """What came back, and what a victim is owed late, stood on no list of the officer's own."""
    partner.decline(referral=sent, reason="risk", note="", version=sent.version, by=cast["hugh"])
    harmed = record(cast["amara"], crimes=[crime("common-assault", victim_kind="person", victim_name="Zenobia Ash")])
    client = signed_in(cast["amara"])
    assert "Owed to victims" not in home(client), "it is not due yet"
    with clock.set_to(NOW + timedelta(days=8)):
        page = home(client)
    in_order = ("Record a decision", "Back with you", "Owed to victims, and due", "1 day overdue", "What became of")
    places = [page.index(words, page.index("<main")) for words in in_order]
    assert places == sorted(places)
    assert reverse("victim_page", args=[harmed.reference, harmed.allegations.get().pk]) in page
    assert "Zenobia" not in page, "the list names no victim"
    shown = Event.objects.filter(kind="home.shown").latest("pk").subjects
    assert {f"cases.case:{sent.case_id}", f"cases.case:{harmed.pk}"} <= set(shown)
    coordinator = home(signed_in(cast["vera"]))
    assert harmed.reference in coordinator, "who tells victims plans the week: it waits for her before it is due"


def test_what_became_of_those_referred_is_told_once_it_stands(
    cast: Cast, sent: Referral, signed_in: SignIn, frozen: Any
) -> None:
    """Officers who never hear refer no more; and an end that was pressed by mistake was told to nobody."""
    client, words = signed_in(cast["amara"]), "Drug diversion: "
    taken = partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    assert f"{words}Accepted, 10 June 2026" in home(client)
    with clock.set_to(frozen + timedelta(days=3)):
        ended = {"result": "not_completed", "note": "", "version": taken.version}
        closing.close_referral(referral=taken, **ended, by=cast["george"])
        assert words not in home(client), "its end can still be undone"
        assert Undoable.objects.count() == 1
    with clock.set_to(frozen + timedelta(days=4)):
        assert f"{words}Not completed, 13 June 2026" in home(client)
        assert sent.case.reference not in home(signed_in(cast["callum"])), "a colleague's is not theirs"
    with clock.set_to(frozen + timedelta(days=18)):
        assert words not in home(client), "it is no news any more"


def test_whoever_is_an_officer_no_more_reads_of_nobody(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """An officer who became an analyst would go on reading names and results behind links that answer 404."""
    partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    assert sent.case.reference in home(signed_in(cast["amara"]))
    hold(cast["amara"], Role.objects.get(slug="checker"))
    assert sent.case.reference not in home(signed_in(cast["amara"]))


def test_of_voluntary_support_nothing_is_told(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """Police would hear that somebody took help of which they are to hear nothing."""
    for version in SchemeVersion.objects.all():
        rewrite(version, confidentiality="voluntary")
    partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    assert "What became of" not in home(signed_in(cast["amara"]))


@pytest.mark.parametrize(("who", "waits"), [("carol", True), ("amara", False), ("noel", False), ("vera", False)])
def test_whoever_authorises_finds_the_queue_on_their_first_page(
    cast: Cast, signed_in: SignIn, who: str, waits: bool
) -> None:
    """Somebody sits in custody while a sergeant looks at an empty list; others may not read what waits."""
    case = record(cast["amara"], decision=decision(disposal="deferred_charge"))
    assert (reverse("authorise", args=[case.reference]) in home(signed_in(cast[who]))) is waits


def test_whoever_has_nothing_waiting_is_led_on(cast: Cast, signed_in: SignIn) -> None:
    """A page that says only that there is nothing is a dead end."""
    page = home(signed_in(cast["ian"]))
    assert "Nothing waits for you" in page
    assert "Record a decision" not in page
    assert page.count(f'href="{reverse("dashboard")}"') == 2  # in the navigation, and below the words


def test_no_first_page_asks_more_the_more_waits(
    cast: Cast, sent: Referral, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    """It is opened more often than any other page."""
    client, counts = signed_in(cast["carol"]), []
    for more in (1, 4):
        for _ in range(more):
            record(cast["amara"], decision=decision(disposal="deferred_charge"))
            refer(cast["amara"], sent.scheme_version)
        with django_assert_max_num_queries(20) as asked:
            home(client)
        counts.append(len(asked))
        read = " ".join(one["sql"] for one in asked.captured_queries)
        assert "cases_assessment" not in read, "answers of people, which the page does not show"
        assert "cases_authorisationquestion" not in read
    assert counts[0] == counts[1]


def test_a_section_that_is_cut_says_how_many_there_are(
    cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten of eleven and ten of two hundred looked alike, and nobody asked for help with the second."""
    monkeypatch.setattr("diversion.home.LISTED", 2)
    client, words = signed_in(cast["carol"]), "are shown, and the next once one of them is seen to"
    for _ in range(2):
        record(cast["amara"], decision=decision(disposal="deferred_charge"))
    assert words not in home(client)
    record(cast["amara"], decision=decision(disposal="deferred_charge"))
    assert f"2 of 3 {words}" in home(client)
