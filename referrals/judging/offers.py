"""What could be offered now: each resolution alone, and with each scheme that goes with it, and how far it is open.

A list of offers is weighed one rulebook at a time, so that a page can show it while an officer types: what rules an
offer out is exact, and the ranks and questions are those of the resolution and of the scheme together. The offer that
is chosen is judged whole, by ``judge``, with its conditions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from cases import legal
from cases.findings import RANKS, Finding, highest
from cases.law.settings import OfferOrder
from diversion.accounts.models import Organisation
from referrals.judging.books import Law
from referrals.judging.facts import ACCEPTED, CaseFacts
from referrals.judging.judge import Judged, books_of, judge, scheme_book
from referrals.judging.proposal import Plan, Proposal
from referrals.models import SchemeVersion
from referrals.schemes import length

#: What the conditions settle, which are agreed only once something is chosen.
SETTLED_BY_CONDITIONS = frozenset({"law.no_conditions", "record.no_activity", "record.no_scheme", "scheme.conditions"})
#: The order of formality where nothing else tells offers apart: what leaves least on a person's record comes first.
LEAST_FORMAL = (
    *("none", "community_resolution", "outcome_22", "cannabis_warning", "khat_warning", "penalty_notice"),
    *("deferred_caution", "deferred_summons", "deferred_charge", "deferred_prosecution_child"),
    *("youth_caution", "simple_caution", "youth_conditional_caution", "conditional_caution"),
)


@dataclass(frozen=True)
class Offer:
    """A resolution, alone or with a scheme: what stops it, who would have to decide, and what is still to be asked."""

    disposal: str
    version: SchemeVersion | None
    parts: tuple[Judged, ...]

    @property
    def key(self) -> str:
        """ "community_resolution:17", and "community_resolution:" without a scheme."""
        return key_of(self.disposal, self.version)

    @cached_property
    def stopping(self) -> tuple[Finding, ...]:
        """The rules that rule it out."""
        return tuple(one for part in self.parts for one in part.stopping)

    @property
    def may_be_asked(self) -> bool:
        """Whether it is open, or every rule that stops it can be set aside by a rank."""
        return all(one.may_be_set_aside for one in self.stopping)

    @cached_property
    def rank(self) -> str:
        """Who would have to decide: the lowest rank, a constable, where nobody else has to."""
        asked = [need.rank for part in self.parts for need in part.needs]
        return highest([RANKS[0], *asked, *(one.override_by for one in self.stopping if one.override_by)])

    @property
    def must_refer(self) -> bool:
        """Whether officers refer whoever is eligible to the scheme: another choice then needs a reason."""
        return self.version is not None and self.version.rules.must_refer

    @cached_property
    def open_facts(self) -> tuple[str, ...]:
        """What would still be asked before it is recorded."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.open_facts))


def key_of(disposal: str, version: SchemeVersion | None) -> str:
    """How the page writes a choice."""
    return f"{disposal}:{version.pk if version else ''}"


def pairs(versions: Sequence[SchemeVersion], on: date) -> list[tuple[str, SchemeVersion | None]]:
    """Every resolution of the day with each scheme that goes with it, then alone; voluntary help goes with none."""
    today = [one.code.value for one in legal.disposals_on(on)]
    with_scheme = [(code, one) for one in versions for code in (one.disposals or [legal.NO_DISPOSAL])]
    return [*((code, one) for code, one in with_scheme if code in (*today, legal.NO_DISPOSAL)),
            *((code, None) for code in today)]  # fmt: skip


def offers(
    facts: CaseFacts,
    *,
    force: Organisation | None,
    versions: Sequence[SchemeVersion],
    at: date,
    places: Mapping[int, float] | None = None,
) -> list[Offer]:
    """Every offer for these facts on the day ``at``, as an officer should see them: open before ruled out, then
    what officers must refer to, then by rank, formality and the soonest place, or one of these first as the force
    chose (``offers_first``).

    ``places`` orders schemes of one resolution by their next appointment: any number by id of version, least first.
    """
    weighed = _Weighed(facts, force, at)
    found = [weighed.offer(disposal, version) for disposal, version in pairs(versions, at)]
    first = weighed.law.settings.offers_first
    return sorted(found, key=lambda one: _order(one, places or {}, first))


def weigh(facts: CaseFacts, disposal: str, version: SchemeVersion | None, *, force: Organisation, at: date) -> Offer:
    """One offer judged whole, before its conditions are agreed: its questions are those that can still change it."""
    ends_on = length.end_of(version, at) if version else None
    plan = Plan(ACCEPTED, disposal, version, ends_on=ends_on)
    judged = judge(Proposal(plan, facts.with_facts(consent=True), force), at)
    return Offer(disposal, version, (before_conditions(judged),))


def before_conditions(judged: Judged) -> Judged:
    """What was judged, without what the conditions settle: they are agreed only once something is chosen."""
    return judged.with_findings(one for one in judged.findings if one.rule not in SETTLED_BY_CONDITIONS)


def _order(offer: Offer, places: Mapping[int, float], first: OfferOrder) -> tuple[object, ...]:
    formality = LEAST_FORMAL.index(offer.disposal) if offer.disposal in LEAST_FORMAL else len(LEAST_FORMAL)
    soonest = places.get(offer.version.pk, float("inf")) if offer.version else float("inf")
    by: dict[str, tuple[float, ...]] = {
        "rank": (RANKS.index(offer.rank),),
        "formality": (formality,),
        "place": (offer.version is None, soonest),
    }
    rest = (each for name, each in by.items() if name != first)
    return (bool(offer.stopping), not offer.must_refer, by[first], *rest)


class _Weighed:
    """Each resolution and each scheme weighed once, and joined as they are asked for."""

    def __init__(self, facts: CaseFacts, force: Organisation | None, at: date) -> None:
        # What is weighed is whether somebody who takes part could be offered it.
        self.facts, self.force, self.at = facts.with_facts(consent=True), force, at
        self.common = books_of(self._proposed(), at)
        self.law = next(book for book in self.common if isinstance(book, Law))
        self.resolutions: dict[str, Judged] = {}
        self.schemes: dict[int, Judged] = {}

    def offer(self, disposal: str, version: SchemeVersion | None) -> Offer:
        alone = self._resolution(disposal)
        if version is None:
            return Offer(disposal, version, (alone,))
        return Offer(disposal, version, (alone, self._scheme(version), self._clocks(disposal, version)))

    def _proposed(self, **plan: Any) -> Proposal:
        return Proposal(Plan(result=ACCEPTED, **plan), self.facts, self.force)

    def _resolution(self, disposal: str) -> Judged:
        if disposal not in self.resolutions:
            judged = judge(self._proposed(disposal=disposal), self.at, self.common)
            self.resolutions[disposal] = before_conditions(judged)
        return self.resolutions[disposal]

    def _scheme(self, version: SchemeVersion) -> Judged:
        if version.pk not in self.schemes:
            judged = judge(self._proposed(version=version), self.at, [scheme_book(version)])
            self.schemes[version.pk] = before_conditions(judged)
        return self.schemes[version.pk]

    def _clocks(self, disposal: str, version: SchemeVersion) -> Judged:
        """Whether an agreement of the scheme's length ends in time: it hangs on both."""
        plan = Plan(ACCEPTED, disposal, version, ends_on=length.end_of(version, self.at))
        return Judged(plan, tuple(self.law.clock_findings(plan, self.facts, self.at)))


def in_order(offered: Iterable[Offer], *, ruled_out: bool) -> list[Offer]:
    """Those that are open, or those that are ruled out, in the order given."""
    return [one for one in offered if bool(one.stopping) is ruled_out]
