"""A session's last use is written now and then; whose page it is is asked once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.models.signals import post_save
from django.test import Client, override_settings
from django.test.signals import template_rendered

from cases.models import Absence
from diversion import clock
from diversion.accounts import sessions
from diversion.accounts.models import Role, Session, User
from diversion.accounts.sessions import kept_key
from diversion.audit.models import Event
from diversion.middleware import LAST_USE_SECONDS
from tests.conftest import NOW, Cast
from tests.factories.ground import hold

SignIn = Callable[[User], Client]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """``at(moment)``: it is that moment for the service and for Django's own sessions."""
    day = {"now": NOW}
    monkeypatch.setattr("django.contrib.sessions.backends.base.timezone.now", lambda: day["now"])
    monkeypatch.setattr(clock, "now", lambda: day["now"])

    def go(moment: datetime) -> None:
        day["now"] = moment

    return go


def row() -> dict[str, Any]:
    return Session.objects.values("session_data", "expire_date").get()


def opens(client: Client) -> bool:
    return client.get("/cases/").status_code == 200


def test_a_session_in_use_is_written_once_a_minute(cast: Cast, signed_in: SignIn, at: Any) -> None:
    """Each page of each user would else write a row, and wait for it."""
    client = signed_in(cast["amara"])
    assert opens(client)
    first = row()
    at(NOW + timedelta(seconds=LAST_USE_SECONDS - 1))
    assert opens(client)
    assert row() == first
    at(NOW + timedelta(seconds=LAST_USE_SECONDS))
    assert opens(client)
    assert row()["expire_date"] == NOW + timedelta(seconds=LAST_USE_SECONDS + settings.SESSION_COOKIE_AGE)


def test_who_goes_on_working_stays_signed_in(cast: Cast, signed_in: SignIn, at: Any) -> None:
    """An officer in the middle of a long record would lose it."""
    client, moment = signed_in(cast["amara"]), NOW
    for _page in range(5):
        moment += timedelta(seconds=settings.SESSION_COOKIE_AGE / 2)
        at(moment)
        assert opens(client)


def test_the_idle_limit_is_never_served_late_and_a_minute_early_at_most(cast: Cast, signed_in: SignIn, at: Any) -> None:
    """A screen left open in a station would show people's records to whoever passes."""
    idle, client = timedelta(seconds=settings.SESSION_COOKIE_AGE), signed_in(cast["amara"])
    assert opens(client)
    last_use = NOW + timedelta(seconds=LAST_USE_SECONDS - 1)  # not written
    at(last_use)
    assert opens(client)
    at(last_use + idle - timedelta(seconds=LAST_USE_SECONDS))
    assert opens(client)
    at(last_use + idle - timedelta(seconds=LAST_USE_SECONDS) + idle)
    assert not opens(client)


def test_a_visitor_who_is_not_signed_in_leaves_no_session(client: Client, db: None) -> None:
    """Whoever loads the sign-in page over and over would else fill the table."""
    assert client.get("/privacy").status_code == 200
    assert not Session.objects.exists()


def test_a_role_taken_away_ends_with_the_next_page(cast: Cast, signed_in: SignIn) -> None:
    """What a user may do is asked with the user: it must not be remembered from the page before."""
    client = signed_in(cast["amara"])
    assert opens(client)
    hold(cast["amara"])
    assert client.get("/cases/").status_code == 403
    User.objects.filter(pk=cast["amara"].pk).update(is_active=False)
    assert client.get("/cases/").status_code == 302


def test_permissions_come_by_roles_for_the_users_own_kind_of_organisation(cast: Cast) -> None:
    """A navigator's role on an officer's account would open a provider's pages to police."""
    amara, without = cast["amara"], User.objects.with_permissions().get(pk=cast["amara"].pk).permissions
    hold(amara, *amara.roles.all(), Role.objects.get(slug="navigator"))
    assert (
        User.objects.with_permissions().get(pk=amara.pk).permissions
        == without
        == User.objects.get(pk=amara.pk).permissions
    )
    assert {one.value for one in without} == {"record_decision", "view_own_cases", "view_team_cases"}


