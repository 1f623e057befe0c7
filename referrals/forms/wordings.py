"""What conditions are called and say, for whom, and what a partner may not read in them."""

import re

from django.utils.translation import gettext_lazy

from cases.law.codes import ConditionObject, ConditionType

LABELS = {
    ConditionType.APOLOGY: gettext_lazy("Apology"),
    ConditionType.COMPENSATION: gettext_lazy("Compensation"),
    ConditionType.REPAIR: gettext_lazy("Repair or make good"),
    ConditionType.RJ: gettext_lazy("Restorative justice"),
    ConditionType.COURSE: gettext_lazy("Course"),
    ConditionType.TREATMENT_APPT: gettext_lazy("Treatment or assessment appointment"),
    ConditionType.NO_REOFFENDING: gettext_lazy("No further offence"),
    ConditionType.UNPAID_WORK: gettext_lazy("Unpaid work"),
    ConditionType.FINANCIAL_PENALTY: gettext_lazy("Financial penalty"),
    ConditionType.EXCLUSION: gettext_lazy("Keep away from a place or person"),
    ConditionType.OTHER: gettext_lazy("Something else"),
}
# What each kind says where the officer writes nothing; a partner reads this in place of a wording that names a victim.
WORDINGS = {
    ConditionType.APOLOGY: gettext_lazy("I will write a letter of apology."),
    ConditionType.COMPENSATION: gettext_lazy("I will pay compensation."),
    ConditionType.REPAIR: gettext_lazy("I will put right the damage."),
    ConditionType.RJ: gettext_lazy("I will take part in restorative justice."),
    ConditionType.COURSE: gettext_lazy("I will go to the course and finish it."),
    ConditionType.TREATMENT_APPT: gettext_lazy("I will go to the appointment."),
    ConditionType.NO_REOFFENDING: gettext_lazy("I will not commit an offence during this agreement."),
    ConditionType.UNPAID_WORK: gettext_lazy("I will do unpaid work."),
    ConditionType.FINANCIAL_PENALTY: gettext_lazy("I will pay a financial penalty."),
}
OBJECTS = {
    ConditionType.APOLOGY: ConditionObject.REPARATIVE,
    ConditionType.COMPENSATION: ConditionObject.REPARATIVE,
    ConditionType.REPAIR: ConditionObject.REPARATIVE,
    ConditionType.RJ: ConditionObject.REPARATIVE,
    ConditionType.UNPAID_WORK: ConditionObject.PUNITIVE,
    ConditionType.FINANCIAL_PENALTY: ConditionObject.PUNITIVE,
}
FOR_PARTNER = {
    kind: WORDINGS[kind]
    for kind in (ConditionType.APOLOGY, ConditionType.COMPENSATION, ConditionType.REPAIR, ConditionType.RJ)
} | {ConditionType.EXCLUSION: gettext_lazy("I will keep away from the place or person that my agreement names.")}
# Names that are also words of nearly every wording: "I will write …" does not name Will.
EVERYDAY = frozenset("a an and at be by do for from go in it may my no not of on or so the to we will".split())  # noqa: SIM905
IN_HOURS, IN_POUNDS = (ConditionType.UNPAID_WORK,), (ConditionType.FINANCIAL_PENALTY, ConditionType.COMPENSATION)


def word_of(name: str, wording: str) -> str:
    """The first word of ``name`` that stands in ``wording``; an everyday word counts only with a capital inside."""
    said = re.findall(r"\w+", wording)
    folded = {word.casefold() for word in said}
    for word in re.findall(r"\w+", name):
        if word.casefold() in EVERYDAY:
            if word.capitalize() in said[1:]:
                return word
        elif len(word) > 1 and word.casefold() in folded:
            return word
    return ""
