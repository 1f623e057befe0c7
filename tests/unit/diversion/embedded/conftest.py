import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from diversion.embedded.addresses import settled
from diversion.embedded.places import Places


@pytest.fixture
def local() -> Iterator[str]:
    """A folder for embedded servers, in a place that the user they run as can reach (pytest's own is closed)."""
    folder = Path(tempfile.mkdtemp(prefix="diversion-test-"))
    folder.chmod(0o711)
    yield str(folder / "local")
    shutil.rmtree(folder)


@pytest.fixture
def places(local: str) -> Places:
    return settled({"DIVERSION_LOCAL": local})
