"""``first_administrator``: the one account that nobody asks for and nobody approves, while there is nobody."""

import pytest
from django.core.management import call_command, get_commands
from django.db import DatabaseError, connection, transaction
from django.test import Client

from diversion.accounts.actions.roles import seed_roles
from diversion.accounts.models import Organisation, User
from diversion.audit.models import Event
from diversion.postgres import functions
from diversion.postgres.roles import OWNER_COMMANDS
from tests.conftest import Cast
from tests.integration.starting.conftest import Said, Typed

WORDS = "some long password of Lee's"
pytestmark = pytest.mark.usefixtures("cast")


def made(typed: Typed, email: str = "Lee@northmoor.example", slug: str = "northmoor", name: str = "Lee Ward") -> Said:
    return typed("first_administrator", email, "--name", name, "--organisation", slug)


def test_the_link_lets_the_first_administrator_in_and_nobody_sees_a_password(typed: Typed, client: Client) -> None:
    """Without it nobody could start a service; a password on a terminal would be kept by the terminal."""
    said = made(typed)
    assert said.status == 0
    assert said.last.startswith("http://localhost:8000/accounts/password/reset/key/")
    page = client.get(said.last.removeprefix("http://localhost:8000"), follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": WORDS, "password2": WORDS})
    client.post("/accounts/login/", {"login": "lee@northmoor.example", "password": WORDS})
    assert client.get("/users/").status_code == 200
    user = User.objects.get(email="lee@northmoor.example")
    assert [role.slug for role in user.roles.all()] == ["administrator"]
    again = Client().get(said.last.removeprefix("http://localhost:8000"), follow=True)
    assert b"password1" not in again.content


def test_it_leaves_its_events_in_the_log_of_the_organisation(typed: Typed) -> None:
    """An account that nobody asked for must be found by whoever reads the log."""
    made(typed)
    own = Organisation.objects.get(slug="northmoor").pk
    kinds = set(Event.objects.filter(organisation_id=own).values_list("kind", flat=True))
    assert kinds >= {"user.first_administrator", "user.password_link_made"}


def test_a_second_is_let_in_while_nobody_else_could_approve_and_no_third(typed: Typed, cast: Cast) -> None:
    """One administrator alone could never add anybody; with two, a third would go round the second person."""
    seed_roles()
    Organisation.objects.create(name="Riverside", slug="riverside", kind="provider")
    first = made(typed, "a@riverside.example", "riverside", "Ann Hill")
    assert "Run this for a second person too" in first.told
    second = made(typed, "b@riverside.example", "riverside", "Bo Hill")
    assert (first.status, second.status) == (0, 0)
    assert "second person" not in second.told
    third = made(typed, "c@riverside.example", "riverside", "Cy Hill")
    assert (third.status, third.last) == (1, "")
    assert "has an administrator already (Ann Hill and Bo Hill)" in third.told
    assert "they add users on the page Users" in third.told


def test_a_force_with_an_administrator_and_somebody_who_approves_gets_none(typed: Typed) -> None:
    """Whoever reaches the command line could else give themselves the users of a running force."""
    said = made(typed, "lee@avonford.example", "avonford")
    assert said.status == 1
    assert "Avonford Police has an administrator already (Kit Lowe)" in said.told
    assert not User.objects.filter(email="lee@avonford.example").exists()


def test_where_the_only_administrator_is_disabled_there_is_a_way_back(typed: Typed, cast: Cast) -> None:
    """A force whose administrator left would else need a shell."""
    User.objects.filter(pk=cast["kit"].pk).update(is_active=False)
    assert made(typed, "lee@avonford.example", "avonford").status == 0


def test_said_again_it_makes_a_link_and_no_second_account(typed: Typed) -> None:
    """A link that was lost or ran out is had again, until a password stands."""
    made(typed)
    before = list(User.objects.values())
    said = made(typed)
    assert (said.status, list(User.objects.values())) == (0, before)
    assert "Nothing changed" in said.told
    assert "/accounts/password/reset/key/" in said.last


def test_no_link_is_made_for_an_administrator_with_a_password(typed: Typed, cast: Cast) -> None:
    """It would take over an account that somebody uses."""
    said = made(typed, cast["kit"].email, "avonford")
    assert (said.status, said.last) == (1, "")
    assert "has a password" in said.told


@pytest.mark.parametrize(
    ("email", "slug", "mend"),
    [
        ("lee", "northmoor", "'lee' is no e-mail address"),
        ("lee@x.example", "nowhere", "add it with add_organisation. Those there are: ashdown, avonford"),
        ("lee@x.example", "ashdown", "has no users to manage"),
        ("amara@avonford.example", "northmoor", "has an account already"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_mend(typed: Typed, email: str, slug: str, mend: str) -> None:
    """Whoever starts a service learns in a line what to write instead."""
    before = list(User.objects.values())
    said = made(typed, email, slug)
    assert said.status == 1
    assert mend in said.told
    assert list(User.objects.values()) == before


def test_createsuperuser_says_what_to_use_instead(typed: Typed) -> None:
    """It is the first thing that anybody who knows Django types."""
    assert get_commands()["createsuperuser"] == "diversion"
    said = typed("createsuperuser", "--email", "root@example.org", "--noinput")
    assert said.status == 1
    assert "manage.py first_administrator EMAIL" in said.told


@pytest.mark.django_db(transaction=True)
def test_in_production_only_the_owner_of_the_tables_makes_one() -> None:
    """With the credentials of web and worker a compromised page would make itself an administrator."""
    words = ("first_administrator", "lee@n.example", "--name", "Lee", "--organisation", "northmoor")
    assert "first_administrator" in OWNER_COMMANDS
    _let_the_clock_be_set(False)
    try:
        with pytest.raises(DatabaseError, match="Only the owner"):
            call_command(*words)
        assert not User.objects.filter(email="lee@n.example").exists()
        with connection.as_owner():
            call_command(*words)
        assert User.objects.get(email="lee@n.example").roles.exists()
    finally:
        _let_the_clock_be_set(True)


def _let_the_clock_be_set(may: bool) -> None:
    """As in tests and the demonstration; False as in production."""
    with connection.as_owner(), transaction.atomic(), connection.cursor() as cursor:
        functions.harden(cursor, "public", clock_may_be_set=may)
