"""The rulebooks: the law, a force's policy and a scheme's rules, and our own record, behind one small protocol.

A rulebook is pure. It says which criteria a proposal has to meet (``criteria``: weighed together, in one diagram), and
what else there is to say of it (``findings``: counts, clocks and plans, which are no facts of the person).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from cases import legal, sources
from cases.eligibility.criteria import Criterion
from cases.eligibility.policy import Policy
from cases.findings import Finding
from cases.law import checks, clocks, disposals
from cases.law.codes import Severity as LawSeverity
from cases.law.conditions import ContractLimits, ProposedCondition
from cases.law.data import NotInForce
from cases.law.findings import Finding as LegalPoint
from cases.law.limits import StatutoryLimit
from cases.law.limits import statutory_limit as law_limit
from cases.law.settings import DEFAULTS, LawSettings
from cases.statute import law_criteria, responsible_age
from referrals.judging.facts import ACCEPTED, CaseFacts, Facts
from referrals.judging.proposal import Plan
from referrals.schemes import adopted

SEVERITIES = {
    LawSeverity.BLOCK: "blocks",
    LawSeverity.NEEDS_AUTHORITY: "needs_authority",
    LawSeverity.WARN: "warns",
}
# The answer on the page that a kind of test is about; a rulebook says where the rest belongs.
ABOUT = {"admission": "admission", "evidence": "evidence", "consent": "result"}
CODE_ENDS = ("conditional_caution", "youth_conditional_caution")


@dataclass(frozen=True)
class Rulebook:
    """One source of rules. ``name`` begins the ids of its findings, ``version`` says which edition was applied.

    ``about`` says which answer on the page a kind of test is about, ``where`` what the rest is about.
    """

    name: ClassVar[str]
    where: ClassVar[str] = "disposal"
    about: ClassVar[Mapping[str, str]] = ABOUT

    @property
    def version(self) -> str:
        return self.name

    def criteria(self, plan: Plan, on: date) -> tuple[Criterion, ...]:
        """What the facts have to meet for this plan on the day."""
        return ()

    def findings(self, plan: Plan, facts: CaseFacts, on: date) -> Iterable[Finding]:
        """What else stands for or against the plan."""
        return ()

    def source_of(self, criterion: Criterion) -> str:
        """Where a criterion comes from, in words."""
        return criterion.sources_in_words

    def in_words(self, plan: Plan, facts: CaseFacts, on: date) -> Mapping[str, str]:
        """Sentences with this case's own values for criteria that are not met, by the criterion's id."""
        return {}


@dataclass(frozen=True)
class Law(Rulebook):
    """The law on the disposal, as it stood on the day, with the force's choices where the sources leave one.

    ``as_of`` is the day whose law it is, where that is another than the one on which the facts are looked at.
    """

    name = "law"
    about = ABOUT | {"age": "date_of_birth"}
    settings: LawSettings = DEFAULTS
    as_of: date | None = None

    def criteria(self, plan: Plan, on: date) -> tuple[Criterion, ...]:
        record = self._record(plan, on)
        return responsible_age() if record is None else law_criteria(record, self.settings)

    def findings(self, plan: Plan, facts: CaseFacts, on: date) -> list[Finding]:
        said = [point for point in self._points(plan, facts, on) if point.code not in CRITERIA]
        # An offer that was declined has, of course, no conditions.
        said = [point for point in said if plan.is_accepted or point.code != "no_conditions"]
        return [*(self._finding(point) for point in said), *self.clock_findings(plan, facts, on)]

    def in_words(self, plan: Plan, facts: CaseFacts, on: date) -> Mapping[str, str]:
        return {point.code: point.reason for point in self._points(plan, facts, on) if point.code in CRITERIA}

    def _record(self, plan: Plan, on: date) -> disposals.Disposal | None:
        try:
            return disposals.get(plan.disposal, self.as_of or on) if plan.has_disposal else None
        except NotInForce:
            return None

    def _points(self, plan: Plan, facts: CaseFacts, on: date) -> list[LegalPoint]:
        """What the law's checks say, so far as birth and offence are known: ages and counts hang on both."""
        born, first = facts.date_of_birth, facts.first_offence
        if not plan.has_disposal or born is None or first is None or born > on:
            return []
        known, day = facts.first, self._day_of(plan, on)
        if day is None:
            return []
        return checks.check_disposal(
            checks.DisposalFacts(
                disposal=plan.disposal,
                at=day,
                date_of_birth=born,
                offence_date=first,
                modes=tuple(str(crime["mode_of_trial"]) for crime in facts.crimes if crime.get("mode_of_trial"))
                or ("summary",),
                admission=str(known.get("admission", "not_asked")),
                evidence_sufficient=known.get("evidence") in _standards(plan.disposal, day),
                consents=known.get("consent"),
                conditions=tuple(_proposed(plan)),
                contract=_contract(plan),
                appropriate_adult=known.get("appropriate_adult") == "present",
                youth_justice_consulted=known.get("yjs_consulted"),
                exceptional_recorded=True,
            ),
            settings=self.settings,
        )

    def _day_of(self, plan: Plan, on: date) -> date | None:
        """The day on which the points are asked: that of the facts, unless another day has another law; None where the
        law has no such disposal then."""
        if self.as_of is None:
            return on
        now = self._record(plan, on)
        if now is None:
            return None
        return on if now == replace(self, as_of=None)._record(plan, on) else self.as_of

    def _finding(self, point: LegalPoint) -> Finding:
        return Finding(
            rule=f"law.{point.code}",
            result="not_met",
            severity=SEVERITIES[point.severity],
            reason=point.reason,
            source=sources.in_words(point.source),
            version=self.version,
            rank=str(point.rank or ""),
            unsure=point.unsure,
            about="scheme" if point.code.startswith("contract") else "disposal",
        )

    def clock_findings(self, plan: Plan, facts: CaseFacts, on: date) -> list[Finding]:
        """Whether the agreement can still be enforced when it ends (the statutory limit of each crime)."""
        record = self._record(plan, on)
        if not plan.is_accepted or plan.ends_on is None or record is None:
            return []
        limits = [limit for crime in facts.crimes if (limit := limit_of(crime, self.settings)) is not None]
        checked = clocks.check_case_plan(
            plan.ends_on, limits, enforceable=record.enforceable, settings=self.settings, today=on
        )
        values = {"ends_on": str(plan.ends_on), "latest_safe": str(checked.latest_safe or "")}
        found = [*self._plan(checked), *self._code_end(plan, facts, on)]
        return [replace(one, version=self.version, about="scheme", values=values) for one in found]

    def _plan(self, checked: clocks.PlanCheck) -> Iterator[Finding]:
        source = sources.in_words(checked.source)
        if checked.verdict is clocks.PlanVerdict.WITHIN:
            if checked.spare_days is not None and checked.spare_days < 0:
                yield Finding("law.plan", "not_met", "warns", checked.explanation, source)
        elif checked.verdict is clocks.PlanVerdict.REFUSED:
            other = f" Consider: {'; '.join(checked.suggestions)}." if checked.suggestions else ""
            yield Finding("law.plan", "not_met", "blocks", checked.explanation + other, source)
        else:
            words = checked.explanation
            yield Finding("law.plan", "not_met", "needs_authority", words, source, rank="sergeant")

    def _code_end(self, plan: Plan, facts: CaseFacts, on: date) -> Iterator[Finding]:
        """The codes of practice for cautions with conditions say how long one may run; from when is not settled."""
        first = facts.first_offence
        modes = [str(crime["mode_of_trial"]) for crime in facts.crimes if crime.get("mode_of_trial")]
        if plan.disposal not in CODE_ENDS or plan.ends_on is None or first is None or not modes:
            return
        end = clocks.plan_end(
            checks.most_serious(modes),
            issued_on=on,
            offence_date=first,
            is_child=facts.is_child(on),
            settings=self.settings,
        )
        if plan.ends_on > end.on:
            words = f"The agreement runs past the code of practice: {end.explanation}"
            yield Finding("law.code_end", "not_met", "warns", words, sources.in_words(end.source), unsure=True)


