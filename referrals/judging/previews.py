"""What a draft would have changed among the force's decisions of the last twelve months, from their stored answers.

Counted exactly and kept so; ``shown`` takes them through the door: exact for those who monitor in the force, rounded
for the others who draft. Nothing here is fit for release. A decision counts as changed when some option's answer
(eligible, a rank, ineligible) would have been another. What was never asked is unknown, so every count has two ends:
at least (changed whatever the unknown facts are) and at most (changed for some of them).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from cases.actions import policies as actions
from cases.codes import DecisionResult, EthnicGroup, Sex
from cases.eligibility.codes import Level, Severity
from cases.eligibility.comparing import (
    Case,
    Criteria,
    OptionChange,
    Pair,
    effect_of_all,
    known_case,
    levels_of_case,
    option_changes,
)
from cases.eligibility.dates import add_months
from cases.eligibility.policy import Policy
from cases.models import Assessment, Catalogue, Offence, PolicyVersion
from cases.models import Case as RecordedCase
from cases.models.case import since_decision
from cases.queries import log_shown
from cases.rulebook import live_policy, policy_of
from diversion import clock
from diversion.accounts.models import User
from diversion.door import Audience, Leaving, leave, leave_rounded, may_drill_down
from referrals.judging.facts import ACCEPTED, CaseFacts, age_of, ethnic_group_of, fold, sex_of
from referrals.models import Referral, Scheme, SchemeVersion
from referrals.schemes.document import criteria_in, document_of

MONTHS = 12
BANDS = ((10, "under 10"), (18, "10 to 17"), (25, "18 to 24"), (35, "25 to 34"), (1000, "over 34"))
UNKNOWN = "Unknown"
WEEKS_IN_A_MONTH = 52 / 12


@dataclass
class Bounds:
    """How many decisions, and of how many: ``low`` certainly, ``high`` at most."""

    decisions: int = 0
    low: int = 0
    high: int = 0

    def add(self, certain: bool, possible: bool) -> None:
        self.decisions += 1
        self.low += certain
        self.high += possible

    def as_json(self) -> dict[str, int]:
        return {"decisions": self.decisions, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class PastDecision:
    """One decision: what is known of its crimes (None: it contradicts itself), and the groups in which it counts.

    ``given`` are the options that the person accepted, by their keys.
    """

    case: Case | None
    groups: dict[str, str]
    given: frozenset[str] = frozenset()


@dataclass
class Tally:
    """All counts of one preview."""

    total: Bounds = field(default_factory=Bounds)
    groups: dict[str, dict[str, Bounds]] = field(default_factory=dict)
    options: dict[str, dict[str, Bounds]] = field(default_factory=dict)

    def add(self, decision: PastDecision, changes: list[OptionChange]) -> None:
        certain, possible, effects = effect_of_all(decision.case, changes)
        self.total.add(certain, possible)
        for kind, group in decision.groups.items():
            self.groups.setdefault(kind, {}).setdefault(group, Bounds()).add(certain, possible)
        for key, effect in effects.items():
            rows = self.options.setdefault(key, {"wider": Bounds(), "narrower": Bounds(), "given": Bounds()})
            wider, narrower = [after < before for before, after in effect.pairs], [a > b for b, a in effect.pairs]
            rows["wider"].add(all(wider), any(wider))
            rows["narrower"].add(all(narrower), any(narrower))
            if key in decision.given:
                rows["given"].add(*_lost(effect.pairs))


def _lost(pairs: Iterable[Pair]) -> tuple[bool, bool]:
    """Whether the draft must, and whether it may, take from somebody what was given: they could have it before."""
    worse = [after > before for before, after in pairs if before is not Level.INELIGIBLE]
    return bool(worse) and all(worse), any(worse)


def count(version: PolicyVersion, *, by: User) -> PolicyVersion:
    """Count what ``version`` would have changed and keep it with it, for those who are to sign."""
    return actions.keep_preview(version=version, preview=_preview(version, by=by), by=by)


def _preview(version: PolicyVersion, *, by: User) -> dict[str, Any]:
    """As plain JSON, exact. Reads the answers of every decision of the year, and logs that."""
    today = clock.today()
    decisions = past_decisions(by=by, since=add_months(today, -MONTHS))
    changes = changes_of(version, today)
    tally = Tally()
    for decision in decisions:
        tally.add(decision, changes)
    return {
        "since": add_months(today, -MONTHS).isoformat(),
        "until": today.isoformat(),
        "changed": tally.total.as_json(),
        "chooses": _chooses_otherwise(version, today),
        "groups": {kind: _in_order(kind, rows) for kind, rows in tally.groups.items()},
        "options": _options(changes, tally),
        "places": places_needed(version, decisions, by=by),
    }


def _chooses_otherwise(version: PolicyVersion, on: date) -> bool:
    """Whether the draft changes what the force chooses where the law leaves it a choice: that is not counted."""
    before, after = live_before(version, on), policy_of(version)
    return before is not None and (before.settings, before.unknown_rank) != (after.settings, after.unknown_rank)


#: Numbers of a preview that count nobody.
SETTINGS = ("capacity", "capacity_a_month")


def shown(version: PolicyVersion, *, by: User) -> Leaving | None:
    """The kept preview of ``version`` as ``by`` may see it; None while there is none."""
    if not version.preview:
        return None
    if may_drill_down(by, version.force):
        return leave(version.preview, audience=Audience.OPERATIONAL, force=version.force, by=by)
    return leave_rounded(version.preview, force=version.force, by=by, settings=SETTINGS)


def changes_of(version: PolicyVersion, on: date) -> list[OptionChange]:
    """The options that ``version`` changes against what is live on the day."""
    after = policy_of(version)
    return option_changes(live_before(version, on), after, max(on, after.valid_from))


def live_before(version: PolicyVersion, on: date) -> Policy | None:
    """What is live instead of the version: the policy of before, or the scheme's rules on the day, if it has any."""
    if version.kind == PolicyVersion.Kind.POLICY:
        before = PolicyVersion.objects.filter(force=version.force, kind="policy").exclude(pk=version.pk)
        first = version.valid_from if version.state == PolicyVersion.State.LIVE else None
        earlier = before.filter(state="live", valid_from__lt=first).order_by("-valid_from").first() if first else None
        policy = policy_of(earlier) if earlier else live_policy(version.force, on)[0]
    else:
        rules = _rules_before(version, on)
        if rules is None:
            return None
        policy = document_of(rules)
    return _for_ever(policy)


