"""A scheme, or its next criteria, on the way: drafted, signed by two people, live as a dated version of the scheme."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from cases.actions import policies
from cases.eligibility.areas import moved
from cases.eligibility.editing import criteria_of
from cases.eligibility.policy import Policy
from cases.eligibility.schemes import SchemeDefinition, SchemeDocument
from cases.law.dates import long_date
from cases.models import PolicyVersion
from diversion import access, audit, clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused
from referrals.actions.versions import VersionDetails, write_version
from referrals.models import Scheme, SchemeVersion, Slot
from referrals.queries.policies import OPEN, first_day, is_new_scheme
from referrals.schemes.document import document_of, open_version
from referrals.schemes.typed import slug_of

DAY = timedelta(days=1)
BEFORE_THE_FIRST = "0"


@transaction.atomic
def start_scheme_draft(*, scheme: Scheme, by: User) -> PolicyVersion:
    """A draft of the scheme's next criteria, beginning as they stand today (or last stood)."""
    access.check(by, Permission.MANAGE_SCHEMES)
    version = open_version(Scheme.objects.visible_to(by).get(pk=scheme.pk))
    document = document_of(version)
    return policies.new_draft(
        force=by.organisation, document=document, kind="scheme", scheme=scheme.slug, author=by, by=by
    )


@transaction.atomic
def copy_scheme(*, scheme: Scheme, force: Organisation, by: User) -> PolicyVersion:
    """Copy a scheme's rules to another force, as a draft there; who delivers it is for that force to choose."""
    access.check(by, Permission.MANAGE_SCHEMES)
    own = Scheme.objects.visible_to(by).get(pk=scheme.pk)
    version = open_version(own)
    if not version.is_open(clock.today()):
        raise Refused("This scheme is not open today: only rules that are live can be copied.")
    has_it = Scheme.objects.filter(force=force, slug=own.slug).exists()
    return policies.arrive(
        document=document_of(version),
        kind="scheme",
        scheme=own.slug,
        setup={} if has_it else {"document": version.document},
        origin=f"{own.force}: {own.name}, rules from {version.valid_from:%-d %B %Y}",
        force=force,
        by=by,
    )


@transaction.atomic
def draft_scheme(*, name: str, terms: VersionDetails, by: User) -> PolicyVersion:
    """Draft a scheme that ``by``'s force does not have. It opens on the day that two people sign for."""
    slug = slug_of(name)
    if not slug:
        raise Refused("Give it a name with letters or figures in it.")
    return _draft_new(slug, name, terms, by)


@transaction.atomic
def adopt(
    *, definition: SchemeDefinition, provider: Organisation, area: str, by: User, capacity: int | None = None
) -> PolicyVersion:
    """Draft a scheme of the library for ``by``'s force and ``area``, as its rules stand today, with their sources."""
    rules = definition.on(clock.today()) or definition.versions[-1]
    document = SchemeDocument.model_validate(moved(rules.document.model_dump(mode="json"), area))
    terms = VersionDetails(provider, clock.today(), document, areas=area, capacity=capacity)
    notes = f"{definition.name} is taken over from the library, with its sources. {rules.note}".strip()
    origin = f"{definition.force.replace('-', ' ').title()}: {definition.provider.name}"
    return _draft_new(definition.slug, definition.name, terms, by, notes=notes, origin=origin)


@transaction.atomic
def change_terms(*, version: PolicyVersion, terms: VersionDetails, revision: int, by: User) -> PolicyVersion:
    """Say how a scheme that the force does not have yet is to run; who may enter is changed criterion by criterion."""
    if not is_new_scheme(version):
        raise Refused("Your force has this scheme already: give it new terms from a date on its own page.")
    return policies.choose_setup(version=version, setup=_as_setup(terms), revision=revision, by=by)


def _draft_new(
    slug: str, name: str, terms: VersionDetails, by: User, *, notes: str = "", origin: str = ""
) -> PolicyVersion:
    access.check(by, Permission.MANAGE_SCHEMES)
    Organisation.objects.select_for_update().get(pk=by.organisation_id)  # a second click waits for the first
    if Scheme.objects.filter(force=by.organisation, slug=slug).exists():
        raise Refused(f"Your force has {name} already: give it new rules from a date, or choose another name.")
    if PolicyVersion.objects.filter(force=by.organisation, scheme=slug, state__in=OPEN).exists():
        raise Refused(f"{name} is drafted already, and waits under “Policy” to be signed: go on with that draft.")
    planned = SchemeVersion(
        scheme=Scheme(force=by.organisation, slug=slug, name=name),
        valid_from=clock.today(),
        document=terms.document.model_dump(mode="json"),
    )
    return policies.new_draft(
        force=by.organisation,
        document=document_of(planned).model_copy(update={"version": BEFORE_THE_FIRST}),
        kind=PolicyVersion.Kind.SCHEME,
        scheme=slug,
        setup=_as_setup(terms),
        notes=notes,
        copied_from=origin,
        author=by,
        by=by,
    )


