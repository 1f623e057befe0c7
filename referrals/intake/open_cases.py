"""Reading a table of open cases of another system: a row for each crime and each condition, a case by its reference."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from cases.codes import (
    Admission,
    EarlierOutcomes,
    EthnicityNotStated,
    Origin,
    SelfDefinedEthnicity,
    Sex,
    VictimKind,
    VictimStance,
)
from cases.details import CaseDetails, CrimeDetails, DecisionDetails, PersonDetails
from cases.intake.crimes import EARLIEST, is_number
from cases.intake.summary import SEXES, Named, only_day
from cases.law import disposals
from cases.law.codes import ConditionType, DisposalCode
from cases.law.data import NotInForce
from cases.law.dates import age_on
from cases.models import Catalogue, Offence
from cases.models.crime import crime_number
from diversion import clock
from referrals.schemes.condition_words import FOR_PARTNER, KINDS, MOST_LETTERS, USUAL_OBJECTS, ConditionDetails, word_of

NEEDED = (
    *("reference", "officer", "given_names", "family_name", "date_of_birth", "sex", "crime_number", "offence"),
    *("committed_on", "decided_on", "origin", "admission", "resolution", "condition", "due_on"),
)
OPTIONAL = (
    *("condition_kind", "scheme", "ends_on", "ethnicity", "telephone", "safe_contact"),
    *("earlier_outcomes", "reasons", "area", "victim_kind", "victim_name", "victim_view"),
)
OF_CRIME = ("crime_number", "offence", "committed_on", "area", "victim_kind", "victim_name", "victim_view")
OF_CONDITION = ("condition", "condition_kind", "due_on")
#: What a further row of a case may leave blank, and may not say otherwise.
OF_CASE = tuple(name for name in (*NEEDED, *OPTIONAL) if name not in (*OF_CRIME, *OF_CONDITION))
#: Characters, as the columns of the record have them.
LONGEST = {
    "reference": 60,
    "officer": 254,
    "given_names": 150,
    "family_name": 150,
    "telephone": 30,
    "safe_contact": 200,
    "area": 100,
    "victim_name": 150,
    "condition": MOST_LETTERS,
    "scheme": 120,
    "reasons": 4000,
}
#: A workbook's day has a time.
TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
#: Nobody agrees to anything for longer: a later day is a slip, and its clock would never ring.
MOST_YEARS = 3
Row = Mapping[str, str]
Codes = Mapping[str, str]
RESOLUTIONS: Codes = {code.value.replace("_", mark): code.value for code in DisposalCode for mark in "_ "}
CONDITIONS: Codes = {told.casefold(): code for code, label in KINDS for told in (code, str(label))}
OBJECT_OF = {kind.value: one.value for kind, one in USUAL_OBJECTS.items()}


class UnreadableCase(ValueError):
    """Why a row, and with it its case, is not brought in. The words never repeat what the row says of somebody."""


@dataclass(frozen=True)
class OpenCase:
    """A case that was decided elsewhere and is not over: what was said and decided, and what is still to be done."""

    reference: str
    officer: str  # an e-mail address
    details: CaseDetails
    decided_on: date
    conditions: Sequence[ConditionDetails]
    scheme: str = ""  # by name or slug
    ends_on: date | None = None
    lines: Sequence[int] = ()


@dataclass
class _Gathered:
    """The rows of one case so far."""

    said: dict[str, str]
    lines: list[int] = field(default_factory=list)
    crimes: dict[str, Row] = field(default_factory=dict)
    conditions: list[Row] = field(default_factory=list)
    fault: str = ""


@dataclass(frozen=True)
class Told:
    """What a table tells: each case once, and the lines of those that are not brought in, with the reason."""

    cases: Sequence[OpenCase] = ()
    rejects: Sequence[tuple[int, str]] = ()


def read_open_cases(
    rows: Iterable[tuple[int, Row]], catalogue: Catalogue, offences: Named, *, unread: Sequence[int] = ()
) -> Told:
    """``rows`` are by column, each with its line in the file; ``offences`` as ``cases.intake.summary.named`` gives it.

    A case is brought whole or not at all: a row that cannot be read keeps the others of its case out too. One without
    a reference, or a line of the file that was ``unread``, may be of any case: then none is brought.
    """
    gathered, rejects = _gather(rows)
    if stray := sorted([*unread, *(line for line, _words in rejects)]):
        for one in gathered.values():
            one.fault = f"line {stray[0]} may be a part of this case, and does not say of which: mend that line first"
    cases: list[OpenCase] = []
    for one in gathered.values():
        try:
            cases.append(_case(one, catalogue, offences))
        except UnreadableCase as fault:
            rejects += [(line, str(fault)) for line in one.lines]
    return Told(cases, sorted(rejects))


def _gather(rows: Iterable[tuple[int, Row]]) -> tuple[dict[str, _Gathered], list[tuple[int, str]]]:
    gathered: dict[str, _Gathered] = {}
    rejects = []
    for line, row in rows:
        reference = row["reference"]
        if not reference or len(reference) > LONGEST["reference"]:
            rejects.append((line, f"its reference is empty, or longer than {LONGEST['reference']} characters"))
            continue
        key = reference.casefold()
        case = gathered.setdefault(key, _Gathered({name: row.get(name, "") for name in OF_CASE}))
        case.lines.append(line)
        case.fault = case.fault or _added(row, case)
    return gathered, rejects


def _added(row: Row, case: _Gathered) -> str:
    """Add what a row says to its case; why it cannot be, where it says otherwise than an earlier one."""
    for name in OF_CASE:
        if (told := row.get(name, "")) and told.casefold() != case.said[name].casefold():
            return f"its {name} is not that of line {case.lines[0]}, which has the same reference"
    about = {name: row.get(name, "") for name in OF_CRIME}
    if number := crime_number(about["crime_number"]):
        kept = case.crimes.setdefault(number, about)
        if any(about[name] and about[name].casefold() != kept[name].casefold() for name in OF_CRIME[1:]):
            return "an earlier line says something else of the same crime"
    agreed = {name: row.get(name, "") for name in OF_CONDITION}
    if (agreed["condition"] or agreed["due_on"]) and agreed not in case.conditions:  # once, for however many crimes
        case.conditions.append(agreed)
    return ""


def _case(told: _Gathered, catalogue: Catalogue, offences: Named) -> OpenCase:
    said = told.said
    if told.fault:
        raise UnreadableCase(told.fault)
    for name, most in LONGEST.items():
        rows = [said, *told.crimes.values(), *told.conditions]
        if any(len(row.get(name, "")) > most for row in rows):
            raise UnreadableCase(f"its {name} is longer than {most} characters")
        if any(unicodedata.category(one) in ("Cc", "Cf") for row in rows for one in row.get(name, "")):
            raise UnreadableCase(f"its {name} holds a character that nobody sees")
    decided_on = _day(said, "decided_on")
    person, decision = _person(said, decided_on), _decision(said, decided_on)
    crimes = [_crime(row, catalogue, offences, decided_on) for row in told.crimes.values()]
    victims = [one.victim_name for one in crimes if one.victim_name]
    conditions = [_condition(row, decided_on, victims) for row in told.conditions]
    if not crimes or not conditions:
        raise UnreadableCase("it has no crime" if not crimes else "it has no condition that is still to be done")
    origin = code_in(said["origin"], "origin", codes_of(Origin))
    earlier = _coded(said, "earlier_outcomes", EarlierOutcomes, EarlierOutcomes.NOT_CHECKED)
    if any(one.committed_on < person.date_of_birth for one in crimes):
        raise UnreadableCase("one of its crimes was before the person was born")
    ends_on = _to_come(said, "ends_on", decided_on) if said["ends_on"] else None
    if ends_on and ends_on < max(one.due_on for one in conditions):
        raise UnreadableCase("its ends_on is before the last day of one of its conditions")
    details = CaseDetails(person, crimes, origin, earlier, decision, {})
    officer = said["officer"].lower()
    return OpenCase(said["reference"], officer, details, decided_on, conditions, said["scheme"], ends_on, told.lines)


def _person(said: Row, decided_on: date) -> PersonDetails:
    if not said["given_names"] or not said["family_name"]:
        raise UnreadableCase("it lacks a given name or a family name")
    ethnicity = said["ethnicity"].upper()
    carried: dict[str, Any] = {"ethnicity_not_stated": EthnicityNotStated.TO_BE_ASKED.value}
    if ethnicity:
        told = {"ethnicity_self_defined": code_in(ethnicity, "ethnicity", codes_of(SelfDefinedEthnicity))}
        source = {"ethnicity_source": "the system it was brought in from", "ethnicity_recorded_on": decided_on}
        carried = told | source | {"ethnicity_not_stated": EthnicityNotStated.CARRIED.value}
    return PersonDetails(
        given_names=said["given_names"],
        family_name=said["family_name"],
        date_of_birth=_day(said, "date_of_birth"),
        sex=code_in(said["sex"], "sex", SEXES | codes_of(Sex)),
        telephone=said["telephone"] or None,
        safe_contact=said["safe_contact"] or None,
        **carried,
    )


def _decision(said: Row, decided_on: date) -> DecisionDetails:
    code = code_in(said["resolution"], "resolution", RESOLUTIONS)
    try:
        rules = disposals.get(code, decided_on)
    except NotInForce:
        raise UnreadableCase("its resolution was not in force on the day of the decision") from None
    if rules.conditions == "none" or not rules.suits_age(age_on(_day(said, "date_of_birth"), decided_on)):
        raise UnreadableCase("its resolution has no conditions, or none for somebody of that age")
    return DecisionDetails(
        result="offered_accepted",
        admission=code_in(said["admission"], "admission", codes_of(Admission)),
        disposal=code,
        rationale=said["reasons"],
    )


def _crime(row: Row, catalogue: Catalogue, offences: Named, decided_on: date) -> CrimeDetails:
    if not is_number(number := crime_number(row["crime_number"])):
        raise UnreadableCase("its crime number cannot be one")
    kind = _coded(row, "victim_kind", VictimKind, VictimKind.PERSON if row["victim_name"] else VictimKind.NONE)
    if kind == VictimKind.NONE and (row["victim_name"] or row["victim_view"]):
        raise UnreadableCase("it says that there is no victim, and something of one")
    has_victim, committed_on = kind != VictimKind.NONE, _day(row, "committed_on", most=decided_on)
    return CrimeDetails(
        number=number,
        committed_on=committed_on,
        offence=_offence(row["offence"], committed_on, catalogue, offences),
        area=row["area"],
        victim_kind=kind,
        victim_name=row["victim_name"],
        victim_stance=_coded(row, "victim_view", VictimStance, VictimStance.NOT_ASKED) if has_victim else "",
    )


def _offence(told: str, day: date, catalogue: Catalogue, offences: Named) -> Offence:
    codes = offences.get(re.sub(r"[\W_]+", "", told).casefold(), frozenset())
    if len(codes) != 1:
        raise UnreadableCase("its offence is none of the catalogue, or could be several: use its code")
    code = next(iter(codes))
    found = catalogue.on(code, day) or catalogue.latest(code)
    if found is None:
        raise UnreadableCase("its offence is none of the catalogue any more: use its code")
    return found


def _condition(row: Row, decided_on: date, victims: Sequence[str]) -> ConditionDetails:
    if not row["condition"]:
        raise UnreadableCase("a condition has a day and no words")
    kind = code_in(row["condition_kind"], "condition_kind", CONDITIONS) if row.get("condition_kind") else "other"
    for_partner = str(FOR_PARTNER.get(ConditionType(kind), ""))
    if not for_partner and any(word_of(name, row["condition"]) for name in victims):
        raise UnreadableCase("a condition names the victim, whom a partner must not learn of: say it without the name")
    return ConditionDetails(
        kind=kind,
        object=OBJECT_OF.get(kind, "rehabilitative"),
        wording=row["condition"],
        partner_wording=for_partner if for_partner != row["condition"] else "",
        due_on=_to_come(row, "due_on", decided_on),
    )


def _to_come(row: Row, name: str, decided_on: date) -> date:
    return _day(row, name, least=decided_on, most=clock.today() + relativedelta(years=MOST_YEARS))


def _day(row: Row, name: str, *, least: date = date(EARLIEST, 1, 1), most: date | None = None) -> date:
    day = only_day(TIME.sub("", row[name].strip()))
    if day is None or not least <= day <= (most or clock.today()):
        raise UnreadableCase(f"its {name} is no day, or one that cannot be (write 14/06/2026 or 2026-06-14)")
    return day


def _coded(row: Row, name: str, choices: Any, usual: str) -> str:
    return code_in(row[name], name, codes_of(choices)) if row.get(name) else str(usual)


def code_in(told: str, name: str, codes: Codes) -> str:
    """The code that ``told`` in column ``name`` is, by itself or by its words; UnreadableCase where it is none."""
    found = codes.get(told.strip().casefold())
    if found is None:
        raise UnreadableCase(f"its {name} is none of: {', '.join(sorted(set(codes.values())))}")
    return found


def codes_of(choices: Any) -> dict[str, str]:
    """The code by itself and by its words, as a table may have either."""
    return {told.casefold(): str(code) for code, words in choices.choices if code for told in (str(code), str(words))}
