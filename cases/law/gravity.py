"""Gravity scores: what a matrix indicates for an offence and its factors. A person decides and says why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from pydantic import Field, model_validator

from cases.law.codes import DisposalCode
from cases.law.data import Dated, Record, load_table, refuse_overlaps, version_on

Track = Literal["adult", "child"]
LOWEST, HIGHEST = 1, 5


class GravityError(ValueError):
    """A score, factor or override that a matrix cannot take. The message says what would be right."""


class Indication(Record, frozen=True, extra="forbid"):
    """What one final score points to. No disposals: no further action, or charge, as the words say."""

    score: int = Field(ge=LOWEST, le=HIGHEST)
    words: str
    disposals: tuple[DisposalCode, ...]


class Matrix(Dated, frozen=True, extra="forbid"):
    """One version of a gravity matrix, for adults or for children."""

    version: str
    track: Track
    label: str
    source: str
    unsure: bool = False
    indicates: tuple[Indication, ...]

    @model_validator(mode="after")
    def _covers_every_score(self) -> "Matrix":
        if sorted(row.score for row in self.indicates) != list(range(LOWEST, HIGHEST + 1)):
            raise ValueError(f"indicates: each score from {LOWEST} to {HIGHEST} is needed once")
        return self

    def indication(self, score: int) -> Indication:
        """What a final score points to."""
        return next(row for row in self.indicates if row.score == score)


class Factor(Record, frozen=True, extra="forbid"):
    """One aggravating (+1) or mitigating (-1) factor."""

    code: str
    label: str
    weight: Literal[-1, 1]


@lru_cache(maxsize=1)
def matrices() -> tuple[Matrix, ...]:
    """Every version of every matrix."""
    found = load_table("gravity.toml", "matrix", Matrix)
    refuse_overlaps("gravity.toml", [(matrix.track, matrix) for matrix in found])
    return found


@lru_cache(maxsize=1)
def factors() -> dict[str, Factor]:
    """Every factor by code."""
    return {factor.code: factor for factor in load_table("gravity.toml", "factor", Factor)}


def matrix_on(track: Track, at: date) -> Matrix:
    """The matrix for adults or children in force on a day; NotInForce before the first."""
    versions = [matrix for matrix in matrices() if matrix.track == track]
    return version_on(versions, at, what=f"The {track} gravity matrix")


@dataclass(frozen=True, slots=True)
class GravityAssessment:
    """A scored offence. `final_score` is what the matrix gives; `standing_score` is the override where there is one.

    `indicated` are the disposals the standing score points to, and is advice. The words say who still has to choose.
    """

    matrix_version: str
    offence_score: int
    factors: tuple[str, ...]
    net_adjustment: int
    final_score: int
    override_score: int | None
    override_rationale: str
    assessed_by: str
    indicated: tuple[DisposalCode, ...]
    indicated_words: str
    explanation: str
    source: str
    unsure: bool

    @property
    def standing_score(self) -> int:
        """The override, or the matrix's own score."""
        return self.final_score if self.override_score is None else self.override_score


def net_adjustment(codes: Sequence[str]) -> int:
    """The sum of the factors clipped to -1, 0 or +1: no heap of factors moves a score by more than one step."""
    known = factors()
    unknown = sorted(set(codes) - set(known))
    if unknown:
        raise GravityError(f"Unknown factors: {', '.join(unknown)}. Use: {', '.join(known)}.")
    return max(-1, min(1, sum(known[code].weight for code in set(codes))))


def assess_gravity(
    track: Track,
    offence_score: int,
    factor_codes: Sequence[str] = (),
    *,
    at: date,
    assessed_by: str,
    override_score: int | None = None,
    override_rationale: str = "",
    matrix: Matrix | None = None,
) -> GravityAssessment:
    """Score one offence from 1 (least) to 5 on the matrix in force on the day `at`, or on the force's own `matrix`.

    A factor counts once. An override needs a reason in words, and may be any score from 1 to 5.
    """
    _check_scores(offence_score, override_score, override_rationale)
    matrix, adjustment = matrix or matrix_on(track, at), net_adjustment(factor_codes)
    final = max(LOWEST, min(HIGHEST, offence_score + adjustment))
    standing = final if override_score is None else override_score
    row = matrix.indication(standing)
    named = tuple(dict.fromkeys(factor_codes))
    return GravityAssessment(
        matrix_version=matrix.version,
        offence_score=offence_score,
        factors=named,
        net_adjustment=adjustment,
        final_score=final,
        override_score=override_score,
        override_rationale=override_rationale.strip(),
        assessed_by=assessed_by,
        indicated=row.disposals,
        indicated_words=row.words,
        explanation=_words(matrix, offence_score, adjustment, final, override_score, row),
        source=matrix.source,
        unsure=matrix.unsure,
    )


def _check_scores(offence_score: int, override_score: int | None, rationale: str) -> None:
    for name, score in (("offence score", offence_score), ("override score", override_score)):
        if score is not None and not LOWEST <= score <= HIGHEST:
            raise GravityError(f"The {name} is {score}. Give a whole number from {LOWEST} to {HIGHEST}.")
    if override_score is not None and not rationale.strip():
        raise GravityError("Say why you override the score: a reason is required.")


def _words(
    matrix: Matrix, offence_score: int, adjustment: int, final: int, override: int | None, row: Indication
) -> str:
    moved = {-1: "one down for mitigating factors", 0: "no change for factors", 1: "one up for aggravating factors"}
    start = f"{matrix.label}: offence score {offence_score}, {moved[adjustment]}, final score {final}."
    stood = "" if override is None else f" Overridden to {override}."
    return f"{start}{stood} This points to: {row.words.lower()}. It is a guide: the decision is yours to make."
