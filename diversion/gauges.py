"""``/metrics``: what the processes counted, and how the service stands at the moment it is asked.

For the machine itself, or with the token in METRICS_TOKEN; for everybody else there is no such page.
"""

import hmac
import ipaddress
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from cases.models import OutboxEntry
from diversion import clock, readiness
from diversion.access import public
from diversion.audit import sign_ins
from diversion.audit.models import Event
from diversion.celery import BEAT_HEARD, BEAT_SENT, WORKER_HEARD, app
from diversion.management.backups import BACKED_UP
from diversion.metrics import in_files
from diversion.unit_of_work import unit_of_work
from reporting.actions.reports import under_way
from reporting.facts.months import marked, marked_since

HOUR = timedelta(hours=1)
#: Backups are looked for so far back: the log is long, and an older one is as good as none.
BACKUPS_OF = timedelta(days=31)
#: What a proxy adds: a request that came by one is not the machine's own, wherever the proxy stands.
BY_PROXY = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
HEARD = {
    "diversion_worker_heard": (WORKER_HEARD, "a worker was heard"),
    "diversion_beat_sent": (BEAT_SENT, "the beat put a task into the queue"),
    "diversion_beat_heard": (BEAT_HEARD, "a worker did a task of the beat"),
}
REPORT_STATES = ("queued", "running")


@public
def metrics(request: HttpRequest) -> HttpResponse:
    """In the text form of Prometheus. 404 for whoever may not read it."""
    if not (_is_local(request) or _has_token(request)):
        raise Http404
    standing = CollectorRegistry()
    standing.register(Standing())
    text = counted() + generate_latest(standing).decode()
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def counted() -> str:
    """What this process counted, or all of those that answer beside it."""
    registry: CollectorRegistry = REGISTRY
    if in_files():
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return generate_latest(registry).decode()


def _is_local(request: HttpRequest) -> bool:
    """Whether a process of this machine asks, and no proxy for somebody else."""
    if any(name in request.META for name in BY_PROXY):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").encode()
    token: str = settings.METRICS_TOKEN
    return bool(token) and hmac.compare_digest(given, f"Bearer {token}".encode())


class Standing(Collector):
    """How the service stands: asked of database, queue and shared cache, which may each be away."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        database, queue = readiness.database_answers(), readiness.queue_answers()
        yield _gauge("diversion_database_up", "Whether the database answers", database)
        yield _gauge("diversion_queue_up", "Whether the queue takes a connection", queue)
        if database:
            with unit_of_work("metrics"):  # the service's own: nobody is signed in
                figures = list(_work())
            yield from figures
        if queue:
            yield from _queue()
        for name, (key, what) in HEARD.items():
            if heard := cache.get(key):
                words = f"Seconds since {what}"
                yield _gauge(f"{name}_seconds", words, clock.now().timestamp() - heard)


def _work() -> Iterator[GaugeMetricFamily]:
    now, waiting = clock.now(), OutboxEntry.objects.order_by("written_at")
    yield _gauge("diversion_outbox_entries", "Changes of cases that are not in the figures yet", waiting.count())
    oldest = waiting.first()
    yield _gauge(
        "diversion_outbox_oldest_seconds",
        "Age of the oldest of them",
        (now - oldest.written_at).total_seconds() if oldest else 0,
    )
    yield _gauge("diversion_months_marked", "Months of facts that are to be counted anew", marked())
    yield _gauge("diversion_month_marked_oldest_seconds", "Age of the oldest mark of them", marked_since() or 0)
    reports = GaugeMetricFamily("diversion_reports", "Reports that were asked for and are not ready", labels=["state"])
    asked = list(under_way().values_list("state", "asked_at"))
    for state in REPORT_STATES:
        reports.add_metric([state], len([one for one, _at in asked if one == state]))
    yield reports
    age = max(((now - at).total_seconds() for _state, at in asked), default=0)
    yield _gauge("diversion_report_oldest_seconds", "Age of the oldest of them", age)
    failed = GaugeMetricFamily("diversion_sign_ins_failed", "Sign-ins that failed in the last hour", labels=["refused"])
    lately = Event.objects.filter(at__gte=now - HOUR)
    for kind, refused in ((sign_ins.FAILED, "no"), (sign_ins.REFUSED, "yes")):
        failed.add_metric([refused], lately.filter(kind=kind).count())
    yield failed
    made = Event.objects.filter(kind=BACKED_UP, at__gte=now - BACKUPS_OF).order_by("-at").values_list("at", flat=True)
    if last := made.first():
        yield _gauge("diversion_backup_age_seconds", "Since a backup was made", (now - last).total_seconds())


def _queue() -> Iterator[GaugeMetricFamily]:
    length = 0
    with app.connection_for_read() as broker, suppress(*broker.channel_errors):  # an empty queue is not there
        length = broker.default_channel.queue_declare(queue=app.conf.task_default_queue, passive=True).message_count
    yield _gauge("diversion_queue_length", "Tasks that wait for a worker", length)


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=float(value))
