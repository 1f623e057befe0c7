"""The lines of web, worker and beat: one entry a line, in UTC, as JSON, into which nobody can write another line.

What stands in the access log goes the same way once it is committed (ACCESS_LOG_LINES), so that the host sends it to a
system of its own: whoever breaks into this one cannot take it back there.
"""

import json
import logging
import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

if TYPE_CHECKING:
    from diversion.audit.models import Event

ACCESS_LOG = "diversion.access_log"
#: What is sent of an entry: no name of a user, and nobody to whom something was disclosed. `entry` counts on without a
#: gap but for what was undone.
SENT = ("kind", "nature", "actor_id", "organisation_id", "source", "session", "subjects")
#: What of ``detail`` somebody typed, or named a file by: it stands in the access log, and does not leave the host.
TYPED = {"area", "file", "files", "name", "team", "teams", "telephone"}
#: What no name is written like: a code, a day or a time, a reference, a number of a character, a pattern of an address.
CODE = re.compile(
    r"[a-z][a-z0-9]*([_.:-][a-z0-9]+)*|[0-9a-f-]{8,64}|[A-Z]{2,4}-[0-9A-Z]{4}(-[0-9A-Z]{4})?|U\+[0-9A-F]{4,6}|[0-9]{1,19}"
    r"|[0-9]{4}-[0-9]{2}(-[0-9]{2}(T[0-9:.+Z-]+)?)?|/[a-z0-9_/.-]*(<[a-z_:]+>[a-z0-9_/.-]*)*|\(no such page\)|"
)
PAGE = re.compile(r"[A-Z]+ (/\S*|\(no such page\))")
#: What PostgreSQL adds to a refusal: the row with every value in it, up to where the next fault of a chain begins.
VALUES = re.compile(r"(DETAIL|CONTEXT): .*?(?=\n\n(?:The above exception|During handling)|\Z)", re.DOTALL)
NO_VALUES = "DETAIL: (left out)"


class JsonLine(logging.Formatter):
    """A record as one line of JSON, in ASCII: an escape sequence or a line break in it is text."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        message = VALUES.sub(NO_VALUES, record.getMessage())
        said = {"at": at, "level": record.levelname, "logger": record.name, "message": message}
        if record.exc_info:
            said["error"] = VALUES.sub(NO_VALUES, self.formatException(record.exc_info))
        return json.dumps(said | getattr(record, "entry", {}), default=str)


class RouteForPath(logging.Filter):
    """Writes the name of a page in the place of its address, in which may be somebody's: /people/John%20Smith/."""

    def filter(self, record: logging.LogRecord) -> bool:
        from diversion.metrics import route_name  # the settings, which import this module, are not read yet

        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            typed = {request.path, request.get_full_path()}
            typed |= {one.encode("unicode_escape").decode("ascii") for one in typed}  # as Django writes them
            record.args = tuple(route_name(request) if one in typed else one for one in record.args)
        return True


def configured(*, level: str, as_json: bool, reports_errors: bool = False) -> dict[str, object]:
    """Django's ``LOGGING``. Celery takes it too (diversion/celery.py)."""
    plain = {"format": "{asctime} {levelname} {name} {message}", "style": "{"}
    line = {"()": "diversion.logs.JsonLine"} if as_json else plain
    filters = ["route"] if as_json else []
    handlers: dict[str, object] = {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": filters}
    }
    if reports_errors:
        handlers["reports"] = {"class": "diversion.error_reports.ErrorReports"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "filters": {"route": {"()": "diversion.logs.RouteForPath"}},
        "handlers": handlers,
        "root": {"handlers": list(handlers), "level": level},
        "loggers": {ACCESS_LOG: {"level": "INFO"}},
    }


def tell(event: "Event") -> None:
    """Send an entry of the access log on as a line, once what it describes is done."""
    if settings.ACCESS_LOG_LINES:
        transaction.on_commit(partial(_write, event))


def _write(event: "Event") -> None:
    entry = {"entry": event.pk, "unit": event.unit_id, "unit_name": _unit(event.unit_name)}
    entry |= {name: getattr(event, name) for name in SENT} | {"detail": without_names(event.detail)}
    logging.getLogger(ACCESS_LOG).info(event.kind, extra={"entry": entry})


def without_names(value: Any) -> Any:
    """What of ``detail`` may leave the host; in the place of what may be a name stands None.

    Whoever adds a kind of entry need not think of it: free words do not look like a code.
    """
    if isinstance(value, dict):
        return {key: None if key in TYPED else without_names(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [without_names(one) for one in value]
    return value if not isinstance(value, str) or CODE.fullmatch(value) else None


def _unit(name: str) -> str:
    """The page; of other work the first word: after "import" stands the name of a file."""
    return name if PAGE.fullmatch(name) else name.partition(" ")[0]
