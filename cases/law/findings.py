"""A finding: one reason, in plain English, with its source. Every check in `cases.law` answers in these."""

from collections.abc import Iterable
from dataclasses import dataclass

from cases.law.codes import Rank, Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason for or against a decision.

    `code` is stable and safe to store; `reason` is for the page; `rank` is set when severity is needs_authority;
    `unsure` marks a rule that is a setting until the force confirms it.
    """

    code: str
    severity: Severity
    reason: str
    source: str
    rank: Rank | None = None
    unsure: bool = False


def block(code: str, reason: str, source: str) -> Finding:
    """A finding that stops the decision."""
    return Finding(code, Severity.BLOCK, reason, source)


def warn(code: str, reason: str, source: str, *, unsure: bool = False) -> Finding:
    """A finding that is said and stops nothing."""
    return Finding(code, Severity.WARN, reason, source, unsure=unsure)


def needs_authority(code: str, reason: str, source: str, *, rank: Rank, unsure: bool = False) -> Finding:
    """A finding that someone of `rank` or above has to decide."""
    return Finding(code, Severity.NEEDS_AUTHORITY, reason, source, rank=rank, unsure=unsure)


def is_refused(findings: Iterable[Finding]) -> bool:
    """Whether any finding stops the decision."""
    return any(finding.severity is Severity.BLOCK for finding in findings)
