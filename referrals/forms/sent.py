"""The names of what the page "Record a decision" sends: what is kept of an unfinished page is that and nothing else."""

import re
from typing import Any

from cases.eligibility.facts import VOCABULARY
from diversion.design_system.repeating import typed_number
from referrals.forms.conditions import FreeConditionFormSet, TemplateConditionForm
from referrals.forms.crimes import CrimeFormSet
from referrals.forms.decision import DecisionForm
from referrals.forms.earlier import PREFIX as EARLIER
from referrals.forms.earlier import EarlierFormSet
from referrals.forms.facts import LAST
from referrals.forms.facts import PREFIX as FACTS
from referrals.forms.holding import HELD, is_held
from referrals.forms.person import PersonForm
from referrals.forms.setting_aside import SetAsideForm
from referrals.forms.signing import SigningForm

#: What the page itself sends beside its forms: the case that it decides, and what it has shown.
OF_THE_PAGE = ("deciding", "deciding_version", "narrowed", "shown_scheme", "texts_of")
ROWS: dict[str, Any] = {"crimes": CrimeFormSet, "conditions": FreeConditionFormSet, EARLIER: EarlierFormSet}
HOW_MANY = ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
ONCE = frozenset(
    {
        *OF_THE_PAGE,
        *(name for form in (PersonForm, DecisionForm, SigningForm, SetAsideForm) for name in form.base_fields),
        *(f"{FACTS}-{name}" for name in (*VOCABULARY, *LAST)),
        *(f"{prefix}-{name}" for prefix in ROWS for name in HOW_MANY),
    }
)


def is_of_page(name: str) -> bool:
    """Whether a field of this ``name`` stands on the page, or may stand there once more is answered."""
    if name.startswith(HELD):
        name = name.removeprefix(HELD)
        return is_held(name) and is_of_page(name)
    if name in ONCE:
        return True
    found = re.fullmatch(r"([a-z]+)-([0-9]+)-([a-z_]+)", name, re.ASCII)
    prefix, number, field = found.groups() if found else ("", "", "")
    if prefix == "template":
        return field in TemplateConditionForm.base_fields
    rows, place = ROWS.get(prefix), typed_number(number)
    return rows is not None and place is not None and place < rows.max_num and field in rows.form.base_fields
