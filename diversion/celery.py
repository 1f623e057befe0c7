"""Celery: everything that takes time, and what happens by the clock (one beat)."""

import logging
import logging.config
import os
import signal
import time
from math import inf
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import (
    after_task_publish,
    beat_init,
    heartbeat_sent,
    setup_logging,
    worker_init,
    worker_process_init,
)

from diversion.embedded.processes import end_with
from diversion.postgres.wall import begin_as_service

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")

app = Celery("diversion")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

logger = logging.getLogger(__name__)

#: What finds and sends the messages of one kind.
TELL = "diversion.notifications.tasks.tell"
# Crontab entries only: interval schedules start anew at each restart and may never come due.
app.conf.beat_schedule = {
    "that the beat is heard": {"task": "diversion.celery.hear_beat", "schedule": crontab()},
    "facts from live cases": {"task": "reporting.tasks.refresh_facts", "schedule": crontab()},
    "months whose facts changed": {"task": "reporting.tasks.count_months", "schedule": crontab()},
    "searches that are over": {"task": "diversion.accounts.tasks.forget_searches", "schedule": crontab(minute=7)},
    "time limits that come near": {"task": "referrals.tasks.watch_limits", "schedule": crontab(minute="*/10")},
    "waiting lists": {"task": "referrals.tasks.watch_waiting_lists", "schedule": crontab(hour=0, minute=22)},
    "messages about time limits": {"task": TELL, "args": ["time_limit"], "schedule": crontab(minute="*/5")},
    "news of whom officers sent": {"task": TELL, "args": ["news"], "schedule": crontab(minute="*/10")},
    "links for new passwords": {"task": TELL, "args": ["new_password"], "schedule": crontab()},
    "drafts that are over": {"task": "referrals.tasks.forget_drafts", "schedule": crontab(minute=17)},
    "files that were removed": {"task": "referrals.tasks.sweep_evidence", "schedule": crontab(minute="*/10")},
    "what is kept no longer": {"task": "diversion.tasks.prune", "schedule": crontab(hour=3, minute=27)},
    "sharing agreements that end": {"task": TELL, "args": ["agreement_ends"], "schedule": crontab(hour=8, minute=7)},
    "vetting that ends": {"task": TELL, "args": ["vetting_ends"], "schedule": crontab(hour=8, minute=12)},
    "breaches that nobody decides": {"task": TELL, "args": ["breach_late"], "schedule": crontab(hour=8, minute=17)},
    "facilitators who were named": {"task": TELL, "args": ["named_facilitator"], "schedule": crontab(minute="*/10")},
    "breaches in children's cases": {"task": TELL, "args": ["breach_child"], "schedule": crontab(minute="*/10")},
    "reminders of appointments": {"task": TELL, "args": ["reminder"], "schedule": crontab(minute="*/5")},
    "how people are between appointments": {"task": TELL, "args": ["check_in"], "schedule": crontab(minute="*/10")},
    "help that nobody was told of": {"task": TELL, "args": ["help"], "schedule": crontab()},
    "help that nobody needs any more": {"task": "referrals.tasks.forget_help", "schedule": crontab(hour=3, minute=37)},
    "releases that wait": {"task": "reporting.tasks.work_out_releases", "schedule": crontab(minute="*/5")},
    "reports that are due": {"task": "reporting.tasks.run_due_reports", "schedule": crontab(minute="*/5")},
    "reports that are ready": {"task": TELL, "args": ["report_ready"], "schedule": crontab(minute="*/5")},
    "reports that were lost": {"task": "reporting.tasks.hand_on_reports", "schedule": crontab()},
}


#: Under what the shared cache keeps, in seconds since 1970, when a worker last did a task of the beat, when the beat
#: last sent one, and when a worker was last heard of, busy or not.
BEAT_HEARD, BEAT_SENT, WORKER_HEARD = "beat-heard", "beat-sent", "worker-heard"
HEARTBEAT_SECONDS = 20
#: A queue that is down refuses at once; one that fails after so long hangs.
HANGS_SECONDS = 0.5


@setup_logging.connect
def _log_as_the_web(**_: Any) -> None:
    """Celery's own lines have no zone, and are words."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@app.task(name="diversion.celery.hear_beat", expires=60)
def hear_beat() -> None:
    """Note that beat and worker are at work; `manage.py doctor` asks for it."""
    note(BEAT_HEARD)


def note(key: str) -> None:
    """Keep this moment under ``key``, for all processes."""
    from django.core.cache import cache

    from diversion import clock

    cache.set(key, int(clock.now().timestamp()), timeout=None)


@after_task_publish.connect(sender="diversion.celery.hear_beat")
def _beat_has_sent(**_: Any) -> None:
    note(BEAT_SENT)


_noted_at = -inf


@heartbeat_sent.connect
def _worker_lives(**_: Any) -> None:
    """A worker's own process beats every two seconds, however long its pool is busy; noted less often."""
    global _noted_at
    if time.monotonic() - _noted_at >= HEARTBEAT_SECONDS:
        _noted_at = time.monotonic()
        note(WORKER_HEARD)


@beat_init.connect
@worker_init.connect
@worker_process_init.connect
def _as_service(**_: Any) -> None:
    """What a worker does is the service's own. Web processes load this module too, and are sent none of these."""
    begin_as_service()


@worker_process_init.connect
def _end_with_the_master(**_: Any) -> None:
    """A pool whose master was killed would go on with the code of yesterday. What it was at is handed out again."""
    end_with(os.getppid(), signal.SIGKILL)


def send(task: str, *args: object, expires: int | None = None) -> bool:
    """Put the task named ``task`` into the queue; whether the queue took it. By name: who asks stands below who works.

    ``expires``: after so many seconds nobody need do it any more. The queue may be down in many ways, and none of them
    is the business of whoever asked: what must be done all the same is found by a sweep of the beat. One that hangs is
    waited for once, and not by each task of a page.
    """
    from diversion import shared_cache

    began = time.monotonic()
    try:
        if shared_cache.is_left_alone():
            raise TimeoutError("Redis did not answer a moment ago.")
        app.send_task(task, args, retry=False, expires=expires)
    except Exception:
        if time.monotonic() - began > HANGS_SECONDS:
            shared_cache.leave_alone()
        logger.warning("The queue did not take %s%s: the beat finds it once the queue is back.", task, args)
        return False
    return True
