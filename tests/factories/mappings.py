"""Mappings made up for one test: those that are shipped, with some words changed, in a folder of their own."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from reporting.facts import sources
from reporting.intake.mappings import facts as mapping
from tests.factories.searches import MAPPING

SEARCHES = (mapping.FOLDER / f"{MAPPING}.toml").read_text(encoding="utf-8")

Written = Callable[..., str]


@pytest.fixture
def mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    """``mapped(("old", "new"), text=…)`` writes a mapping called ``name`` and gives the name. The folder holds them and
    those that are shipped."""
    folder = Path(shutil.copytree(mapping.FOLDER, tmp_path / "mappings"))
    monkeypatch.setattr(mapping, "FOLDER", folder)
    sources.source_named.cache_clear()

    def write(*changes: tuple[str, str], text: str = SEARCHES, name: str = "made-up") -> str:
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        text = text.replace(f'name = "{MAPPING}"', f'name = "{name}"')
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        sources.source_named.cache_clear()
        return name

    return write
