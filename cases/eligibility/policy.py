"""A force's policy: which disposals and schemes it uses, each with its criteria, under a name, a version and dates.

What the browser editor and the database keep is the JSON of these models; it goes there and back without loss.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from cases.law.settings import DEFAULTS, LawSettings

from .base import Data, check_codes
from .codes import DISPOSALS, Rank
from .criteria import Criterion, Slug
from .schemes import SchemeDefinition, SchemeRules, check_unique_ids, load_scheme_library, read_toml

POLICY_DATA = Path(__file__).parent / "data" / "policies"


class Signatory(Data):
    """Who answers for the policy. ``signed_on`` is absent until they sign."""

    name: str = Field(min_length=1)
    role: str = Field(min_length=1)
    signed_on: date | None = None


class DisposalRules(Data):
    """The criteria of one disposal."""

    disposal: str
    title: str
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _known_and_distinct(self) -> Self:
        check_codes({self.disposal}, DISPOSALS, "disposal")
        check_unique_ids(self.criteria, self.disposal)
        return self


class SchemeEntry(Data):
    """A scheme the policy uses, with every dated version of its rules; the day picks the version."""

    scheme: Slug
    title: str
    versions: tuple[SchemeRules, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_version_a_day(self) -> Self:
        for index, version in enumerate(self.versions):
            for other in self.versions[index + 1 :]:
                if version.covers(other.valid_from) or other.covers(version.valid_from):
                    raise ValueError(f"versions {version.version} and {other.version} of {self.scheme} overlap")
        return self

    def on(self, day: date) -> SchemeRules | None:
        """The version in force on ``day``, or None."""
        return next((version for version in self.versions if version.covers(day)), None)

    @classmethod
    def of(cls, scheme: SchemeDefinition) -> "SchemeEntry":
        """The rules of entry of a scheme of the library, without what is only needed to run it."""
        rules = tuple(
            SchemeRules.model_validate({name: getattr(version, name) for name in SchemeRules.model_fields})
            for version in scheme.versions
        )
        return cls(scheme=scheme.slug, title=scheme.name, versions=rules)


class Option(Data):
    """One thing that could be offered on a day: a disposal, or a scheme in the version of that day."""

    kind: Literal["disposal", "scheme"]
    code: str
    title: str
    version: str = ""
    criteria: tuple[Criterion, ...]

    @property
    def key(self) -> str:
        """``disposal:community_resolution`` or ``scheme:checkpoint``: the same on every day and in every policy."""
        return f"{self.kind}:{self.code}"


class Policy(Data):
    """A versioned policy. Its name and version stand on every decision made under it.

    ``unknown_rank`` decides an offer for which a rule cannot be answered yet. ``settings`` are what the force chose
    where the law leaves it a choice.
    """

    name: str = Field(min_length=1, max_length=120)
    version: str = Field(min_length=1, max_length=40)
    force: str = ""
    valid_from: date
    valid_to: date | None = None
    review_date: date
    unknown_rank: Rank = Rank.SERGEANT
    settings: LawSettings = DEFAULTS
    signatories: tuple[Signatory, ...] = ()
    disposals: tuple[DisposalRules, ...] = ()
    schemes: tuple[SchemeEntry, ...] = ()

    @model_validator(mode="after")
    def _dates_and_options(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("the policy ends before it starts")
        if self.review_date < self.valid_from:
            raise ValueError("the review date is before the policy starts")
        codes = [rules.disposal for rules in self.disposals] + [entry.scheme for entry in self.schemes]
        twice = {code for code in codes if codes.count(code) > 1}
        if twice:
            raise ValueError(f"{', '.join(sorted(twice))} appears twice in the policy")
        return self

    def options(self, on: date) -> tuple[Option, ...]:
        """Disposals, then the schemes that have a version on the day, in the policy's order.

        Nothing is checked again: their criteria are the very ones of the policy, and known again as such.
        """
        made = Option.model_construct
        disposals = [
            made(kind="disposal", code=rules.disposal, title=rules.title, criteria=rules.criteria)
            for rules in self.disposals
        ]
        schemes = [
            made(kind="scheme", code=entry.scheme, title=entry.title, version=rules.version, criteria=rules.criteria)
            for entry in self.schemes
            if (rules := entry.on(on)) is not None
        ]
        return (*disposals, *schemes)

    def covers(self, day: date) -> bool:
        """Whether the policy is in force on ``day``; both ends count."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class PolicyFile(Data):
    """A policy as its TOML file holds it: schemes named from the library instead of repeated."""

    name: str
    version: str
    force: str = ""
    valid_from: date
    valid_to: date | None = None
    review_date: date
    unknown_rank: Rank = Rank.SERGEANT
    settings: LawSettings = DEFAULTS
    signatories: tuple[Signatory, ...] = ()
    library: tuple[str, ...] = ()
    disposals: tuple[DisposalRules, ...]

    def policy(self) -> Policy:
        """The whole policy, with the library's schemes written into it. Raises ValueError for an unknown scheme."""
        library = {scheme.slug: scheme for scheme in load_scheme_library()}
        check_codes(set(self.library), {slug: scheme.name for slug, scheme in library.items()}, "scheme")
        parts = {name: getattr(self, name) for name in PolicyFile.model_fields if name != "library"}
        return Policy(**parts, schemes=tuple(SchemeEntry.of(library[slug]) for slug in self.library))


@cache
def load_policy(name: str = "default") -> Policy:
    """A policy of ``data/policies`` by file name. Raises ValueError naming those there are."""
    path = POLICY_DATA / f"{name}.toml"
    if not path.is_file():
        names = ", ".join(sorted(file.stem for file in POLICY_DATA.glob("*.toml")))
        raise ValueError(f"there is no policy called {name!r}; there are: {names}")
    return read_toml(path, PolicyFile).policy()
