"""Two records side by side, and what was put together, in words."""

from typing import Any

from django.utils.translation import gettext as _

from cases.models import Case, Person, PersonMerge
from diversion.design_system.wording import date_and_time, long_date
from referrals.queries.merging import recorded_since

Row = dict[str, Any]


def record_rows(person: Person, cases: list[Case]) -> list[Row]:
    """What is compared: name, birth, how they are reached, and the cases."""
    return [
        {"key": _("Name"), "value": str(person)},
        {
            "key": _("Born"),
            "value": f"{long_date(person.date_of_birth)} ({person.get_date_of_birth_quality_display()})",
        },
        {"key": _("Sex"), "value": person.get_sex_display()},
        {"key": _("Ethnicity, self-defined"), "value": person.get_ethnicity_self_defined_display() or _("Not said")},
        {"key": _("Telephone"), "value": person.telephone or _("None")},
        {"key": _("Safe contact"), "value": person.safe_contact or _("Nothing said")},
        {"key": _("Texts"), "value": person.get_safe_contact_texts_display() or _("Not asked")},
        {"key": _("Interpreter"), "value": person.needs_interpreter or _("None")},
        {"key": _("Cases"), "value": "; ".join(map(_case, cases)) or _("None")},
        {"key": _("Recorded"), "value": long_date(person.created_at)},
    ]


def _case(case: Case) -> str:
    offences = ", ".join(one.offence.title for one in case.allegations.all())
    return f"{case.reference}: {offences}, {long_date(case.recorded_at)}, {case.standing.told.label.lower()}"


def merge_rows(merges: list[PersonMerge]) -> list[Row]:
    """Each record that was put to this one: by whom, why, what moved, and what stays if they are parted."""
    last = next((one.pk for one in merges if one.split_at is None), None)
    return [_merge(one) | {"may_split": one.pk == last} for one in merges]


def _merge(one: PersonMerge) -> Row:
    words = _("%(other)s, born %(born)s, put together by %(who)s, %(when)s: %(why)s")
    stay = recorded_since(one) if one.split_at is None else []
    parted = _("Parted by %(who)s, %(when)s: %(why)s")
    return {
        "merge": one,
        "words": words
        % {
            "other": one.merged,
            "born": long_date(one.merged.date_of_birth),
            "who": one.merged_by,
            "when": date_and_time(one.merged_at),
            "why": one.reason,
        },
        "moved": len(one.cases),
        "stay": ", ".join(case.reference for case in stay),
        "parted": parted % {"who": one.split_by, "when": date_and_time(one.split_at), "why": one.split_because}
        if one.split_at
        else "",
    }