def _rules_before(version: PolicyVersion, on: date) -> SchemeVersion | None:
    rules = SchemeVersion.objects.filter(scheme__force=version.force, scheme__slug=version.scheme)
    if version.state == PolicyVersion.State.LIVE and version.valid_from:
        rules = rules.filter(valid_from__lt=version.valid_from)
    else:
        rules = rules.filter(valid_from__lte=on)
    return rules.select_related("scheme__force", "provider").order_by("-valid_from").first()


def _for_ever(policy: Policy) -> Policy:
    """Without last days: the two versions are compared on one day, whichever follows which."""
    schemes = tuple(
        entry.model_copy(update={"versions": (entry.versions[-1].model_copy(update={"valid_to": None}),)})
        for entry in policy.schemes
    )
    return policy.model_copy(update={"valid_to": None, "schemes": schemes})


def past_decisions(*, by: User, since: date) -> list[PastDecision]:
    """The force's decisions since a day, by the answers kept with each; that they were read is logged."""
    rows = Assessment.objects.filter(case__force=by.organisation, case__decision__decided_at__date__gte=since)
    rows = (
        rows.exclude(case__decision__result=DecisionResult.UNDECIDED)
        .select_related("case__decision")
        .prefetch_related("case__referrals__scheme_version__scheme")
    )
    of_cases = [list(rows) for _, rows in groupby(rows.order_by(*BY_CASE), _case_id)]
    log_shown("policy.previewed", [rows[0].case for rows in of_cases], by=by)
    offences = Offence.objects.catalogue(by.organisation)
    return [_past(rows, offences) for rows in of_cases]


BY_CASE = ("case_id", "assessed_at", "pk")


def _case_id(row: Assessment) -> int:
    return row.case_id


def _past(rows: Sequence[Assessment], offences: Catalogue) -> PastDecision:
    """One decision by all that was answered about it, submission and corrections."""
    decision = rows[0].case.decision
    at = clock.local_date(decision.decided_at)
    answers = {"result": decision.result, **fold(row.answers for row in since_decision(rows))}
    groups = {"age": _band(age_of(answers, at)), "ethnicity": ethnic_group_of(answers), "sex": sex_of(answers)}
    return PastDecision(known_case(list(CaseFacts.of(answers, offences, at).crimes), at), groups, _given(rows[0].case))


def _given(case: RecordedCase) -> frozenset[str]:
    """What somebody accepted: the resolution, and each scheme that they were referred to."""
    if case.decision.result != ACCEPTED:
        return frozenset()
    made = (one for one in case.referrals.all() if one.state != Referral.State.WITHDRAWN)
    return frozenset(
        [f"disposal:{case.decision.disposal}", *(f"scheme:{one.scheme_version.scheme.slug}" for one in made)]
    )


def _band(age: int | None) -> str:
    return UNKNOWN if age is None else next(label for below, label in BANDS if age < below)


ORDER: dict[str, Callable[[], Iterable[str]]] = {
    "age": lambda: [*(label for _, label in BANDS[1:]), UNKNOWN],
    "ethnicity": lambda: EthnicGroup.values,
    "sex": lambda: Sex.values,
}


