"""What conditions are called and say, for whom, and what a partner may not read in them.

Kinds and objects are the codes of ``cases.law.codes``.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil

from django.utils.translation import gettext_lazy

from cases.law.codes import ConditionObject, ConditionType

LABELS = {
    ConditionType.COURSE: gettext_lazy("Course"),
    ConditionType.TREATMENT_APPT: gettext_lazy("Treatment or assessment appointment"),
    ConditionType.ATTEND_NAVIGATOR: gettext_lazy("Meetings with the worker"),
    ConditionType.NO_REOFFENDING: gettext_lazy("No further offence"),
    ConditionType.APOLOGY: gettext_lazy("Apology"),
    ConditionType.COMPENSATION: gettext_lazy("Compensation"),
    ConditionType.REPAIR: gettext_lazy("Repair or make good"),
    ConditionType.RJ: gettext_lazy("Restorative justice"),
    ConditionType.UNPAID_WORK: gettext_lazy("Unpaid or voluntary work"),
    ConditionType.EXCLUSION: gettext_lazy("Keep away from a place or person"),
    ConditionType.CURFEW_YOUTH: gettext_lazy("Curfew (children)"),
    ConditionType.FINANCIAL_PENALTY: gettext_lazy("Financial penalty"),
    ConditionType.GPS_TAG: gettext_lazy("Location tag"),
    ConditionType.DEPARTURE_UK: gettext_lazy("Leave the United Kingdom"),
    ConditionType.OTHER: gettext_lazy("Something else"),
}
OBJECT_LABELS = {
    ConditionObject.REHABILITATIVE: gettext_lazy("To help the person"),
    ConditionObject.REPARATIVE: gettext_lazy("To put right the harm"),
    ConditionObject.PUNITIVE: gettext_lazy("To punish"),
    ConditionObject.PROTECTIVE: gettext_lazy("To protect somebody"),
    ConditionObject.FOREIGN_NATIONAL: gettext_lazy("To leave and not return"),
}
KINDS = [(code.value, label) for code, label in LABELS.items()]
OBJECTS = [(code.value, label) for code, label in OBJECT_LABELS.items()]
# What an officer may add beside a scheme's own conditions, in the order of the list: the usual ones first.
ADDED_BY_OFFICERS = (
    ConditionType.APOLOGY,
    ConditionType.COMPENSATION,
    ConditionType.REPAIR,
    ConditionType.RJ,
    ConditionType.COURSE,
    ConditionType.TREATMENT_APPT,
    ConditionType.NO_REOFFENDING,
    ConditionType.UNPAID_WORK,
    ConditionType.FINANCIAL_PENALTY,
    ConditionType.EXCLUSION,
    ConditionType.OTHER,
)
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
USUAL_OBJECTS = {
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
# A name of two parts; letters whose stroke is no accent that could be taken off, and an apostrophe that is a letter.
DOUBLE = re.compile(r"\w+(?:['’‘`´\-\u2010-\u2015]\w+)+")
STROKES = str.maketrans("łøđı", "lodi", "\u02bc")
MOST_LETTERS = 300
IN_HOURS, IN_POUNDS = (ConditionType.UNPAID_WORK,), (ConditionType.FINANCIAL_PENALTY, ConditionType.COMPENSATION)


@dataclass(frozen=True)
class ConditionDetails:
    """A condition as it is to be agreed. ``partner_wording`` is what the partner reads where it touches a victim.

    ``sessions`` is how many have to be attended before the agreement can be closed as kept.
    """

    kind: str
    object: str
    wording: str
    due_on: date
    partner_wording: str = ""
    sessions: int | None = None


def with_quantity(wording: str, shown: str) -> str:
    """ "I will do unpaid work. (12 hours)": the amount is part of what was agreed, and is never cut off."""
    amount = f" ({shown})"
    return f"{wording[: MOST_LETTERS - len(amount)]}{amount}"


def quantity_in(wording: str, kind: str) -> int | None:
    """The hours, or the pence, that ``with_quantity`` put into a wording; None for a kind without, or no amount."""
    if kind not in (*IN_HOURS, *IN_POUNDS):
        return None
    said = re.search(r"\((?:£([0-9,]+(?:\.[0-9]+)?)|([0-9.]+) hours)\)$", wording)
    if said is None or (said[1] is None) == (kind in IN_POUNDS):
        return None
    return round(Decimal(said[1].replace(",", "")) * 100) if said[1] else ceil(Decimal(said[2]))


def quantities(conditions: Sequence[ConditionDetails]) -> dict[int, int]:
    """Hours, or pence, by the place of the condition, as its wording holds them."""
    found = ((place, quantity_in(one.wording, one.kind)) for place, one in enumerate(conditions))
    return {place: quantity for place, quantity in found if quantity is not None}


def word_of(name: str, wording: str) -> str:
    """The first word of ``name`` that stands in ``wording``, with or without its accents, hyphens and apostrophes; an
    everyday word counts only with a capital inside.
    """
    said, plain = re.findall(r"\w+", wording), set(_plain_words(wording))
    for word in _words(name):
        if word.casefold() in EVERYDAY:
            if word.capitalize() in said[1:]:
                return word
        elif len(word) > 1 and not plain.isdisjoint(_plain_words(word)[-1:]):
            return word
    return ""


def _words(name: str) -> list[str]:
    """Each word, and each double one as it is written: "Anne-Marie" is Anne, Marie and Anne-Marie."""
    shown = "".join(one for one in unicodedata.normalize("NFC", name) if unicodedata.category(one) != "Cf")
    return list(dict.fromkeys(re.findall(r"\w+", shown) + DOUBLE.findall(shown)))


def _plain_words(text: str) -> list[str]:
    """The words of a text in plain small letters; a double one as one word besides: "annemarie", "obrien"."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(STROKES))
    plain = "".join(one for one in letters if unicodedata.category(one) not in ("Mn", "Cf"))
    return [*re.findall(r"\w+", plain), *(re.sub(r"\W", "", one) for one in DOUBLE.findall(plain))]
