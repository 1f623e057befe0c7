"""Where the records meet the law: the pure rules of cases.law, asked about our own rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from cases.codes import HISTORY, VictimStance
from cases.law import codes, disposals
from cases.law.authority import AuthorityNeeded
from cases.law.authority import authority_needed as law_authority_needed
from cases.law.dates import age_on
from cases.law.limits import StatutoryLimit
from cases.law.limits import statutory_limit as law_statutory_limit
from cases.law.outcomes import Result, derive_outcome
from diversion import clock
from diversion.refusals import Refused

if TYPE_CHECKING:
    from cases.models import Allegation, Decision, Offence
    from diversion.accounts.models import User

RANKS = ("constable", "sergeant", "inspector", "superintendent", "prosecutor")
NO_DISPOSAL = "none"
ADULT = 18


@dataclass(frozen=True)
class Need:
    """That a rank must decide, and why."""

    rank: str
    reason: str


def highest(ranks: Iterable[str]) -> str:
    return max(ranks, key=RANKS.index)


def outranks(rank: str, needed: str) -> bool:
    """Whether ``rank`` ("" for none) reaches ``needed``."""
    return rank in RANKS and RANKS.index(rank) >= RANKS.index(needed)


def may_record_decision(rank: str, needed: str) -> bool:
    """Whether someone of ``rank`` may record the decision that ``needed`` asks for.

    Prosecutors do not sign in here: an inspector or above records what the prosecutor decided, and names them.
    """
    return outranks(rank, "inspector" if needed == "prosecutor" else needed)


def disposals_on(day: date) -> list[disposals.Disposal]:
    """The disposals that may be issued on ``day``, in the order of the catalogue."""
    found = (version for versions in disposals.catalogue().values() for version in versions)
    return [disposal for disposal in found if disposal.valid_on(day) and disposals.in_force(disposal, day)]


def disposal_label(code: str, on: date) -> str:
    """The words for a disposal code as it stood ``on`` that day."""
    return "No police disposal" if code == NO_DISPOSAL else disposals.get(code, on).label


def statutory_limit(
    offence: "Offence", committed_on: date, *, domestic_abuse: bool = False, first_statement: date | None = None
) -> StatutoryLimit:
    """The limit on prosecuting this offence, with its explanation and source."""
    return law_statutory_limit(
        offence.mode,
        committed_on,
        domestic_assault=domestic_abuse and offence.policy_group == "common_assault",
        first_statement=first_statement,
        shop_theft=offence.policy_group == "shop_theft",
    )


def circumstances(decision: "Decision", allegations: Sequence["Allegation"]) -> set[codes.Circumstance]:
    """What about the case can lift the rank that has to decide it."""
    found = set()
    if decision.case.earlier_outcomes in HISTORY:
        found.add(codes.Circumstance.HISTORY)
    for allegation in allegations:
        if allegation.is_hate_crime:
            found.add(codes.Circumstance.HATE_CRIME)
        if allegation.is_domestic_abuse:
            found.add(codes.Circumstance.DOMESTIC_ABUSE)
        if allegation.victim_stance == VictimStance.OBJECTS:
            found.add(codes.Circumstance.VICTIM_DISAGREES)
        if allegation.offence.mode == "indictable":
            found.add(codes.Circumstance.INDICTABLE_ONLY)
    return found


def authority_needed(
    decision: "Decision", allegations: Sequence["Allegation"], *, extra: Sequence[Need], officer: "User", on: date
) -> list[Need]:
    """Why ``officer`` may not decide this alone; empty where they may.

    Nobody authorises their own case, so a disposal that is not the officer's to issue needs a second person whatever
    the officer's own rank. An offer that was declined, or never made, needs nobody.
    """
    if decision.result != "offered_accepted":
        return []
    needs = list(extra)
    if decision.disposal != NO_DISPOSAL:
        disposal = disposals.get(decision.disposal, on)
        asked = law_authority_needed(disposal, circumstances(decision, allegations))
        if not disposal.self_issue or not outranks(officer.rank, str(asked[0].rank)):
            needs.append(Need(str(asked[0].rank), asked[0].reason))
        needs += [Need(str(need.rank), _words(need)) for need in asked[1:]]
    return needs


def _words(need: AuthorityNeeded) -> str:
    """The reason, with what else the law asks beside the rank."""
    consent = " The prosecutor's consent is needed as well." if need.prosecutor_consent else ""
    exceptional = " Say what makes the circumstances exceptional." if need.exceptional else ""
    return f"{need.reason}{consent}{exceptional}"


def outcome(decision: "Decision", *, completed: bool, on: date) -> str | None:
    """The Home Office outcome of each crime when the support ends; "" for none, None where a person must decide.

    An enforceable resolution that was not kept comes back to the officer. A voluntary one stands as it was issued.
    Raises Refused where the record does not allow the closure.
    """
    if decision.result != "offered_accepted" or decision.disposal == NO_DISPOSAL:
        return ""
    issued = clock.local_date(decision.decided_at)
    disposal = disposals.get(decision.disposal, issued)
    if not completed and (disposal.enforceable or disposal.outcome_on_issue is None):
        return None
    derived = derive_outcome(
        decision.disposal,
        Result.COMPLETED,
        at=on,
        issued_on=issued,
        activity_complete=completed,
        admission=decision.admission,
    )
    if derived.refused:
        raise Refused(derived.explanation)
    return derived.label


def outcome_after_failure(decision: "Decision", result: str, *, on: date) -> str:
    """The outcome once a person has decided what follows an agreement that was not kept."""
    born = decision.case.person.date_of_birth
    derived = derive_outcome(
        decision.disposal,
        result,
        at=on,
        issued_on=clock.local_date(decision.decided_at),
        is_child=age_on(born, on) < ADULT,
    )
    if derived.refused:
        raise Refused(derived.explanation)
    return derived.label
