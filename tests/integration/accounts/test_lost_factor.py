"""A lost telephone: one asks, another agrees, and whom it concerns is told. Nobody does it for themselves or alone."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from diversion import clock
from diversion.accounts import factors, permits
from diversion.accounts.actions import approvals, restored, users
from diversion.accounts.actions import factors as set_up
from diversion.accounts.models import Factor, Permit, Session, User
from diversion.accounts.sealing import is_current
from diversion.audit.models import Event
from diversion.demonstration.cast import PASSWORD
from diversion.notifications.tasks import tell
from diversion.refusals import Refused
from diversion.unit_of_work import unit_of_work
from tests.conftest import NOW, Cast
from tests.factories.factors import SECRET, code, with_app
from tests.integration.accounts.test_changing_the_key import BEFORE, DROPPED, SWAPPED, on_a_host

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def amara(cast: Cast) -> User:
    """She has an authenticator app."""
    with_app(cast["amara"])
    return cast["amara"]


def has_factor(user: User) -> bool:
    return Factor.objects.filter(user=user).exists()


def test_two_people_remove_it_and_its_owner_is_told(amara: User, cast: Cast, signed_in: SignIn) -> None:
    """Else nobody who lost a telephone would ever work again."""
    kit = signed_in(cast["kit"])
    assert "it is lost" in kit.get(reverse("user_page", args=[amara.pk])).content.decode()
    assert kit.post(reverse("user_ask_for_reset", args=[amara.pk])).status_code == 302
    asked = amara.account_requests.get(state="waiting")
    Session.objects.create(session_key="stolen", expire_date=clock.now(), user=amara)
    jo = signed_in(cast["jo"])
    assert "To be removed, and set up anew" in jo.get(reverse("account_requests")).content.decode()
    assert jo.post(reverse("account_request", args=[asked.pk]), {"decision": "approve"}).status_code == 302
    assert not has_factor(amara)
    assert not Session.objects.filter(user=amara).exists(), "whoever holds the telephone is signed out"
    tell("second_factor")
    assert any("removed by two others" in one.body for one in mail.outbox)
    client = Client()
    client.post(reverse("account_login"), {"login": amara.email, "password": PASSWORD})
    assert "Second factor: To be removed" in client.get("/notices/").content.decode()


def test_one_person_alone_removes_nobodys(amara: User, cast: Cast) -> None:
    """The attack: an administrator with an officer's password takes the telephone out of the way, and signs in."""
    users.ask_for_reset(user=amara, by=cast["kit"])
    with pytest.raises(Refused, match="A second person decides"):
        approvals.approve(request=amara.account_requests.get(), by=cast["kit"])
    assert has_factor(amara)


@pytest.mark.parametrize("how", ["renewed", "another", "codes"])
def test_what_was_asked_is_called_off_once_its_owner_has_looked_after_it(how: str, amara: User, cast: Cast) -> None:
    """Weeks later somebody agrees, and what she set up meanwhile is gone: her password alone sets up the next."""
    users.ask_for_reset(user=amara, by=cast["kit"])
    with unit_of_work("a page", user=amara):
        if how == "codes":
            set_up.renew_codes(by=amara)
        else:
            own = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU" if how == "another" else SECRET
            set_up.set_up_app(secret=own, counter=0, here="", by=amara)
    asked = amara.account_requests.get()
    assert (asked.state, asked.decided_by) == ("refused", amara)
    with pytest.raises(Refused, match="decided already"):
        approvals.approve(request=asked, by=cast["jo"])
    assert has_factor(amara)


def test_nobody_agrees_to_what_was_asked_long_ago(amara: User, cast: Cast) -> None:
    """The telephone was found again; what is left waiting is a way in for later."""
    users.ask_for_reset(user=amara, by=cast["kit"])
    asked = amara.account_requests.get()
    with clock.set_to(NOW + timedelta(days=3, minutes=1)):
        with pytest.raises(Refused, match="refuse it"):
            approvals.approve(request=asked, by=cast["jo"])
        approvals.refuse(request=asked, by=cast["jo"])
        users.ask_for_reset(user=amara, by=cast["kit"])
    assert has_factor(amara)


def test_nobody_removes_their_own_that_way(cast: Cast, signed_in: SignIn) -> None:
    """Whoever found an administrator's screen open would rid the account of it. Under Your account it takes more."""
    with_app(cast["kit"])
    with pytest.raises(Refused, match="Nobody raises themselves"):
        users.ask_for_reset(user=cast["kit"], by=cast["kit"])
    with pytest.raises(Refused, match="has no second factor"):
        users.ask_for_reset(user=cast["callum"], by=cast["kit"])


def test_an_account_that_a_restore_opened_again_loses_it_too(amara: User) -> None:
    restored.disable_again(emails=[amara.email], by=None)
    assert not has_factor(amara)


