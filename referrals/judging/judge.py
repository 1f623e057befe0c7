"""Everything that the rulebooks say of a proposal on a day: one list of findings, and what still has to be asked.

The criteria of all books are weighed in one diagram, so that a question is asked only where its answer can still change
what may be offered. Judging joins what the books say; it changes no result and no severity.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from cases import legal
from cases.eligibility.assess import Weighed, level_when_unmet
from cases.eligibility.codes import Level
from cases.eligibility.criteria import Criterion
from cases.eligibility.facts import in_order
from cases.eligibility.kinds_coded import Authority
from cases.eligibility.knowledge import Knowledge, know
from cases.eligibility.reading import FactError, Facts
from cases.eligibility.results import Outcome
from cases.findings import LAW, UNKNOWN_RANK, Finding, Need, needs
from cases.law import dates, disposals
from cases.rulebook import label_of, live_version, policy_of
from referrals.judging.books import ForcePolicy, Law, OwnRecord, Rulebook, SchemeBook
from referrals.judging.facts import CaseFacts
from referrals.judging.proposal import Plan, Proposal
from referrals.models import SchemeVersion
from referrals.schemes.document import criteria_in, places_in

WORST_FIRST = ("not_met", "unknown", "met")
UNDER_TEN = f"{LAW}under_10"
NEVER_MET = Authority()


@dataclass(frozen=True)
class Judged:
    """What the rulebooks say of a plan: the findings, and the facts whose answers can still change it.

    ``levels`` are how far it may be from being offered, over every answer not given yet.
    """

    plan: Plan
    findings: tuple[Finding, ...]
    levels: frozenset[Level] = frozenset({Level.ELIGIBLE})
    unknown_rank: str = UNKNOWN_RANK

    @cached_property
    def stopping(self) -> tuple[Finding, ...]:
        """What stops the recording. An offer that was declined or not made is recorded as it happened, whatever the
        rules say; only a child under ten is never recorded."""
        blocking = (one for one in self.findings if one.blocks)
        return tuple(one for one in blocking if self.plan.is_accepted or one.rule == UNDER_TEN)

    @cached_property
    def open_facts(self) -> tuple[str, ...]:
        """Facts to be answered, or said to be unknown with a reason, before an accepted offer is recorded."""
        if not self.plan.is_accepted or self.stopping:
            return ()
        return in_order({fact for one in self.findings if one.is_unanswered for fact in one.waits_for})

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """Every rank that has to decide; nobody has to decide on an offer that was declined or never made."""
        return needs(self.findings, self.unknown_rank) if self.plan.is_accepted else ()

    def with_findings(self, findings: Iterable[Finding]) -> "Judged":
        """The same with ``findings`` in place of its own: fewer of them, or some asked to be set aside."""
        return replace(self, findings=tuple(findings))


def judge(proposal: Proposal, at: date, books: Sequence[Rulebook] | None = None) -> Judged:
    """Every finding about the proposal on the day ``at``; ``books`` are those of its force and scheme if not given."""
    applied = books_of(proposal, at) if books is None else books
    plan, facts = proposal.plan, _placed(proposal)
    beside = [finding for book in applied for finding in book.findings(plan, facts, at)]
    try:
        weighed, levels = _weighed(applied, plan, facts, at)
    except FactError as error:
        unfit = f"These answers do not fit together. {error}"
        beside.append(Finding("record.facts", "not_met", "blocks", unfit, "this service", version="record"))
        weighed, levels = [], frozenset({Level.INELIGIBLE})
    rank = next((str(book.policy.unknown_rank) for book in applied if isinstance(book, ForcePolicy)), UNKNOWN_RANK)
    return Judged(plan, tuple(_each_once([*weighed, *beside])), levels, rank)


def _placed(proposal: Proposal) -> CaseFacts:
    """The facts; a crime that a force records has happened in its area, where the scheme serves all of it."""
    force, version = proposal.force, proposal.plan.version
    if force is None or version is None or force.slug not in places_in(version):
        return proposal.facts
    return proposal.facts.placed(force.slug)


def books_of(proposal: Proposal, at: date) -> list[Rulebook]:
    """The rulebooks that apply: the law, the force's policy of the day, the scheme in the version proposed, our own."""
    books: list[Rulebook] = [Law()]
    if proposal.force is not None:
        version = live_version(proposal.force, at)
        policy = policy_of(version)
        books = [Law(policy.settings), ForcePolicy(policy, label_of(version), f"policy {version.pk}")]
    if scheme := proposal.plan.version:
        books.append(scheme_book(scheme))
    return [*books, OwnRecord()]


