"""The facts of a past decision as its stored answers give them. What nobody was asked stays unknown."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from cases.codes import EthnicGroup, SelfDefinedEthnicity, Sex, ethnic_group
from cases.law.dates import ADULT_AGE, age_on
from cases.models import Catalogue

ACCEPTED = "offered_accepted"
Answers = Mapping[str, Any]


def facts_of(answers: Answers, offences: Catalogue, at: date) -> list[dict[str, Any]]:
    """The facts of each crime of a case, in the terms of ``cases.eligibility``; one empty-handed crime at least.

    ``answers`` are those kept with the assessment, ``offences`` the force's catalogue, ``at`` the day of the decision.
    Whoever was not offered anything, or declined, may have agreed to another offer: their consent is unknown.
    """
    person = _person(answers, at)
    crimes = answers.get("crimes") or [{"offence": answers["offence"]} if answers.get("offence") else {}]
    return [{**_crime(crime, offences, at), **person} for crime in crimes]


def age_of(answers: Answers, at: date) -> int | None:
    """Whole years on the day of the decision, if a possible date of birth was given."""
    born = _day(answers.get("date_of_birth"))
    return age_on(born, at) if born and born <= at else None


def ethnic_group_of(answers: Answers) -> str:
    """The 5+1 group of the self-defined ethnicity."""
    code = str(answers.get("ethnicity", ""))
    if code == "carried":
        code = str(answers.get("carried_answer", ""))
    return ethnic_group(code) if code in SelfDefinedEthnicity.values else EthnicGroup.UNKNOWN


def sex_of(answers: Answers) -> str:
    """The sex recorded, or "unknown"."""
    given = str(answers.get("sex", ""))
    return given if given in Sex.values else Sex.UNKNOWN.value


def _person(answers: Answers, at: date) -> dict[str, Any]:
    names = ("date_of_birth", "admission", "evidence", "origin")
    facts = {name: answers[name] for name in names if answers.get(name)}
    if sex_of(answers) != Sex.UNKNOWN:
        facts["sex"] = sex_of(answers)
    if answers.get("earlier_outcomes") == "none":
        facts["earlier_outcomes"] = []
    if answers.get("result") == ACCEPTED:
        facts["consent"] = True
    age = age_of(answers, at)
    if age is not None and age < ADULT_AGE:
        # Asked of children only, and a box left empty is an answer.
        facts["appropriate_adult"] = "present" if answers.get("appropriate_adult") else "not_present"
        facts["yjs_consulted"] = bool(answers.get("youth_justice"))
    return facts


def _crime(crime: Answers, offences: Catalogue, at: date) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    offence = offences.on(str(crime.get("offence", "")), _day(crime.get("committed_on")) or at)
    if offence is not None:
        facts |= offence.rule_facts()
    if committed := crime.get("committed_on"):
        flags = crime.get("flags") or []
        facts |= {"offence_alleged": True, "offence_date": committed}
        hate = "hate_crime" in flags or (offence is not None and offence.hate_variant)
        facts |= {"domestic_abuse": "domestic_abuse" in flags, "hate_crime": hate}
    if stance := crime.get("victim_stance"):
        facts["victim_view"] = stance
    elif crime.get("victim_kind") == "none":
        facts["victim_view"] = "no_victim"
    if crime.get("first_statement_on"):
        facts["first_statement_date"] = crime["first_statement_on"]
    return facts


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
