"""What whoever authorises says in fields of their own, beside their reason: the page asks, the action requires it."""

from dataclasses import dataclass

from cases import legal
from cases.findings import LAW, Finding
from cases.models import Assessment, Authorisation


@dataclass(frozen=True)
class Asks:
    """``exceptional``: a finding of it names exceptional circumstances, so they must be said. ``may_be_exceptional``:
    a fact on which that depends is not known, so they may be.
    """

    exceptional: bool = False
    may_be_exceptional: bool = False


def asks_of(authorisation: Authorisation) -> Asks:
    """What the rules of the waiting decision ask of whoever authorises it, as its findings have it.

    Those that a correction has made no matter are none of its reasons any more, and ask nothing.
    """
    found = _exceptional(authorisation)
    return Asks(
        exceptional=any(one.result == "not_met" for one in found),
        may_be_exceptional=any(one.result == "unknown" for one in found),
    )


def _exceptional(authorisation: Authorisation) -> list[Finding]:
    """The findings for which it waits whose rule asks for exceptional circumstances (CJCA 2015 s.17(2) to (4))."""
    disposal = legal.disposal_of(authorisation.case.decision)
    rules = {f"{LAW}{one.when}" for one in disposal.exception if one.exceptional} if disposal else set()
    if not rules:
        return []
    kept = Assessment.objects.filter(case=authorisation.case_id).values_list("findings", flat=True)
    found = (Finding.kept(one) for findings in kept for one in findings if one["rule"] in rules)
    return [one for one in found if (need := one.need()) and need.reason in authorisation.reasons]
