"""Power takes two: what one administrator may do alone, who agrees to the rest, and who is told."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse

from diversion import clock
from diversion.accounts import permits
from diversion.accounts.actions import approvals, users
from diversion.accounts.confirming import GOOD_FOR
from diversion.accounts.models import AccountRequest, Role, User
from diversion.accounts.permissions import CASE_CONTENT, Permission
from diversion.audit.models import Event
from diversion.demonstration.cast import PASSWORD
from diversion.refusals import Refused
from tests.conftest import Cast
from tests.factories.ground import hold
from tests.integration.test_every_url import ROUTES

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def role(slug: str) -> Role:
    return Role.objects.get(slug=slug)


def details(user: User, *roles: Role, rank: str | None = None) -> users.UserDetails:
    """What a form about ``user`` says, with these roles beside those held."""
    return users.UserDetails(
        user.full_name, user.rank if rank is None else rank, user.collar_number, user.team, [*user.roles.all(), *roles]
    )


def asked_for(user: User) -> AccountRequest:
    return user.account_requests.get(state="waiting")


def as_it_stands(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_one_administrator_makes_no_inspector(cast: Cast) -> None:
    """The attack that worked: a second account with every role and an inspector's rank, opened by its own link."""
    new = users.add_user(
        email="second@avonford.example",
        details=users.UserDetails("Second Self", "inspector", roles=Role.objects.filter(slug="inspector")),
        by=cast["kit"],
    )
    assert (new.is_active, new.rank, new.permissions) == (False, "", frozenset())
    with pytest.raises(Refused, match="A second person decides"):
        approvals.approve(request=asked_for(new), by=cast["kit"])
    with pytest.raises(Refused, match="No second person has approved"):
        approvals.use_link(user=new, by=cast["kit"])
    assert not as_it_stands(new).is_active


def test_one_administrator_makes_no_link_for_an_inspector(cast: Cast, signed_in: SignIn) -> None:
    """The attack that worked: a link for David, and then to sign in as him."""
    client, david = signed_in(cast["kit"]), cast["david"]
    assert "No second person has approved" in text_of(client.post(reverse("user_password_link", args=[david.pk])))
    assert client.post(reverse("user_ask_for_link", args=[david.pk])).status_code == 302
    assert client.post(reverse("user_password_link", args=[david.pk])).status_code == 422
    approvals.approve(request=asked_for(david), by=cast["jo"])
    assert client.post(reverse("user_password_link", args=[david.pk]), follow=True).context["link"]
    assert client.post(reverse("user_password_link", args=[david.pk])).status_code == 422, "it is made once"


def test_a_higher_rank_and_a_powerful_role_wait(cast: Cast) -> None:
    """A constable who may authorise at an inspector's rank would decide their own cases."""
    amara = cast["amara"]
    after = users.change_user(user=amara, details=details(amara, role("inspector"), rank="inspector"), by=cast["kit"])
    assert (after.rank, [one.slug for one in after.roles.all()]) == ("constable", ["officer"])
    approvals.approve(request=asked_for(amara), by=cast["jo"])
    after = as_it_stands(amara)
    assert (after.rank, sorted(one.slug for one in after.roles.all())) == ("inspector", ["inspector", "officer"])


def test_a_lower_rank_and_an_ordinary_role_do_not_wait(cast: Cast) -> None:
    """Whoever loses a rank must not keep it while somebody is on leave."""
    carol = cast["carol"]
    after = users.change_user(user=carol, details=details(carol, role("officer"), rank="constable"), by=cast["kit"])
    assert (after.rank, {one.slug for one in after.roles.all()}) == ("constable", {"supervisor", "officer"})
    assert not carol.account_requests.exists()


@pytest.mark.parametrize(("who", "words"), [("kit", "A second person decides"), ("david", "A second person decides")])
def test_neither_who_asks_nor_whom_it_concerns_agrees(who: str, words: str, cast: Cast) -> None:
    """David is an inspector, and might be the second person for anybody but himself."""
    users.ask_for_link(user=cast["david"], by=cast["kit"])
    with pytest.raises(Refused, match=words):
        approvals.approve(request=asked_for(cast["david"]), by=cast[who])


@pytest.mark.parametrize("who", ["jo", "david"])
def test_a_force_with_one_administrator_has_a_second_person(who: str, cast: Cast) -> None:
    """The information manager, or an inspector: else nobody could ever be added."""
    users.ask_for_link(user=cast["amara"], by=cast["kit"])
    approvals.approve(request=asked_for(cast["amara"]), by=cast[who])
    assert approvals.approved_links(cast["amara"]).exists()


@pytest.mark.parametrize(("who", "error"), [("carol", PermissionDenied), ("noel", Http404), ("hana", Http404)])
def test_nobody_else_agrees(who: str, error: type[Exception], cast: Cast) -> None:
    """An inspector of another force has no say, and a sergeant none in this."""
    users.ask_for_link(user=cast["amara"], by=cast["kit"])
    with pytest.raises(error):
        approvals.approve(request=asked_for(cast["amara"]), by=cast[who])


