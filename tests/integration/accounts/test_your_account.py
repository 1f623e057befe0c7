"""What somebody sees of their own account: where they are signed in, and how they sign out there."""

from collections.abc import Callable
from datetime import timedelta
from http.cookies import SimpleCookie
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from diversion import clock
from diversion.accounts.confirming import GIVEN_AT
from diversion.accounts.models import Session, User
from diversion.accounts.sessions import browser_in
from diversion.audit.models import Event
from diversion.audit.recording import digest
from diversion.demonstration import cast as demonstration
from tests.conftest import NOW, Cast

SignIn = Callable[[User], Client]
PAGE = reverse("your_account")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
TELEPHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36"

pytestmark = pytest.mark.usefixtures("frozen")


def at(browser: str, address: str, user: User) -> Client:
    """Signed in by the page, as at a machine of one's own."""
    client = Client(headers={"user-agent": browser}, REMOTE_ADDR=address)
    client.post(reverse("account_login"), {"login": user.email, "password": demonstration.PASSWORD})
    assert client.get(PAGE).status_code == 200
    return client


def text(client: Client) -> str:
    return client.get(PAGE).content.decode()


def key_of(client: Client) -> str:
    return digest(client.session.kept_key)


def test_somebody_sees_where_they_are_signed_in_and_nobody_else_s(cast: Cast) -> None:
    """A computer that was left signed in at a station stays so, and nobody knows."""
    desk = at(FIREFOX, "10.0.0.7", cast["amara"])
    telephone = at(TELEPHONE, "10.9.9.9", cast["amara"])
    at(FIREFOX, "10.4.4.4", cast["callum"])
    page = text(desk)
    assert "Here: Firefox, Windows, from 10.0.0.7. Signed in 10 June 2026 at 10:30am" in page
    assert "Chrome, Android, from 10.9.9.9" in page
    assert "10.4.4.4" not in page
    assert desk.session.session_key not in page
    assert telephone.session.session_key not in page


def test_they_sign_out_there_and_stay_signed_in_here(cast: Cast) -> None:
    """They would have to find the machine, or change the password for it."""
    desk, telephone = at(FIREFOX, "10.0.0.7", cast["amara"]), at(TELEPHONE, "10.9.9.9", cast["amara"])
    colleague = at(FIREFOX, "10.4.4.4", cast["callum"])
    both = [key_of(telephone), key_of(colleague)]
    assert desk.post(PAGE, {"ends": both}).status_code == 422  # one of them is not theirs
    assert "You are signed out there." in desk.post(PAGE, {"ends": both[:1]}, follow=True).content.decode()
    assert telephone.get(PAGE).status_code == 302
    assert desk.get(PAGE).status_code == colleague.get(PAGE).status_code == 200
    event = Event.objects.get(kind="account.sessions_ended")
    assert (event.actor_id, event.detail) == (cast["amara"].pk, {"sessions": both[:1]})


def test_what_a_new_password_ended_is_not_listed(cast: Cast) -> None:
    """Whoever fears that somebody else is signed in changes the password, and would still see them there."""
    desk = at(FIREFOX, "10.0.0.7", cast["amara"])
    at(TELEPHONE, "10.9.9.9", cast["amara"])
    given = dict.fromkeys(("password1", "password2"), "a quite new pass phrase")
    given |= {"oldpassword": demonstration.PASSWORD}
    assert desk.post(reverse("account_change_password"), given).status_code == 302
    assert "You are signed in nowhere else." in text(desk)


def test_a_screen_left_open_ends_nothing_without_the_password(cast: Cast) -> None:
    """Whoever finds it would throw its owner out of everywhere else."""
    desk, telephone = at(FIREFOX, "10.0.0.7", cast["amara"]), at(TELEPHONE, "10.9.9.9", cast["amara"])
    session = desk.session
    session[GIVEN_AT] = int((NOW - timedelta(hours=1)).timestamp())
    session.save()
    given = {"ends": [key_of(telephone)]}
    assert "Enter your password" in desk.post(PAGE, given).content.decode()
    assert telephone.get(PAGE).status_code == 200
    assert desk.post(PAGE, given | {"password": demonstration.PASSWORD}).status_code == 302
    assert telephone.get(PAGE).status_code == 302


