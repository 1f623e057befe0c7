"""Writing a version of a scheme with the conditions of its document. Whoever calls it has checked that it may be."""

from dataclasses import dataclass
from datetime import date

from cases.eligibility import schemes as library
from diversion.accounts.models import Organisation
from diversion.unit_of_work import read_again
from referrals.models import ConditionTemplate, Scheme, SchemeVersion
from referrals.schemes.typed import days_of


@dataclass(frozen=True)
class VersionDetails:
    """One dated version: who delivers it, from when, and what it says."""

    provider: Organisation
    valid_from: date
    document: library.SchemeDocument
    valid_to: date | None = None
    areas: str = ""
    capacity: int | None = None


def write_version(scheme: Scheme, details: VersionDetails) -> SchemeVersion:
    """Write one dated version of ``scheme``, and a row for each condition of its document."""
    document = details.document
    version = SchemeVersion.objects.create(
        scheme=scheme,
        provider=details.provider,
        valid_from=details.valid_from,
        valid_to=details.valid_to,
        areas=details.areas,
        capacity=details.capacity,
        confidentiality=document.confidentiality,
        document=document.model_dump(mode="json"),
    )
    ConditionTemplate.objects.bulk_create(templates_of(version))
    read_again()
    return version


def templates_of(version: SchemeVersion) -> list[ConditionTemplate]:
    """The conditions of the version's document as rows, which are not stored by this."""
    return [_template(version, order, one) for order, one in enumerate(version.rules.conditions)]


def _template(version: SchemeVersion, order: int, condition: library.ConditionTemplate) -> ConditionTemplate:
    return ConditionTemplate(
        version=version,
        order=order,
        kind=condition.type,
        object=condition.object,
        wording=condition.wording,
        is_mandatory=condition.mandatory,
        due_days=days_of(condition.due),
        minimum_hours=condition.minimum_hours,
        maximum_hours=condition.maximum_hours,
        sessions=condition.sessions,
    )
