"""``run_services``: web, worker and beat together on this machine, until Ctrl-C."""

import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from diversion.demonstration import telling
from diversion.embedded import EmbeddedError
from diversion.embedded.ports import chosen_port, free_addresses
from diversion.embedded.sessions import bring_back
from diversion.embedded.supervisor import Supervisor, commands
from diversion.management.steps import Stopwatch


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # `make check` makes them; here they would cost each start a second
    help = "Runs web, worker and beat (the Procfile) on PORT until Ctrl-C, and says where and how to sign in."

    def handle(self, **options: Any) -> None:
        try:
            port = chosen_port()
            addresses = free_addresses(port)
            call_command("prepare")
            procfile = commands(Path(settings.BASE_DIR) / "Procfile")
            starting = Stopwatch()
            web = {"web": procfile.pop("web")}  # first and alone: on few cores the others would hold it up
            Supervisor(environment(port, addresses)).run(
                web,
                when_ready=lambda: self._greet(port, starting),
                then=procfile,
                errands=errands(),
                tend=bring_back,
            )
        except EmbeddedError as error:
            raise CommandError(str(error)) from None
        self.stdout.write("Stopped.")

    def _greet(self, port: int, starting: Stopwatch) -> bool:
        """Once the service answers, say where it is and how to sign in."""
        if not is_healthy(port):
            return False
        starting.stop(self.stdout, "The web server")
        self.stdout.write(f"\nDiversion runs at http://localhost:{port}/ (Ctrl-C stops it)\n\n")
        call_command("sign_ins")
        if telling.is_begun() and (left := telling.left()):
            self.stdout.write(f"\n{left} of their cases are still to come: they appear while you look around.")
        self.stdout.flush()
        return True


def errands() -> dict[str, list[str]]:
    """What is done once the service answers, beside it: what is left of the demonstration, where there is one."""
    if settings.ENVIRONMENT != "development" or not telling.is_begun():
        return {}
    manage = str(Path(settings.BASE_DIR) / "manage.py")
    return {"cases": [sys.executable, manage, "load_demonstration", "--gently"]}


def environment(port: int, addresses: list[str]) -> dict[str, str]:
    """What the children run with: this Python's programs first, and gunicorn told where to listen."""
    programs = str(Path(sys.executable).parent)
    listen = " ".join(f"--bind={f'[{address}]' if ':' in address else address}:{port}" for address in addresses)
    return os.environ | {
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",  # root's own choice of machine
        "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PORT": str(port),
        "GUNICORN_CMD_ARGS": f"{os.environ.get('GUNICORN_CMD_ARGS', '')} {listen}".strip(),
    }


def is_healthy(port: int) -> bool:
    """Whether ``/health`` answers 200."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
