"""Where the embedded servers keep their files, and as which user of the machine they run.

PostgreSQL refuses to run as root. Under root both servers therefore run as another user: the one who owns ``.local``
already, else ``nobody``. That user must be able to reach the files without any folder of someone else being opened for
it, so where the checkout lies under a closed folder (``/root``) the servers' files live in ``/var/lib/diversion`` and
``.local/home`` points at them.
"""

import hashlib
import os
import pwd
import secrets
import stat
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from diversion.embedded.errors import EmbeddedError

CHECKOUT = Path(__file__).resolve().parents[2]
OUTSIDE = Path("/var/lib/diversion")
#: A Unix socket's path holds 107 bytes at most; PostgreSQL adds this name to its folder.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")


@dataclass(frozen=True)
class ServerUser:
    """The user of the machine that the servers run as."""

    uid: int
    gid: int

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()

    @property
    def arguments(self) -> dict[str, Any]:
        """What ``subprocess`` needs to start a process as this user."""
        return {} if self.is_us else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, path: Path) -> bool:
        """Whether this user can walk into ``path``: tried, because mode bits, ACLs and mounts all have a say."""
        return self.is_us or self._succeeds(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(path)])

    def runs(self, program: Path) -> bool:
        """Whether this user can run ``program``."""
        return self.is_us or self._succeeds([str(program), "--version"])

    def _succeeds(self, command: list[str]) -> bool:
        try:
            done = subprocess.run(command, cwd="/", capture_output=True, check=False, **self.arguments)
        except PermissionError:
            return False
        return done.returncode == 0


@dataclass(frozen=True)
class Places:
    """The folders of one checkout's embedded servers; ``local`` is absolute."""

    local: Path

    @cached_property
    def user(self) -> ServerUser:
        if os.geteuid() != 0:
            return ServerUser(os.geteuid(), os.getegid())
        return _owner_of(self.local) or _user_named("nobody")

    @property
    def home(self) -> Path:
        """The folder that holds the servers' data."""
        pointer = self.local / "home"
        return pointer.resolve() if pointer.is_symlink() else self.local

    @property
    def locks(self) -> Path:
        return self.local / "locks"

    @property
    def logs(self) -> Path:
        return self.local / "log"

    @property
    def sockets(self) -> Path:
        """A folder whose name is short enough for a socket in it."""
        usual = self.home / "run"
        if len(os.fsencode(usual)) <= LONGEST_SOCKET_FOLDER:
            return usual
        name = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path("/tmp") / f"diversion-{self.user.uid}-{name}"  # noqa: S108 (private_folder checks who owns it)

    def private_folder(self, path: Path) -> Path:
        """``path``, made if missing, owned by the servers' user and closed to everyone else."""
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), self.user.uid):
            raise EmbeddedError(f"{path} belongs to another user: remove it, or set DIVERSION_LOCAL to another folder.")
        if found.st_uid != self.user.uid:
            os.chown(path, self.user.uid, self.user.gid)
        if stat.S_IMODE(found.st_mode) != 0o700:
            path.chmod(0o700)
        return path


def places(environ: Mapping[str, str] = os.environ) -> Places:
    """The places of this checkout, or of the folder named by ``DIVERSION_LOCAL``."""
    return Places(Path(environ.get("DIVERSION_LOCAL") or CHECKOUT / ".local").absolute())


def settle(places: Places) -> None:
    """Make the folders, and decide once where the servers' files live. Run under ``addresses.settled``'s lock."""
    places.private_folder(places.local)
    if not (places.local / "home").is_symlink() and not places.user.reaches(places.local):
        _move_outside(places)
    for folder in (places.locks, places.logs, places.sockets):
        places.private_folder(folder)


def _move_outside(places: Places) -> None:
    if (places.local / "postgres").exists():
        raise EmbeddedError(
            f"The database in {places.local / 'postgres'} lies under a folder that is closed to the user it runs as: "
            "open the parent folders as they were, or move that folder away to start with an empty database."
        )
    home = OUTSIDE / secrets.token_hex(8)
    OUTSIDE.mkdir(mode=0o755, parents=True, exist_ok=True)
    places.private_folder(home)
    (places.local / "home").symlink_to(home)


def _owner_of(folder: Path) -> ServerUser | None:
    """Who owns ``folder``, where that is an ordinary user known to the machine."""
    if not folder.exists() or not (uid := folder.stat().st_uid):
        return None
    try:
        return ServerUser(uid, pwd.getpwuid(uid).pw_gid)
    except KeyError:
        return None


def _user_named(name: str) -> ServerUser:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and this machine has no user {name}: "
            "run this as an ordinary user, or set DATABASE_URL to a PostgreSQL server of your own."
        ) from None
    return ServerUser(entry.pw_uid, entry.pw_gid)
