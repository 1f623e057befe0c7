"""Whether a change to what somebody agreed to is the worker's own to make, or a variation that a rank has to decide.

The worker moves a day inside the clocks of the case, and swaps an activity for another of its kind. A variation is what
goes past those clocks, what changes anything owed to a victim or fixed by statute, and whatever asks something else or
less; and in a conditional caution every change, dates included (Criminal Justice Act 2003 s.23B; for a child the like
rule of the Crime and Disorder Act 1998).
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from cases import legal, rulebook
from cases.findings import Finding, Need, highest
from cases.law.clocks import PlanCheck, PlanVerdict, check_case_plan, latest_safe_completion
from cases.law.codes import ConditionType, DisposalCode
from cases.law.dates import long_date
from cases.law.disposals import Disposal
from cases.law.limits import StatutoryLimit
from cases.law.settings import LawSettings
from cases.models import Authorisation, Case
from diversion import clock
from diversion.refusals import Refused
from referrals.codes import Way
from referrals.judging.recorded import findings_of_change
from referrals.models import Agreement, Condition, Referral, SchemeVersion
from referrals.schemes.condition_words import ConditionDetails
from referrals.schemes.proposed import details_of

#: Whose conditions are the caution itself: nobody changes one but an authorised person, once the person has signed.
CONDITIONAL = frozenset(
    {
        DisposalCode.CONDITIONAL_CAUTION,
        DisposalCode.YOUTH_CONDITIONAL_CAUTION,
        DisposalCode.DIVERSIONARY_CAUTION,
        DisposalCode.COMMUNITY_CAUTION,
    }
)
OWED = frozenset({ConditionType.APOLOGY, ConditionType.COMPENSATION, ConditionType.REPAIR, ConditionType.RJ})
#: Whose content statute limits: the penalty, the hours of work, curfew and tag, leaving the country.
STATUTORY = frozenset(
    {
        ConditionType.FINANCIAL_PENALTY,
        ConditionType.UNPAID_WORK,
        ConditionType.CURFEW_YOUTH,
        ConditionType.GPS_TAG,
        ConditionType.DEPARTURE_UK,
    }
)
#: What the law says of conditions, and so of nothing that is not the partner's to read.
OF_CONDITIONS = frozenset(
    {
        *("no_conditions", "conditions_not_allowed", "object", "departure_object"),
        *("unpaid_work_hours", "no_penalty", "penalty_too_high"),
    }
)
SWAPS = (Way.SWAPPED, Way.OTHER, Way.LET_GO)  # what is to be done changes, and not its day alone
#: How far ahead a day may be set at all (our own bound: no disposal runs so long).
MOST_AHEAD = timedelta(days=731)
#: What a partner reads of a time limit: when a prosecution must begin says what the crime is and when it was.
TOO_LATE = "That day is later than this case allows: choose an earlier one."
USUAL_RANK = "sergeant"  # where the scheme names none: below it nobody decides on somebody else's case


@dataclass(frozen=True)
class Clocks:
    """By when everything has to be done: the end of the agreement, and the last day that leaves time to charge."""

    ends_on: date | None
    safe_on: date | None
    limits: tuple[StatutoryLimit, ...]
    enforceable: bool
    settings: LawSettings

    @classmethod
    def of(cls, agreement: Agreement) -> "Clocks":
        case = agreement.case
        settings = rulebook.settings_of(case.force, clock.local_date(case.decision.decided_at))
        disposal = legal.disposal_of(case.decision)
        enforceable = disposal is not None and disposal.enforceable
        limits = tuple(_limits(case, settings)) if enforceable else ()
        safe = [latest_safe_completion(None, each, settings.lead_days).on for each in limits]
        return cls(agreement.ends_on, min((day for day in safe if day), default=None), limits, enforceable, settings)

    @property
    def last_day(self) -> date | None:
        """The last day that the worker may set without anybody else; None where nothing bounds it."""
        return min((day for day in (self.ends_on, self.safe_on) if day), default=None)

    def plan(self, day: date) -> PlanCheck:
        """What the time limits say of an agreement that runs until ``day``."""
        return check_case_plan(day, self.limits, enforceable=self.enforceable, settings=self.settings)


@dataclass(frozen=True)
class Ruling:
    """Why a rank has to decide a change (none: it is the worker's own), and what is asked before.

    ``why`` is in words that a partner may read; ``needs`` may name what only police know of the case. ``ends_on`` is
    the new last day of the agreement, where it has to move.
    """

    why: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    is_signed: bool = False
    asks_victim: bool = False
    ends_on: date | None = None

    @property
    def is_own(self) -> bool:
        return not self.needs

    @property
    def rank(self) -> str:
        return highest([one.rank for one in self.needs]) if self.needs else ""


def is_conditional(case: Case) -> bool:
    """Whether the conditions are those of a caution, which only an authorised person changes."""
    return case.decision.disposal in CONDITIONAL


def is_fixed(condition: Condition) -> bool:
    """Whether what it asks, and not its day alone, is for police to change: owed to somebody, statutory, or lasting."""
    kind = ConditionType.parse(condition.kind)
    return kind in OWED | STATUTORY | {ConditionType.OTHER} or kind.lasts or bool(condition.partner_wording)


def rule_on(condition: Condition, after: ConditionDetails | None, way: str) -> Ruling:
    """Who decides on changing ``condition`` to ``after`` (None: it is let go). Refused where nobody may."""
    agreement, referral = condition.agreement, condition.agreement.referral
    clocks = Clocks.of(agreement)
    _check_days(condition, after, clocks)
    why = _why_not_own(condition, after, way, clocks)
    if not why and way != Way.SWAPPED:
        return Ruling()
    if why:
        _check_police_may_hear(referral)
    end = _new_end(agreement, after)
    rank = least_rank(agreement.case, referral)
    found = findings_of_change(agreement.case, _changed(condition, after), end or agreement.ends_on)
    if barred := [one for one in found if one.blocks and _is_law(one.rule)]:
        raise Refused(" ".join(dict.fromkeys(_for_partner(one) for one in barred)))
    if found and not why:
        _check_police_may_hear(referral)
        why = ["The rules of this case leave it to them."]
    needs = [Need(rank, words) for words in why]
    needs += [Need(highest([rank, one.rank or rank]), one.reason) for one in found if one.result == "not_met"]
    return Ruling(tuple(why), tuple(needs), is_conditional(agreement.case), _asks_victim(condition, after, way), end)


def _check_police_may_hear(referral: Referral | None) -> None:
    if referral is not None and referral.is_voluntary:
        raise Refused(
            "This support is voluntary, and police hear nothing of it: a day inside the agreement, or another activity"
            " of the same kind, is all that can be changed here."
        )


def least_rank(case: Case, referral: Referral | None) -> str:
    """The lowest rank that may decide: as the scheme says, never below the caution's own or who authorised the case."""
    version: SchemeVersion | None = referral.scheme_version if referral else None
    named = version.rules.variation_rank if version else None
    ranks = [str(named) if named else USUAL_RANK]
    if is_conditional(case):
        ranks.append(_authorised_person(case))
    given = Authorisation.objects.filter(case=case, state__in=Authorisation.LETS_SIGN).first()
    return highest([*ranks, given.rank] if given else ranks)


def _authorised_person(case: Case) -> str:
    disposal: Disposal | None = legal.disposal_of(case.decision)
    settings = rulebook.settings_of(case.force, clock.local_date(case.decision.decided_at))
    return str(settings.rank_overrides.get(disposal.code, disposal.authority)) if disposal else USUAL_RANK


def _why_not_own(condition: Condition, after: ConditionDetails | None, way: str, clocks: Clocks) -> list[str]:
    found = []
    if is_conditional(condition.agreement.case):
        found.append("It is a conditional caution: an authorised person decides on every change to it.")
    if way in (Way.OTHER, Way.LET_GO) or _is_fewer(condition, after):
        found.append("It asks for something else, or for less, than was agreed.")
    elif is_fixed(condition) and (way == Way.SWAPPED or condition.lasts):
        found.append("What this condition asks is not the worker’s to change.")
    last = clocks.last_day
    if after is not None and last is not None and after.due_on > last:
        found.append(f"The new day is after {long_date(last)}, the last that the worker may set.")
    return found


def _is_fewer(condition: Condition, after: ConditionDetails | None) -> bool:
    """Whether fewer sessions are asked, whatever the change is called."""
    return bool(after and condition.sessions and (after.sessions or 0) < condition.sessions)


def _check_days(condition: Condition, after: ConditionDetails | None, clocks: Clocks) -> None:
    if after is None:
        return
    if after.due_on < clock.today():
        raise Refused("Give it a day to come: the day that it has now has passed.")
    if after.due_on > clock.today() + MOST_AHEAD and after.due_on != condition.due_on:
        raise Refused("Give it a day within two years from today.")
    plan = clocks.plan(after.due_on)
    if plan.verdict == PlanVerdict.REFUSED:
        raise Refused(TOO_LATE)


def _new_end(agreement: Agreement, after: ConditionDetails | None) -> date | None:
    """The day to which the agreement has to be extended. Refused past what its scheme allows."""
    if after is None or agreement.ends_on is None or after.due_on <= agreement.ends_on:
        return None
    rules = agreement.referral.scheme_version.rules if agreement.referral else None
    if rules and rules.extension and rules.duration:
        most = rules.extension.after(rules.duration.after(agreement.agreed_on))
        if after.due_on > most:
            raise Refused(f"This scheme extends an agreement until {long_date(most)} at most: choose an earlier day.")
    return after.due_on


def _asks_victim(condition: Condition, after: ConditionDetails | None, way: str) -> bool:
    """Whether it touches what is owed to a victim: then they are asked.

    A day alone is not what is owed, unless the condition lasts until that day: it is then how long they are protected.
    """
    lasts = condition.lasts and after is not None and after.due_on != condition.due_on
    harmed = condition.agreement.case.allegations.filter(victim__isnull=False)
    return (way in SWAPS or lasts) and touches_victim(condition) and harmed.exists()


def touches_victim(condition: Condition) -> bool:
    """Whether it is owed to a victim, keeps somebody away from them, or says in its words who they are."""
    kind = ConditionType.parse(condition.kind)
    return kind in OWED or kind == ConditionType.EXCLUSION or bool(condition.partner_wording)


def _changed(condition: Condition, after: ConditionDetails | None) -> list[ConditionDetails]:
    """The conditions of the agreement as they would be."""
    rows = condition.agreement.conditions.exclude(state=Condition.State.CANCELLED)
    found = [(one.pk == condition.pk, details_of(one)) for one in rows]
    return [after if is_it else details for is_it, details in found if not is_it or after is not None]  # type: ignore[misc]


def _for_partner(barred: Finding) -> str:
    """Why the law bars it; of what does not concern the conditions themselves a partner learns nothing."""
    code = barred.rule.removeprefix("law.")
    if code in ("hours_missing", "penalty_missing"):
        return f"{barred.reason} Put it at the end in brackets, as in “(5 hours)” or “(£40)”."
    if code in ("plan", "code_end"):
        return TOO_LATE
    if code in OF_CONDITIONS:
        return barred.reason
    return "The rules do not allow this change in this case: ask the officer in the case what can be changed."


def _is_law(rule: str) -> bool:
    """What nobody may set aside. What a scheme asks of every agreement, the rank that it names may let somebody off."""
    return rule.startswith("law.") and not rule.startswith("law.contract")


def _limits(case: Case, settings: LawSettings) -> list[StatutoryLimit]:
    return [
        legal.statutory_limit(
            one.offence,
            one.committed_on,
            domestic_abuse=one.is_domestic_abuse,
            first_statement=one.first_statement_on,
            settings=settings,
        )
        for one in case.allegations.select_related("offence")
    ]


def after_change(
    condition: Condition, way: str, *, due_on: date | None, wording: str, sessions: int | None
) -> ConditionDetails | None:
    """The condition as it would be; None where it is let go. Refused where that says nothing new."""
    before = details_of(condition)
    if way == Way.LET_GO:
        return None
    after = replace(before, due_on=due_on or before.due_on)
    if way in (Way.SWAPPED, Way.OTHER):
        words = wording.strip() or before.wording
        after = replace(after, wording=words, sessions=sessions or before.sessions)
        if words != before.wording:
            after = replace(after, partner_wording="")  # the worker wrote it, who knows of no victim
    if after == before:
        raise Refused("This is what was agreed already: change something, or leave it as it is.")
    return after
