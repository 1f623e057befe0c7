"""What the mappings of every kind of file are made of: columns, days, and words translated one by one."""

import codecs
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from reporting import codes
from reporting.intake import forms
from reporting.intake.near import did_you_mean

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


#: Words that stand for nothing, unless a mapping gives them a meaning of their own. Capitals make no difference.
BLANK = ("null", "n/a", "#n/a", "nan", "-")


class FileShape(Part):
    """What the file must have, and how it is written; what is left out is found in the file, and said."""

    columns: tuple[str, ...] = Field(min_length=1, description="every column, all of them a row's identity")
    multiline: bool = Field(default=False, description="whether a quoted field may hold line breaks")
    encoding: str = Field(default="", description="how the text is written: cp1252, utf-16-le; empty: UTF-8")
    delimiter: str = Field(default="", description="what separates the fields; empty: found in the file")
    sheet: str = Field(default="", description="the sheet of a workbook; empty: the first that has the columns")
    blank: tuple[str, ...] = Field(default=BLANK, description="words that stand for nothing")

    @field_validator("encoding")
    @classmethod
    def is_an_encoding_of_text(cls, name: str) -> str:
        if not name:
            return name
        try:
            "".encode(name)
            found = codecs.lookup(name).name
        except (LookupError, ValueError):
            near = did_you_mean(name, ("cp1252", "utf-8", "utf-16-le", "utf-16-be", "iso-8859-1", "mac-roman"))
            raise ValueError(f"'{name}' is no encoding of text{near or ': cp1252 is the usual one of Excel'}") from None
        return "utf-8-sig" if found == "utf-8" else found

    @field_validator("delimiter")
    @classmethod
    def is_one_character(cls, text: str) -> str:
        delimiter = {"tab": "\t", "comma": ",", "semicolon": ";"}.get(text.lower(), text)
        if delimiter and (len(delimiter) != 1 or delimiter in '"\r\n'):
            raise ValueError(f'\'{text}\' is not one character: write ",", ";", "|" or "tab"')
        return delimiter


class Day(Part):
    """Which column dates a row, how it is written, and what to do with a day before ``earliest`` or after today."""

    column: str
    format: str = Field(default="iso", description="iso, year, month, financial year, or a pattern of strptime")
    zone: str = Field(default="", description="stamps are converted to it; empty: as written")
    earliest: date = date(1900, 1, 1)
    outside: Literal["reject", "flag"] = "reject"

    @field_validator("format")
    @classmethod
    def is_a_pattern(cls, form: str) -> str:
        if fault := forms.fault_of(form):
            raise ValueError(fault)
        return form

    @field_validator("zone")
    @classmethod
    def is_a_zone(cls, name: str) -> str:
        if name and name not in _zones():
            near = did_you_mean(name, _zones())
            raise ValueError(f"'{name}' is no time zone{near or ': write it as Europe/London'}")
        return name

    @property
    def is_without_a_day(self) -> bool:
        """Whether the pattern is of months or years, which only the words ``month`` and ``year`` say openly."""
        return forms.lacks_a_day(self.format)

    @model_validator(mode="after")
    def zone_needs_an_hour(self) -> Self:
        if self.zone and self.format in forms.PERIODS:
            raise ValueError(f"zone says nothing of a {self.format}: leave it out")
        return self


@cache
def _zones() -> frozenset[str]:
    """Asked once: it looks through every file of the zones, which takes longer than reading a mapping."""
    return frozenset(available_timezones())


def check_columns(file: FileShape, used: set[str]) -> None:
    """ValueError for a column that a key reads and file.columns does not name, or that it names twice."""
    if twice := {column for column in file.columns if file.columns.count(column) > 1}:
        raise ValueError(f"file.columns names twice: {', '.join(sorted(twice))}")
    if strange := sorted(used - set(file.columns)):
        near = did_you_mean(strange[0], file.columns) if len(strange) == 1 else ""
        raise ValueError(f"not among file.columns: {', '.join(strange)}{near}")


class Identity(Part):
    """By what two rows are the same row. Text is compared as it is written (00123 is not 123), declared numbers and
    yes/no by their value, because programs that save a file again write those anew (51.477990 as 51.47799)."""

    columns: tuple[str, ...] = Field(default=(), description="empty: every column of the file that is named")
    numbers: tuple[str, ...] = ()
    yes_no: tuple[str, ...] = ()

    @property
    def columns_used(self) -> set[str]:
        return {*self.columns, *self.numbers, *self.yes_no}


class Codes(Part):
    column: str
    values: dict[str, Code]


class Genders(Codes):
    values: dict[str, GenderWord]


class SelfDefined(Codes):
    values: dict[str, SelfCode]


class OfficerDefined(Codes):
    values: dict[str, GroupWord]


def explained(error: ValidationError, form: type[BaseModel] | None = None) -> str:
    """Each fault as ``key: what is wrong``, as a sentence; of a key that ``form`` does not know, which may be meant."""
    known = list(form.model_fields) if form else []
    told = []
    for fault in error.errors():
        key = ".".join(map(str, fault["loc"]))
        near = did_you_mean(key, known) if fault["type"] == "extra_forbidden" and len(fault["loc"]) == 1 else ""
        told.append(f"{key}{': ' if key else ''}{fault['msg'].removeprefix('Value error, ')}{near}")
    text = "; ".join(told)
    return text if text.endswith("?") else f"{text}."
