"""Rules that a rank may set aside: the officer asks and says why, whoever authorises decides, the finding keeps both.

A kept finding that is to be set aside holds ``set_aside``: {"asked_because"}, and once decided also {"decision", "by",
"rank", "at", "because"}. Its result and its severity stay what the rules made of them, so that no figure changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cases.legal import Need
from diversion.accounts.models import User
from diversion.refusals import Refused

Finding = Mapping[str, Any]
GIVEN, KEPT = "set_aside", "kept"
STATUTE = "law."  # what the law itself forbids: nobody sets that aside


def may_be_asked(criterion: str, override_by: str) -> bool:
    """Whether somebody may set this rule aside at all."""
    return bool(override_by) and not criterion.startswith(STATUTE)


def asked(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that the officer asked to have set aside."""
    return [one for one in findings if one.get("set_aside")]


def waiting(findings: Iterable[Finding]) -> list[Finding]:
    """Those of them that nobody has decided yet."""
    return [one for one in asked(findings) if "decision" not in one["set_aside"]]


def given(findings: Iterable[Finding]) -> list[Finding]:
    """Those of them that were set aside."""
    return [one for one in asked(findings) if one["set_aside"].get("decision") == GIVEN]


def check(findings: Iterable[Finding], *, accepted: bool) -> None:
    """Raise Refused where a rule cannot be set aside, or nobody said why it should be."""
    for one in asked(findings):
        blocks = (one.get("result"), one.get("severity")) == ("not_met", "blocks")
        if not (accepted and blocks and may_be_asked(str(one.get("criterion")), str(one.get("override_by") or ""))):
            raise Refused(f"This rule cannot be set aside: {one.get('reason')}")
        if not str(one["set_aside"].get("asked_because", "")).strip():
            raise Refused("Say why the rule should be set aside, in a sentence.")


def needs(findings: Iterable[Finding]) -> list[Need]:
    """Who has to set aside what was asked, each rule in words with its source."""
    return [Need(str(one["override_by"]), f"A rule is to be set aside: {in_words(one)}") for one in asked(findings)]


def in_words(finding: Finding) -> str:
    """ "The person was on Checkpoint in the last 12 months. (Checkpoint: rules of the scheme)"."""
    return f"{finding['reason']} ({finding['source']})"


def decided(
    findings: Iterable[Finding], *, decision: str, because: str, by: User, at: datetime
) -> Sequence[dict[str, Any]]:
    """All findings, with who decided about those that waited, when and why."""
    said = {"decision": decision, "by": str(by), "rank": by.rank, "at": at.isoformat(), "because": because}
    return [{**one, "set_aside": {**one["set_aside"], **said}} if waiting([one]) else dict(one) for one in findings]
