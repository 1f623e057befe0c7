"""A plan written as JSON, judged as the page judges one: for ``manage.py assess``, without a database."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from cases.eligibility.policy import Policy
from cases.eligibility.reading import Facts, read_date
from cases.eligibility.results import rank_of, status_of
from cases.eligibility.schemes import SchemeVersion as LibraryVersion
from cases.eligibility.schemes import load_scheme_library
from cases.law import disposals
from cases.law.codes import ConditionObject, ConditionType, UnknownCode
from referrals.judging.books import ForcePolicy, Law, OwnRecord, Rulebook, SchemeBook
from referrals.judging.facts import ACCEPTED, CaseFacts
from referrals.judging.judge import Judged, judge
from referrals.judging.proposal import Plan, Proposal
from referrals.models import Scheme, SchemeVersion
from referrals.schemes.condition_words import USUAL_OBJECTS, ConditionDetails
from referrals.schemes.typed import typed_document

NAMES = ("disposal", "scheme", "ends_on", "conditions", "result")
OF_CONDITION = ("type", "object", "hours", "pence")


class PlanError(ValueError):
    """A plan that cannot be read, with how to mend it."""


def judged_plan(given: Any, facts: Mapping[str, Any], policy: Policy, at: date) -> dict[str, Any]:
    """What the law, ``policy``, the scheme and our own record say of a plan on the day, as plain JSON.

    ``given`` may hold disposal, scheme (its short name), ends_on, conditions (type, object, hours, pence) and result
    (offered_accepted unless said). ``facts`` are those of ``manage.py assess``. Raises PlanError or FactError.
    """
    if not isinstance(given, dict) or set(given) - set(NAMES):
        raise PlanError(f"plan: give an object with {', '.join(NAMES)}, each of which may be left out.")
    read = Facts.read(facts)
    known = {**facts, **read.known, "consent": read.known.get("consent", True)}
    plan = _plan(given, policy, at)
    books: list[Rulebook] = [Law(policy.settings), ForcePolicy(policy, policy.name, f"policy {policy.version}")]
    if plan.version is not None:
        entry = next(one for one in policy.schemes if one.scheme == plan.version.scheme.slug)
        rules = entry.on(at)
        books.append(SchemeBook(entry.title, f"scheme {entry.scheme}", rules.criteria if rules else ()))
    return _as_json(judge(Proposal(plan, CaseFacts((known,))), at, [*books, OwnRecord()]))


def _plan(given: Mapping[str, Any], policy: Policy, at: date) -> Plan:
    disposal = str(given.get("disposal") or "")
    if disposal and disposal != "none":
        try:
            disposals.get(disposal, at)
        except (UnknownCode, LookupError) as error:
            raise PlanError(f"plan: {error}") from error
    conditions = [_condition(one, at) for one in given.get("conditions") or ()]
    amounts = [one.get("hours", one.get("pence")) for one in given.get("conditions") or ()]
    return Plan(
        result=str(given.get("result") or ACCEPTED),
        disposal=disposal,
        version=_version(str(given["scheme"]), policy, at) if given.get("scheme") else None,
        conditions=conditions,
        quantities={place: int(amount) for place, amount in enumerate(amounts) if amount is not None},
        ends_on=read_date("plan ends_on", given["ends_on"]) if given.get("ends_on") else None,
    )


def _condition(given: Any, at: date) -> ConditionDetails:
    if not isinstance(given, dict) or set(given) - set(OF_CONDITION) or "type" not in given:
        raise PlanError(f"plan: a condition is an object with {', '.join(OF_CONDITION)}; its type is needed.")
    try:
        kind = ConditionType.parse(str(given["type"]))
        usual = USUAL_OBJECTS.get(kind, ConditionObject.REHABILITATIVE)
        of = ConditionObject.parse(str(given.get("object") or usual))
    except UnknownCode as error:
        raise PlanError(f"plan: {error}") from error
    return ConditionDetails(kind.value, of.value, "", at)


def _version(slug: str, policy: Policy, at: date) -> SchemeVersion:
    """The scheme as a version of its own that is not stored; what the library says of it, where it is from there."""
    entry = next((one for one in policy.schemes if one.scheme == slug and one.on(at) is not None), None)
    if entry is None:
        known = ", ".join(one.scheme for one in policy.schemes if one.on(at) is not None)
        raise PlanError(f"plan: the policy has no scheme {slug!r} on {at}; it has {known or 'none'}.")
    library = _of_library(slug, at)
    says = library.document if library else typed_document({})
    return SchemeVersion(
        scheme=Scheme(slug=slug, name=entry.title),
        valid_from=at,
        confidentiality=says.confidentiality,
        document=says.model_dump(mode="json"),
    )


def _of_library(slug: str, at: date) -> LibraryVersion | None:
    found = next((scheme for scheme in load_scheme_library() if scheme.slug == slug), None)
    return found.on(at) if found else None


def _as_json(judged: Judged) -> dict[str, Any]:
    levels = sorted(judged.levels)
    stopped = [one.rule for one in judged.stopping]
    settled = levels[0] if len(levels) == 1 else None
    return {
        "status": "ineligible" if stopped else "undetermined" if settled is None else status_of(settled),
        "rank": str(rank_of(settled) or "") if not stopped else "",
        "stopped_by": stopped,
        "needs": [{"rank": need.rank, "reason": need.reason} for need in judged.needs],
        "open_questions": list(judged.open_facts),
        "findings": [finding.stored() for finding in judged.findings],
    }