def test_whoever_runs_the_service_helps_the_last_two(amara: User, capsys: Any) -> None:
    """The only administrator and their second person had their telephones in one bag."""
    call_command("reset_second_factor", amara.email)
    assert not has_factor(amara)
    assert "set up another" in capsys.readouterr().out
    assert Event.objects.filter(kind="user.factors_removed", subjects__contains=[f"accounts.user:{amara.pk}"]).exists()
    with pytest.raises(CommandError, match="nothing to remove"):
        call_command("reset_second_factor", amara.email)


# What the database itself refuses


def is_refused(statement: str, *values: object) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            assert cursor.rowcount > 0, "the statement touched nothing: it proves nothing"
            transaction.set_rollback(True)
    except DatabaseError as error:
        return any(words in str(error) for words in ("No permit", "its owner", "its own user"))
    return False


def test_sql_gives_and_takes_no_factor(amara: User, cast: Cast) -> None:
    """The attack: with the web's credentials a telephone of one's own becomes an inspector's."""
    insert = "INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (%s, 'webauthn', '{}', now())"
    own = Factor.objects.get(user=amara, type=factors.APP)
    assert is_refused(insert, cast["david"].pk)
    assert is_refused("DELETE FROM mfa_authenticator WHERE user_id = %s", amara.pk)
    assert is_refused("UPDATE mfa_authenticator SET user_id = %s WHERE id = %s", cast["david"].pk, own.pk)
    assert is_refused('UPDATE mfa_authenticator SET data = data || \'{"secret": "mine"}\' WHERE id = %s', own.pk)
    assert is_refused("UPDATE mfa_authenticator SET data = data || '{\"used\": -1}' WHERE id = %s", own.pk)
    add = "UPDATE mfa_authenticator SET data = '{\"codes\": [\"mine\"]}' WHERE user_id = %s AND type = 'recovery_codes'"
    assert is_refused(add, amara.pk)
    assert not is_refused("UPDATE mfa_authenticator SET data = data || '{\"used\": 9}' WHERE id = %s", own.pk)


def test_a_permit_for_it_is_its_owners_or_names_what_two_agreed_to(amara: User, cast: Cast) -> None:
    """A permit in an administrator's name, or of a page opened by somebody else, lets nothing through."""
    own = list(Factor.objects.filter(user=amara))

    def is_no_leave(leave: permits.Leave) -> bool:
        try:
            with transaction.atomic():
                permits.allow_taking_factors(amara, own, leave)
        except DatabaseError as error:
            return "its owner" in str(error)
        return False

    users.ask_for_reset(user=amara, by=cast["kit"])
    asked = amara.account_requests.get()
    assert is_no_leave(permits.Leave(Permit.Grounds.ADMINISTRATOR, cast["kit"]))
    assert is_no_leave(permits.Leave(Permit.Grounds.SECOND_PERSON, cast["kit"], asked)), "it waits"
    assert is_no_leave(permits.Leave(Permit.Grounds.OWN_PASSWORD, cast["kit"]))
    with unit_of_work("a page", user=cast["kit"]):
        assert is_no_leave(permits.Leave(Permit.Grounds.OWN_PASSWORD, amara))
    with unit_of_work("a page", user=amara):
        assert not is_no_leave(permits.Leave(Permit.Grounds.OWN_PASSWORD, amara))


def test_a_permit_lets_no_other_factor_through(amara: User) -> None:
    """It names what is kept, to the letter."""
    permits.allow_factor(amara, {"name": "hers"}, permits.Leave(Permit.Grounds.OWN_PASSWORD, amara))
    insert = "INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (%s, 'webauthn', %s, now())"
    assert is_refused(insert, amara.pk, json.dumps({"name": "mine"}))
    assert not is_refused(insert, amara.pk, json.dumps({"name": "hers"}))


# While SECRET_KEY is changed


def test_an_app_lasts_through_a_change_of_the_key(cast: Cast, capsys: Any) -> None:
    """A force that changes its key would shut everybody out at once."""
    user = cast["amara"]
    with on_a_host(BEFORE):
        with_app(user)
    with on_a_host(SWAPPED):
        assert factors.accept_code(user, code()) == factors.APP
        call_command("reseal_factors")
        assert "1 sealed anew" in capsys.readouterr().out
    with on_a_host(DROPPED):
        (app,) = Factor.objects.filter(user=user, type=factors.APP)
        assert is_current(app.data["secret"])
        with clock.set_to(NOW + timedelta(minutes=1)):
            assert factors.accept_code(user, code()) == factors.APP


def test_without_the_key_a_recovery_code_still_opens(cast: Cast) -> None:
    """After a restore without the key: nobody is told that the code was right, and the paper helps."""
    with on_a_host(BEFORE):
        codes = with_app(cast["amara"])
    with on_a_host(("Qs8" * 20, ())):
        assert factors.accept_code(cast["amara"], code()) == ""
        with pytest.raises(CommandError, match="add that key"):
            call_command("reseal_factors")
        assert factors.accept_code(cast["amara"], codes[0]) == factors.CODES
