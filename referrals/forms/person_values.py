"""What the page and the record of a person say of one another."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from cases.actions.recording import ETHNICITY
from cases.codes import EthnicityNotStated, SelfDefinedEthnicity
from cases.models import Person
from diversion.design_system.wording import long_date

FIELD_OF = {"ethnicity_officer_defined": "officer_defined"}


def ethnicity_choices() -> list[Any]:
    """The 18 codes by group, then the reasons for having none: one list, so that exactly one of them is chosen."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for code, label in SelfDefinedEthnicity.choices:
        group, _colon, name = str(label).partition(": ")
        groups.setdefault(group, []).append((code, f"{code}: {name[:1].upper()}{name[1:]}"))
    reasons = [(code, str(label)) for code, label in EthnicityNotStated.choices]
    return [("", "---------"), *groups.items(), (_("Not stated"), reasons)]


def as_held(person: Person, names: Iterable[str], fields: Mapping[str, forms.Field]) -> str:
    """What the record holds of the fields ``names``, as the page's ``fields`` name them."""
    held = {}
    for name in names:
        field = "ethnicity" if name in ETHNICITY else FIELD_OF.get(name, name)
        held[str(fields[field].label)] = str(_shown_value(person, name)) or _("nothing")
    return "; ".join(f"{label}: {value}" for label, value in held.items())


def _shown_value(person: Person, name: str) -> Any:
    if name in ETHNICITY:
        return person.get_ethnicity_self_defined_display() or person.get_ethnicity_not_stated_display()
    value = getattr(person, f"get_{name}_display", lambda: getattr(person, name))()
    return long_date(value) if isinstance(value, date) else value


def initial_of(person: Person) -> dict[str, Any]:
    """The form's values for a person already on record."""
    carried = person.ethnicity_not_stated == EthnicityNotStated.CARRIED
    return {
        "existing": person.pk,
        "person_version": person.version,
        "given_names": person.given_names,
        "family_name": person.family_name,
        "date_of_birth": person.date_of_birth,
        "sex": person.sex,
        "ethnicity": person.ethnicity_not_stated or person.ethnicity_self_defined,
        "carried_answer": person.ethnicity_self_defined if carried else "",
        "carried_source": person.ethnicity_source if carried else "",
        "carried_on": person.ethnicity_recorded_on if carried else None,
        "officer_defined": person.ethnicity_officer_defined,
        "telephone": person.telephone,
        "safe_contact": person.safe_contact,
        "safe_contact_texts": person.safe_contact_texts,
        "needs_interpreter": person.needs_interpreter,
    }
