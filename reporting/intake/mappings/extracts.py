"""Mappings of extracts: a folder of TOML files of one form, each the columns and words of one force's system."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Generic, Self, TypeVar

from pydantic import ValidationError, model_validator

from reporting.intake.mappings.parts import Code, Codes, FileShape, MappingError, Part, check_columns, explained


class ExtractMapping(Part):
    """What every mapping of an extract has; ``columns_used`` are those that its keys read."""

    name: Code
    title: str
    file: FileShape

    @property
    def columns_used(self) -> set[str]:
        return set()

    @property
    def date_formats(self) -> dict[str, str]:
        """How each column of days is written, where it is not in ISO 8601."""
        return {}

    @property
    def words(self) -> dict[str, set[str]]:
        """Column -> the words that the mapping translates."""
        parts = [part for name in type(self).model_fields if isinstance(part := getattr(self, name), Codes)]
        return {part.column: set(part.values) for part in parts}

    @model_validator(mode="after")
    def names_only_columns_of_the_file(self) -> Self:
        check_columns(self.file, self.columns_used)
        return self

    @cached_property
    def digest(self) -> str:
        """Changes with any word of the mapping."""
        return hashlib.blake2b(self.model_dump_json().encode(), digest_size=16).hexdigest()


Form = TypeVar("Form", bound=ExtractMapping)


@dataclass(frozen=True)
class Shelf(Generic[Form]):
    """The mappings of one kind of extract: the folder, their form, and what they are mappings of."""

    folder: Path
    form: type[Form]
    of: str

    def names(self) -> list[str]:
        """The mappings that there are."""
        return sorted(path.stem for path in self.folder.glob("*.toml"))

    def load(self, name: str) -> Form:
        """The mapping ``name``. MappingError, with file and key, when there is none or it cannot be used."""
        if name not in self.names():
            choices = " or ".join(self.names())
            raise MappingError(f"There is no mapping of {self.of} '{name}': choose {choices}, or write one.")
        return self.read(self.folder / f"{name}.toml")

    def read(self, path: Path) -> Form:
        """The mapping in the file ``path``."""
        try:
            return self.form.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except tomllib.TOMLDecodeError as error:
            raise MappingError(f"{path.name} is not TOML: {error}.") from None
        except ValidationError as error:
            raise MappingError(f"{path.name}: {explained(error, self.form)}") from None
