"""The locked uv, told what pip knows: ``python -m diversion.embedded.uv pip install -r requirements.txt``.

uv installs in seconds what takes pip minutes, and reads no configuration of pip's. Many machines reach their packages
through that alone, so it is handed over in uv's own variables, for this one command. What the environment says to uv
already stands.
"""

import ast
import os
import re
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.places import CHECKOUT

LOCK = CHECKOUT / "requirements.txt"
#: uv's own entry in the lock: its version, and the lines of hashes after it.
ENTRY = re.compile(r"^uv==(?P<version>\S+)(?: \\\n +--hash=\S+)+", re.MULTILINE)
#: Where pip's own order of precedence finds a setting: the file's sections, then the environment.
SECTIONS = ("global", "install", ":env:")
YES = {"1", "on", "true", "y", "yes"}


def ensure_uv(lock: Path = LOCK) -> None:
    """Have pip install the locked uv, from its hashes in the lock, unless it is here. Raises EmbeddedError."""
    entry = ENTRY.search(lock.read_text())
    if entry is None:
        raise EmbeddedError(f"{lock.name} locks no uv with hashes: name it in requirements.in and run `make lock`.")
    if _installed() == entry["version"]:
        return
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(entry[0])
        file.flush()
        if _pip("install", "--quiet", "--no-deps", "--require-hashes", "-r", file.name).returncode:
            raise EmbeddedError(
                f"pip could not fetch uv {entry['version']}: what it says stands above. Look whether the network "
                "answers and whether `pip config list` names the index that this machine uses, then try again."
            )


def pip_settings() -> dict[str, str]:
    """pip's settings on this machine, files and environment together, as pip itself weighs them: ``find-links`` etc."""
    return weighed(_pip("config", "list", capture_output=True, text=True).stdout.splitlines())


def weighed(lines: Iterable[str]) -> dict[str, str]:
    """The settings in the lines of ``pip config list`` (``section.name='value'``), the stronger section's where two."""
    found: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in lines:
        key, _, value = line.partition("=")
        section, _, name = key.partition(".")
        if section in found:
            found[section][name] = str(ast.literal_eval(value))
    return {name: value for section in SECTIONS for name, value in found[section].items()}


def as_uv_takes_them(pip: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """``environ`` with pip's settings as uv's variables, where it does not hold those already."""
    proxy = pip.get("proxy", "")
    handed = {
        "UV_DEFAULT_INDEX": pip.get("index-url", ""),
        "UV_INDEX": " ".join(pip.get("extra-index-url", "").split()),
        "UV_INDEX_STRATEGY": "unsafe-best-match",  # all indexes are one to pip; what comes from them, the hashes decide
        "UV_FIND_LINKS": ",".join(filter(_is_there, pip.get("find-links", "").split())),
        "UV_INSECURE_HOST": " ".join(pip.get("trusted-host", "").split()),
        "UV_HTTP_TIMEOUT": (pip.get("timeout") or pip.get("default-timeout", "")).partition(".")[0],
        "HTTP_PROXY": proxy,
        "HTTPS_PROXY": proxy,
        "SSL_CLIENT_CERT": pip.get("client-cert", ""),
        **_trust(pip, environ),
    }
    return {name: value for name, value in handed.items() if value} | dict(environ)


def options(pip: Mapping[str, str]) -> list[str]:
    """What uv takes as an option and not as a variable."""
    return ["--no-index"] if pip.get("no-index", "").lower() in YES else []


def _trust(pip: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Whose certificates count: those that pip is told of, else the machine's, else (no entry) those within uv."""
    bundle = pip.get("cert") or environ.get("REQUESTS_CA_BUNDLE") or environ.get("CURL_CA_BUNDLE")
    if bundle:
        return {"SSL_CERT_DIR" if Path(bundle).is_dir() else "SSL_CERT_FILE": bundle}
    theirs = ssl.get_default_verify_paths()
    return {"UV_SYSTEM_CERTS": "true"} if theirs.cafile or any(_files(theirs.capath)) else {}


def _files(folder: str | None) -> Iterator[Path]:
    return Path(folder).iterdir() if folder else iter(())


def _is_there(place: str) -> bool:
    """False for a folder or file of this machine that is missing: pip passes over one, and uv would end there."""
    parts = urlsplit(place)
    path = url2pathname(parts.path) if parts.scheme == "file" else place
    return parts.scheme not in ("", "file") or Path(path).expanduser().exists()


def _installed() -> str:
    try:
        return version("uv")
    except PackageNotFoundError:
        return ""


def _pip(*arguments: str, **how: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "pip", *arguments], check=False, **how)


def main() -> None:
    """Run uv with this command's arguments, on this Python's environment."""
    try:
        ensure_uv()
    except EmbeddedError as error:
        sys.exit(str(error))
    pip = pip_settings()
    command = [str(Path(sys.executable).with_name("uv")), *sys.argv[1:], *options(pip), "--python", sys.executable]
    os.execve(command[0], command, as_uv_takes_them(pip, os.environ))  # noqa: S606 (a program of ours, no shell)


if __name__ == "__main__":
    main()
