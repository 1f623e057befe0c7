"""A scheme's criteria as a document of the policy engine, and the schemes that stand beside a force's policy."""

from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from cases.eligibility.base import Context, Same
from cases.eligibility.criteria import Criterion
from cases.eligibility.formula import OneOf
from cases.eligibility.policy import Policy, SchemeEntry
from cases.eligibility.schemes import SchemeDocument, SchemeRules
from cases.law.outcomes import NO_TERMS, SchemeTerms
from cases.models import PolicyVersion
from cases.rulebook import year_from_today
from diversion import clock
from diversion.accounts.models import Organisation
from diversion.refusals import Refused
from diversion.unit_of_work import once
from diversion.written import written
from referrals.models import Scheme, SchemeVersion


def open_version(scheme: Scheme) -> SchemeVersion:
    """The version open today, or else the latest. Refused for a scheme that has none."""
    versions = scheme.versions.select_related("provider", "scheme__force")
    found = versions.open_on(clock.today()).first() or versions.order_by("-valid_from").first()
    if found is None:
        raise Refused("This scheme has no rules yet: add its first version.")
    return found


def planned_version(draft: PolicyVersion) -> SchemeVersion:
    """A scheme that the force does not have yet, as ``draft`` says it is to run. It is in no database."""
    setup = draft.setup
    criteria = draft.document["schemes"][0]["versions"][-1]["criteria"]
    document = {**setup["document"], "criteria": criteria}
    return SchemeVersion(
        scheme=Scheme(force=draft.force, slug=draft.scheme, name=draft.name),
        provider=Organisation.objects.filter(slug=setup.get("provider", "")).first(),
        valid_from=draft.valid_from or clock.today(),
        areas=setup.get("areas", draft.force.slug),
        capacity=setup.get("capacity"),
        confidentiality=document["confidentiality"],
        document=document,
    )


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
        schemes=(entry_of(version),),
    )


def entries_of(force: Organisation, on: date) -> list[SchemeEntry]:
    """The rules of the force's schemes that are open on the day."""
    return [entry_of(version) for version in versions_open(force, on)]


def versions_open(force: Organisation, on: date) -> list[SchemeVersion]:
    """The force's schemes that are open on the day, by name; read once a unit of work."""
    return list(once(("open versions", force.pk, on), lambda: _versions_open(force=force.pk, on=on)))


@written(force=int, on=date)
def _versions_open(*, force: int, on: date) -> "QuerySet[SchemeVersion]":
    return open_on(on).filter(scheme__force=force)


def open_on(day: date) -> "QuerySet[SchemeVersion]":
    """Every scheme's rules that are open on the day, by name of scheme."""
    return SchemeVersion.objects.open_on(day).select_related("scheme", "provider").order_by("scheme__name")


def terms_of(version: SchemeVersion | None) -> SchemeTerms:
    """What the scheme says of success and failure, for the law to weigh; nothing where there is no scheme."""
    if version is None:
        return NO_TERMS
    rules = version.rules
    return SchemeTerms(rules.on_success.outcome, rules.on_failure.returns_to)


def criteria_in(version: SchemeVersion) -> tuple[Criterion, ...]:
    """The criteria of the version's document."""
    return version.rules.criteria


def places_in(version: SchemeVersion) -> list[str]:
    """The areas that a scheme's criteria name, in order of their names."""
    context = Context(clock.today())
    tests = {atom for criterion in criteria_in(version) for atom in criterion.stated(context).atoms}
    named = [atom.values for atom in tests if isinstance(atom, OneOf) and atom.fact in ("home_area", "offence_area")]
    return sorted({str(place) for values in named for place in values} - {"in_area"})


def entry_of(version: SchemeVersion) -> SchemeEntry:
    """The rules of one version, as the policy engine reads them."""
    return Edition.of(version).entry


class Edition(NamedTuple):
    """All that the policy engine reads of a version: two that are equal say the same. ``rules`` is its document."""

    slug: str
    name: str
    valid_from: date
    valid_to: date | None
    rules: Same[SchemeDocument]

    @classmethod
    def of(cls, version: SchemeVersion) -> "Edition":
        """Raises pydantic's ValidationError for a document that cannot be read."""
        scheme = version.scheme
        return cls(scheme.slug, scheme.name, version.valid_from, version.valid_to, Same(version.rules))

    @property
    def entry(self) -> SchemeEntry:
        """The version as a policy holds it."""
        rules = SchemeRules(
            version=f"{self.valid_from:%Y.%m.%d}",
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            sources=self.rules.it.sources,
            criteria=self.rules.it.criteria,
        )
        return SchemeEntry(scheme=self.slug, title=self.name, versions=(rules,))