def scheme_book(version: SchemeVersion) -> SchemeBook:
    """The rules of a scheme in one of its versions."""
    return SchemeBook(version.scheme.name, f"scheme {version.pk}", criteria_in(version))


def rules_in_words(proposal: Proposal, at: date) -> str:
    """Which version of the force's policy, of the law and of the scheme's rules was applied."""
    plan = proposal.plan
    words = [label_of(live_version(proposal.force, at))] if proposal.force else []
    words.append(f"Law as it stood on {dates.long_date(at)}")
    if plan.has_disposal:
        disposal = disposals.get(plan.disposal, at)
        since = f" (rules from {dates.long_date(disposal.valid_from)})" if disposal.valid_from else ""
        words.append(f"{disposal.label}{since}")
    if plan.version:
        version = plan.version
        words.append(f"{version.scheme.name[:70]} (rules from {dates.long_date(version.valid_from)})")
    return "; ".join(words)[:400]


@dataclass(frozen=True)
class _Line:
    """A criterion in the rulebook that it comes from."""

    book: Rulebook
    criterion: Criterion

    @cached_property
    def rule(self) -> str:
        return f"{self.book.name}.{self.criterion.id}"

    @property
    def broken(self) -> Criterion:
        """The criterion as one that is not met, whatever else is found out."""
        return self.criterion.model_copy(update={"test": NEVER_MET})


@dataclass(frozen=True)
class _Crime:
    """One crime weighed: what came of each line, and the facts that still matter."""

    number: str
    results: Mapping[str, Outcome]
    values: Mapping[str, dict[str, str]]
    support: frozenset[str]
    levels: frozenset[Level]


def _weighed(
    books: Iterable[Rulebook], plan: Plan, facts: CaseFacts, at: date
) -> tuple[list[Finding], frozenset[Level]]:
    lines = [_Line(book, criterion) for book in books for criterion in book.criteria(plan, at)]
    crimes = [
        _weigh_crime(lines, number, crime, facts, at)
        for number, crime in zip(facts.numbers, facts.given_with_ours, strict=True)
    ]
    words = {book.name: book.in_words(plan, facts, at) for book in books}
    findings = [_worst(line, crimes, words[line.book.name], facts.not_known) for line in lines]
    return findings, _together([crime.levels for crime in crimes])


def _weigh_crime(lines: Sequence[_Line], number: str, crime: Mapping[str, Any], facts: CaseFacts, at: date) -> _Crime:
    knowledge = facts.known(crime, at)
    broken = _broken_by_our_records(lines, crime, facts, at)
    weighed = Weighed.of(tuple(line.broken if line.rule in broken else line.criterion for line in lines), knowledge)
    results = {line.rule: outcome for line, outcome in zip(lines, weighed.outcomes, strict=True)}
    values = {line.rule: _values(line.criterion, knowledge) for line in lines}
    return _Crime(number, results, values, weighed.support, weighed.levels)


