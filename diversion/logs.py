"""The lines of web, worker and beat: one entry a line, in UTC, as JSON, into which nobody can write another line.

What stands in the access log goes the same way once it is committed (ACCESS_LOG_LINES), so that the host sends it to a
system of its own: whoever breaks into this one cannot take it back there.
"""

import json
import logging
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

if TYPE_CHECKING:
    from diversion.audit.models import Event

ACCESS_LOG = "diversion.access_log"
#: What is sent of an entry: no name of a user, and nobody to whom something was disclosed. `entry` counts on without a
#: gap but for what was undone.
SENT = ("kind", "nature", "actor_id", "organisation_id", "unit_name", "source", "session", "subjects", "detail")


class JsonLine(logging.Formatter):
    """A record as one line of JSON, in ASCII: an escape sequence or a line break in it is text."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said = {"at": at, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        return json.dumps(said | getattr(record, "entry", {}), default=str)


def configured(*, level: str, as_json: bool) -> dict[str, object]:
    """Django's ``LOGGING``. Celery takes it too (diversion/celery.py)."""
    plain = {"format": "{asctime} {levelname} {name} {message}", "style": "{"}
    line = {"()": "diversion.logs.JsonLine"} if as_json else plain
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {ACCESS_LOG: {"level": "INFO"}},
    }


def tell(event: "Event") -> None:
    """Send an entry of the access log on as a line, once what it describes is done."""
    if settings.ACCESS_LOG_LINES:
        transaction.on_commit(partial(_write, event))


def _write(event: "Event") -> None:
    entry = {"entry": event.pk, "unit": event.unit_id, **{name: getattr(event, name) for name in SENT}}
    logging.getLogger(ACCESS_LOG).info(event.kind, extra={"entry": entry})
