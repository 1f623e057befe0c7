"""How many of the offers that were accepted had to wait for a rank, and which rules asked for one.

Where usual cases wait, officers go back to charging: a policy that makes them wait shows here, rule by rule.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q

from cases.codes import DecisionResult
from cases.findings import RANKS, Finding
from cases.models import Assessment, Decision
from diversion.accounts.models import Organisation
from reporting.door import Audience, Leaving, leave
from reporting.statistics.intervals import wilson

PROMPT = RANKS[0]  # who records may go on


def waiting(force: Organisation, start: date, end: date) -> Leaving:
    """Operational: of the offers accepted in ``force`` from ``start`` to ``end`` (both included), how many waited for a
    rank, with a Wilson interval, and by which rules; an offer that several rules held up counts for each of them.
    ``not_known`` are those of a rule that waited because an answer was not known yet.
    """
    accepted = Decision.objects.filter(
        case__force=force,
        case__brought_as="",
        result=DecisionResult.OFFERED_ACCEPTED,
        decided_at__date__range=(start, end),
    )
    kept = first_findings(accepted.values_list("case", flat=True))
    held = [[one for one in findings if asks_for_a_rank(one)] for findings in kept]
    by_rule = Counter(rule for findings in held for rule in {one.rule for one in findings})
    unknown = Counter(one.rule for findings in held for one in findings if one.result == "unknown")
    rules = [
        {"rule": rule, "waited": count, "not_known": unknown[rule]}
        for rule, count in sorted(by_rule.items(), key=lambda one: (-one[1], one[0]))
    ]
    total, waited = len(kept), sum(bool(findings) for findings in held)
    figures = {"from": str(start), "to": str(end), "accepted": total, "waited": waited, "by_rule": rules}
    share = {"share": waited / total, "interval": list(wilson(waited, total) or ())} if total else {}
    return leave({"force": force.slug, **figures, **share}, audience=Audience.OPERATIONAL, force=force)


def first_findings(cases: Iterable[int]) -> list[list[Finding]]:
    """What the rules said when each of ``cases`` was recorded; corrections came later and held up nothing then."""
    decided = Q(answers__has_key="result") & ~Q(answers__result=DecisionResult.UNDECIDED)
    rows = Assessment.objects.filter(case__in=list(cases)).alias(decided=ExpressionWrapper(decided, BooleanField()))
    rows = rows.order_by("case_id", F("decided").desc(), "pk").distinct("case_id")
    return [[Finding.kept(one) for one in row] for row in rows.values_list("findings", flat=True)]


def asks_for_a_rank(finding: Finding) -> bool:
    """Whether this finding alone sends the offer to somebody above the officer."""
    need: Any = finding.need()
    return need is not None and need.rank != PROMPT