def _in_order(kind: str, rows: Mapping[str, Bounds]) -> list[dict[str, Any]]:
    """Every group of the list, also those with nobody: an empty row says something."""
    return [{"group": group, **rows.get(group, Bounds()).as_json()} for group in ORDER[kind]()]


def _options(changes: list[OptionChange], tally: Tally) -> list[dict[str, Any]]:
    return [
        {
            "key": change.key,
            "title": change.title,
            **{way: bounds.as_json() for way, bounds in tally.options.get(change.key, {}).items()},
        }
        for change in changes
    ]


class Entries:
    """Who could enter under given rules. Each list of criteria is read once for each decision."""

    def __init__(self, decisions: list[PastDecision]) -> None:
        self.decisions = decisions
        self._read: dict[Criteria, list[tuple[bool, bool]]] = {}

    def let_in(self, criteria: Criteria) -> list[tuple[bool, bool]]:
        """For each decision whether it must, and whether it may, be let in: some rank could offer it."""
        if criteria not in self._read:
            blocking = tuple(each for each in criteria if each.severity is Severity.BLOCKS)
            levels = [levels_of_case(decision.case, blocking) for decision in self.decisions]
            self._read[criteria] = [(Level.INELIGIBLE not in each, each != {Level.INELIGIBLE}) for each in levels]
        return self._read[criteria]

    def count(self, criteria: Criteria, disposals: Sequence[Criteria] | None = None) -> Bounds:
        """How many people the scheme, and one of the disposals if any are given, would let in."""
        bounds, by_scheme = Bounds(), self.let_in(criteria)
        by_disposal = None if disposals is None else [self.let_in(one) for one in disposals]
        for place, (must, may) in enumerate(by_scheme):
            if by_disposal is not None:
                must = must and any(rows[place][0] for rows in by_disposal)
                may = may and any(rows[place][1] for rows in by_disposal)
            bounds.add(must, may)
        return bounds


def places_needed(version: PolicyVersion, decisions: list[PastDecision], *, by: User) -> list[dict[str, Any]]:
    """For each scheme that the draft touches: people who could enter, before and after, and its capacity.

    A policy touches a scheme whose disposals it changes: a person can enter if the scheme and one of them allow it.
    """
    today, entries = clock.today(), Entries(decisions)
    if version.kind == PolicyVersion.Kind.SCHEME:
        return [_places_of_scheme(version, entries, today)]
    before, after = live_before(version, today), policy_of(version)
    changed = {change.key.partition(":")[2] for change in changes_of(version, today)}
    open_now = SchemeVersion.objects.open_on(today).filter(scheme__in=Scheme.objects.visible_to(by))
    touched = [row for row in open_now.select_related("scheme") if changed & set(row.disposals)]
    return [_places_under_policies(row, entries, (before, after)) for row in touched]


def _places_of_scheme(version: PolicyVersion, entries: Entries, on: date) -> dict[str, Any]:
    rules = _rules_before(version, on)
    after = policy_of(version).schemes[0].versions[-1].criteria
    before = criteria_in(rules) if rules else None
    capacity = rules.capacity if rules else version.setup.get("capacity")
    counts = [entries.count(criteria) if criteria else None for criteria in (before, after)]
    return _row(version.name, counts, rules, capacity)


def _places_under_policies(
    rules: SchemeVersion, entries: Entries, both: tuple[Policy | None, Policy]
) -> dict[str, Any]:
    counts: list[Bounds | None] = []
    for policy in both:
        disposals = [each.criteria for each in (policy.disposals if policy else ()) if each.disposal in rules.disposals]
        counts.append(entries.count(criteria_in(rules), disposals))
    return _row(rules.scheme.name, counts, rules, rules.capacity)


def _row(name: str, counts: list[Bounds | None], rules: SchemeVersion | None, capacity: int | None) -> dict[str, Any]:
    before, after = (bounds.as_json() if bounds else None for bounds in counts)
    return {
        "scheme": name,
        "before": before,
        "after": after,
        "capacity": capacity,
        "capacity_a_month": _a_month(capacity, rules),
        "referred": _referred(rules) if rules else 0,
    }


def _a_month(capacity: int | None, rules: SchemeVersion | None) -> float | None:
    """How many people a month a scheme can take, if each stays for its whole length and it is always full."""
    if not capacity or rules is None or not rules.duration:
        return None
    months = {"months": 1.0, "weeks": 1 / WEEKS_IN_A_MONTH, "days": 12 / 365}.get(rules.duration_unit)
    return round(capacity / (rules.duration * months), 1) if months else None


def _referred(rules: SchemeVersion) -> int:
    """Referrals of the last twelve months to this scheme."""
    since = add_months(clock.today(), -MONTHS)
    made = Referral.objects.filter(scheme_version__scheme=rules.scheme_id, made_at__date__gte=since)
    return made.exclude(state=Referral.State.WITHDRAWN).count()
