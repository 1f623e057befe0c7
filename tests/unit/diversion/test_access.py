"""The rule in front of each view, and the entry behind each page about a person."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from diversion import audit
from diversion.access import public, requires
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.audit.models import Event
from diversion.urls import urlpatterns as real
from tests.conftest import Cast, password_hash
from tests.factories.ground import assemble

SignIn = Callable[[User], Client]


def without_a_rule(request: HttpRequest) -> HttpResponse:
    return HttpResponse("anybody")


@requires(Permission.VIEW_FORCE_CASES, people=True)
def that_logs_nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Sam Price")


@requires(Permission.VIEW_FORCE_CASES, people=True)
def that_logs(request: HttpRequest) -> HttpResponse:
    audit.record("case.opened", audit.Nature.CONSULTATION, by=request.user)
    return HttpResponse("Sam Price")


@requires(Permission.VIEW_FORCE_CASES)
def that_writes_and_fails(request: HttpRequest) -> HttpResponse:
    Organisation.objects.create(name="Half done", slug="half-done", kind="provider")
    raise RuntimeError("after the write")


@public
def for_everybody(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


urlpatterns = [
    *real,
    path("without-a-rule", without_a_rule),
    path("logs-nothing", that_logs_nothing),
    path("logs", that_logs),
    path("fails", that_writes_and_fails),
    path("everybody", for_everybody),
]
with_these_urls = override_settings(ROOT_URLCONF=__name__)


@with_these_urls
def test_a_view_without_a_rule_is_refused(cast: Cast, signed_in: SignIn) -> None:
    """A new page whose author forgot the rule would be open to every signed-in user of every force."""
    with pytest.raises(ImproperlyConfigured, match="no access rule"):
        signed_in(cast["elin"]).get("/without-a-rule")


@with_these_urls
def test_a_page_about_a_person_is_not_shown_without_an_entry(cast: Cast, signed_in: SignIn) -> None:
    """Someone could look at a person's record and the log would not know (DPA 2018 s.62)."""
    with pytest.raises(audit.UnloggedAccess):
        signed_in(cast["elin"]).get("/logs-nothing")


@with_these_urls
def test_a_page_is_not_shown_when_the_log_cannot_be_written(
    cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full or broken log must stop the looking, not the logging."""
    client = signed_in(cast["elin"])
    client.raise_request_exception = False

    def broken(**values: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Event.objects, "create", broken)
    response = client.get("/logs")
    assert response.status_code == 500
    assert b"Sam Price" not in response.content


@with_these_urls
def test_a_page_that_logs_is_shown(cast: Cast, signed_in: SignIn) -> None:
    """The guard must not stop honest work."""
    assert signed_in(cast["elin"]).get("/logs").status_code == 200


@with_these_urls
@pytest.mark.parametrize("who", ["lena", "fatima", "amara", "kit"])
def test_without_the_permission_it_is_forbidden_and_logged(cast: Cast, signed_in: SignIn, who: str) -> None:
    """Attempts to open what one may not must be seen by those who watch (ASVS 5.0, 16.3.2)."""
    assert signed_in(cast[who]).get("/logs").status_code == 403
    assert Event.objects.filter(kind="access.denied", actor_id=cast[who].pk, detail__route="/logs").count() == 1


@with_these_urls
def test_a_visitor_is_asked_to_sign_in(client: Client, db: None) -> None:
    """Nobody reads anything without an account, and whoever has one comes back to the page they wanted."""
    response = client.get("/logs")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/logs"


@with_these_urls
def test_a_failed_request_keeps_nothing(cast: Cast, signed_in: SignIn) -> None:
    """Half a decision on the record is worse than none."""
    client = signed_in(cast["elin"])
    client.raise_request_exception = False
    assert client.get("/fails").status_code == 500
    transaction.set_rollback(False)  # the test's own transaction was marked in the request's place


@with_these_urls
@pytest.mark.django_db(transaction=True)
def test_what_a_failed_request_wrote_is_gone(client: Client) -> None:
    """The transaction of the request is the last word, not the order of statements in a view."""
    user = assemble(password_hash())["elin"]
    client.force_login(user)
    client.raise_request_exception = False
    assert client.get("/fails").status_code == 500
    assert not Organisation.objects.filter(slug="half-done").exists()


@with_these_urls
def test_a_page_about_a_person_is_kept_by_no_browser(cast: Cast, signed_in: SignIn) -> None:
    """The next user of a station's shared computer would find it by the Back button."""
    response = signed_in(cast["elin"]).get("/logs")
    assert "no-store" in response["Cache-Control"]
    assert "no-store" not in signed_in(cast["elin"]).get("/everybody").headers.get("Cache-Control", "")


def test_a_name_typed_into_an_address_does_not_enter_the_log(cast: Cast, signed_in: SignIn) -> None:
    """The log outlives the record: erasing a person would leave their name behind in it."""
    client = signed_in(cast["amara"])
    client.get("/authorisations/Sam%20Price/")
    client.get("/Sam%20Price")
    client.get("/decisions/new?q=Sam+Price")
    logged = list(Event.objects.values_list("kind", "unit_name", "detail"))
    assert ("access.denied", "GET /authorisations/<str:reference>/") in [entry[:2] for entry in logged]
    assert "Price" not in str(logged)


@pytest.mark.parametrize("address", ["/cases/%00/", "/%00", "/decisions/new?q=%00", "/users/?text=a%00b"])
def test_an_address_that_the_database_refuses_is_no_page(cast: Cast, signed_in: SignIn, address: str) -> None:
    """A scanner's odd address must not fill the log of failures."""
    assert signed_in(cast["amara"]).get(address).status_code == 404
