"""Read by gunicorn where it is started: a folder in which its processes keep their counts for ``/metrics``."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

NAME, MARK = "PROMETHEUS_MULTIPROC_DIR", "diversion-metrics-"
# Set before anything imports prometheus_client, which looks once. A new folder for each start: counts begin at nothing.
if NAME not in os.environ:  # it is there when the configuration is read again
    os.environ[NAME] = tempfile.mkdtemp(prefix=MARK)


def child_exit(server: Any, worker: Any) -> None:
    """What a process counted stays counted; what it only held is forgotten."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    folder = Path(os.environ[NAME])
    if folder.name.startswith(MARK):
        shutil.rmtree(folder, ignore_errors=True)
