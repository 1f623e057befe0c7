"""One transaction around each request, and one rule in front of each view."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions import middleware as sessions
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import Resolver404, resolve
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme

from diversion import access, audit, clock
from diversion.accounts import pace, second_factor
from diversion.accounts.models import User
from diversion.audit import sign_ins
from diversion.design_system.errors import (
    FOR_PEOPLE,
    bad_request,
    is_at_their_host,
    page_not_found,
    too_many_pages,
)
from diversion.requests import LAST_USE, UNREADABLE, source_of
from diversion.unit_of_work import current, identify, unit_of_work

# Pages ask for nothing of the machine they are read on.
# A passkey is asked for by our own pages alone.
OWN_DEVICES = ("publickey-credentials-create=(self)", "publickey-credentials-get=(self)")
NO_DEVICES = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "serial",
        "usb",
    )
)
NOT_OFFERED = "access.not_offered"
REFUSALS = {403: "access.denied", 404: "access.not_found"}
SOUGHT = re.compile(r"[0-9]{1,19}|[A-Z]{2,4}-[0-9A-Z]{4}(-[0-9A-Z]{4})?|[0-9a-f-]{36}")
ALLOWED_METHODS = ("GET", "HEAD", "POST")

GetResponse = Callable[[HttpRequest], HttpResponse]

# These answer even when the database does not.
WITHOUT_DATABASE = ("/health", "/ready", "/metrics", "/static/")

LAST_USE_SECONDS = 60
SIGN_OUT = "account_logout"  # the route by which somebody leaves, however many pages were asked for in their name


class HeadersMiddleware:
    """What every answer tells the browser, files included; and what it forgets when somebody signs out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = ", ".join((NO_DEVICES, *OWN_DEVICES))
        if getattr(request, "signed_out", False):
            response.headers["Clear-Site-Data"] = '"cache", "storage"'  # the session's cookie has ended with it
        return response


class UnitOfWorkMiddleware:
    """Everything the request reads and writes stands or falls together, its log entries included."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ALLOWED_METHODS:
            return HttpResponseNotAllowed(ALLOWED_METHODS)
        if request.path.startswith(WITHOUT_DATABASE):
            return self.get_response(request)
        if is_at_their_host(request) and not request.path.startswith(FOR_PEOPLE):
            return page_not_found(request)  # a first page would say what it is, and ask for a sign-in
        if _is_unreadable(request):
            return bad_request(request)
        if _holds_nul(request):
            raise Http404("An address cannot hold a NUL character, and the database refuses one.")
        with unit_of_work(f"{request.method} {route_of(request)}", named_within=True) as unit:  # by AccessMiddleware
            unit.source = source_of(request)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


def route_of(request: HttpRequest) -> str:
    """The pattern behind an address, for logs: what was typed into the address may be somebody's name."""
    try:
        return f"/{resolve(request.path_info).route}"
    except Resolver404:
        return "(no such page)"


def _sitting(request: HttpRequest) -> str:
    """By what the log tells what is done in one sitting: the session, or, before that, what a browser's forms carry.

    So that of failed sign-ins those can be told apart which the same browser made before the right one.
    """
    if request.user.is_authenticated:
        return str(request.session.kept_key)  # type: ignore[attr-defined]
    return str(request.COOKIES.get(settings.CSRF_COOKIE_NAME, ""))


def _is_unreadable(request: HttpRequest) -> bool:
    """Whether a request is not written in UTF-8 (diversion/wsgi.py), or a cookie holds a NUL character."""
    return UNREADABLE in request.META or any("\x00" in one for pair in request.COOKIES.items() for one in pair)


def _holds_nul(request: HttpRequest) -> bool:
    asked = (one for key, values in request.GET.lists() for one in (key, *values))
    return any("\x00" in one for one in (request.path_info, *asked))


class SessionMiddleware(sessions.SessionMiddleware):
    """Writes that a session is in use once a minute at most, and not with every page.

    A session ends SESSION_IDLE_MINUTES after that was last written: so never later than that after its last use, and
    less than a minute sooner.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session: Any = request.session
        if getattr(request, "confirmed", False) and response.status_code < 500:
            _renew(session, request.user)
        if session.accessed and not session.is_empty():
            now = int(clock.now().timestamp())
            if abs(now - session.get(LAST_USE, 0)) >= LAST_USE_SECONDS:
                session[LAST_USE] = now
        try:
            response = super().process_response(request, response)
            if session.is_empty() and not session.is_ended:
                # Django has the browser drop the cookie of an unknown key, and it may hold the renewed one by now.
                response.cookies.pop(settings.SESSION_COOKIE_NAME, None)
            return response
        except SessionInterrupted:
            return _without_session(_signed_out_meanwhile(request, response))


def _renew(session: Any, user: Any) -> None:
    """A new key for the session of somebody who gave their password again: whoever had the old one has nothing now.

    The entry stands under the old key and names the new one. A session that was ended meanwhile stays so.
    """
    if not session.exists(session.session_key):
        return
    session.cycle_key()
    renewed = {"session": audit.digest(session.kept_key)}
    audit.record(sign_ins.CONFIRMED, audit.Nature.SECURITY, by=user, subjects=[user], detail=renewed)


def _signed_out_meanwhile(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The sign-in page, to somebody whose session was ended while their page was made: by themselves, or by another.

    What they sent is done, and they are not told that it was a mistake: signed in again they come to where it led.
    What was refused is not done: they are told so, and read what they had typed.
    """
    if response.status_code >= 400:
        return response
    ours = response.headers.get("Location", "")
    seen = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    return redirect_to_login(ours if url_has_allowed_host_and_scheme(ours, allowed_hosts=None) else seen)


