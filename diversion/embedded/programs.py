"""The wheels' programs, where the servers' user can run them."""

import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.places import Places


def program_of(package: str, path: str, places: Places) -> Path:
    """The program at ``path`` in the wheel ``package``; a copy beside the data if the servers' user cannot reach it.

    The package is found, not imported: importing it would start things of its own.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(f"The package {package} is not installed: run `make setup`.")
    folder = Path(spec.submodule_search_locations[0])
    if places.user.runs(folder / path):
        return folder / path
    return _copy(folder.parent, places, package) / package / path


def _copy(site: Path, places: Places, package: str) -> Path:
    """The wheel's folder and its libraries, copied once for each version."""
    copy = places.home / "programs" / f"{package}-{version(package)}"
    if not copy.exists():
        draft = copy.with_name(f"{copy.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        places.private_folder(copy.parent)
        for part in (package, f"{package}.libs"):
            if (site / part).exists():
                shutil.copytree(site / part, draft / part, ignore=shutil.ignore_patterns("*.a", "include", "*.pyc"))
        for path in (draft, *draft.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        draft.rename(copy)
    return copy
