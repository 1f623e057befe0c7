"""One reason for or against what an officer proposes, in the one shape in which it is shown and kept."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from cases.law.codes import Severity as LawSeverity
from cases.law.findings import Finding
from cases.legal import Need
from cases.setting_aside import may_be_asked

SEVERITIES = {
    LawSeverity.BLOCK: "blocks",
    LawSeverity.NEEDS_AUTHORITY: "needs_authority",
    LawSeverity.WARN: "warns",
}


@dataclass(frozen=True)
class Judgement:
    """A criterion and what came of it, as it stands on the record.

    ``result`` is met, not_met or unknown; ``severity`` blocks, needs_authority or warns. ``rank`` is who has to decide,
    ``override_by`` who may set a block aside ("" for nobody), ``about`` the answer on the form that it concerns, and
    ``set_aside`` why the officer asks that the rule be set aside ("" where nobody asks).
    """

    criterion: str
    result: str
    severity: str
    reason: str
    source: str
    rank: str = ""
    override_by: str = ""
    unsure: bool = False
    about: str = ""
    set_aside: str = ""

    @property
    def blocks(self) -> bool:
        return self.result == "not_met" and self.severity == "blocks" and not self.set_aside

    @property
    def may_be_set_aside(self) -> bool:
        return self.blocks and may_be_asked(self.criterion, self.override_by)

    @property
    def need(self) -> Need | None:
        """That a rank has to decide, if this asks for one."""
        asked = self.result == "not_met" and self.severity == "needs_authority"
        return Need(self.rank, self.reason) if asked else None

    def stored(self) -> dict[str, Any]:
        """As plain JSON for the assessment."""
        kept = {name: value for name, value in asdict(self).items() if name not in ("about", "set_aside")}
        return kept | {"set_aside": {"asked_because": self.set_aside}} if self.set_aside else kept

    def asked_aside(self, reason: str) -> "Judgement":
        """The same, to be set aside for ``reason``; what nobody may set aside stays as it is."""
        return replace(self, set_aside=reason) if self.may_be_set_aside else self


def from_law(findings: Iterable[Finding], about: dict[str, str]) -> list[Judgement]:
    """The law's findings; ``about`` maps a finding's code to the answer that it concerns."""
    return [
        Judgement(
            criterion=f"law.{finding.code}",
            result="not_met",
            severity=SEVERITIES[finding.severity],
            reason=finding.reason,
            source=finding.source,
            rank=str(finding.rank or ""),
            unsure=finding.unsure,
            about=about.get(finding.code, "disposal"),
        )
        for finding in findings
    ]


def needs(judgements: Iterable[Judgement]) -> tuple[Need, ...]:
    """Every rank that has to decide and why, each reason once."""
    found = [judgement.need for judgement in judgements]
    return tuple(dict.fromkeys(need for need in found if need is not None))
