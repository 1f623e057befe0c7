"""Mappings of follow-up extracts: those that are here can be used, and a fault is told with file and key."""

from pathlib import Path

import pytest

from reporting.intake.mappings.followup import DEFAULT, SHELF
from reporting.intake.mappings.parts import FOLDER, MappingError

TEXT = (FOLDER / "followup" / f"{DEFAULT}.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SHELF.names())
def test_each_mapping_here_can_be_used_and_is_named_like_its_file(name: str) -> None:
    """The command offers every file of the folder."""
    assert SHELF.load(name).name == name


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('case_reference = "case_reference"', "", "give 'case_reference', or 'crime_number' with"),
        ('case_reference = "case_reference"', 'case_reference = "our_number"', "not among file.columns: our_number"),
        ('case_reference = "case_reference"', 'crime_number = "case_reference"', "give 'case_reference', or"),
        ('"PNC" = "national"', '"PNC" = "everywhere"', "none of national, force, unknown"),
        ("[days]", "[dates]", "days"),
        ("[days]", "[days", "is not TOML"),
    ],
)
def test_a_fault_is_told_with_file_and_key(tmp_path: Path, old: str, new: str, says: str) -> None:
    """A mapping is written by somebody who reads no Python."""
    assert old in TEXT
    path = tmp_path / "mine.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(MappingError, match=r"mine\.toml") as refusal:
        SHELF.read(path)
    assert says in str(refusal.value)