def test_what_is_over_or_chosen_by_nobody_is_said(cast: Cast) -> None:
    """A list of sign-ins that ended long ago hides the one that did not."""
    desk = at(FIREFOX, "10.0.0.7", cast["amara"])
    Session.objects.create(session_key="over", expire_date=clock.now(), user=cast["amara"], source="10.1.1.1")
    assert "10.1.1.1" not in text(desk)
    assert "You are signed in nowhere else." in text(desk)
    at(TELEPHONE, "10.9.9.9", cast["amara"])
    assert "Choose where you want to be signed out" in desk.post(PAGE, {}).content.decode()
    assert "has ended already" in desk.post(PAGE, {"ends": ["nothing"]}).content.decode()


def test_an_administrator_signs_somebody_out_wherever_they_are(cast: Cast, signed_in: SignIn) -> None:
    """A telephone is lost: the account would have to be disabled, and somebody else's approval opens it again."""
    desk, telephone = at(FIREFOX, "10.0.0.7", cast["amara"]), at(TELEPHONE, "10.9.9.9", cast["amara"])
    colleague, kit = at(FIREFOX, "10.4.4.4", cast["callum"]), signed_in(cast["kit"])
    page = kit.post(reverse("user_sign_out", args=[cast["amara"].pk]), follow=True).content.decode()
    assert "They are signed out everywhere" in page
    assert desk.get(PAGE).status_code == telephone.get(PAGE).status_code == 302
    assert colleague.get(PAGE).status_code == 200
    event = Event.objects.get(kind="user.sessions_ended")
    assert (event.actor_id, event.detail) == (cast["kit"].pk, {"count": 2})
    assert at(FIREFOX, "10.0.0.7", cast["amara"]).get(PAGE).status_code == 200


def test_the_operator_signs_everybody_out(cast: Cast) -> None:
    """Whoever took a key over is in as long as they keep busy."""
    ours, theirs = at(FIREFOX, "10.0.0.7", cast["amara"]), at(FIREFOX, "10.8.8.8", cast["ben"])
    with pytest.raises(CommandError, match="There is no organisation 'nowhere'"):
        call_command("end_sessions", organisation="nowhere")
    call_command("end_sessions", organisation="avonford", stdout=StringIO())
    assert (ours.get(PAGE).status_code, theirs.get(PAGE).status_code) == (302, 200)
    call_command("end_sessions", all=True, stdout=StringIO())
    assert theirs.get(PAGE).status_code == 302


def test_the_password_given_again_changes_the_key(cast: Cast) -> None:
    """Whoever had read it before would be taken for somebody who has just given the password."""
    desk, telephone = at(FIREFOX, "10.0.0.7", cast["amara"]), at(TELEPHONE, "10.9.9.9", cast["amara"])
    session = desk.session
    session[GIVEN_AT] = int((NOW - timedelta(hours=1)).timestamp())
    session.save()
    before = key_of(desk)
    thief = Client()
    thief.cookies = SimpleCookie(desk.cookies.output(header=""))
    assert thief.get(PAGE).status_code == 200
    given = {"ends": [key_of(telephone)], "password": demonstration.PASSWORD}
    assert desk.post(PAGE, given).status_code == 302
    assert (desk.get(PAGE).status_code, thief.get(PAGE).status_code) == (200, 302)
    event = Event.objects.get(kind="account.confirmed")
    assert (event.session, event.detail) == (before, {"session": key_of(desk)})
    assert key_of(desk) != before


@pytest.mark.parametrize(
    ("words", "known"),
    [
        (FIREFOX, "Firefox, Windows"),
        (TELEPHONE, "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari, iPhone"),
        ("curl/8.5.0", ""),
        ("<script>", ""),
    ],
)
def test_a_browser_is_known_by_name_and_never_by_its_own_words(words: str, known: str) -> None:
    """Nobody knows their own by a line of version numbers; and a browser may say anything."""
    assert browser_in(words) == known
