"""The administrator's pages: who may sign in, and what they may do."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diversion.accounts.actions import approvals
from diversion.accounts.actions.roles import grant
from diversion.accounts.models import Role, User
from diversion.audit.models import Event
from diversion.demonstration.cast import PASSWORD
from tests.conftest import Cast

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def role(slug: str) -> int:
    return Role.objects.get(slug=slug).pk


@pytest.fixture
def kit(cast: Cast, signed_in: SignIn) -> Client:
    """Avonford's administrator at work."""
    return signed_in(cast["kit"])


def agree(user: User, by: User) -> None:
    """``by`` agrees to what is asked for ``user``."""
    approvals.approve(request=user.account_requests.get(state="waiting"), by=by)


def new(**changes: Any) -> dict[str, Any]:
    values = {"full_name": "Nia Bell", "email": "Nia@Avonford.example", "rank": "constable", "collar_number": "3001"}
    return values | {"roles": [role("officer")]} | changes


def test_a_new_user_sets_a_password_by_the_link_and_signs_in(kit: Client, cast: Cast) -> None:
    """A password known to the administrator would be a password known to two."""
    response = kit.post("/users/add", new())
    user = User.objects.get(email="nia@avonford.example")
    assert response["Location"] == reverse("user_page", args=[user.pk])
    assert user.organisation == cast["kit"].organisation
    assert (user.is_active, user.rank, list(user.roles.all())) == (False, "", [])
    agree(user, cast["jo"])
    page = kit.post(reverse("user_password_link", args=[user.pk]), follow=True)
    link = page.context["link"]
    assert link in text_of(page)
    assert link not in text_of(kit.get(response["Location"])), "the link is shown once"

    visitor = Client()
    form = visitor.get(link, follow=True)
    chosen = {"password1": "a long enough phrase", "password2": "a long enough phrase"}
    visitor.post(form.redirect_chain[-1][0], chosen)
    signing_in = {"login": "nia@avonford.example", "password": "a long enough phrase"}
    assert Client().post("/accounts/login/", signing_in).status_code == 302
    user.refresh_from_db()
    assert user.has_usable_password()
    again = Client().get(link, follow=True)
    assert "This link no longer works" in text_of(again)
    assert "password1" not in text_of(again)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"full_name": ""}, "Enter the full name"),
        ({"email": ""}, "Enter the e-mail address"),
        ({"email": "nia"}, "Enter an e-mail address, like name@example.org"),
        ({"email": "AMARA@avonford.example"}, "This e-mail address has an account already."),
    ],
)
def test_a_mistake_says_how_to_mend_it(changes: dict[str, str], words: str, kit: Client) -> None:
    """What was typed stays, and no half account is made."""
    before = User.objects.count()
    response = kit.post("/users/add", new(**changes))
    assert response.status_code == 422
    assert words in text_of(response)
    assert "3001" in text_of(response)
    assert User.objects.count() == before


@pytest.mark.parametrize("slug", ["navigator", "partner-manager"])
def test_a_role_of_another_kind_of_organisation_cannot_be_given(slug: str, kit: Client) -> None:
    """An officer with a navigator's role would be on both sides of a referral."""
    assert kit.post("/users/add", new(roles=[role(slug)])).status_code == 422
    assert not User.objects.filter(email="nia@avonford.example").exists()


def test_roles_change_at_once(kit: Client, cast: Cast, client: Client) -> None:
    """Somebody who moves to another team would keep the rights of the old one until they sign out."""
    officer = Client()
    officer.force_login(cast["amara"])
    assert officer.get("/cases/").status_code == 200
    data = {"full_name": "Amara Okafor", "rank": "constable", "roles": [role("coordinator")]}
    assert kit.post(reverse("user_page", args=[cast["amara"].pk]), data).status_code == 302
    assert officer.get("/cases/").status_code == 403, "what is taken goes at once"
    assert officer.get("/schemes/").status_code == 403, "and what gives power waits"
    agree(cast["amara"], cast["jo"])
    assert officer.get("/schemes/").status_code == 200
    event = Event.objects.get(kind="user.changed")
    assert (event.detail.get("added"), event.detail["removed"]) == (None, ["officer"])
    assert Event.objects.get(kind="user.change_approved").detail["roles"] == ["coordinator"]


def test_disabling_ends_every_session(kit: Client, cast: Cast) -> None:
    """Somebody who has left would go on reading cases in a browser that was left open."""
    officer = Client()
    officer.force_login(cast["amara"])
    assert officer.get("/cases/").status_code == 200
    page = reverse("user_page", args=[cast["amara"].pk])
    assert kit.post(reverse("user_disable", args=[cast["amara"].pk])).status_code == 302
    assert officer.get("/cases/").status_code == 302
    assert "Disabled" in text_of(kit.get(page))
    assert kit.post(reverse("user_enable", args=[cast["amara"].pk])).status_code == 302
    assert not User.objects.get(pk=cast["amara"].pk).is_active, "one person does not open an account"
    agree(cast["amara"], cast["jo"])
    assert officer.get("/cases/").status_code == 302, "the old session stays ended"
    assert kit.post(reverse("user_password_link", args=[cast["amara"].pk]), follow=True).context["link"]


