"""Error pages. They know nothing but what went wrong: no user, no session, no database, which may be what failed.

Wired in the root URLconf (``handler400`` …) and ``CSRF_FAILURE_VIEW``.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def error_page(request: HttpRequest, status: int, template: str = "") -> HttpResponse:
    """The page for ``status``, rendered without context processors; only the script nonce comes from the request."""
    context = {"csp_nonce": getattr(request, "csp_nonce", ""), "status": status}
    return HttpResponse(render_to_string(template or f"{status}.html", context), status=status)


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
    return error_page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """``reason`` is for the log, which Django writes; the person is told how to go on."""
    return error_page(request, 403, "403_csrf.html")
