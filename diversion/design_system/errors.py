"""Error pages. They know nothing but what went wrong: no user, no session, no database, which may be what failed.

Where a form failed for a fault of ours, the page holds what was sent, for whoever sent it to send again: going back, a
browser asks for a page that must not be stored anew, which is empty and would be recorded as another.

Wired in the root URLconf (``handler400`` …) and ``CSRF_FAILURE_VIEW``.
"""

import sys
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from psycopg2.errors import DiskFull

#: Forms below here hold passwords and codes: those are typed again.
SIGN_IN = "/accounts/"
#: Below here lead links in texts to people, who read nowhere what the service is called.
FOR_PEOPLE = "/a/"


def error_page(request: HttpRequest, status: int, template: str = "") -> HttpResponse:
    """The page for ``status``, rendered without context processors; only the script nonce comes from the request."""
    sent = sent_by(request) if status >= 500 else []
    context = {"csp_nonce": getattr(request, "csp_nonce", ""), "status": status, "sent": sent, "language": "en"}
    is_for_people = request.path.startswith(FOR_PEOPLE) or is_at_their_host(request)
    template = "person_error.html" if is_for_people else template or f"{status}.html"
    response = HttpResponse(render_to_string(template, context), status=status)
    if sent or is_for_people:
        response.headers["Cache-Control"] = "no-store"
    if is_for_people:
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


def is_at_their_host(request: HttpRequest) -> bool:
    """Whether it was asked for at the host of links to people (PERSON_URL), where that is one of its own."""
    return bool(settings.PERSON_HOST) and request.META.get("HTTP_HOST", "").lower() == settings.PERSON_HOST


def sent_by(request: HttpRequest) -> list[tuple[str, str]]:
    """Each field of the form that was sent, as it was sent: with its number, by which it is known if it was saved
    after all. Nothing of forms that hold secrets, and no files."""
    if request.method != "POST" or request.path.startswith(SIGN_IN):
        return []
    try:
        fields = list(request.POST.lists())
    except Exception:  # whatever it is, what failed already is what is told
        return []
    if any("password" in name.lower() for name, _ in fields):
        return []
    return [(name, one) for name, values in fields for one in values]


def is_full(error: BaseException | None) -> bool:
    """Whether the database had no room left to write."""
    while error is not None:
        if isinstance(error, DiskFull):
            return True
        error = error.__cause__ or error.__context__
    return False


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 429)


def too_many_pages(request: HttpRequest) -> HttpResponse:
    """More pages in a minute than anybody reads (accounts/pace.py): nobody is told that they tried something."""
    response = error_page(request, 429, "429_pages.html")
    response.headers["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest, *args: Any) -> HttpResponse:
    """A fault of ours. Django calls this while it handles the error, which says more than that there was one."""
    return error_page(request, 500, "500_full.html" if is_full(sys.exception()) else "")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """``reason`` is for the log, which Django writes; the person is told how to go on."""
    return error_page(request, 403, "403_csrf.html")
