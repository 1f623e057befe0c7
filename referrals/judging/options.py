"""Everything that the force's rules left open for a person on a day, whatever the officer proposed.

Without it "eligible" could be told only of what somebody was offered, and nobody could see who was not diverted and
might have been.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError

from cases.eligibility.kept import KeptOption, keep
from cases.eligibility.policy import Policy
from cases.eligibility.reading import FactError
from cases.models import Catalogue
from cases.rulebook import live_policy, with_schemes
from diversion.accounts.models import Organisation
from referrals.judging.facts import Answers, CaseFacts

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
        policy = with_schemes(live_policy(force, at)[0], force, at)
    except ValidationError:
        logger.exception("The schemes of %s cannot be read: this decision keeps no options.", force.slug)
        return []
    try:
        found = keep(crimes, policy, at)
        if not known_earlier:
            return list(found)
        ours = keep([{**facts, "earlier_outcomes": list(known_earlier)} for facts in crimes], policy, at)
    except FactError:
        return []
    limits = _limits(policy, at)
    return [
        known if known.is_closed and limits[known.key].intersection(known.criteria) else option
        for option, known in zip(found, ours, strict=True)
    ]


def _limits(policy: Policy, at: date) -> dict[str, frozenset[str]]:
    """The criteria of each option that set a limit on earlier outcomes: more of them never help."""
    return {
        option.key: frozenset(one.id for one in option.criteria if one.test.kind == "history")
        for option in policy.options(at)
    }
