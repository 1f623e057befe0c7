"""Mapping files: how the columns and words of a source become facts. See docs/importing.md for how to write one."""

import hashlib
import tomllib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from reporting import codes
from reporting.intake import counts, forms
from reporting.intake.mappings.parts import (
    FOLDER,
    Code,
    Codes,
    Day,
    FileShape,
    Genders,
    Identity,
    MappingError,
    OfficerDefined,
    Part,
    SelfDefined,
    check_columns,
    explained,
    one_of,
)
from reporting.intake.near import did_you_mean
from reporting.intake.words import Words

AgeBand = Annotated[str, Field(min_length=1, max_length=20)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=50)]
ResultWord = Annotated[str, one_of(*codes.RESULTS)]


class Rule(Part):
    """The words of one column that count, or all but some."""

    within: tuple[str, ...] | None = Field(default=None, alias="in")
    without: tuple[str, ...] | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def one_way(self) -> Self:
        if (self.within is None) == (self.without is None):
            raise ValueError("give either 'in' or 'not', with a list of words")
        return self

    @property
    def words(self) -> tuple[str, ...]:
        return self.within if self.within is not None else self.without or ()

    def holds(self, word: str) -> bool:
        return word in self.within if self.within is not None else word not in (self.without or ())


def decided(rules: dict[str, Rule]) -> dict[str, Rule]:
    """ValueError for none: which rows count decides every rate, and nobody guesses it."""
    if not rules:
        raise ValueError('write which rows these are, as "COLUMN" = { in = ["WORD"] }')
    return rules


Rules = Annotated[dict[str, Rule], AfterValidator(decided)]


class AgeBands(Codes):
    values: dict[str, AgeBand]


class Results(Codes):
    values: dict[str, ResultWord]


class QualityRule(Part):
    """A combination of words that is doubtful or that the law does not allow: counted and shown, never dropped."""

    code: Code
    words: str
    when: dict[str, tuple[str, ...]] = Field(min_length=1)


class OrderRule(Part):
    """Two dates in a doubtful order: column ``first`` is before ``then``, or on the same day."""

    code: Code
    words: str
    first: str
    then: str
    relation: Literal["before", "same day"] = Field(alias="is")


class ForceColumn(Part):
    """A column that says of which force each row is, and the slugs of its words; without them slugs are made."""

    column: str
    values: dict[str, Slug] = {}


class CountColumn(Part):
    """A column that says how many events a row is."""

    column: str
    most: int = Field(default=100_000, gt=0, description="a larger count is a fault of the file")
    suppressed: tuple[str, ...] = Field(default=counts.SUPPRESSED, description="marks of a count that is hidden")
    totals: tuple[str, ...] = Field(default=counts.TOTALS, description="words of rows that add up other rows")


#: The keys whose columns are translated word by word.
PARTS = (
    *("disposal", "gender", "age_band", "ethnicity_self_defined", "ethnicity_officer_defined", "scheme", "result"),
)