def _broken_by_our_records(
    lines: Sequence[_Line], crime: Mapping[str, Any], facts: CaseFacts, at: date
) -> frozenset[str]:
    """Limits on earlier outcomes that our own records break, where nobody has said what else there is."""
    history = [line for line in lines if line.criterion.test.kind in ("history", "no_similar")]
    if not history or not facts.on_record or "earlier_outcomes" in crime:
        return frozenset()
    ours = know(Facts.read({**crime, "earlier_outcomes": list(facts.on_record)}), at)
    found = Weighed.of(tuple(line.criterion for line in history), ours).outcomes
    return frozenset(line.rule for line, one in zip(history, found, strict=True) if one.result == "not_met")


def _values(criterion: Criterion, knowledge: Knowledge) -> dict[str, str]:
    """The known facts that a criterion reads: what its result rests on."""
    read = criterion.stated(knowledge.context).facts
    return {name: str(knowledge.known[name]) for name in read if name in knowledge.known}


def _worst(line: _Line, crimes: Sequence[_Crime], words: Mapping[str, str], not_known: Mapping[str, str]) -> Finding:
    """The worst result over the crimes is that of the case; the crime is named where they differ."""
    worst = min(crimes, key=lambda crime: WORST_FIRST.index(crime.results[line.rule].result))
    outcome, criterion = worst.results[line.rule], line.criterion
    differ = len({crime.results[line.rule].result for crime in crimes}) > 1
    matters = {fact for crime in crimes if _is_unknown(crime, line) for fact in _matters(crime, line)}
    return Finding(
        rule=line.rule,
        result=outcome.result.value,
        severity=criterion.severity.value,
        reason=_reason(line, outcome, words),
        source=line.book.source_of(criterion),
        version=line.book.version,
        rank=str(criterion.rank or ""),
        override_by=str(criterion.override_by or ""),
        unsure=criterion.unsure,
        about=line.book.about.get(criterion.test.kind, line.book.where),
        crime=worst.number if differ else "",
        values=worst.values[line.rule],
        waits_for=in_order(matters) or outcome.waits_for,
        is_open=bool(matters) and outcome.result == "unknown",
        unknown_because=_because(matters, not_known),
        same_as=criterion.same_as,
    )


def _reason(line: _Line, outcome: Outcome, words: Mapping[str, str]) -> str:
    """The question where it is unknown; this case's own values only where it is not met: what is met is kept for many
    cases at once, in the rulebook's words."""
    if outcome.result == "unknown":
        return outcome.question
    own = line.criterion.reason
    return words.get(line.criterion.id, own) if outcome.result == "not_met" else own


def _is_unknown(crime: _Crime, line: _Line) -> bool:
    return crime.results[line.rule].result == "unknown"


def _matters(crime: _Crime, line: _Line) -> frozenset[str]:
    """The unknown facts of this line whose answers can still change what may be offered."""
    if level_when_unmet(line.criterion) is Level.ELIGIBLE:
        return frozenset()
    return crime.support.intersection(crime.results[line.rule].waits_for)


def _because(facts: set[str], not_known: Mapping[str, str]) -> str:
    """Why they are not known yet, where that was said of every one of them."""
    if not facts or not all(not_known.get(fact) for fact in facts):
        return ""
    return "; ".join(dict.fromkeys(not_known[fact] for fact in sorted(facts)))


def _together(levels: Sequence[frozenset[Level]]) -> frozenset[Level]:
    """What the case may come to: the worst crime decides, whatever the unknown facts of each are."""
    found = levels[0]
    for more in levels[1:]:
        found = frozenset(max(one, other) for one in found for other in more)
    return found


def _each_once(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Without what another book says at least as strictly, where a rule declares that they say one thing."""
    by_rule = {one.rule: one for one in findings}
    for one in findings:
        other = by_rule.get(one.same_as)
        if other is None or other.result != one.result or _strictness(other) < _strictness(one):
            yield one


def _strictness(finding: Finding) -> int:
    if finding.severity == "needs_authority":
        return legal.RANKS.index(finding.rank)
    return len(legal.RANKS) if finding.severity == "blocks" else 0