def test_what_is_refused_or_called_off_gives_nothing(cast: Cast) -> None:
    """A link that was approved before somebody left would open their account afterwards."""
    users.ask_for_link(user=cast["amara"], by=cast["kit"])
    approvals.refuse(request=asked_for(cast["amara"]), by=cast["jo"])
    users.ask_for_link(user=cast["amara"], by=cast["kit"])
    approvals.approve(request=asked_for(cast["amara"]), by=cast["jo"])
    users.disable_user(user=cast["amara"], by=cast["kit"])
    users.enable_user(user=cast["amara"], by=cast["kit"])
    with pytest.raises(Refused, match="No second person has approved"):
        approvals.use_link(user=cast["amara"], by=cast["kit"])
    users.disable_user(user=cast["amara"], by=cast["kit"])
    assert not cast["amara"].account_requests.filter(state="waiting").exists()


def test_an_administrator_who_left_asks_for_nothing_any_more(cast: Cast) -> None:
    """What they asked for on their last day must not be given on the day after."""
    users.ask_for_link(user=cast["amara"], by=cast["kit"])
    hold(cast["kit"])
    with pytest.raises(Refused, match="no longer manages users"):
        approvals.approve(request=asked_for(cast["amara"]), by=cast["jo"])


def test_the_person_concerned_is_told_once(cast: Cast) -> None:
    """Only Amara knows that she asked for no link."""
    users.ask_for_link(user=cast["amara"], by=cast["kit"])
    approvals.approve(request=asked_for(cast["amara"]), by=cast["jo"])
    told = []
    for _time in range(2):
        browser = Client()
        browser.post("/accounts/login/", {"login": cast["amara"].email, "password": PASSWORD})
        told.append(text_of(browser.get("/", follow=True)))
    assert "Your account was changed. Password: A link to set a password." in told[0]
    assert "Asked for by Kit Lowe, approved by Jo Park." in told[0]
    assert "Your account was changed" not in told[1]


def test_the_page_shows_what_waits_and_takes_a_decision(cast: Cast, signed_in: SignIn) -> None:
    """The second person sees what they agree to, and who asks for it."""
    amara = cast["amara"]
    users.change_user(user=amara, details=details(amara, role("inspector"), rank="inspector"), by=cast["kit"])
    page = text_of(signed_in(cast["jo"]).get("/users/changes/"))
    for words in ("Amara Okafor", "Kit Lowe", "Inspector", "Approve"):
        assert words in page
    own = text_of(signed_in(cast["kit"]).get("/users/changes/"))
    assert "Somebody else has to agree" in own
    assert "Take back" in own
    address = reverse("account_request", args=[asked_for(amara).pk])
    assert signed_in(cast["noel"]).post(address, {"decision": "approve"}).status_code == 404
    assert signed_in(cast["kit"]).post(address, {"decision": "approve"}).status_code == 422
    assert signed_in(cast["jo"]).post(address, {"decision": "approve"}).status_code == 302
    assert as_it_stands(amara).rank == "inspector"
    again = signed_in(cast["jo"]).post(address, {"seen": "0", "decision": "refuse"})
    assert "This has been decided already" in text_of(again)


def test_an_open_screen_gives_nobody_power(cast: Cast, signed_in: SignIn, frozen: datetime) -> None:
    """Whoever passes by an information manager's desk would be the second of the two."""
    amara = cast["amara"]
    users.change_user(user=amara, details=details(amara, role("inspector"), rank="inspector"), by=cast["kit"])
    client, address = signed_in(cast["jo"]), reverse("account_request", args=[asked_for(amara).pk])
    with clock.set_to(frozen + GOOD_FOR):
        assert 'name="password"' in text_of(client.get("/users/changes/"))
        response = client.post(address, {"decision": "approve"})
        assert (response.status_code, as_it_stands(amara).rank) == (422, amara.rank)
        assert "Enter your password" in text_of(response)
        assert client.post(address, {"seen": "0", "decision": "refuse"}).status_code == 302


def test_a_look_at_an_account_leaves_an_entry(cast: Cast, signed_in: SignIn) -> None:
    """An administrator who goes through the officers of a team must be seen to."""
    assert signed_in(cast["kit"]).get(reverse("user_page", args=[cast["amara"].pk])).status_code == 200
    event = Event.objects.get(kind="user.opened")
    assert (event.actor_id, event.subjects) == (cast["kit"].pk, [f"accounts.user:{cast['amara'].pk}"])
    signed_in(cast["kit"]).get(reverse("user_list"))
    event = Event.objects.get(kind="user.list_shown")
    assert f"accounts.user:{cast['amara'].pk}" in event.subjects
    assert f"accounts.user:{cast['ben'].pk}" not in event.subjects


