"""Reads the TOML beside this module: validated once, frozen, with errors that name the file and the key."""

import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError, model_validator

FOLDER = Path(__file__).parent


class LawDataError(ValueError):
    """A data file is wrong. The message names the file, the record and the key."""


class NotInForce(LookupError):
    """A known code that has no version on the date asked about."""


class Record(BaseModel, frozen=True, extra="forbid"):
    """Base of every record read from TOML: immutable, and a misspelt key is an error."""


class Dated(Record, frozen=True, extra="forbid"):
    """A record with a life. `valid_from` and `valid_to` are both inclusive; absent means open-ended."""

    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "Dated":
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        return self

    def valid_on(self, day: date) -> bool:
        """Whether the record was in force on `day`."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


R = TypeVar("R", bound=Record)
D = TypeVar("D", bound=Dated)


def read_toml(path: Path) -> dict[str, Any]:
    """The parsed file; LawDataError names the file when it is missing or not TOML."""
    try:
        with path.open("rb") as handle:
            return tomllib.load(handle)
    except FileNotFoundError:
        raise LawDataError(f"{path.name}: the file is missing from {path.parent.name}/.") from None
    except tomllib.TOMLDecodeError as error:
        raise LawDataError(f"{path.name}: not valid TOML: {error}.") from None


def validate(raw: Any, model: type[R], *, path: Path, where: str) -> R:
    """One record; each fault names the file, the record (`where`) and the key."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc'])) or 'record'}: {fault['msg']}" for fault in error.errors())
        raise LawDataError(f"{path.name}: {where}: {'; '.join(faults)}.") from None


def load_table(filename: str, table: str, model: type[R], *, folder: Path = FOLDER) -> tuple[R, ...]:
    """Every `[[table]]` of a file, validated as `model`, in file order."""
    path = folder / filename
    rows = read_toml(path).get(table)
    if not isinstance(rows, list) or not rows:
        raise LawDataError(f"{path.name}: {table}: at least one [[{table}]] is needed.")
    return tuple(validate(row, model, path=path, where=_where(table, place, row)) for place, row in enumerate(rows, 1))


def _where(table: str, place: int, row: Any) -> str:
    name = row.get("code", row.get("version", row.get("number"))) if isinstance(row, dict) else None
    return f"{table} {place}" + (f" ({name})" if name is not None else "")


def refuse_overlaps(filename: str, records: Iterable[tuple[str, Dated]]) -> None:
    """Two versions of one code in force on the same day would leave a decision without a rule: refuse the file."""
    last: dict[str, date] = {}
    for key, record in sorted(records, key=lambda pair: (pair[0], pair[1].valid_from or date.min)):
        starts = record.valid_from or date.min
        if key in last and starts <= last[key]:
            raise LawDataError(f"{filename}: {key}: valid_from {starts} overlaps the version before it.")
        last[key] = record.valid_to or date.max


def version_on(records: Sequence[D], day: date, *, what: str) -> D:
    """The one of `records` in force on `day`; NotInForce says what was asked for and when it begins or ended."""
    for record in records:
        if record.valid_on(day):
            return record
    spans = ", ".join(f"{r.valid_from or 'always'} to {r.valid_to or 'now'}" for r in records)
    raise NotInForce(f"{what} had no rules in force on {day:%-d %B %Y}. Known versions: {spans}.")
