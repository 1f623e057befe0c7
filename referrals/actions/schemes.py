"""Schemes are data: added, given new rules and ended by a coordinator, with dates, and adopted from the library."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.text import slugify

from cases.eligibility import schemes as library
from diversion import access, audit, clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused
from referrals.models import ConditionTemplate, Scheme, SchemeVersion, SharingAgreement, Slot
from referrals.schemes.typed import criteria_for

DAYS_IN = {"days": 1, "weeks": 7, "months": 30}


@dataclass(frozen=True)
class TemplateDetails:
    kind: str
    object: str
    wording: str
    is_mandatory: bool = False
    due_days: int | None = None


@dataclass(frozen=True)
class VersionDetails:
    """The rules of one dated version: ``values`` are fields of SchemeVersion other than scheme, dates and provider."""

    provider: Organisation
    valid_from: date
    valid_to: date | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    templates: Iterable[TemplateDetails] = ()


@transaction.atomic
def add_scheme(*, name: str, version: VersionDetails, by: User) -> Scheme:
    """Add a scheme of ``by``'s force with its first version; Refused when the force has one of that name."""
    access.check(by, Permission.MANAGE_SCHEMES)
    slug = slugify(name)[:60]
    if not slug or Scheme.objects.filter(force=by.organisation, slug=slug).exists():
        raise Refused("There is already a scheme of that name: add a new version to it, or choose another name.")
    scheme = Scheme.objects.create(force=by.organisation, slug=slug, name=name)
    _version(scheme, version)
    _log("scheme.added", scheme, by)
    return scheme


@transaction.atomic
def add_version(*, scheme: Scheme, version: VersionDetails, by: User) -> SchemeVersion:
    """Change the rules of a scheme from a date on: the version before ends the day before. Referrals keep theirs.

    Free appointments from that date on go over to the new version.
    """
    latest = _latest(scheme, by)
    if latest and version.valid_from <= latest.valid_from:
        raise Refused(f"The rules in force began on {latest.valid_from:%-d %B %Y}: new ones must begin later.")
    if latest and (latest.valid_to is None or latest.valid_to >= version.valid_from):
        SchemeVersion.objects.filter(pk=latest.pk).update(valid_to=version.valid_from - timedelta(days=1))
    added = _version(scheme, version, before=latest)
    if latest:
        starts = datetime.combine(version.valid_from, time.min, clock.LONDON)
        Slot.objects.filter(version=latest, starts_at__gte=starts).update(version=added)
    _log("scheme.changed", scheme, by)
    return added


@transaction.atomic
def end_scheme(*, scheme: Scheme, last_day: date, by: User) -> Scheme:
    """End a scheme: nobody is referred after ``last_day``; agreements under way run on."""
    latest = _latest(scheme, by)
    if latest is None or last_day < latest.valid_from:
        raise Refused("The last day is before the rules in force began.")
    SchemeVersion.objects.filter(pk=latest.pk).update(valid_to=last_day)
    _log("scheme.ended", scheme, by)
    return scheme


@transaction.atomic
def agree_sharing(
    *,
    force: Organisation,
    provider: Organisation,
    from_day: date,
    document: str,
    by: User,
    to_day: date | None = None,
) -> None:
    """Record the sharing agreement between ``by``'s force and a provider; the same one twice is recorded once."""
    access.check(by, Permission.MANAGE_SCHEMES)
    if force.pk != by.organisation_id or provider.kind != Organisation.Kind.PROVIDER:
        raise Refused("A sharing agreement is between your own force and a provider: choose a provider.")
    values = {"force": force, "provider": provider, "valid_from": from_day, "valid_to": to_day, "document": document}
    if SharingAgreement.objects.filter(**values).exists():
        return
    SharingAgreement.objects.create(**values)
    audit.record("sharing.agreed", audit.Nature.ADMINISTRATION, by=by, recipients=[provider.name])


@transaction.atomic
def adopt(
    *, definition: library.SchemeDefinition, provider: Organisation, area: str, by: User, capacity: int | None = None
) -> Scheme:
    """Copy a scheme of the library, with all its dated versions and sources, for ``by``'s force and ``area``."""
    access.check(by, Permission.MANAGE_SCHEMES)
    if Scheme.objects.filter(force=by.organisation, slug=definition.slug).exists():
        raise Refused(f"Your force has {definition.name} already: give it new rules from a date instead.")
    scheme = Scheme.objects.create(
        force=by.organisation,
        slug=definition.slug,
        name=definition.name,
        modelled_on=f"{definition.force.replace('-', ' ').title()}: {definition.provider.name}",
    )
    for version in definition.versions:
        _version(scheme, _from_library(version, definition, provider, area, capacity))
    _log("scheme.adopted", scheme, by)
    return scheme


