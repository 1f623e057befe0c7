"""``manage.py assess FACTS.json``: what the policy allows for these facts, and what still needs asking.

With a ``plan`` among the facts (docs/policy.md) it also says what every rulebook says of it, as the page would. It
needs no database for the default policy.
"""

import json
import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from cases import rulebook
from cases.eligibility.assess import assess
from cases.eligibility.policy import Policy, load_policy
from cases.eligibility.reading import FactError, Facts
from cases.models import PolicyVersion
from diversion import clock
from referrals.judging.planned import PlanError, judged_plan
from referrals.schemes.document import entries_of


class Command(BaseCommand):
    """Prints an assessment as JSON. Exit code 1 and one sentence when the facts, the date or the force are refused."""

    help = "Print the options, findings and open questions for the facts in a JSON file (see docs/policy.md)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("facts", help='a JSON file with one object of facts, or "-" for standard input')
        parser.add_argument("--force", default="", help="use this force's policy (default: the default policy)")
        parser.add_argument("--at", default="", help="assess on this day, YYYY-MM-DD (default: today)")

    def handle(self, *args: Any, **options: Any) -> None:
        at = _day(options["at"])
        policy = policy_of(options["force"], at)
        given = _given(options["facts"])
        plan = given.pop("plan", None)
        try:
            printed = assess(Facts.read(given), policy, at).model_dump(mode="json")
            if plan is not None:
                printed["plan"] = judged_plan(plan, given, policy, at)
        except (FactError, PlanError) as error:
            raise CommandError(f"These facts cannot be used. {error}") from error
        self.stdout.write(json.dumps(printed, indent=2, ensure_ascii=False))


def policy_of(force: str, at: date) -> Policy:
    """The policy of ``force`` that is live on the day, with its schemes; the default policy when none is named.

    ``force`` is a short name (``avonford``) or a name. Raises CommandError.
    """
    if not force:
        return load_policy()
    versions = PolicyVersion.objects.filter(Q(force__slug=force) | Q(force__name__iexact=force), kind="policy")
    live = versions.live_on(at).select_related("force").first()
    if live is None:
        raise CommandError(
            f"No policy is stored for the force {force!r} on {at}. Leave out --force to use the default policy, "
            "or ask the force's coordinator to put its policy live."
        )
    policy = rulebook.policy_of(live)
    mark = f" ({rulebook.DEFAULT_MARK})" if live.is_default else ""
    return policy.model_copy(update={"name": f"{policy.name}{mark}", "schemes": tuple(entries_of(live.force, at))})


def _day(text: str) -> date:
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--at {text!r} is not a date; write it as 2026-03-31.") from error


def _given(path: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}.") from error
    try:
        given = json.loads(text, object_pairs_hook=_once)
    except ValueError as error:
        raise CommandError(f"{path} is not JSON: {error}.") from error
    if not isinstance(given, dict):
        raise CommandError(f'{path} should hold one JSON object, such as {{"age": 25, "admission": "admitted"}}.')
    return given


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object in which no name is given twice: the second would silently replace the first."""
    names = [name for name, _ in pairs]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"{', '.join(sorted(twice))} appears twice")
    return dict(pairs)
