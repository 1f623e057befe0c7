"""Where the records meet the law: the pure rules of cases.law, asked about our own rows."""

from datetime import date
from typing import TYPE_CHECKING

from cases.findings import RANKS
from cases.law import disposals, youth
from cases.law.dates import age_on
from cases.law.limits import StatutoryLimit
from cases.law.limits import statutory_limit as law_statutory_limit
from cases.law.outcomes import (
    NO_TERMS,
    Outcome,
    OutcomeDerived,
    Result,
    SchemeTerms,
    all_outcomes,
    derive_outcome,
    falls_back_to_caution,
)
from cases.law.settings import DEFAULTS, LawSettings
from diversion import clock
from diversion.refusals import Refused

if TYPE_CHECKING:
    from cases.models import Case, Decision, Offence

NO_DISPOSAL = "none"
ADULT = 18


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


def needs_admission(code: str, on: date) -> bool:
    """Whether nobody may have this who has not admitted the offence."""
    return any(one.needs_admission for one in disposals_on(on) if one.code == code)


def statutory_limit(
    offence: "Offence",
    committed_on: date,
    *,
    domestic_abuse: bool = False,
    first_statement: date | None = None,
    settings: LawSettings = DEFAULTS,
) -> StatutoryLimit:
    """The limit on prosecuting this offence, with its explanation and source, by the force's ``settings``."""
    return law_statutory_limit(
        offence.mode,
        committed_on,
        domestic_assault=domestic_abuse and offence.policy_group == "common_assault",
        first_statement=first_statement,
        shop_theft=offence.policy_group == "shop_theft",
        settings=settings,
    )


def is_in_error(case: "Case") -> bool:
    """Whether the case was recorded in error: on the wrong person, or twice."""
    return bool(case.withdrawals.in_error().exists() or case.rescissions.in_error().exists())


def youth_duties(case: "Case") -> tuple[youth.Duty, ...]:
    """What police owe youth justice about the person of ``case``, by their age on the day it was recorded.

    It is owed whatever is decided and before anything is; nothing is where the case was recorded in error.
    """
    day = clock.local_date(case.recorded_at)
    if day < case.person.date_of_birth:
        return ()  # mistyped: nobody of that age is meant
    if not youth.may_be_owed(date_of_birth=case.person.date_of_birth, on=day) or is_in_error(case):
        return ()
    offences = [allegation.offence for allegation in case.allegations.select_related("offence")]
    return youth.duties_owed(
        date_of_birth=case.person.date_of_birth,
        offence_groups=[offence.policy_group for offence in offences],
        with_knife=any(offence.is_knife for offence in offences),
        on=day,
    )


def child_assessment(case: "Case") -> youth.Assessment | None:
    """The assessment that youth justice makes of somebody of this age on the day of the decision; None for an adult."""
    day, born = clock.local_date(case.decision.decided_at), case.person.date_of_birth
    return youth.assessment_for(age=age_on(born, day), on=day) if born <= day else None


def outcome(
    decision: "Decision",
    *,
    completed: bool,
    on: date,
    terms: SchemeTerms = NO_TERMS,
    settings: LawSettings = DEFAULTS,
) -> str | None:
    """The Home Office outcome of each crime when the support ends; "" for none, None where a person must decide.

    An enforceable resolution that was not kept comes back to the officer. A voluntary one stands as it was issued.
    ``terms`` are those of the scheme that the person was on; the force's ``settings`` count where it says nothing.
    Raises Refused where the record does not allow it.
    """
    if decision.result != "offered_accepted" or decision.disposal == NO_DISPOSAL:
        return ""
    issued = clock.local_date(decision.decided_at)
    if not completed and depends_on_support(decision):
        return None
    derived = derive_outcome(
        decision.disposal,
        Result.COMPLETED,
        at=on,
        issued_on=issued,
        activity_complete=completed,
        admission=decision.admission,
        success_outcome=terms.success_outcome,
        settings=settings,
    )
    if derived.refused:
        raise Refused(derived.explanation)
    return derived.label


def disposal_of(decision: "Decision") -> disposals.Disposal | None:
    """The resolution that was decided, by the rules of that day; None where there is none."""
    if decision.disposal in ("", NO_DISPOSAL):
        return None
    return disposals.get(decision.disposal, clock.local_date(decision.decided_at))


def is_child(case: "Case") -> bool:
    """Whether the person is under 18 today."""
    return age_on(case.person.date_of_birth, clock.today()) < ADULT


def depends_on_support(decision: "Decision") -> bool:
    """Whether the outcome waits for what comes of the support: the resolution can be enforced, or needs an activity."""
    disposal = disposal_of(decision)
    return disposal is not None and (disposal.enforceable or disposal.outcome_on_issue is None)


def outcomes_without_action(decision: "Decision", *, on: date) -> list[Outcome]:
    """The outcomes to choose among when nothing follows an agreement not kept; none where the law leaves no choice."""
    if decision.disposal in ("", NO_DISPOSAL):
        return []
    derived = _after_failure(decision, Result.FAILED_NO_ACTION, on)
    if derived.outcome is not None:
        return []
    return [all_outcomes()[number] for number in derived.candidates if all_outcomes()[number].valid_on(on)]


def may_follow_failure(decision: "Decision", terms: SchemeTerms = NO_TERMS) -> list[Result]:
    """What an officer may decide after an agreement that was not kept: by the law, and by the scheme's ``terms``."""
    if decision.disposal in ("", NO_DISPOSAL):
        return [Result.FAILED_NO_ACTION]
    disposal = disposals.get(decision.disposal, clock.local_date(decision.decided_at))
    cautioned = [Result.FAILED_CAUTIONED] if falls_back_to_caution(disposal, terms.returns_to) else []
    return [Result.FAILED_PROSECUTED, *cautioned, Result.FAILED_NO_ACTION]


def outcome_after_failure(
    decision: "Decision", result: str, *, on: date, chosen: str = "", terms: SchemeTerms = NO_TERMS
) -> str:
    """The outcome once a person has decided what follows an agreement that was not kept.

    ``chosen`` is the number they picked where the law leaves a choice; Refused without it. ``terms`` are those of the
    scheme that the person was on.
    """
    if decision.disposal == NO_DISPOSAL and result == Result.FAILED_NO_ACTION:
        return ""
    if decision.disposal in ("", NO_DISPOSAL):
        raise Refused("No police disposal was issued in this case: record what follows as a new decision.")
    derived = _after_failure(decision, result, on, terms)
    if derived.refused:
        raise Refused(derived.explanation)
    if derived.outcome is not None:
        return derived.label
    if chosen not in [str(one.number) for one in outcomes_without_action(decision, on=on)]:
        raise Refused("Choose the Home Office outcome that the crimes close with, and say why.")
    return chosen


def _after_failure(decision: "Decision", result: str, on: date, terms: SchemeTerms = NO_TERMS) -> OutcomeDerived:
    born = decision.case.person.date_of_birth
    return derive_outcome(
        decision.disposal,
        result,
        at=on,
        issued_on=clock.local_date(decision.decided_at),
        is_child=age_on(born, on) < ADULT,
        returns_to=terms.returns_to,
    )
