"""A scheme's criteria as a document of the policy engine, and the schemes that stand beside a force's policy."""

from datetime import date, timedelta
from typing import Any

from cases.eligibility.base import Context
from cases.eligibility.criteria import Criterion, Source
from cases.eligibility.formula import OneOf, atoms
from cases.eligibility.policy import Policy, SchemeEntry
from cases.eligibility.schemes import SchemeRules
from cases.rulebook import year_from_today
from diversion import clock
from diversion.accounts.models import Organisation
from diversion.refusals import Refused
from referrals.models import Scheme, SchemeVersion

OURS = (Source(key="rules of the scheme", tag="known"),)

Stored = dict[str, Any]


def open_version(scheme: Scheme) -> SchemeVersion:
    """The version open today, or else the latest. Refused for a scheme that has none."""
    versions = scheme.versions.select_related("provider", "scheme__force")
    found = versions.open_on(clock.today()).first() or versions.order_by("-valid_from").first()
    if found is None:
        raise Refused("This scheme has no rules yet: add its first version.")
    return found


def document_of(version: SchemeVersion) -> Policy:
    """The scheme's rules as a policy of this one option."""
    scheme = version.scheme
    return Policy(
        name=scheme.name,
        version=f"{version.valid_from:%Y.%m.%d}",
        force=scheme.force.slug,
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        review_date=max(year_from_today(), version.valid_from + timedelta(days=1)),
        schemes=(_entry(version),),
    )


def entries_of(force: Organisation, on: date) -> list[SchemeEntry]:
    """The force's schemes that are open on the day."""
    versions = SchemeVersion.objects.open_on(on).filter(scheme__force=force).select_related("scheme")
    return [_entry(version) for version in versions.order_by("scheme__name")]


def criteria_in(version: SchemeVersion) -> tuple[Criterion, ...]:
    """The stored criteria; where a scheme has none, what its own fields say, so that there is something to edit."""
    stored = version.criteria or _from_fields(version)
    return tuple(Criterion.model_validate(criterion) for criterion in stored)


def places_in(version: SchemeVersion) -> list[str]:
    """The areas that a scheme's criteria name, in order of their names."""
    context = Context(clock.today())
    tests = {atom for criterion in criteria_in(version) for atom in atoms(criterion.test.formula(context))}
    named = [atom.values for atom in tests if isinstance(atom, OneOf) and atom.fact in ("home_area", "offence_area")]
    return sorted({str(place) for values in named for place in values} - {"in_area"})


def _entry(version: SchemeVersion) -> SchemeEntry:
    rules = SchemeRules(
        version=f"{version.valid_from:%Y.%m.%d}",
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        sources=tuple(Source.model_validate(source) for source in version.sources) or OURS,
        criteria=criteria_in(version),
    )
    return SchemeEntry(scheme=version.scheme.slug, title=version.scheme.name, versions=(rules,))


def _from_fields(version: SchemeVersion) -> list[Stored]:
    name = version.scheme.name
    found: list[Stored] = []
    if version.min_age is not None or version.max_age is not None:
        test = {"kind": "age", "minimum": version.min_age, "maximum": version.max_age}
        found.append({"id": "age", "reason": f"The person’s age is outside {name}’s.", "sources": OURS, "test": test})
    if version.admissions:
        admission = {"kind": "admission", "any_of": version.admissions}
        reason = f"{name} does not take a person who says this about the offence."
        found.append({"id": "admission", "reason": reason, "sources": OURS, "test": admission})
    if version.entry_window_months:
        window = {"kind": "entry_window", "window": {"amount": version.entry_window_months, "unit": "months"}}
        reason = f"The offence is too old to enter {name}."
        found.append({"id": "entry_window", "reason": reason, "sources": OURS, "test": window})
    agrees = {"kind": "consent"}
    reason = f"The person has not agreed to take part in {name}."
    return [*found, {"id": "consent", "reason": reason, "sources": OURS, "test": agrees}]
