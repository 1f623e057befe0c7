"""What each process counts of its own work, for Prometheus: requests, how long they took, and their statements.

Labels are names that stand in the code (a route, a method, a status): never what somebody typed, and nobody's number.
Under gunicorn several processes answer; they keep their counts in files beside each other (``gunicorn.conf.py``), and
whichever is asked adds them up.
"""

import os
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    Counter as Tally,  # a count of work: tests look at every other Counter, which counts people
)
from prometheus_client import Histogram

#: Seconds. Most pages take under a quarter of a second; after ten the proxy gives up.
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
METHODS = ("GET", "HEAD", "POST")
NO_ROUTE = "none"

REQUESTS = Tally("diversion_requests", "Requests answered, by route, method and status", ["route", "method", "status"])
SECONDS = Histogram("diversion_request_seconds", "How long answers took, by route", ["route"], buckets=BUCKETS)
STATEMENTS = Tally("diversion_statements", "Statements put to the database for requests, by route", ["route"])


def in_files() -> bool:
    """Whether this is one of several processes that keep their counts in files."""
    return bool(os.environ.get("PROMETHEUS_MULTIPROC_DIR"))


class MetricsMiddleware:
    """Counts every answer, whatever came of it. The outermost: what the others refuse counts too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began, statements = time.perf_counter(), _Statements()
        with connection.execute_wrapper(statements):
            response = self.get_response(request)
        route = route_name(request)
        REQUESTS.labels(route, _method(request), str(response.status_code)).inc()
        SECONDS.labels(route).observe(time.perf_counter() - began)
        STATEMENTS.labels(route).inc(statements.count)
        return response


class _Statements:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        self.count += 1
        return execute(*args)


def route_name(request: HttpRequest) -> str:
    """The name of the page that answered, as `diversion.urls` has it; NO_ROUTE where none did."""
    return request.resolver_match.view_name if request.resolver_match else NO_ROUTE


def _method(request: HttpRequest) -> str:
    return request.method if request.method in METHODS else "other"
