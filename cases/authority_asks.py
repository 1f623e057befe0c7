"""What whoever authorises says in fields of their own, beside their reason: the page asks, the action requires it."""

from dataclasses import dataclass

from cases import legal
from cases.findings import LAW, Finding
from cases.models import Assessment, Authorisation
from cases.prosecutors import last_asked
from diversion.refusals import Refused


@dataclass(frozen=True)
class Asks:
    """``exceptional``: a finding of it names exceptional circumstances, so they must be said. ``may_be_exceptional``:
    a fact on which that depends is not known, so they may be. ``evidence``: the resolution needs enough evidence to
    charge, and the decision is no prosecutor's, so whoever authorises certifies that there is enough.
    """

    exceptional: bool = False
    may_be_exceptional: bool = False
    evidence: bool = False


def asks_of(authorisation: Authorisation) -> Asks:
    """What the rules of the waiting decision ask of whoever authorises it, as its findings have it.

    Those that a correction has made no matter are none of its reasons any more, and ask nothing.
    """
    found = _exceptional(authorisation)
    return Asks(
        exceptional=any(one.result == "not_met" for one in found),
        may_be_exceptional=any(one.result == "unknown" for one in found),
        evidence=_needs_evidence(authorisation),
    )


def check_evidence(asks: Asks, is_met: bool) -> bool:
    """Whether it is kept that the evidence is enough to charge; Refused where that is asked and not certified.

    A caution or a charge that is held back would stand on evidence for which nobody answers.
    """
    if asks.evidence and not is_met:
        raise Refused("Certify that the evidence is enough to charge: without it nobody may authorise this.")
    return asks.evidence


def _needs_evidence(authorisation: Authorisation) -> bool:
    """Whether the police officer who authorises decides that there is enough evidence to charge (CJA 2003 s.23(2)).

    Where a prosecutor decided, that was theirs to decide.
    """
    disposal = legal.disposal_of(authorisation.case.decision)
    if disposal is None or disposal.evidence != "charge" or authorisation.rank == "prosecutor":
        return False
    asked = last_asked(authorisation)
    return asked is None or asked.decided_on is None


def _exceptional(authorisation: Authorisation) -> list[Finding]:
    """The findings for which it waits whose rule asks for exceptional circumstances (CJCA 2015 s.17(2) to (4))."""
    disposal = legal.disposal_of(authorisation.case.decision)
    rules = {f"{LAW}{one.when}" for one in disposal.exception if one.exceptional} if disposal else set()
    if not rules:
        return []
    kept = Assessment.objects.filter(case=authorisation.case_id).values_list("findings", flat=True)
    found = (Finding.kept(one) for findings in kept for one in findings if one["rule"] in rules)
    return [one for one in found if (need := one.need()) and need.reason in authorisation.reasons]
