"""What the mappings of every kind of file are made of: columns, days, and words translated one by one."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from reporting import codes

FOLDER = Path(__file__).resolve().parents[2] / "mappings"


class MappingError(Exception):
    """A mapping that cannot be used. The message names the file and the key, and says how to mend it."""


def one_of(*allowed: str) -> AfterValidator:
    def check(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"'{value}' is none of {', '.join(allowed)}")
        return value

    return AfterValidator(check)


def code(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", value):
        raise ValueError(f"'{value}' is not a code: at most 40 lower-case letters, digits, _ and -")
    return value


Code = Annotated[str, AfterValidator(code)]
GroupWord = Annotated[str, one_of(*codes.ETHNIC_GROUPS)]
GenderWord = Annotated[str, one_of(*codes.GENDERS)]
SelfCode = Annotated[str, one_of(*codes.SELF_CODES, "")]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class FileShape(Part):
    columns: tuple[str, ...] = Field(min_length=1, description="every column, all of them a row's identity")
    multiline: bool = Field(default=False, description="whether a quoted field may hold line breaks")


class Day(Part):
    """Which column dates a row, how it is written, and what to do with a day before ``earliest`` or after today."""

    column: str
    format: str = "iso"
    zone: Literal["Europe/London", ""] = Field(default="", description="stamps are converted to it; empty: as written")
    earliest: date
    outside: Literal["reject", "flag"]


class Codes(Part):
    column: str
    values: dict[str, Code]


class Genders(Codes):
    values: dict[str, GenderWord]


class SelfDefined(Codes):
    values: dict[str, SelfCode]


class OfficerDefined(Codes):
    values: dict[str, GroupWord]


def explained(error: ValidationError) -> str:
    """Each fault as ``key: what is wrong``."""
    faults = [(".".join(map(str, fault["loc"])) or "the mapping", fault["msg"]) for fault in error.errors()]
    return "; ".join(f"{key}: {message.removeprefix('Value error, ')}" for key, message in faults)
