"""Logging what a list has shown."""

from collections.abc import Iterable

from django.db.models import Model

from diversion import audit
from diversion.accounts.models import User


def log_shown(kind: str, records: Iterable[Model], *, by: User) -> None:
    """Log that these records were shown in a list."""
    shown = list(records)
    audit.record(kind, audit.Nature.CONSULTATION, by=by, subjects=shown, detail={"count": len(shown)})
