"""The fact vocabulary: everything a policy may ask about, with a question an officer can answer.

A fact that nobody has answered is unknown, never false. ``monitoring`` marks the short set that is asked whatever the
policy says, because without it the people decided fastest would be missing from every figure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from .codes import ADMISSIONS, EARLIER_OUTCOMES, NEEDS, OFFENCE_GROUPS

FactType = Literal["yes_no", "choice", "word", "whole", "number", "date", "needs", "earlier_outcomes"]
YES_NO = {"true": "Yes", "false": "No"}


@dataclass(frozen=True)
class Fact:
    """One fact. ``values`` maps each allowed code to its label (choices only); ``minimum``/``maximum`` bound numbers.

    ``implies`` says what else an answer settles: (answer or None for any answer, fact, value).
    """

    name: str
    type: FactType
    question: str
    values: dict[str, str]
    monitoring: bool = False
    implies: tuple[Any, str, Any] | None = None
    minimum: int | None = None
    maximum: int | None = None


ETHNICITY = {
    "W1": "White: English, Welsh, Scottish, Northern Irish or British",
    "W2": "White: Irish",
    "W3": "White: Gypsy or Irish Traveller",
    "W9": "White: any other background",
    "M1": "Mixed: White and Black Caribbean",
    "M2": "Mixed: White and Black African",
    "M3": "Mixed: White and Asian",
    "M9": "Mixed: any other background",
    "A1": "Asian: Indian",
    "A2": "Asian: Pakistani",
    "A3": "Asian: Bangladeshi",
    "A4": "Asian: Chinese",
    "A9": "Asian: any other background",
    "B1": "Black: Caribbean",
    "B2": "Black: African",
    "B9": "Black: any other background",
    "O2": "Arab",
    "O9": "Any other ethnic group",
    "N1": "Not stated: the officer was needed urgently elsewhere",
    "N2": "Not stated: public disorder",
    "N3": "Not stated: the person does not understand what is asked",
    "N4": "Not stated: the person declined",
    "carried": "Not present: carried from an earlier record",
    "to_be_asked": "Not present: to be asked",
}

SEX = {"female": "Female", "male": "Male", "other": "Other"}
ORIGIN = {
    "street": "Street",
    "custody": "Custody",
    "voluntary": "Voluntary attendance",
    "social_contact": "Social contact, no offence alleged",
    "self_referral": "The person asked for help themselves",
}
MODE = {"summary": "Summary only", "either_way": "Either way", "indictable": "Indictable only"}
EVIDENCE = {
    "charge_standard": "Enough to charge",
    "offence_made_out": "Enough to show that an offence was committed, not enough to charge",
    "insufficient": "Not enough",
}
VICTIM = {
    "agrees": "Agrees",
    "objects": "Objects",
    "no_view": "Did not wish to give a view",
    "uncontactable": "Could not be reached after reasonable efforts",
    "not_asked": "Not asked yet",
    "no_victim": "There is no victim",
}
DRUG = {
    "cannabis": "Cannabis",
    "khat": "Khat",
    "class_a": "Another Class A drug",
    "class_b": "Another Class B drug",
    "class_c": "Another Class C drug",
    "none": "No drug",
}
ARRANGED = {"not_needed": "Not needed", "arranged": "Arranged", "not_arranged": "Needed, not arranged yet"}
ADULT_PRESENT = {"not_needed": "Not needed", "present": "Present", "not_present": "Needed, not present yet"}
RISK = {"standard": "Standard", "medium": "Medium", "high": "High"}

ALLEGED = (None, "offence_alleged", True)


def _ask(name: str, kind: FactType, question: str, values: dict[str, str] | None = None, **more: Any) -> Fact:
    return Fact(name, kind, question, YES_NO if kind == "yes_no" else values or {}, **more)


VOCABULARY: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        _ask("date_of_birth", "date", "What is the person's date of birth?", monitoring=True),
        _ask("sex", "choice", "What is the person's sex?", SEX, monitoring=True),
        _ask("ethnicity", "choice", "How does the person describe their ethnicity, or why is it not stated?", ETHNICITY,
             monitoring=True),
        _ask("origin", "choice", "How did the person come to you?", ORIGIN,
             implies=("social_contact", "offence_alleged", False)),
        _ask("offence_alleged", "yes_no", "Is an offence alleged?"),
        _ask("offence_group", "choice", "What sort of offence is alleged?", OFFENCE_GROUPS, monitoring=True,
             implies=ALLEGED),
        _ask("offence_code", "word", "What is the offence code?", implies=ALLEGED),
        _ask("mode_of_trial", "choice", "How is the offence tried?", MODE, implies=ALLEGED),
        _ask("offence_date", "date", "When did the offence happen?", implies=ALLEGED),
        _ask("offence_area", "word", "In which area did the offence happen?"),
        _ask("home_area", "word", "In which area does the person live?"),
        _ask("admission", "choice", "What does the person say about the offence?", ADMISSIONS),
        _ask("evidence", "choice", "What does the evidence support?", EVIDENCE),
        _ask("gravity_score", "whole", "What is the gravity score, 1 to 5?", minimum=1, maximum=5, implies=ALLEGED),
        _ask("earlier_outcomes", "earlier_outcomes",
             "What earlier convictions, cautions, resolutions or schemes has the person had: what, when, and was it "
             "for a similar offence?", EARLIER_OUTCOMES, monitoring=True),
        _ask("hate_crime", "yes_no", "Is this recorded as hate crime?"),
        _ask("domestic_abuse", "yes_no", "Is this domestic abuse?"),
        _ask("domestic_abuse_risk", "choice", "What is the assessed risk to the person harmed by domestic abuse?", RISK,
             implies=(None, "domestic_abuse", True)),
        _ask("controlling_behaviour", "yes_no", "Is there controlling or coercive behaviour?"),
        _ask("first_domestic_abuse", "yes_no", "Is this the first domestic abuse recorded against the person?"),
        _ask("harmed_seen_apart", "yes_no", "Was the person harmed asked apart from the suspect?"),
        _ask("approved_programme", "yes_no", "Is a place on an approved domestic abuse programme part of the offer?"),
        _ask("first_statement_date", "date",
             "When was the first witness statement or recorded interview of the person harmed by domestic abuse?"),
        _ask("victim_view", "choice", "What does the victim think of a resolution out of court?", VICTIM),
        _ask("consent", "yes_no", "Does the person agree to take part?"),
        _ask("has_capacity", "yes_no", "Is the person able to understand and decide at the moment?"),
        _ask("interpreter", "choice", "Is an interpreter needed, and arranged?", ARRANGED),
        _ask("appropriate_adult", "choice", "Is an appropriate adult needed, and present?", ADULT_PRESENT),
        _ask("yjs_consulted", "yes_no", "Has the youth justice service been consulted?"),
        _ask("pdat_done", "yes_no", "Has youth justice made its assessment of this child (PDAT)?"),
        _ask("child_information_form", "yes_no", "Is the Child Information Form complete?"),
        _ask("co_accused", "yes_no", "Is anyone else accused of the same offence?"),
        _ask("on_bail", "yes_no", "Is the person on police or court bail for another matter?"),
        _ask("under_order", "yes_no", "Is the person subject to a court order or statutory supervision?"),
        _ask("suspended_sentence", "yes_no", "Is the person subject to a suspended sentence?"),
        _ask("conditional_discharge", "yes_no", "Is the person subject to a conditional discharge?"),
        _ask("detained", "yes_no", "Is the person detained for court or under the Mental Health Act?"),
        _ask("specified_offence", "yes_no",
             "Is it an either-way offence on the specified list for simple cautions (SI 2015/790)?"),
        _ask("drug", "choice", "Which controlled drug is it about?", DRUG),
        _ask("small_quantity", "yes_no", "Is it a small quantity for the person's own use?"),
        _ask("drug_weight_grams", "number", "What do the drugs weigh, in grams?", minimum=0),
        _ask("low_level_supply", "yes_no", "Is any supply only at a low level?"),
        _ask("exploits_minors", "yes_no", "Is the person believed to exploit anyone under 18?"),
        _ask("amenable", "yes_no", "Is the person amenable to diversion?"),
        _ask("value_pounds", "number", "What is the value of the loss or damage, in pounds?", minimum=0),
        _ask("care_experienced", "yes_no", "Is the person a care leaver or care experienced?"),
        _ask("needs", "needs", "Which needs have been identified?", NEEDS),
    )
}  # fmt: skip
"""Every fact that may be asked, in the order of the form: ties between equally decisive questions follow it."""

_PLACE = {name: place for place, name in enumerate(VOCABULARY)}

SHORTHANDS: dict[str, str] = {
    "age": "Age in whole years on the day of the assessment",
    "age_at_offence": "Age in whole years on the day of the offence",
    "days_since_offence": "Days since the offence",
    "months_since_offence": "Whole calendar months since the offence",
    "statutory_limit_date": 'The last date for prosecution, or "none"; it replaces the date this service works out',
    "days_to_limit": "Days left to the last date for prosecution",
    "previous_convictions": "How many earlier convictions",
    "resolutions_last_12_months": "How many cautions, resolutions, notices or warnings in the 12 months before the "
    "offence",
    "similar_within_two_years": "Whether there is a conviction or caution for a similar offence in the two years "
    "before this offence",
}
"""What may be given in place of a fact. A shorthand narrows the fact it is worked out from; it is never asked."""


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """These facts in the order of the vocabulary."""
    return tuple(sorted(names, key=_PLACE.__getitem__))
