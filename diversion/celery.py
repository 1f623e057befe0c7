"""Celery: everything that takes time, and what happens by the clock (one beat)."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")

app = Celery("diversion")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Crontab entries only: interval schedules start anew at each restart and may never come due.
app.conf.beat_schedule = {
    "facts from live cases": {"task": "reporting.tasks.refresh_facts", "schedule": crontab()},
    "searches that are over": {"task": "diversion.accounts.tasks.forget_searches", "schedule": crontab(minute=7)},
    "reports that are due or stuck": {"task": "reporting.tasks.run_due_reports", "schedule": crontab(minute="*/5")},
}
