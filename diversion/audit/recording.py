"""Writing the access log. An event is written in the transaction of what it describes, or neither is."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils.crypto import salted_hmac

from diversion import clock, logs
from diversion.unit_of_work import current

if TYPE_CHECKING:
    from diversion.accounts.models import User
    from diversion.audit.models import Event


BEGAN = "began"  # in a session: when somebody signed in, in seconds since 1970


class Nature(StrEnum):
    """The six kinds of processing that s.62(1) names, and two of our own."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    SECURITY = "security"  # sign-ins, refusals
    ADMINISTRATION = "administration"  # schemes, users, reports: no person's data


_log_of: ContextVar[int | None] = ContextVar("log_of", default=None)


@contextmanager
def in_log_of(organisation_id: int) -> Iterator[None]:
    """Let all that is written in the block stand in the log of that organisation, whoever does it.

    For what somebody at a partner does for the force alone: the partner's own log would tell colleagues of it.
    """
    token = _log_of.set(organisation_id)
    try:
        yield
    finally:
        _log_of.reset(token)


class UnloggedAccess(Exception):
    """A page about a person was about to be shown without an entry in the access log."""


def record(
    kind: str,
    nature: Nature,
    *,
    by: "User | None",
    subjects: Iterable[Model | str] = (),
    recipients: Iterable[str] = (),
    detail: Mapping[str, Any] | None = None,
    organisation_id: int | None = None,
) -> "Event":
    """Write one event: ``kind`` is dotted (``case.recorded``), ``subjects`` are the records concerned, or their keys.

    ``detail`` names fields, counts and reasons in codes; it never repeats a person's data, so that erasure need not
    touch the log. ``by`` None means the service itself. ``organisation_id`` says in whose log it stands: by default
    that of whoever did it, and nobody's where the service did. What a guest does belongs in the log of those whose
    guest they are, since their own body may have nobody who reads one.
    """
    from diversion.audit.models import Event

    unit = current()
    event = Event.objects.create(
        at=clock.now(),
        kind=kind,
        nature=nature,
        actor_id=by.pk if by else None,
        actor_name=by.full_name if by else "The service",
        organisation_id=organisation_id or _log_of.get() or (by.organisation_id if by else None),
        unit_id=unit.id,
        unit_name=unit.name[:200],
        source=unit.source,
        session=unit.session,
        subjects=sorted({subject_key(subject) for subject in subjects}),
        recipients=list(recipients),
        detail=dict(detail or {}),
    )
    unit.events += 1
    logs.tell(event)
    return event


def digest(kept_key: str) -> str:
    """How the log names a session, by the key that is kept of it (`accounts.sessions`): entries of one can be told
    together, and nobody takes it over with what is kept. Before there is one, by what the browser's forms carry.
    """
    return salted_hmac("diversion.audit.session", kept_key, algorithm="sha256").hexdigest()[:32] if kept_key else ""


def subject_key(subject: Model | str) -> str:
    """How the log names a record: ``cases.person:12``. A key is its own name."""
    if isinstance(subject, str):
        return subject
    return f"{subject._meta.label_lower}:{subject.pk}"
