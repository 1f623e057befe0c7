"""What the gravity matrix, or else the rules, pointed to where the officer proposes something else.

A matrix guides and decides nothing: whoever authorises reads what it pointed to beside what is proposed, and why.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cases import legal
from cases.eligibility.kept import KeptOption
from cases.findings import RANKS
from cases.law.gravity import Matrix, matrix_on
from cases.models import Case
from diversion import clock
from referrals.judging.facts import ACCEPTED, CaseFacts
from referrals.judging.offers import LEAST_FORMAL
from referrals.judging.recorded import facts_of

DISPOSAL = "disposal:"


@dataclass(frozen=True)
class ByMatrix:
    """The score of the gravest crime, the matrix, and the words in which it says what that points to."""

    score: int
    matrix: Matrix

    @property
    def words(self) -> str:
        return self.matrix.indication(self.score).words


@dataclass(frozen=True)
class ByRules:
    """Where no score is known: what the rules left open that asks the lowest rank and is least formal."""

    label: str


def indicated(case: Case) -> ByMatrix | ByRules | None:
    """What was indicated in place of the resolution proposed; None where that is what was, or nothing tells."""
    code = case.decision.disposal
    if case.decision.result != ACCEPTED or code in ("", legal.NO_DISPOSAL):
        return None
    facts = facts_of(case, clock.local_date(case.decision.decided_at), before=case.recorded_at)
    score = _score(facts)
    return _by_rules(case, code) if score is None else _by_matrix(case, facts, score, code)


def _score(facts: CaseFacts) -> int | None:
    """Of the gravest crime; None where that of any is not known."""
    scores = [crime.get("gravity_score") for crime in facts.crimes]
    return max(int(one) for one in scores if one) if all(scores) else None


def _by_matrix(case: Case, facts: CaseFacts, score: int, code: str) -> ByMatrix | None:
    day = clock.local_date(case.decision.decided_at)
    matrix = matrix_on("child" if facts.is_child(day) else "adult", day)
    return None if code in matrix.indication(score).disposals else ByMatrix(score, matrix)


def _by_rules(case: Case, code: str) -> ByRules | None:
    first = case.first_assessment
    best = min(_open(first.kept_options), key=_order, default=None) if first else None
    if best is None or best.key == f"{DISPOSAL}{code}":
        return None
    return ByRules(best.title)


def _open(options: Iterable[KeptOption]) -> Iterable[KeptOption]:
    return (one for one in options if one.kind == "disposal" and one.is_open)


def _order(option: KeptOption) -> tuple[int, int]:
    """By the highest rank that it may need, then by what leaves least on a person's record."""
    rank, code = option.ranks[-1] or RANKS[0], option.key.removeprefix(DISPOSAL)
    return RANKS.index(rank), LEAST_FORMAL.index(code) if code in LEAST_FORMAL else len(LEAST_FORMAL)