@pytest.mark.parametrize(("page", "then"), [("/cases/", "/cases/"), ("/away/", "/away/")])
def test_whoever_is_signed_out_meanwhile_is_asked_to_sign_in_and_what_they_sent_is_done(
    page: str, then: str, cast: Cast, frozen: datetime, signed_in: SignIn
) -> None:
    """The answer was “bad request” though the work was saved: it would be sent again, or given up."""
    client = signed_in(cast["amara"])
    typed = {"user": cast["amara"].pk, "cover": cast["callum"].pk, "from_on": "10 6 2026", "until_on": "12 6 2026"}
    ends = {"sender": Event, "dispatch_uid": "ends"}
    post_save.connect(_end_sessions, **ends)
    try:
        with clock.set_to(NOW + timedelta(minutes=5)):
            answer = client.get(page, {"q": "Price"}) if page == "/cases/" else client.post(page, typed)
    finally:
        post_save.disconnect(**ends)
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/accounts/login/?next={then}")
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 0
    assert Absence.objects.count() == (page == "/away/")


def test_a_page_asked_for_with_a_renewed_key_does_not_sign_out(
    cast: Cast, frozen: datetime, signed_in: SignIn, client: Client
) -> None:
    """Another tab asked for its notices while the password was given again: its answer deleted the new cookie."""
    name = settings.SESSION_COOKIE_NAME
    client.cookies[name] = "a" * 32
    assert name not in client.get("/cases/").cookies
    own = signed_in(cast["amara"])
    with override_settings(SESSION_MOST_HOURS=1), clock.set_to(NOW + timedelta(hours=2)):
        assert own.get("/cases/").cookies[name]["max-age"] == 0  # this request ended it


def test_what_was_refused_is_told_also_to_whoever_is_signed_out_meanwhile(
    cast: Cast, frozen: datetime, signed_in: SignIn
) -> None:
    """Sent to sign in they would believe that it was done; and what they had typed was gone."""
    client = signed_in(cast["amara"])
    typed = {"user": cast["amara"].pk, "cover": cast["callum"].pk, "from_on": "10 6 2026", "until_on": "31 6 2026"}
    template_rendered.connect(_end_sessions, dispatch_uid="ends")
    try:
        with clock.set_to(NOW + timedelta(minutes=5)):
            answer = client.post("/away/", typed)
    finally:
        template_rendered.disconnect(dispatch_uid="ends")
    assert not Session.objects.exists()
    assert (answer.status_code, "31 6 2026" in answer.content.decode()) == (422, True)
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 0
    assert not Absence.objects.exists()


def test_what_the_database_holds_signs_nobody_in(cast: Cast, signed_in: SignIn) -> None:
    """Whoever reads a table or a backup would be everybody who is signed in."""
    client, thief = signed_in(cast["amara"]), Client()
    assert opens(client)
    held = Session.objects.get()
    assert client.session.session_key not in f"{held.pk} {held.session_data} {held.get_decoded()}"
    thief.cookies[settings.SESSION_COOKIE_NAME] = held.pk
    assert not opens(thief)


def test_a_row_copied_under_a_key_of_ones_own_signs_nobody_in(cast: Cast, signed_in: SignIn) -> None:
    """The attack that worked: one statement with the web's credentials, and the information manager's log was open."""
    client, thief = signed_in(cast["amara"]), Client()
    held = Session.objects.get()
    held.pk = kept_key("t" * 32)
    held.save(force_insert=True)
    thief.cookies[settings.SESSION_COOKIE_NAME] = "t" * 32
    assert not opens(thief)
    assert opens(client)


def test_a_session_of_a_release_before_goes_on(cast: Cast, signed_in: SignIn) -> None:
    """What it holds says nothing of its key: everybody at work would be signed out."""
    client = signed_in(cast["amara"])
    with pytest.MonkeyPatch.context() as before:
        before.setattr(sessions, "OF", "something else")
        client.session.save()
    assert opens(client)


def test_a_release_signs_nobody_out(cast: Cast, signed_in: SignIn) -> None:
    """Sessions that stand under their own keys, as they did before, go on under a digest."""
    client = signed_in(cast["amara"])
    migration = import_module("diversion.accounts.migrations.0007_session_keys")
    Session.objects.update(session_key=client.session.session_key)
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(migration.KEEP_DIGESTS)
        assert opens(client)


def _end_sessions(**_: object) -> None:
    """As another page of the same user does, or an administrator."""
    Session.objects.all().delete()
