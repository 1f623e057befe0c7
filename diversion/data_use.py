"""Why each field is held, how sensitive it is, and what becomes of it at erasure.

Every model names every one of its fields in ``data_use``; a system check refuses a model that does not, because a
purpose, a sensitivity and an erasure rule cannot be fitted to data already collected (Data Protection Act 2018
ss.36, 37, 39 and 61).
"""

from dataclasses import dataclass
from enum import StrEnum

from django.apps import apps
from django.core.checks import CheckMessage, Error


class Sensitivity(StrEnum):
    STRUCTURAL = "structural"  # keys, versions, states: says nothing about a person by itself
    OPERATIONAL = "operational"  # about the work or the organisation
    STAFF = "staff"  # about an officer, navigator or other user
    PERSONAL = "personal"  # about a person whose case this is, or a victim
    SENSITIVE = "sensitive"  # sensitive processing, Data Protection Act 2018 s.35(8)


class Erasure(StrEnum):
    KEEP = "keep"  # stays: not about a person, or must outlive the record (the log)
    WITH_RECORD = "with record"  # goes when the record goes
    REDACT = "redact"  # the row stays, the value goes
    COARSEN = "coarsen"  # kept in a coarser form that identifies nobody


@dataclass(frozen=True)
class Use:
    purpose: str
    sensitivity: Sensitivity
    erasure: Erasure


def use(purpose: str, sensitivity: Sensitivity, erasure: Erasure, *fields: str) -> dict[str, Use]:
    """One declaration shared by several fields: ``data_use = use(…, "a", "b") | use(…, "c")``."""
    return dict.fromkeys(fields, Use(purpose, sensitivity, erasure))


def structural(*fields: str) -> dict[str, Use]:
    return use("Hold the record together", Sensitivity.STRUCTURAL, Erasure.WITH_RECORD, *fields)


def operational(purpose: str, *fields: str) -> dict[str, Use]:
    return use(purpose, Sensitivity.OPERATIONAL, Erasure.KEEP, *fields)


def staff(purpose: str, *fields: str) -> dict[str, Use]:
    return use(purpose, Sensitivity.STAFF, Erasure.KEEP, *fields)


def personal(purpose: str, *fields: str) -> dict[str, Use]:
    return use(purpose, Sensitivity.PERSONAL, Erasure.WITH_RECORD, *fields)


def sensitive(purpose: str, *fields: str) -> dict[str, Use]:
    return use(purpose, Sensitivity.SENSITIVE, Erasure.WITH_RECORD, *fields)


OURS = ("accounts", "audit", "notifications", "cases", "referrals", "reporting")


def check_every_field_is_declared(app_configs: object = None, **kwargs: object) -> list[CheckMessage]:
    """System check diversion.E001: a model of ours with an undeclared field, or a declaration of no field."""
    errors: list[CheckMessage] = []
    for model in apps.get_models():
        if model._meta.app_label not in OURS or hasattr(model, "pgh_tracked_model"):
            continue
        names = {field.name for field in model._meta.get_fields() if getattr(field, "concrete", False)}
        declared = set(getattr(model, "data_use", {}))
        if difference := names ^ declared:
            errors.append(
                Error(
                    f"{model.__name__}: data_use and the fields differ: {', '.join(sorted(difference))}.",
                    hint="Declare purpose, sensitivity and erasure of each field in the model's data_use.",
                    obj=model,
                    id="diversion.E001",
                )
            )
    return errors