def test_nobody_changes_their_own_roles_or_locks_themselves_out(kit: Client, cast: Cast) -> None:
    """An administrator would make themselves a reader of cases, with nobody asked."""
    own = cast["kit"].pk
    data = {"full_name": "Kit Lowe", "roles": [role("administrator"), role("coordinator")]}
    response = kit.post(reverse("user_page", args=[own]), data)
    assert response.status_code == 422
    assert "Nobody changes their own roles" in text_of(response)
    assert kit.post(reverse("user_disable", args=[own])).status_code == 422
    assert kit.get("/users/").status_code == 200


@pytest.mark.parametrize(
    "name", ["user_page", "user_disable", "user_enable", "user_password_link", "user_ask_for_link"]
)
def test_users_of_another_organisation_are_not_there(name: str, kit: Client, cast: Cast) -> None:
    """Avonford's administrator must not disable Northmoor's officers."""
    assert kit.post(reverse(name, args=[cast["ben"].pk])).status_code == 404
    assert User.objects.get(pk=cast["ben"].pk).is_active


def test_the_list_is_of_ones_own_organisation(kit: Client) -> None:
    """Who works at another force or charity is theirs to know."""
    page = text_of(kit.get("/users/"))
    assert "Amara Okafor" in page
    for other in ("Ben Hughes", "Hana Kim", "Lena Frost"):
        assert other not in page


def test_the_list_is_searched(kit: Client, cast: Cast) -> None:
    """In a force of thousands nobody pages to a name."""
    found = kit.post("/users/", {"text": "rees"}, follow=True).context["page"]
    assert [user.full_name for user in found] == ["Elin Rees"]
    User.objects.filter(pk=cast["elin"].pk).update(is_active=False)
    assert [user.full_name for user in kit.get("/users/?status=disabled").context["page"]] == ["Elin Rees"]
    assert "No user of your organisation answers" in text_of(kit.post("/users/", {"text": "zz"}, follow=True))


@pytest.mark.parametrize("who", ["amara", "david", "elin", "jo", "hugh", "lena"])
@pytest.mark.parametrize("address", ["/users/", "/users/add", "/users/1/"])
def test_only_an_administrator_manages_users(who: str, address: str, cast: Cast, signed_in: SignIn) -> None:
    """Whoever gives roles gives everything."""
    assert signed_in(cast[who]).get(address).status_code == 403


def test_an_administrator_opens_no_case(kit: Client) -> None:
    """Users and configuration; no case content."""
    assert kit.get("/cases/").status_code == 403


def test_opening_a_buttons_address_does_nothing(kit: Client, cast: Cast) -> None:
    """A link in an e-mail would disable an officer."""
    assert kit.get(reverse("user_disable", args=[cast["amara"].pk])).status_code == 302
    assert User.objects.get(pk=cast["amara"].pk).is_active


def test_more_users_need_no_more_queries(kit: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    """The list would slow down with each user."""
    counts = []
    for more in range(2):
        for number in range(5 * more):
            kit.post("/users/add", new(email=f"user{number}@avonford.example"))
        kit.get("/users/")  # takes the messages of what was done out of the session
        with django_assert_max_num_queries(30) as captured:
            kit.get("/users/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_provider_looks_after_its_own_users(cast: Cast, signed_in: SignIn) -> None:
    """A charity that takes on a navigator would have to ask the police for an account."""
    administrator = User.objects.create_user("rae@harbour.example", organisation=cast["hugh"].organisation)
    grant(user=administrator, role=Role.objects.get(slug="provider-administrator"), by=None)
    client = signed_in(administrator)
    page = text_of(client.get("/users/add"))
    assert "Navigator" in page
    assert "Rank" not in page
    data = {"full_name": "Nia Bell", "email": "nia@harbour.example", "roles": [role("navigator")]}
    assert client.post("/users/add", data).status_code == 302
    assert User.objects.get(email="nia@harbour.example").organisation == cast["hugh"].organisation
    assert (
        client.post("/users/add", {**data, "email": "x@harbour.example", "roles": [role("officer")]}).status_code == 422
    )


def test_an_administrator_does_not_raise_their_own_rank(cast: Cast, signed_in: SignIn) -> None:
    """A sergeant could otherwise authorise what only an inspector may."""
    carol = cast["carol"]
    grant(user=carol, role=Role.objects.get(slug="administrator"), by=None)
    held = {"full_name": "Carol Singh", "team": carol.team_id or "", "roles": [one.pk for one in carol.roles.all()]}
    address = reverse("user_page", args=[carol.pk])
    response = signed_in(carol).post(address, held | {"rank": "superintendent"})
    assert response.status_code == 422
    assert "Nobody changes their own rank" in text_of(response)
    carol.refresh_from_db()
    assert carol.rank == "sergeant"
    assert signed_in(carol).post(address, held | {"rank": "sergeant", "collar_number": "77"}).status_code == 302


def test_a_new_password_leaves_an_entry(cast: Cast, signed_in: SignIn) -> None:
    """Whoever took over an account would otherwise leave no trace of how."""
    passphrase = "a new long pass phrase"
    answers = {"oldpassword": PASSWORD, "password1": passphrase, "password2": passphrase}
    assert signed_in(cast["amara"]).post(reverse("account_change_password"), answers).status_code == 302
    event = Event.objects.get(kind="account.password_changed")
    assert (event.actor_id, event.nature) == (cast["amara"].pk, "security")
