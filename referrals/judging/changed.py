"""What the rules of today say of a case that those of its decision did not: the rules, and not the time that went.

Both are asked of the same facts, on the day of the decision: somebody who has had a birthday finds no rule changed.
A law, a policy or a scheme's rules that read otherwise and weigh nothing in this case concern it in nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from cases import legal
from cases.eligibility.criteria import Criterion
from cases.findings import Finding, highest
from cases.law import disposals
from cases.law.rehabilitation import wording_for
from cases.models import Case, PolicyVersion
from cases.rulebook import label_of, live_version, policy_of
from diversion import clock
from referrals.judging.books import ForcePolicy, Law, OwnRecord, Rulebook, SchemeBook
from referrals.judging.facts import ACCEPTED
from referrals.judging.judge import Judged, judge, scheme_book
from referrals.judging.proposal import Plan, Proposal
from referrals.judging.recorded import proposal_as_recorded
from referrals.models import SchemeVersion

POLICY = "policy "  # before the id of a version, in what a finding keeps of it


@dataclass(frozen=True)
class Editions:
    """The editions by which a case is judged: the force's policy, the scheme's rules, and the law of a day.

    ``criteria`` are those of a draft of the scheme, in place of its own.
    """

    policy: PolicyVersion
    scheme: SchemeVersion | None
    law_of: date
    criteria: tuple[Criterion, ...] | None = None

    def books(self) -> list[Rulebook]:
        """The rulebooks in these editions."""
        policy = policy_of(self.policy)
        force = ForcePolicy(policy, label_of(self.policy), f"{POLICY}{self.policy.pk}")
        books: list[Rulebook] = [Law(policy.settings, as_of=self.law_of), force]
        if self.scheme is not None:
            book = scheme_book(self.scheme)
            books.append(SchemeBook(book.title, "draft", self.criteria) if self.criteria is not None else book)
        return [*books, OwnRecord()]


@dataclass(frozen=True)
class RuleChange:
    """One rule that weighs in the case, by the one edition or the other.

    ``was`` and ``now`` are what it asked and asks (None: there was, or is, no such rule, or it is no criterion);
    ``before`` and ``after`` what came of it in this case (None: nothing that weighs).
    """

    before: Finding | None
    after: Finding | None
    was: Criterion | None = None
    now: Criterion | None = None

    @property
    def rule(self) -> str:
        found = self.after or self.before
        return found.rule if found else ""


@dataclass(frozen=True)
class TextChange:
    """Words that are read or agreed: as they were, and what stands in their place ("" for none)."""

    was: str
    now: str
    read_aloud: bool = False


@dataclass(frozen=True)
class Changed:
    """Everything that concerns one case. ``removed``: what was offered and is not any more, with what is in its place.

    ``ranks`` are who has to decide, by the one and by the other edition ("" for nobody).
    """

    rules: tuple[RuleChange, ...] = ()
    removed: tuple[tuple[str, tuple[str, ...]], ...] = ()
    texts: tuple[TextChange, ...] = ()
    ranks: tuple[str, str] = ("", "")

    def __bool__(self) -> bool:
        return bool(self.rules or self.removed or self.texts)


NOTHING = Changed()


def changed_since(case: Case, scheme: SchemeVersion | None) -> Changed:
    """What has changed for an open ``case``, which is with ``scheme``, since it was decided.

    Nothing is judged where no edition is another, which is what most pages of a case find.
    """
    if not _is_open(case):
        return NOTHING
    then, now = editions_then(case, scheme), _editions_now(case, scheme)
    is_same = (then.policy.pk, then.scheme) == (now.policy.pk, now.scheme) and not _law_changed(case, then, now)
    if is_same and (now.scheme is None or now.scheme.is_open(now.law_of)):
        return NOTHING
    return compared(case, then, now)


def changed_by(case: Case, scheme: SchemeVersion | None, version: PolicyVersion) -> Changed:
    """What ``version`` alone says otherwise of an open ``case``, or would say if it were live."""
    then = editions_then(case, scheme)
    if not _is_open(case) or then.policy.pk == version.pk:
        return NOTHING
    if version.kind == PolicyVersion.Kind.POLICY:
        return compared(case, then, replace(then, policy=version))
    rules = policy_of(version).schemes[0].versions[-1].criteria
    return compared(case, then, replace(then, criteria=rules))


def _is_open(case: Case) -> bool:
    return case.closed_at is None and case.decision.result == ACCEPTED and not case.brought_as


def editions_then(case: Case, scheme: SchemeVersion | None) -> Editions:
    """Those under which it was decided: the policy that its findings name, or else that of the day."""
    day = clock.local_date(case.decision.decided_at)
    return Editions(_policy_then(case) or live_version(case.force, day), scheme, day)


def _policy_then(case: Case) -> PolicyVersion | None:
    """On the day on which a policy begins, decisions of the morning were made under the one before."""
    first = case.first_assessment
    named = {str(one.get("version", "")) for one in first.findings if one.get("result")} if first else set()
    ids = [int(one.removeprefix(POLICY)) for one in named if one.startswith(POLICY)]
    live = live_version(case.force, clock.today())
    if live.pk in ids or not ids:
        return live if ids else None
    return PolicyVersion.objects.filter(pk__in=ids, force=case.force_id).first()


def _editions_now(case: Case, scheme: SchemeVersion | None) -> Editions:
    today = clock.today()
    return Editions(live_version(case.force, today), _open_now(scheme, today), today)


def _open_now(scheme: SchemeVersion | None, today: date) -> SchemeVersion | None:
    """The scheme's rules today, or those that the case has where nobody is referred any more."""
    if scheme is None or scheme.is_open(today):
        return scheme
    versions = SchemeVersion.objects.open_on(today).filter(scheme=scheme.scheme_id).select_related("scheme")
    return versions.prefetch_related("condition_templates").first() or scheme