def test_the_database_knows_what_two_have_agreed_to(cast: Cast) -> None:
    """Code that forgot to ask would be stopped; and a permit of two lets nothing else through."""
    amara = cast["amara"]
    alone = permits.Leave(permits.Grounds.ADMINISTRATOR, cast["kit"])
    for attempt in (
        lambda: permits.allow_rank(amara, "inspector", alone),
        lambda: permits.allow_roles(amara, [role("inspector")], alone),
    ):
        with pytest.raises(DatabaseError, match="needs a second person"), transaction.atomic():
            attempt()
    users.change_user(user=amara, details=details(amara, rank="sergeant"), by=cast["kit"])
    asked = asked_for(amara)
    leave = permits.Leave(permits.Grounds.SECOND_PERSON, cast["jo"], asked)
    with pytest.raises(DatabaseError, match="No second person has approved"), transaction.atomic():
        permits.allow_rank(amara, "sergeant", leave)
    approvals.approve(request=asked, by=cast["jo"])
    with pytest.raises(DatabaseError, match="No second person has approved"), transaction.atomic():
        permits.allow_rank(amara, "inspector", leave)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_accountrequest SET state = 'approved', decided_by_id = asked_by_id",
        "UPDATE accounts_accountrequest SET state = 'approved', decided_by_id = user_id",
        "UPDATE accounts_accountrequest SET state = 'approved'",
        "UPDATE accounts_accountrequest SET rank = 'superintendent'",
        "DELETE FROM accounts_accountrequest",
    ],
)
def test_a_request_is_not_rewritten(statement: str, cast: Cast) -> None:
    """What the second person agrees to is what they read."""
    users.ask_for_link(user=cast["amara"], by=cast["kit"])
    with (
        pytest.raises(DatabaseError, match=r"decided once|stays on record"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_an_administrator_is_given_no_role_that_opens_a_case(cast: Cast) -> None:
    """Who says who may read must not be who reads: the rule that nobody else can look after."""
    for held in (cast["amara"], cast["elin"]):
        with pytest.raises(Refused, match="opens no case"):
            users.change_user(user=held, details=details(held, role("administrator")), by=cast["kit"])


def test_no_shipped_role_manages_users_and_opens_cases(cast: Cast) -> None:
    """Seeded so, it would be so in every force."""
    managing = Role.objects.filter(permissions__contains=[Permission.MANAGE_USERS.value])
    assert managing
    assert all(CASE_CONTENT.isdisjoint(one.permissions) for one in managing)


OF_PEOPLE = [route for route in ROUTES if route.rule and route.rule.people]


@pytest.mark.parametrize("route", OF_PEOPLE, ids=lambda route: route.name)
def test_no_page_about_a_person_opens_for_an_administrator(route: Any, cast: Cast, signed_in: SignIn) -> None:
    """No case content, on whatever page comes to be; their own first page opens, and shows nobody's."""
    response = signed_in(cast["kit"]).get(route.path)
    if route.name == "home":
        assert Event.objects.get(kind="home.shown").subjects == []
    else:
        assert response.status_code in (403, 404)


def test_there_are_pages_about_people() -> None:
    """A sweep over nothing would pass for ever."""
    assert len(OF_PEOPLE) > 20


def test_what_waits_is_called_off_when_the_account_changes(cast: Cast) -> None:
    """Somebody demoted this morning would be a superintendent by noon, and an administrator would read cases."""
    david = cast["david"]
    users.change_user(user=david, details=details(david, rank="superintendent"), by=cast["kit"])
    waiting = david.account_requests.get(state="waiting")
    users.change_user(user=david, details=details(david, rank=""), by=cast["kit"])
    with pytest.raises(Refused, match="decided already"):
        approvals.approve(request=waiting, by=cast["jo"])
    assert User.objects.get(pk=david.pk).rank == ""


def test_two_halves_do_not_make_an_administrator_who_reads_cases(cast: Cast) -> None:
    """The role that opens cases would be given while the other waits, and nobody would see both."""
    amara = cast["amara"]
    administrator = users.UserDetails(amara.full_name, amara.rank, roles=[role("administrator")])
    users.change_user(user=amara, details=administrator, by=cast["kit"])
    hold(amara, role("officer"))
    with pytest.raises(Refused, match="opens no case"):
        approvals.approve(request=asked_for(amara), by=cast["jo"])


def test_a_post_that_decides_nothing_refuses_nothing(cast: Cast, signed_in: SignIn) -> None:
    """A button that sent no value would refuse what a colleague waits for."""
    users.ask_for_link(user=cast["amara"], by=cast["kit"])
    asked = asked_for(cast["amara"])
    answer = signed_in(cast["jo"]).post(reverse("account_request", args=[asked.pk]), {})
    assert (answer.status_code, "Choose whether to approve it" in text_of(answer)) == (422, True)
    assert asked_for(cast["amara"]) == asked
