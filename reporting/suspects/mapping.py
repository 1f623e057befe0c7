"""How the columns and words of a force's outcome extract become suspects: mappings/suspects/*.toml."""

import hashlib
import tomllib
from functools import cached_property
from pathlib import Path

from pydantic import Field, ValidationError, model_validator

from reporting.facts.mapping import (
    FOLDER,
    Code,
    Codes,
    Day,
    FileShape,
    Genders,
    MappingError,
    OfficerDefined,
    Part,
    SelfDefined,
    explained,
)

SUSPECTS = FOLDER / "suspects"
DEFAULT = "force-outcomes"


class Columns(Part):
    """Columns taken as they stand. ``force`` may be left out; of ``age`` and ``date_of_birth`` one or both."""

    crime_number: str
    suspect: str
    force: str = ""
    age: str = ""
    date_of_birth: str = ""
    offence: str = ""


class SuspectMapping(Part):
    """One form of outcome extract."""

    name: Code
    title: str
    file: FileShape
    date: Day = Field(description="the day of the outcome")
    columns: Columns
    outcome: Codes
    gender: Genders
    ethnicity_self_defined: SelfDefined | None = None
    ethnicity_officer_defined: OfficerDefined | None = None

    @model_validator(mode="after")
    def names_only_columns_of_the_file(self) -> "SuspectMapping":
        parts = (self.outcome, self.gender, self.ethnicity_self_defined, self.ethnicity_officer_defined)
        used = {part.column for part in parts if part} | set(self.columns.model_dump().values()) - {""}
        if strange := (used | {self.date.column}) - set(self.file.columns):
            raise ValueError(f"not among file.columns: {', '.join(sorted(strange))}")
        return self

    @cached_property
    def digest(self) -> str:
        """Changes with any word of the mapping."""
        return hashlib.blake2b(self.model_dump_json().encode(), digest_size=16).hexdigest()


def names() -> list[str]:
    """The mappings that there are."""
    return sorted(path.stem for path in SUSPECTS.glob("*.toml"))


def load(name: str) -> SuspectMapping:
    """The mapping ``name``. MappingError, with file and key, when there is none or it cannot be used."""
    if name not in names():
        raise MappingError(f"There is no mapping of suspects '{name}': choose {' or '.join(names())}, or write one.")
    return read(SUSPECTS / f"{name}.toml")


def read(path: Path) -> SuspectMapping:
    """The mapping in the file ``path``."""
    try:
        return SuspectMapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{path.name} is not TOML: {error}.") from None
    except ValidationError as error:
        raise MappingError(f"{path.name}: {explained(error)}.") from None