def _law_changed(case: Case, then: Editions, now: Editions) -> bool:
    code = case.decision.disposal
    if code in ("", legal.NO_DISPOSAL):
        return False
    was, is_now = (_record(code, each.law_of) for each in (then, now))
    return was != is_now or (is_now is not None and _told(code, then.law_of) != _told(code, now.law_of))


def _record(code: str, day: date) -> disposals.Disposal | None:
    return next((one for one in legal.disposals_on(day) if one.code == code), None)


def _told(code: str, day: date) -> str:
    return wording_for(code, day).text


def compared(case: Case, then: Editions, now: Editions) -> Changed:
    """The case by both editions, on the day of its decision."""
    day, proposal = clock.local_date(case.decision.decided_at), proposal_as_recorded(case)
    plan = proposal.plan
    before = judge(replace(proposal, plan=replace(plan, version=then.scheme)), day, then.books())
    later = replace(proposal, plan=replace(plan, version=now.scheme))
    after = judge(later, day, now.books())
    rules = tuple(_rules(_Side(before, _asked(then, plan, day)), _Side(after, _asked(now, later.plan, day))))
    return Changed(
        rules,
        removed=tuple(_removed(proposal, then, now)),
        texts=tuple([*_conditions_changed(plan, then, now), *_read_otherwise(plan, then, now)]),
        ranks=(_rank(before), _rank(after)),
    )


@dataclass(frozen=True)
class _Side:
    """What was found by one edition, and what its criteria ask, by the rule."""

    judged: Judged
    asked: dict[str, Criterion]

    @property
    def weighs(self) -> dict[tuple[str, str], Finding]:
        return {(one.rule, one.crime): one for one in self.judged.findings if _weighs(one)}


def _weighs(one: Finding) -> bool:
    return one.result == "not_met" or (one.result == "unknown" and one.is_open)


def _asked(editions: Editions, plan: Plan, day: date) -> dict[str, Criterion]:
    return {f"{book.name}.{one.id}": one for book in editions.books() for one in book.criteria(plan, day)}


def _rules(before: _Side, after: _Side) -> Iterator[RuleChange]:
    """A criterion that is worded otherwise and weighs in one of them; of what is no criterion, what came of it."""
    was, now = before.weighs, after.weighs
    for key in dict.fromkeys([*now, *was]):
        rule = key[0]
        asked = before.asked.get(rule), after.asked.get(rule)
        is_criterion = asked != (None, None)
        if (_says(asked[0]) != _says(asked[1])) if is_criterion else (_came(was.get(key)) != _came(now.get(key))):
            yield RuleChange(was.get(key), now.get(key), *asked)


def _says(criterion: Criterion | None) -> object:
    """What a criterion does to a case: a source that is named better changes nothing."""
    if criterion is None:
        return None
    return criterion.test, criterion.severity, criterion.rank, criterion.override_by, criterion.reason


def _came(finding: Finding | None) -> object:
    return finding and (finding.result, finding.severity, finding.rank, finding.reason)


def _rank(judged: Judged) -> str:
    needed = [one.rank for one in judged.needs]
    return highest(needed) if needed else ""


def _removed(proposal: Proposal, then: Editions, now: Editions) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What the person was offered that nobody is offered any more, and what is offered in its place."""
    code, scheme = proposal.plan.disposal, now.scheme
    if proposal.plan.has_disposal and not _is_offered(code, now) and _is_offered(code, then):
        disposal = disposals.get(code, then.law_of)
        others = [legal.disposal_label(one, now.law_of) for one in disposal.alternatives if _is_offered(one, now)]
        yield disposal.label, tuple(others)
    if scheme is not None and not scheme.is_open(now.law_of):
        yield scheme.scheme.name, ()


def _is_offered(code: str, editions: Editions) -> bool:
    """Whether the law has the resolution on the day, and the force's policy uses it."""
    used = {one.disposal for one in policy_of(editions.policy).disposals}
    return code in used and _record(code, editions.law_of) is not None


def _conditions_changed(plan: Plan, then: Editions, now: Editions) -> Iterator[TextChange]:
    """Conditions in the scheme's words that it words otherwise today, and what it asks of everybody since."""
    if then.scheme is None or now.scheme is None or then.scheme == now.scheme:
        return
    agreed = {one.wording: one.kind for one in plan.conditions}
    old, new = then.scheme.rules.conditions, now.scheme.rules.conditions
    words = {one.wording for one in new}
    left = [one for one in new if one.wording not in {each.wording for each in old}]
    for one in old:
        if one.wording in agreed and one.wording not in words:
            place = next((each for each in left if each.type == one.type), None)
            left = [each for each in left if each is not place]
            yield TextChange(one.wording, place.wording if place else "")
    yield from (TextChange("", one.wording) for one in left if one.mandatory)


def _read_otherwise(plan: Plan, then: Editions, now: Editions) -> Iterator[TextChange]:
    """What is read to the person before they sign."""
    if plan.has_disposal and _record(plan.disposal, now.law_of) is not None:
        was, reads = _told(plan.disposal, then.law_of), _told(plan.disposal, now.law_of)
        if was != reads:
            yield TextChange(was, reads, read_aloud=True)
