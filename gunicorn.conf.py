"""Read by gunicorn where it is started: where its processes keep their counts, and how long a page waits."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

NAME, MARK = "PROMETHEUS_MULTIPROC_DIR", "diversion-metrics-"
# For /metrics. Set before anything imports prometheus_client, which looks once. Each start has a new folder, or counts
# of the last would stay.
if NAME not in os.environ:  # it is there when the configuration is read again
    os.environ[NAME] = tempfile.mkdtemp(prefix=MARK)


def post_fork(server: Any, worker: Any) -> None:
    """No page waits for the database for ever."""
    from django.conf import settings

    from diversion.postgres import waiting

    waiting.limit(settings.PAGE_SECONDS)


def child_exit(server: Any, worker: Any) -> None:
    """What a process counted stays counted; what it only held is forgotten."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    folder = Path(os.environ[NAME])
    if folder.name.startswith(MARK):
        shutil.rmtree(folder, ignore_errors=True)
