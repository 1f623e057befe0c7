"""Versions of a scheme, said in the few words that a test cares about."""

from datetime import date
from typing import Any

from cases.actions import policies
from cases.eligibility.schemes import SchemeDocument
from cases.models import PolicyVersion
from diversion.accounts.models import User
from referrals.actions import scheme_rules
from referrals.judging import previews
from referrals.models import Scheme, SchemeVersion
from referrals.schemes.typed import typed_document

OF_THE_ROW = ("pk", "scheme", "provider", "valid_from", "valid_to", "areas", "capacity")

#: What a coordinator types of a sharing agreement beside its title and days.
SHARING = {"regime": "both", "purpose": "Divert people from prosecution", "controllers": "Both, each for its own"}


def document(**values: Any) -> SchemeDocument:
    """The document that a coordinator would have typed; ``criteria`` (stored JSON) replace those of what was typed."""
    criteria = values.pop("criteria", None)
    found = typed_document(values, values.pop("conditions", ()), name=values.pop("name", "Second Step"))
    return found if criteria is None else SchemeDocument.model_validate(found.model_dump() | {"criteria": criteria})


def rewrite(version: SchemeVersion, **changes: Any) -> SchemeVersion:
    """The version as the database has it from now on, with other fields of its document."""
    says = SchemeDocument.model_validate(version.rules.model_dump() | changes)
    row = {"confidentiality": says.confidentiality, "document": says.model_dump(mode="json")}
    SchemeVersion.objects.filter(pk=version.pk).update(**row)
    return SchemeVersion.objects.get(pk=version.pk)


def open_to_all(version: SchemeVersion, **changes: Any) -> SchemeVersion:
    """The version asking nothing but that the person agrees, with a community resolution."""
    consent = [one.model_dump() for one in document().criteria]
    return rewrite(version, **({"criteria": consent, "disposal_modes": ["community_resolution"]} | changes))


def put_live(draft: PolicyVersion, cast: dict[str, User]) -> Scheme:
    """A drafted scheme, previewed and signed by the coordinator and then by an inspector: open from today."""
    version = previews.count(draft, by=cast["elin"])
    if not version.notes:
        said = {"name": version.name, "label": version.version, "review_date": version.review_date, "notes": "New."}
        version = policies.describe(version=version, revision=version.revision, by=cast["elin"], **said)
    for who in ("elin", "david"):
        version = scheme_rules.sign(version=version, revision=version.revision, by=cast[who])
    return Scheme.objects.get(force=version.force, slug=version.scheme)


def version(**values: Any) -> SchemeVersion:
    """A version that is in no database: fields of the row, and the rest as ``document`` has it."""
    row = {name: values.pop(name) for name in OF_THE_ROW if name in values}
    row.setdefault("scheme", Scheme(name="Second Step", slug="second-step"))
    row.setdefault("valid_from", date(2026, 1, 1))
    says = document(name=row["scheme"].slug, **values)
    return SchemeVersion(**row, confidentiality=says.confidentiality, document=says.model_dump(mode="json"))