def _without_session(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(
        settings.SESSION_COOKIE_NAME,
        path=settings.SESSION_COOKIE_PATH,
        domain=settings.SESSION_COOKIE_DOMAIN,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )
    return response


def _end_if_too_old(request: HttpRequest) -> None:
    """End a session that began SESSION_MOST_HOURS ago, however busy it is."""
    user = request.user
    if not isinstance(user, User):
        return
    began = request.session.get(audit.BEGAN)
    if began is not None and clock.now().timestamp() - began > settings.SESSION_MOST_HOURS * 3600:
        audit.record("account.session_ended", audit.Nature.SECURITY, by=user, subjects=[user])
        request.session.flush()
        request.user = AnonymousUser()


def _log_refusal(request: HttpRequest, user: User, status: int) -> None:
    """A page that was refused, or a record that is not there for this user: a probe looks like any typing mistake.

    Of what was asked for, a number or a reference is kept; anything else could be somebody's name.
    """
    match = request.resolver_match
    sought = [str(value) for value in match.kwargs.values()] if match else []
    records = getattr(request, "sought", [])  # keys of records to which nothing led this user
    if status == 404 and match is None:
        return  # no such page: a mistyped address
    detail = {"route": route_of(request), "sought": [one for one in sought if SOUGHT.fullmatch(one)]}
    audit.record(REFUSALS[status], audit.Nature.SECURITY, by=user, subjects=records, detail=detail)


class AccessMiddleware:
    """Refuses a view without a rule, a visitor without the right, and a page about a person that left no event.

    No page but the public ones is kept by a browser or a proxy: the next user of a shared computer must not find it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(WITHOUT_DATABASE):
            _end_if_too_old(request)
            identify(current(), request.user if request.user.is_authenticated else None)
            current().session = audit.digest(_sitting(request))
        response = self.get_response(request)
        if response.status_code in REFUSALS and request.user.is_authenticated:
            _log_refusal(request, request.user, response.status_code)
        if current().not_offered and request.user.is_authenticated:
            detail = {"route": route_of(request), "fields": sorted(set(current().not_offered))}
            audit.record(NOT_OFFERED, audit.Nature.SECURITY, by=request.user, detail=detail)
        rule: access.Rule | None = getattr(request, "rule", None)
        if rule and rule.people and response.status_code == 200 and not current().events:
            raise audit.UnloggedAccess(f"{request.path} showed a person's data without an entry in the access log.")
        if rule and not rule.public:
            patch_cache_control(response, private=True, no_store=True)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        name = match.url_name if match else None
        rule = access.rule_for(view, name)
        if rule is None:
            raise ImproperlyConfigured(f"The view for {request.path} has no access rule: see diversion/access.py.")
        request.rule = rule  # type: ignore[attr-defined]
        if rule.closed:
            raise Http404
        if rule.public:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if name != SIGN_OUT and pace.is_too_fast(request.user):
            return too_many_pages(request)
        if elsewhere := second_factor.sent_elsewhere(request, rule):
            return elsewhere
        if rule.permissions and not rule.permissions & request.user.permissions:
            raise self._refusal(rule, request.user)
        if request.method not in ("GET", "HEAD"):
            request.savepoint = transaction.savepoint()  # type: ignore[attr-defined]
        return None

    @staticmethod
    def _refusal(rule: access.Rule, user: Any) -> Exception:
        """A colleague without the right is told so; to somebody at work elsewhere the page does not exist."""
        elsewhere = rule.kind and user.permissions and user.organisation.kind != rule.kind
        return Http404() if elsewhere else PermissionDenied()

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A refused or mistaken request keeps nothing of what its view had written."""
        request.sought = getattr(exception, "sought", [])  # type: ignore[attr-defined]
        if savepoint := getattr(request, "savepoint", None):
            transaction.savepoint_rollback(savepoint)