class Mapping(Part):
    """One source of rows."""

    name: Code
    title: str
    licence: str
    file: FileShape
    identity: Identity = Identity()
    date: Day
    count: CountColumn | None = None
    force: ForceColumn | None = None
    considered: Rules
    diverted: Annotated[Rules, Field(description="of the considered")]
    disposal: Codes
    gender: Genders | None = None
    age_band: AgeBands | None = None
    ethnicity_self_defined: SelfDefined | None = None
    ethnicity_officer_defined: OfficerDefined | None = None
    scheme: Codes | None = None
    result: Results | None = None
    known: dict[str, tuple[str, ...]] = Field(default={}, description="the words of columns that only rules read")
    stages: dict[Literal["referred_on", "started_on", "closed_on"], str] = {}
    quality: tuple[QualityRule, ...] = ()
    order: tuple[OrderRule, ...] = ()
    words: Words

    @model_validator(mode="after")
    def names_only_columns_of_the_file(self) -> Self:
        check_columns(self.file, self.columns_used | self.identity.columns_used)
        return self

    @model_validator(mode="after")
    def names_only_words_of_the_columns(self) -> Self:
        check_words(self)
        return self

    @model_validator(mode="after")
    def days_are_days(self) -> Self:
        if self.date.is_without_a_day and self.count is None:  # counts are of a period, and fall on its first day
            raise ValueError(f"date.format: '{self.date.format}' gives no day; {forms.WITHOUT_A_DAY}")
        return self

    @model_validator(mode="after")
    def is_not_live(self) -> Self:
        if self.name == codes.LIVE:
            raise ValueError(f"'{codes.LIVE}' is the name of this service's own decisions: choose another")
        return self

    @property
    def columns_used(self) -> set[str]:
        """Every column that some key of the mapping reads."""
        named = {*self.considered, *self.diverted, *self.known, *(c for rule in self.quality for c in rule.when)}
        dates = [self.date.column, *self.stages.values(), *(c for rule in self.order for c in (rule.first, rule.then))]
        single = {part.column for part in (self.count, self.force) if part}
        return named | set(dates) | {part.column for part in self.parts} | single

    @property
    def identity_columns(self) -> tuple[str, ...]:
        """The columns by which a row is known. How many events it counts is not among them: a revised count is of the
        same row."""
        columns = self.identity.columns or self.file.columns
        return tuple(column for column in columns if self.count is None or column != self.count.column)

    @property
    def parts(self) -> list[Codes]:
        """The columns that are translated word by word."""
        return [part for key in PARTS if (part := getattr(self, key)) is not None]

    @property
    def date_formats(self) -> dict[str, str]:
        """How each column of days is written."""
        others = (*self.stages.values(), *(column for rule in self.order for column in (rule.first, rule.then)))
        return dict.fromkeys((self.date.column, *others), self.date.format)

    @cached_property
    def digest(self) -> str:
        """Changes with any word of the mapping: kept with each batch, so that figures can be explained later."""
        return hashlib.blake2b(self.model_dump_json().encode(), digest_size=16).hexdigest()


def words_of(mapping: Mapping) -> dict[str, dict[str, tuple[str, ...]]]:
    """Column -> key of the mapping -> its words, of each column whose words the mapping lists: it knows no others."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for key in PARTS:
        if (part := getattr(mapping, key)) is not None:
            found.setdefault(part.column, {})[f"{key}.values"] = tuple(part.values)
    for column, known in mapping.known.items():
        found.setdefault(column, {}).setdefault("known", known)
    return found


def rules_of(mapping: Mapping) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(key, column, words) of each rule that names words of a column."""
    for name in ("considered", "diverted"):
        for column, rule in getattr(mapping, name).items():
            yield f"{name}.{column}", column, rule.words
    for rule in mapping.quality:
        for column, words in rule.when.items():
            yield f"quality.{rule.code}.{column}", column, words


def check_words(mapping: Mapping) -> None:
    """ValueError for a word of a rule that its column cannot have: one wrong letter would move every such row, in
    silence, out of the denominator or into it. Blank is a word of every column."""
    listed = words_of(mapping)
    faults: list[str] = []
    for column, known in mapping.known.items():
        faults += _strange(f"known.{column}", known, {key: w for key, w in listed[column].items() if key != "known"})
    for key, column, words in rules_of(mapping):
        faults += _strange(key, words, listed.get(column, {}))
    if faults:
        raise ValueError("; ".join(faults))


def _strange(key: str, words: tuple[str, ...], listed: dict[str, tuple[str, ...]]) -> Iterator[str]:
    every = sorted({word for known in listed.values() for word in known})
    for word in words:
        if listed and word and word not in every:
            yield f"{key}: '{word}' is not among {' or '.join(listed)}{did_you_mean(word, every)}"


def names() -> list[str]:
    """The mappings that there are."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load(name: str) -> Mapping:
    """The mapping ``name``. MappingError, with file and key, when there is none or it cannot be used."""
    if name not in names():
        raise MappingError(f"There is no mapping '{name}': choose {' or '.join(names())}, or write one.")
    return read(FOLDER / f"{name}.toml")


def read(path: Path) -> Mapping:
    """The mapping in the file ``path``, whose name without ``.toml`` must be the mapping's own."""
    try:
        found = Mapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(f"{path.name} cannot be read: {error}.") from None
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{path.name} is not TOML: {error}.") from None
    except ValidationError as error:
        raise MappingError(f"{path.name}: {explained(error, Mapping)}") from None
    if found.name != path.stem:
        raise MappingError(f"{path.name}: name is '{found.name}', and must be '{path.stem}' like the file.")
    return found