#: Points of ``check_disposal`` that the criteria say as well: there they lend their sentence only.
CRITERIA = frozenset(
    {"under_10", "age", "admission", "evidence", "consent", "appropriate_adult", "youth_justice", "exceptional"}
    | {f"rank_{rank}" for rank in ("sergeant", "inspector", "superintendent", "prosecutor")}
)


@dataclass(frozen=True)
class ForcePolicy(Rulebook):
    """A version of the force's policy: the criteria of the disposal proposed."""

    name = "policy"
    about = ABOUT | {"age": "date_of_birth"}
    policy: Policy
    label: str
    edition: str

    @property
    def version(self) -> str:
        return self.edition

    def criteria(self, plan: Plan, on: date) -> tuple[Criterion, ...]:
        rules = next((each for each in self.policy.disposals if each.disposal == plan.disposal), None)
        return rules.criteria if rules else ()

    def source_of(self, criterion: Criterion) -> str:
        return f"{self.label}: {criterion.sources_in_words}"


@dataclass(frozen=True)
class SchemeBook(Rulebook):
    """The rules of the scheme proposed, in the version under which the person would be referred."""

    name = "scheme"
    where = "scheme"
    title: str
    edition: str
    rules: tuple[Criterion, ...]

    @property
    def version(self) -> str:
        return self.edition

    def criteria(self, plan: Plan, on: date) -> tuple[Criterion, ...]:
        return self.rules

    def findings(self, plan: Plan, facts: CaseFacts, on: date) -> list[Finding]:
        if plan.version is None:
            return []
        return [*self._disposals(plan, on), *self._conditions(plan), *self._hours(plan)]

    def source_of(self, criterion: Criterion) -> str:
        return f"{self.title}: {criterion.sources_in_words}"

    def _disposals(self, plan: Plan, on: date) -> Iterator[Finding]:
        allowed = plan.version.disposals or [legal.NO_DISPOSAL]  # type: ignore[union-attr]
        if plan.disposal and plan.disposal not in allowed:
            labels = " or ".join(f"“{legal.disposal_label(code, on)}”" for code in allowed)
            yield self._ours(
                "disposal", f"{self.title} goes with {labels}: choose that, or another scheme.", "disposal"
            )

    def _conditions(self, plan: Plan) -> Iterator[Finding]:
        """The law counts conditions against the scheme's limits where there is one; no condition at all is here."""
        fewest = plan.version.min_conditions  # type: ignore[union-attr]
        if fewest and not plan.conditions and plan.is_accepted:
            yield self._ours("conditions", f"{self.title} asks at least {fewest} conditions; none given.", "scheme")

    def _hours(self, plan: Plan) -> Iterator[Finding]:
        """Hours of work that were agreed are those that the scheme asks."""
        if plan.version is not None and plan.is_accepted:
            for finding in adopted.findings(plan.version, plan.conditions, plan.quantities):
                yield replace(finding, version=self.version)

    def _ours(self, code: str, reason: str, about: str) -> Finding:
        source = f"rules of {self.title}"
        return Finding(f"scheme.{code}", "not_met", "blocks", reason, source, version=self.version, about=about)


