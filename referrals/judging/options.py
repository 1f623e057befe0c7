"""Everything that the law and the force's rules left open for a person on a day, whatever the officer proposed.

Without it "eligible" could be told only of what somebody was offered, and nobody could see who was not diverted and
might have been.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from pydantic import ValidationError

from cases.eligibility.base import Context, Same
from cases.eligibility.codes import Severity
from cases.eligibility.facts import VOCABULARY
from cases.eligibility.kept import INELIGIBLE, KeptOption, keep_among
from cases.eligibility.policy import DisposalRules, Option, Policy
from cases.eligibility.reading import FactError
from cases.models import Catalogue
from cases.rulebook import live_policy
from diversion.accounts.models import Organisation
from referrals.judging.books import Law
from referrals.judging.facts import ACCEPTED, Answers, CaseFacts
from referrals.judging.proposal import Plan
from referrals.schemes.document import Edition, versions_open

logger = logging.getLogger(__name__)

#: What is done, or asked, once there is an offer. Whoever was offered nothing has no such answer, and a box that an
#: officer left empty is no rule against the person: so each is taken as done, for everybody alike.
STEPS: Mapping[str, Any] = {
    "consent": True,
    "has_capacity": True,
    "interpreter": "arranged",
    "appropriate_adult": "present",
    "yjs_consulted": True,
    "child_information_form": True,
}

#: Behind a scheme that its own rules left open, where every disposal that it goes with was closed.
NO_DISPOSAL_OPEN = "disposal"


@dataclass(frozen=True)
class Offerable:
    """The rules of a force on the day ``at``: its disposals with what the law asks of each, and the schemes that are
    open.

    ``disposals_of`` says which disposals a scheme goes with, by the scheme's key; none where it is no disposal.
    """

    at: date
    options: tuple[Option, ...]
    disposals_of: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, force: Organisation, at: date) -> "Offerable":
        """Raises ValidationError for stored rules that cannot be read."""
        policy = live_policy(force, at)[0]
        return _offerable(Same(policy), tuple(map(Edition.of, versions_open(force, at))), at)

    def keep(self, crimes: Sequence[Mapping[str, Any]]) -> list[KeptOption]:
        """Every option. Raises FactError for facts that contradict one another."""
        found = {option.key: _once(option) for option in keep_among(crimes, self.options, self.at)}
        return [self._with_disposals(option, found) for option in found.values()]

    @cached_property
    def limits(self) -> dict[str, frozenset[str]]:
        """The criteria of each option that set a limit on earlier outcomes: more of them never help."""
        return {
            option.key: frozenset(one.id for one in option.criteria if one.test.kind == "history")
            for option in self.options
        }

    def _with_disposals(self, option: KeptOption, found: Mapping[str, KeptOption]) -> KeptOption:
        """A scheme is no more open than the disposals that it goes with."""
        disposals = [found[key] for key in self.disposals_of.get(option.key, ()) if key in found]
        every = len(disposals) == len(self.disposals_of.get(option.key, ()))
        if not disposals or not every or option.is_closed or any(one.is_open for one in disposals):
            return option
        if all(one.is_closed for one in disposals):
            closed = {"status": INELIGIBLE, "possible": (INELIGIBLE,), "criteria": (NO_DISPOSAL_OPEN,)}
            return option.model_copy(update=closed)
        possible = tuple(dict.fromkeys([*option.possible, INELIGIBLE]))
        return option.model_copy(update={"status": "undetermined", "possible": possible, "criteria": ()})


@lru_cache(maxsize=32)
def _offerable(policy: Same[Policy], schemes: tuple[Edition, ...], at: date) -> Offerable:
    """Put together once for all cases of a day: the policy and the documents are read once a process."""
    law = Law(policy.it.settings)
    rules = {
        "disposals": tuple(_with_law(one, law, at) for one in policy.it.disposals),
        "schemes": tuple(one.entry for one in schemes),
    }
    goes_with = {f"scheme:{one.slug}": tuple(f"disposal:{code}" for code in one.rules.it.disposals) for one in schemes}
    return Offerable(at, policy.it.model_copy(update=rules).options(at), goes_with)


def _with_law(rules: DisposalRules, law: Law, at: date) -> DisposalRules:
    """The force's criteria of a disposal and the law's, which nobody's policy can leave out."""
    asked = law.criteria(Plan(ACCEPTED, rules.disposal), at)
    legal = tuple(one.model_copy(update={"id": f"law.{one.id}"}) for one in asked)
    return rules.model_copy(update={"criteria": (*rules.criteria, *legal)})


def _once(option: KeptOption) -> KeptOption:
    """Without a reason of the law that a criterion of the policy gives in its place."""
    own = [name for name in option.criteria if not name.startswith("law.")]
    return option.model_copy(update={"criteria": tuple(own)}) if own else option


def closing_facts(force: Organisation, at: date) -> frozenset[str]:
    """The facts by which a rule of the day can close an option: whether somebody was eligible rests on no other.

    All that there are, where the stored rules cannot be read: then nobody can say what may be left out.
    """
    try:
        options = Offerable.of(force, at).options
    except ValidationError:
        return frozenset(VOCABULARY)
    closing = (one for option in options for one in option.criteria if one.severity is Severity.BLOCKS)
    return frozenset(name for one in closing for name in one.stated(Context(at)).facts)


def assess_options(
    answers: Answers,
    *,
    force: Organisation,
    offences: Catalogue,
    at: date,
    known_earlier: Sequence[Mapping[str, Any]] = (),
) -> list[KeptOption]:
    """Every disposal of the force's policy and every scheme of it that is open on the day, for these answers.

    ``known_earlier`` are earlier schemes of our own records: there may be more elsewhere, so they can close an option
    whose limit they break and never open one. Answers that contradict one another give no option at all, and
    neither do stored rules that cannot be read: a decision is recorded whatever its figures lack.
    """
    crimes = CaseFacts.of(answers, offences, at).with_facts(**STEPS).crimes
    try:
        rules = Offerable.of(force, at)
    except ValidationError:
        logger.exception("The schemes of %s cannot be read: this decision keeps no options.", force.slug)
        return []
    try:
        found = rules.keep(crimes)
        if not known_earlier:
            return found
        ours = rules.keep([{**facts, "earlier_outcomes": list(known_earlier)} for facts in crimes])
    except FactError:
        return []
    return [
        known if known.is_closed and rules.limits[known.key].intersection(known.criteria) else option
        for option, known in zip(found, ours, strict=True)
    ]