def _from_library(
    version: library.SchemeVersion,
    definition: library.SchemeDefinition,
    provider: Organisation,
    area: str,
    capacity: int | None,
) -> VersionDetails:
    ages = [criterion.test for criterion in version.criteria if criterion.test.kind == "age"]
    values = {
        "disposals": [code for code in version.disposal_modes if code != "none"],
        "admissions": list(version.admissions),
        "min_age": max((age.minimum for age in ages if age.minimum is not None), default=None),
        "max_age": min((age.maximum for age in ages if age.maximum is not None), default=None),
        "areas": area,
        "entry_window_months": _months(version.entry_window),
        "min_conditions": version.min_conditions,
        "max_conditions": version.max_conditions,
        "capacity": capacity,
        "worker_title": version.worker_title,
        "confidentiality": version.confidentiality,
        "repeat_policy": _repeat_words(version.repeat),
        "notes": version.note,
        "criteria": _criteria(version, definition.areas, area),
        "sources": [source.model_dump(mode="json") for source in version.sources],
        **_duration(version.duration),
    }
    templates = [
        TemplateDetails(
            kind=template.type,
            object=template.object,
            wording=template.wording,
            is_mandatory=template.mandatory,
            due_days=template.due.amount * DAYS_IN[template.due.unit] if template.due else None,
        )
        for template in version.conditions
    ]
    return VersionDetails(provider, version.valid_from, version.valid_to, values, templates)


def _criteria(version: library.SchemeVersion, areas: Iterable[str], area: str) -> list[dict[str, Any]]:
    """The criteria as stored JSON, with the library's areas, and the reasons that name them, made the force's own."""
    stored = [criterion.model_dump(mode="json") for criterion in version.criteria]
    for criterion in stored:
        tests = list(_area_tests(criterion["test"]))
        for test in tests:
            test["any_of"] = [area]
        if tests:
            place = area.replace("-", " ").title()
            facts = {test["fact"] for test in tests}
            criterion["reason"] = AREA_REASONS.get(frozenset(facts), "The scheme works in {place}.").format(place=place)
    return stored


# By the facts that a criterion asks about.
AREA_REASONS = {
    frozenset({"home_area"}): "The person does not live in {place}.",
    frozenset({"offence_area"}): "The offence did not happen in {place}.",
}


def _area_tests(part: Any) -> Iterator[dict[str, Any]]:
    """Every test of an area within ``part``, those inside others included."""
    if isinstance(part, dict):
        if part.get("kind") == "area":
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _area_tests(inner)


def _duration(span: library.Span | None) -> dict[str, Any]:
    if span is None:
        return {"duration": None, "duration_unit": SchemeVersion.DurationUnit.OPEN_ENDED}
    weeks, odd = divmod(span.amount, 7)
    if span.unit == "days" and not odd:
        return {"duration": weeks, "duration_unit": SchemeVersion.DurationUnit.WEEKS}
    return {"duration": span.amount, "duration_unit": SchemeVersion.DurationUnit(span.unit)}


def _months(span: library.Span | None) -> int | None:
    return span.amount if span and span.unit == "months" else None


def _repeat_words(repeat: library.RepeatPolicy) -> str:
    if repeat.maximum is None:
        return "No limit on coming back"
    window = f" in {repeat.within_months} months" if repeat.within_months else ""
    override = f"; a higher number needs {repeat.override_by}" if repeat.override_by else ""
    return f"At most {repeat.maximum} earlier times{window}{override}"


def _latest(scheme: Scheme, by: User) -> SchemeVersion | None:
    """The latest rules of a scheme of ``by``'s own force, held against a second change at the same moment."""
    access.check(by, Permission.MANAGE_SCHEMES)
    own = get_object_or_404(Scheme.objects.visible_to(by).select_for_update(), pk=scheme.pk)
    return own.versions.order_by("-valid_from").first()


def _version(scheme: Scheme, details: VersionDetails, before: SchemeVersion | None = None) -> SchemeVersion:
    values = {"criteria": criteria_for(details.values, before), **details.values}
    version = SchemeVersion.objects.create(
        scheme=scheme,
        provider=details.provider,
        valid_from=details.valid_from,
        valid_to=details.valid_to,
        **values,
    )
    ConditionTemplate.objects.bulk_create(
        ConditionTemplate(version=version, order=order, **vars(template))
        for order, template in enumerate(details.templates)
    )
    return version


def _log(kind: str, scheme: Scheme, by: User) -> None:
    audit.record(kind, audit.Nature.ADMINISTRATION, by=by, subjects=[scheme])
