"""``/metrics``: how the service does, for whoever watches over it, and not a word about anybody."""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from diversion import audit, clock, metrics
from diversion.accounts.models import User
from diversion.celery import BEAT_HEARD, WORKER_HEARD, hear_beat
from diversion.embedded.places import CHECKOUT
from diversion.management.backups import BACKED_UP
from reporting.actions import reports
from tests.conftest import NOW, Cast
from tests.factories.cases import person, record
from tests.integration.test_every_url import ROUTES

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
TOKEN = "t" * 40


def scraped(client: Client, **headers: str) -> dict[str, float]:
    """Each sample by its name and labels."""
    text = client.get("/metrics", **headers).content.decode()
    return {name: float(value) for name, value in re.findall(r"^(diversion\S+) (\S+)$", text, re.MULTILINE)}


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "10.0.0.9"}, 404),
        ({"REMOTE_ADDR": ""}, 404),
        ({"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        ({"HTTP_X_REAL_IP": "127.0.0.1"}, 404),
        ({"REMOTE_ADDR": "10.0.0.9", "HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}, 200),
        ({"HTTP_X_FORWARDED_FOR": "10.0.0.9", "HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}, 200),
        ({"REMOTE_ADDR": "10.0.0.9", "HTTP_AUTHORIZATION": f"Bearer {TOKEN}x"}, 404),
        ({"REMOTE_ADDR": "10.0.0.9", "HTTP_AUTHORIZATION": "Bearer "}, 404),
    ],
)
def test_it_is_there_for_the_machine_itself_and_for_the_token(
    asked: dict[str, str], status: int, client: Client, settings: Any
) -> None:
    """How busy a force is, and how often somebody guesses at its passwords, is nobody else's business."""
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics", **asked).status_code == status
    if "HTTP_AUTHORIZATION" in asked:
        settings.METRICS_TOKEN = ""
        assert client.get("/metrics", **asked).status_code == 404


def test_requests_are_counted_by_page_and_status(client: Client) -> None:
    """A page that fails or drags must show before people ring."""
    before = scraped(client)
    client.get("/accounts/login/")
    client.get("/cases/")
    client.get("/no/such/page")
    client.post("/accounts/login/", {"login": "nobody@avonford.example", "password": "wrong"})
    after = scraped(client)
    grown = {name: after[name] - before.get(name, 0) for name in after if after[name] > before.get(name, 0)}
    pages = "diversion_requests_total"
    assert grown[f'{pages}{{method="GET",route="account_login",status="200"}}'] == 1
    assert grown[f'{pages}{{method="GET",route="case_list",status="302"}}'] == 1
    assert grown[f'{pages}{{method="GET",route="none",status="404"}}'] == 1
    assert grown['diversion_request_seconds_count{route="account_login"}'] == 2
    assert grown['diversion_statements_total{route="account_login"}'] >= 1
    assert grown['diversion_sign_ins_failed{refused="no"}'] == 1


def test_what_waits_is_told_with_its_age(client: Client, cast: Cast, settings: Any) -> None:
    """A worker that is away leaves every page as it was: only what waits tells."""
    settings.CACHES = {"default": settings.LOCAL_CACHE}
    ian = cast["ian"]
    with clock.set_to(NOW):
        record(cast["amara"])
        day = clock.today()
        reports.ask(force=ian.organisation, source="live", start=day, end=day, by=ian)
        hear_beat()
    with clock.set_to(NOW + timedelta(minutes=10)):
        found = scraped(client)
    assert (found["diversion_outbox_entries"], found["diversion_outbox_oldest_seconds"]) == (1, 600)
    assert (found['diversion_reports{state="queued"}'], found["diversion_report_oldest_seconds"]) == (1, 600)
    assert found["diversion_beat_heard_seconds"] == 600
    assert found["diversion_database_up"] == found["diversion_queue_up"] == 1
    assert found["diversion_queue_length"] >= 0
    cache.delete(BEAT_HEARD)
    assert WORKER_HEARD not in cache


def test_the_age_of_the_last_backup_is_told(client: Client, cast: Cast) -> None:
    """The timer of the backup would be off for a month, and nobody told before the day on which one is needed."""
    with clock.set_to(NOW):
        assert "diversion_backup_age_seconds" not in scraped(client)
        audit.record(BACKED_UP, audit.Nature.ADMINISTRATION, by=None)
    with clock.set_to(NOW + timedelta(hours=30)):
        assert scraped(client)["diversion_backup_age_seconds"] == 30 * 3600
    with clock.set_to(NOW + timedelta(days=40)):
        assert "diversion_backup_age_seconds" not in scraped(client)


def test_no_label_holds_what_somebody_typed_or_who_they_are(cast: Cast, signed_in: SignIn) -> None:
    """Metrics are kept for a year by a system that nobody erases from: a name in a label stays there."""
    mark = "Zzyzxmark"
    before = _routes(Client().get("/metrics").content.decode())  # of other tests in this process
    case = record(cast["amara"], person=person(family_name=mark, telephone="07700 900123"))
    client = signed_in(cast["amara"])
    for path in (f"/cases/{case.reference}", f"/cases/{mark}", f"/{mark}", f"/people/?name={mark}", "/cases/"):
        client.get(path)
    client.get("/cases/", headers={"user-agent": mark, "referer": f"/{mark}"})
    client.generic(mark.upper(), "/cases/")
    client.post("/accounts/login/", {"login": f"{mark}@avonford.example", "password": mark})
    text = Client().get("/metrics").content.decode()
    for secret in (
        mark,
        case.reference,
        "07700 900123",
        cast["amara"].email,
        cast["amara"].full_name,
        "avonford",
        "Avonford",
    ):
        assert secret.lower() not in text.lower()
    assert _routes(text) - before <= {route.name for route in ROUTES} | {metrics.NO_ROUTE}
    assert set(re.findall(r'method="([^"]*)"', text)) <= {*metrics.METHODS, "other"}


def _routes(text: str) -> set[str]:
    return set(re.findall(r'route="([^"]*)"', text))


FORKED = """
import os, runpy
hooks = runpy.run_path("gunicorn.conf.py")
import django; django.setup()
from diversion import metrics
from diversion.gauges import counted
for _ in range(2):
    child = os.fork()
    if not child:
        metrics.REQUESTS.labels("home", "GET", "200").inc()
        os._exit(0)
    os.waitpid(child, 0)
    hooks["child_exit"](None, type("Worker", (), {"pid": child}))
print(counted())
folder = os.environ["PROMETHEUS_MULTIPROC_DIR"]
assert os.path.isdir(folder)
hooks["on_exit"](None)
assert not os.path.exists(folder)
"""


def test_processes_add_up_what_they_counted() -> None:
    """Each scrape is answered by one of several processes: a count of its own alone would jump up and down."""
    done = subprocess.run([sys.executable, "-c", FORKED], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert 'diversion_requests_total{method="GET",route="home",status="200"} 2.0' in done.stdout, done.stderr
    assert done.returncode == 0, done.stderr