@dataclass(frozen=True)
class OwnRecord(Rulebook):
    """What our own record needs: support where the law expects an activity, and a victim's view."""

    name = "record"

    def findings(self, plan: Plan, facts: CaseFacts, on: date) -> list[Finding]:
        return [*self._support(plan, on), *self._victims(facts)]

    def _support(self, plan: Plan, on: date) -> Iterator[Finding]:
        if plan.disposal == legal.NO_DISPOSAL and plan.version is None:
            yield self._ours("no_scheme", "Choose the scheme, or the resolution that was offered.")
        if needs_activity(plan, on) and plan.version is None and not plan.conditions:
            yield self._ours("no_activity", "Say what the person agreed to do: choose a scheme, or add a condition.")

    def _ours(self, code: str, reason: str) -> Finding:
        return Finding(
            f"record.{code}", "not_met", "blocks", reason, "this service", version=self.version, about="scheme"
        )

    def _victims(self, facts: CaseFacts) -> Iterator[Finding]:
        if any(crime.get("victim_view") == "not_asked" for crime in facts.crimes):
            yield Finding(
                "record.victim_not_asked",
                "not_met",
                "warns",
                "A victim has not been asked yet: ask before the resolution is carried out, and record the answer.",
                sources.in_words("Victims' Code; YJLC-CR"),
                version=self.version,
                about="crimes",
            )


def needs_activity(plan: Plan, on: date) -> bool:
    """Whether something has to be agreed for this disposal to mean anything, by the rules of the day."""
    if plan.result != ACCEPTED or not plan.has_disposal:
        return False
    try:
        disposal = disposals.get(plan.disposal, on)
    except NotInForce:
        return False
    return disposal.activity_required or disposal.is_deferral


def limit_of(crime: Facts, settings: LawSettings = DEFAULTS) -> StatutoryLimit | None:
    """The limit on prosecuting a crime, from its facts; None where its date or its mode of trial is not known."""
    committed, mode = crime.get("offence_date"), crime.get("mode_of_trial")
    if not committed or not mode:
        return None
    return law_limit(
        mode,
        _date(committed),
        domestic_assault=bool(crime.get("domestic_abuse")) and crime.get("offence_group") == "common_assault",
        first_statement=_date(crime["first_statement_date"]) if crime.get("first_statement_date") else None,
        shop_theft=crime.get("offence_group") == "shop_theft",
        value_pence=round(float(value) * 100) if (value := crime.get("value_pounds")) is not None else None,
        settings=settings,
    )


def _date(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _standards(disposal: str, on: date) -> tuple[str, ...]:
    """The answers about the evidence that are enough."""
    enough = disposals.get(disposal, on).evidence == "charge"
    return ("charge_standard",) if enough else ("charge_standard", "offence_made_out")


def _proposed(plan: Plan) -> Iterator[ProposedCondition]:
    for place, condition in enumerate(plan.conditions):
        amount = plan.quantities.get(place)
        hours = amount if condition.kind == "unpaid_work" else None
        pence = amount if condition.kind == "financial_penalty" else None
        yield ProposedCondition(condition.kind, condition.object, hours=hours, pence=pence)


def _contract(plan: Plan) -> ContractLimits | None:
    version = plan.version
    if version is None:
        return None
    return ContractLimits(
        version.scheme.name,
        f"rules of {version.scheme.name}",
        min_conditions=version.min_conditions,
        max_conditions=version.max_conditions,
    )
