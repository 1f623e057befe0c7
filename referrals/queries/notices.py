"""Of what an officer is to be told by e-mail: news of the people whom they sent to a partner."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Greatest

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.home import LOOKED_FOR, Shown, cut
from diversion.notifications.queries import wants
from diversion.written import written
from referrals.models import Appointment, Referral, SchemeVersion, Undoable

#: What was recorded may be taken back for so long before anybody is told of it (our own default).
SETTLED_AFTER = timedelta(minutes=30)
#: After so long it is no news any more: the officer has looked, or the mail server was away for days.
NEWS_FOR = timedelta(days=2)
STARTED, ENDED = "started", "ended"
#: What an officer may choose to be told of (`notifications.kinds.Topic`).
NEWS_STARTED, NEWS_ATTENDED, NEWS_ENDED = "news_started", "news_attended", "news_ended"

#: For so long it stands on the officer's first page (our own default).
SHOWN_FOR = timedelta(days=14)

#: A referral, whom to tell, and of what: "started", "met-" with the number of the appointment, or "ended-" with the
#: moment, since what was excused goes on and ends once more.
News = tuple[int, int, str]


def news_to_send(*, referral: int | None = None) -> list[News]:
    """What officers are to be told of, told before or not: as things stand now, the longest ago first.

    ``referral`` asks of one alone, by its id. Never of voluntary support: police hear nothing of that. Whoever has left
    is told nothing.
    """
    rows = _shared() if referral is None else _shared().filter(pk=referral)
    return list(dict.fromkeys([*_met(rows), *_ended(rows)]))


def news_of(*, officer: User) -> Shown[Referral]:
    """The referrals of ``officer``'s cases of which police heard something in the last 14 days, the latest first.

    Never of voluntary support, nor of an end that can still be undone.
    """
    return cut(_first_told(by=officer), told_lately(officer=officer).count)


@written()
def _first_told(*, by: User) -> "QuerySet[Any]":
    shown = told_lately(officer=by).select_related("case__person", "scheme_version__scheme")
    return shown.order_by("-heard_at", "pk")[:LOOKED_FOR]


def told_lately(*, officer: User) -> "QuerySet[Any]":
    """All of them, each with ``heard_at``."""
    own = Case.objects.visible_to(officer).filter(officer=officer)
    rows = _shared().filter(case__in=own).annotate(heard_at=Greatest("decided_at", "started_at", "closed_at"))
    return rows.filter(heard_at__gt=clock.now() - SHOWN_FOR).exclude(pk__in=_undoable())


def _undoable() -> "QuerySet[Any]":
    return Undoable.objects.live().filter(referral__isnull=False).values("referral")


def _met(shared: "QuerySet[Referral]") -> Iterator[News]:
    """The first meeting that somebody came to is that they started; each after it is one that they attended."""
    rows = Appointment.objects.filter(attendance__in=Appointment.ATTENDED_STATES, recorded_at__range=_window())
    rows = (
        rows.filter(referral__in=shared)
        .select_related("referral__case__officer")
        .prefetch_related("referral__case__officer__message_choices")
    )
    for one in rows.order_by("recorded_at", "pk"):
        officer, first = one.referral.case.officer, one.referral.started_at == one.came_at
        if wants(officer, NEWS_STARTED if first else NEWS_ATTENDED):
            yield one.referral_id, officer.pk, STARTED if first else f"met-{one.pk}"


def _ended(shared: "QuerySet[Referral]") -> Iterator[News]:
    """What was closed, once whoever closed it cannot undo it any more (`undoing`)."""
    rows = shared.filter(state=Referral.State.CLOSED, closed_at__range=_window())
    rows = rows.exclude(pk__in=_undoable())
    rows = rows.select_related("case__officer").prefetch_related("case__officer__message_choices")
    for one in rows.order_by("closed_at", "pk"):
        if wants(one.case.officer, NEWS_ENDED):
            yield one.pk, one.case.officer_id, f"{ENDED}-{one.closed_at:%Y%m%d%H%M%S}"


def _shared() -> "QuerySet[Referral]":
    voluntary = SchemeVersion.Confidentiality.VOLUNTARY
    return Referral.objects.exclude(scheme_version__confidentiality=voluntary).filter(case__officer__is_active=True)


def _window() -> tuple[datetime, datetime]:
    now = clock.now()
    return now - NEWS_FOR, now - SETTLED_AFTER
