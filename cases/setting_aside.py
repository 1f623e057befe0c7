"""Rules that a rank may set aside: the officer asks and says why, whoever authorises decides, the finding keeps both.

A kept finding that is to be set aside holds ``set_aside``: {"asked_because"}, and once decided also {"decision", "by",
"rank", "at", "because"}. Its result and its severity stay what the rules made of them, so that no figure changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from diversion.accounts.models import User

Kept = Mapping[str, Any]
GIVEN, KEPT, TAKEN_BACK = "set_aside", "kept", "taken_back"


def asked(findings: Iterable[Kept]) -> list[Kept]:
    """The findings that the officer asked to have set aside."""
    return [one for one in findings if one.get("set_aside")]


def waiting(findings: Iterable[Kept]) -> list[Kept]:
    """Those of them that nobody has decided yet."""
    return [one for one in asked(findings) if "decision" not in one["set_aside"]]


def given(findings: Iterable[Kept]) -> list[Kept]:
    """Those of them that were set aside."""
    return [one for one in asked(findings) if one["set_aside"].get("decision") == GIVEN]


def in_words(finding: Kept) -> str:
    """ "The person was on Checkpoint in the last 12 months. (Checkpoint: rules of the scheme)"."""
    return f"{finding['reason']} ({finding['source']})"


def decided(
    findings: Iterable[Kept], *, decision: str, because: str, by: User, at: datetime
) -> Sequence[dict[str, Any]]:
    """All findings, with who decided about those that waited, when and why."""
    said = {
        "decision": decision,
        "by": str(by),
        "rank": by.rank_in_words.lower(),
        "at": at.isoformat(),
        "because": because,
    }
    return [{**one, "set_aside": {**one["set_aside"], **said}} if waiting([one]) else dict(one) for one in findings]


def taken_back(findings: Iterable[Kept], *, because: str, by: User, at: datetime) -> Sequence[dict[str, Any]]:
    """All findings of a decision that stands no more: what was set aside for it is set aside for no other.

    The history keeps who had set it aside.
    """
    anew = [{**one, "set_aside": _only_asked(one)} if given([one]) else one for one in findings]
    return decided(anew, decision=TAKEN_BACK, because=because, by=by, at=at)


def _only_asked(finding: Kept) -> dict[str, Any]:
    return {"asked_because": finding["set_aside"]["asked_because"]}