def _as_setup(terms: VersionDetails) -> dict[str, Any]:
    return {
        "document": terms.document.model_dump(mode="json"),
        "provider": terms.provider.slug,
        "capacity": terms.capacity,
        "areas": terms.areas,
    }


@transaction.atomic
def sign(*, version: PolicyVersion, revision: int, by: User, starts_on: date | None = None) -> PolicyVersion:
    """Sign a policy or a scheme's criteria; with the second signature a scheme gets its next dated version."""
    _check_still_new(version)
    if version.kind == PolicyVersion.Kind.SCHEME and needs_provider(version):
        raise Refused("Choose who delivers this scheme here before it is signed.")
    _check_first_day(version, starts_on)

    def puts_live(signed: PolicyVersion) -> None:
        if signed.kind == PolicyVersion.Kind.SCHEME:
            _put_live(signed, by)

    return policies.sign(version=version, revision=revision, by=by, starts_on=starts_on, puts_live=puts_live)


def _check_still_new(version: PolicyVersion) -> None:
    """A scheme that was drafted as new is signed as what it says, or not at all."""
    if version.kind == PolicyVersion.Kind.SCHEME and version.setup and not is_new_scheme(version):
        raise Refused(
            f"Your force has {version.name} by now: withdraw this, and give the scheme new rules from its own page."
        )


def _check_first_day(version: PolicyVersion, starts_on: date | None) -> None:
    """Before anybody signs, whichever signature it is: what nobody can put live is signed by nobody."""
    earliest = first_day(version)
    if version.state == PolicyVersion.State.AWAITING:
        if words := overtaken(version):
            raise Refused(words)
    elif (starts_on or clock.today()) < earliest and earliest > clock.today():
        began, first = long_date(earliest - DAY), long_date(earliest)
        raise Refused(f"Other rules begin on {began}: these can apply from {first} on.")


def overtaken(version: PolicyVersion) -> str:
    """Why a version that waits for its second signature can get none any more; "" where it can."""
    earliest = first_day(version)
    return "" if max(version.valid_from or clock.today(), clock.today()) >= earliest else _overtaken(earliest)


def _overtaken(earliest: date) -> str:
    return (
        f"Other rules begin on {long_date(earliest - DAY)}, and were not there when this was first signed: withdraw it,"
        f" and sign one that applies from {long_date(earliest)} on."
    )


def needs_provider(version: PolicyVersion) -> bool:
    """Whether the force does not have this scheme yet and nobody has been chosen to deliver it."""
    return is_new_scheme(version) and not version.setup.get("provider")


def _put_live(version: PolicyVersion, by: User) -> None:
    """The scheme's next version. The two signatures are the authority, whatever else the second signatory may do."""
    scheme = Scheme.objects.select_for_update().filter(force=version.force, slug=version.scheme).first()
    starts_on = version.valid_from or clock.today()
    if scheme is None:
        scheme, before, details = _newly_arrived(version, starts_on)
    else:
        before = open_version(scheme)
        latest = scheme.versions.latest("valid_from")
        if latest.valid_from >= starts_on:  # added by somebody else at this very moment
            raise Refused(_overtaken(latest.valid_from + DAY))
        details = VersionDetails(before.provider, starts_on, before.rules, None, before.areas, before.capacity)
        scheme.versions.exclude(valid_to__lt=starts_on).update(valid_to=starts_on - timedelta(days=1))
    criteria = criteria_of(Policy.model_validate(version.document), f"scheme:{version.scheme}")
    signed = details.document.model_copy(update={"criteria": criteria})
    added = write_version(scheme, replace(details, document=signed))
    if before:
        midnight = datetime.combine(starts_on, time.min, clock.LONDON)
        Slot.objects.filter(version=before, starts_at__gte=midnight).update(version=added)
    audit.record("scheme.changed" if before else "scheme.added", audit.Nature.ADMINISTRATION, by=by, subjects=[scheme])


def _newly_arrived(version: PolicyVersion, starts_on: date) -> tuple[Scheme, None, VersionDetails]:
    setup = version.setup
    scheme = Scheme.objects.create(
        force=version.force, slug=version.scheme, name=version.name, modelled_on=version.copied_from[:150]
    )
    document = SchemeDocument.model_validate(setup["document"])
    provider = Organisation.objects.get(slug=setup["provider"])
    details = VersionDetails(
        provider, starts_on, document, None, setup.get("areas", version.force.slug), setup.get("capacity")
    )
    return scheme, None, details
