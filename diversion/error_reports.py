"""Faults of ours, told to a service that collects them (Sentry, or one that takes the same), where SENTRY_DSN names it.

Off by default, and then its client is not even imported. What is sent is made here from nothing: kinds of exceptions,
the places in the code they went through, the release, the request or task and its route. Nothing that anybody typed,
and no words of an exception: ours name people, and the database's hold the row. The client's own collecting (forms,
headers, users, variables, statements, earlier log lines) is off, and what it adds all the same is taken out again.
"""

import logging
import tomllib
import traceback
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from celery import current_task
from django.conf import settings
from django.http import HttpRequest

from diversion.metrics import NO_ROUTE, route_name
from diversion.unit_of_work import current

if TYPE_CHECKING:
    from sentry_sdk.transport import Transport

logger = logging.getLogger(__name__)

#: What leaves of an event: these and nothing else, whatever a later version of the client adds.
SENT = {"event_id", "timestamp", "platform", "level", "release", "transaction", "tags", "exception", "sdk"}
OURS = ("diversion.", "cases.", "referrals.", "reporting.")
#: Frames of one exception, and exceptions of one chain: the last are those that tell.
MOST_FRAMES, MOST_CHAINED = 100, 10
#: The client's collecting, each part of which may hold a name.
NOTHING_COLLECTED: dict[str, Any] = {
    "default_integrations": False,
    "auto_enabling_integrations": False,
    "include_local_variables": False,
    "include_source_context": False,
    "max_request_body_size": "never",
    "max_breadcrumbs": 0,
    "server_name": "",
    "auto_session_tracking": False,
    "send_client_reports": False,
    "enable_backpressure_handling": False,
    "propagate_traces": False,
    "spotlight": False,
}


class ErrorReports(logging.Handler):
    """Sends what web, worker and beat log of an exception, by a thread of its own: no page waits for it.

    Whatever goes wrong here stays here, in a line of the service's own log. ``transport`` takes the place of the
    network in tests.
    """

    def __init__(self, transport: "Transport | None" = None) -> None:
        from sentry_sdk import Client

        super().__init__(logging.ERROR)
        self.client = Client(
            dsn=settings.SENTRY_DSN,
            release=release(),
            transport=transport,
            before_send=_only_what_is_sent,
            **NOTHING_COLLECTED,
        )

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None or record.name.startswith(("sentry_sdk", "urllib3")):
            return
        try:
            self.client.capture_event(event_of(error, record))
        except Exception:  # logging would print the record, and with it what somebody typed
            logger.warning("An error could not be reported: see whether SENTRY_DSN is right.")

    def close(self) -> None:
        """Called as the process ends: what is still on its way has the client's two seconds."""
        self.client.close()
        super().close()


def _only_what_is_sent(event: Any, hint: Any) -> Any:
    return {key: value for key, value in event.items() if key in SENT}


def release() -> str:
    about = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text("utf-8"))
    return f"diversion@{about['project']['version']}"


def event_of(error: BaseException, record: logging.LogRecord) -> Any:
    """What is sent of ``error``: the one that was raised last stands last."""
    return {
        "level": "error",
        "transaction": route_of(record),
        "tags": {"request_id": request_id()},
        "exception": {"values": [_kind_and_place(one) for one in reversed(list(_chain(error)))]},
    }


def route_of(record: logging.LogRecord) -> str:
    """The name of the page, or of the task; never an address, in which stands whose record it is."""
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest):
        return route_name(request)
    return current_task.name if current_task else NO_ROUTE


def request_id() -> str:
    """The number of the unit of work under way, as in the access log; after it that of the task; else ""."""
    if (unit := current()).name:
        return str(unit.id)
    return str(current_task.request.id or "") if current_task else ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """``error`` and what it came from, as Python shows it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen and len(seen) < MOST_CHAINED:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _kind_and_place(error: BaseException) -> dict[str, Any]:
    kind, frames = type(error), traceback.walk_tb(error.__traceback__)
    places = [_place(frame.f_globals.get("__name__") or "", frame.f_code, line) for frame, line in frames]
    return {
        "type": kind.__qualname__,
        "module": kind.__module__,
        "stacktrace": {"frames": places[-MOST_FRAMES:]},
    }


def _place(module: str, code: Any, line: int) -> dict[str, Any]:
    """A line of the code. Of the file the part below the checkout or the packages: a folder may be named for a user."""
    within = code.co_filename.rpartition("/site-packages/")[2].removeprefix(f"{settings.BASE_DIR}/")
    return {
        "module": module,
        "filename": within,
        "function": code.co_name,
        "lineno": line,
        "in_app": module.startswith(OURS),
    }
