"""One reason for or against what is proposed, in the one shape in which rulebooks give it and pages show and keep it.

The law, a force's policy, a scheme's rules and our own record all answer in findings. Who has to decide is worked out
from them and from nothing else (``needs``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

RANKS = ("constable", "sergeant", "inspector", "superintendent", "prosecutor")
#: Who decides where a rule cannot be answered yet, unless the force's policy names another rank.
UNKNOWN_RANK = "sergeant"
LAW = "law."  # what the law itself forbids: nobody sets that aside, and nobody decides without the answer

Identity = tuple[str, str, str, str]


@dataclass(frozen=True)
class Need:
    """That a rank must decide, and why."""

    rank: str
    reason: str


@dataclass(frozen=True)
class Finding:
    """One rule and what came of it. Its identity is rule, version, rank and crime, never its sentence.

    ``rule`` is the rulebook and the rule in it ("scheme.on-bail"), ``version`` that of the rulebook. ``result`` is met,
    not_met or unknown; ``severity`` blocks, needs_authority or warns. ``rank`` is who has to decide, ``override_by``
    who may set a block aside ("" for nobody). ``about`` is the answer that it concerns, ``crime`` the number of the
    crime where it concerns one, ``values`` are the known facts that it rests on. ``waits_for`` names the facts that are
    not known and on which it depends; ``is_open`` says that their answers can still change what may be offered.
    ``unknown_because`` is why they are not known yet, ``set_aside`` why the officer asks that the rule be set aside (""
    where nobody said), and ``same_as`` a rule of another book that says the same.
    """

    rule: str
    result: str
    severity: str
    reason: str
    source: str
    version: str = ""
    rank: str = ""
    override_by: str = ""
    unsure: bool = False
    about: str = ""
    crime: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    waits_for: tuple[str, ...] = ()
    is_open: bool = False
    unknown_because: str = ""
    set_aside: str = ""
    same_as: str = ""

    @property
    def identity(self) -> Identity:
        return (self.rule, self.version, self.rank, self.crime)

    @property
    def blocks(self) -> bool:
        """Whether it stops the offer, unless it is asked to be set aside."""
        return self.result == "not_met" and self.severity == "blocks" and not self.set_aside

    @property
    def may_be_set_aside(self) -> bool:
        return self.blocks and bool(self.override_by) and not self.rule.startswith(LAW)

    @property
    def may_stay_unknown(self) -> bool:
        """Whether a rank may decide without the answer; what the law forbids is answered first."""
        return not (self.rule.startswith(LAW) and self.severity == "blocks")

    @property
    def is_unanswered(self) -> bool:
        """Whether an answer is missing that can still change what may be offered, and nobody said why."""
        return self.is_open and not (self.unknown_because and self.may_stay_unknown)

    def need(self, unknown_rank: str = UNKNOWN_RANK) -> Need | None:
        """That a rank has to decide, if this asks for one: of what is not known, ``unknown_rank`` or the rule's own."""
        if self.set_aside:
            return Need(self.override_by, f"A rule is to be set aside: {self.reason} ({self.source})")
        if self.result == "not_met" and self.severity == "needs_authority":
            return Need(self.rank, self.reason)
        if self.is_open and self.unknown_because:
            rank = highest([unknown_rank, *([self.rank] if self.rank else [])])
            return Need(rank, f"Not known yet: {self.reason} ({self.unknown_because})")
        return None

    def stored(self) -> dict[str, Any]:
        """As plain JSON for the assessment."""
        left_out = ("about", "set_aside", "waits_for", "same_as")
        kept = {name: value for name, value in vars(self).items() if name not in left_out}
        kept |= {"values": dict(self.values), "waits_for": list(self.waits_for)}
        return kept | {"set_aside": {"asked_because": self.set_aside}} if self.set_aside else kept

    @classmethod
    def kept(cls, stored: Mapping[str, Any]) -> "Finding":
        """The finding that ``stored`` gave; what is not kept of it has its default."""
        names = {one.name for one in fields(cls)} - {"set_aside", "waits_for"}
        given = {name: value for name, value in stored.items() if name in names}
        aside = (stored.get("set_aside") or {}).get("asked_because", "")
        return cls(**given, waits_for=tuple(stored.get("waits_for", ())), set_aside=aside)

    def asked_aside(self, reason: str) -> "Finding":
        """The same, to be set aside for ``reason``; what nobody may set aside stays as it is."""
        return replace(self, set_aside=reason) if self.may_be_set_aside else self


def needs(findings: Iterable[Finding], unknown_rank: str = UNKNOWN_RANK) -> tuple[Need, ...]:
    """Every rank that has to decide and why, each reason once."""
    found = (finding.need(unknown_rank) for finding in findings)
    return tuple(dict.fromkeys(need for need in found if need is not None))


def highest(ranks: Iterable[str]) -> str:
    """The highest of ``ranks``. Raises ValueError where there is none."""
    return max(ranks, key=RANKS.index)
