"""What the answers say of a person, a case and its crimes, in the one vocabulary of ``cases.eligibility.facts``.

There is one reader, ``CaseFacts.of``: for the page as it is typed, for a record, a correction, a preview and the
options kept. What nobody was asked stays unknown; a box left empty is an answer only where its group was answered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from cases.codes import EthnicGroup, SelfDefinedEthnicity, Sex, ethnic_group
from cases.eligibility.facts import VOCABULARY
from cases.eligibility.knowledge import Knowledge, know
from cases.eligibility.reading import Facts as FactsRead
from cases.law.dates import ADULT_AGE, age_on
from cases.models import Catalogue, Offence
from cases.models.crime import crime_number

ACCEPTED, DECLINED = "offered_accepted", "offered_declined"
#: How somebody can follow what is said: one group, so that a box left empty in it is an answer.
ALONE, INTERPRETER, ADULT_THERE, NOT_NOW = "alone", "interpreter", "appropriate_adult", "not_now"
#: Asked once for a case, and true of those of its crimes that are domestic abuse.
ABOUT_ABUSE = (
    "domestic_abuse_risk",
    "controlling_behaviour",
    "first_domestic_abuse",
    "harmed_seen_apart",
    "approved_programme",
)
AS_THEY_ARE = ("date_of_birth", "admission", "evidence", "origin", "ethnicity")

Answers = Mapping[str, Any]
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class CaseFacts:
    """The facts of each crime of a case, those about the person among them; one crime at least, perhaps empty.

    ``numbers`` are the crimes' numbers in the same order. ``not_known`` says of a fact why it is not known yet.
    ``on_record`` are earlier outcomes that our own records hold: there may be more elsewhere, so alone they can break
    a limit on earlier outcomes and never satisfy one.
    """

    crimes: tuple[Facts, ...]
    numbers: tuple[str, ...] = ("",)
    not_known: Mapping[str, str] = field(default_factory=dict)
    on_record: tuple[Facts, ...] = ()
    _read: dict[tuple[int, date], tuple[Facts, Knowledge]] = field(default_factory=dict, compare=False, repr=False)
    _placed: dict[str, "CaseFacts"] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, answers: Answers, offences: Catalogue, at: date, on_record: Sequence[Facts] = ()) -> "CaseFacts":
        """The facts that ``answers`` give on the day ``at``; ``offences`` is the force's catalogue.

        ``answers`` are those of the page, or those kept with the assessments and folded (``recorded.answers_of``).
        """
        person = _person(answers, at)
        crimes = answers.get("crimes") or [{"offence": answers["offence"]} if answers.get("offence") else {}]
        return cls(
            crimes=tuple(_of_crime(person, _crime(crime, offences, person, at), _further(answers)) for crime in crimes),
            numbers=tuple(str(crime.get("number", "")) for crime in crimes),
            not_known=dict(answers.get("not_known") or {}),
            on_record=tuple(on_record),
        )

    @property
    def first(self) -> Facts:
        """The facts of the first crime: what is said of the person is the same in each."""
        return self.crimes[0]

    @property
    def date_of_birth(self) -> date | None:
        return _day(self.first.get("date_of_birth"))

    @property
    def first_offence(self) -> date | None:
        """The day of the earliest offence, where one is known."""
        return min((day for crime in self.crimes if (day := _day(crime.get("offence_date")))), default=None)

    def known(self, crime: Facts, at: date) -> Knowledge:
        """What the facts of one of the crimes tell on the day, read once however many rulebooks ask."""
        key = (id(crime), at)
        if key not in self._read:
            self._read[key] = (
                crime,
                know(FactsRead.read(crime), at),
            )  # the crime is kept, so that its id stays its own
        return self._read[key][1]

    def is_child(self, at: date) -> bool:
        """Whether the person is known to be under 18 on the day."""
        born = self.date_of_birth
        return born is not None and born <= at and age_on(born, at) < ADULT_AGE

    @cached_property
    def given_with_ours(self) -> tuple[Facts, ...]:
        """Each crime's facts; earlier outcomes that were said are joined by those of our own records."""
        return tuple({**crime, **_joined(crime, self.on_record)} for crime in self.crimes)

    def placed(self, area: str) -> "CaseFacts":
        """The same with ``area`` as that of every crime of which none is known; read once for all that ask."""
        if area not in self._placed:
            self._placed[area] = self._with(tuple({"offence_area": area, **crime} for crime in self.crimes))
        return self._placed[area]

    def with_facts(self, **facts: Any) -> "CaseFacts":
        """The same with these facts of every crime."""
        return self._with(tuple({**crime, **facts} for crime in self.crimes))

    def _with(self, crimes: tuple[Facts, ...]) -> "CaseFacts":
        return replace(self, crimes=crimes, _read={}, _placed={})


def fold(answers: Iterable[Answers]) -> dict[str, Any]:
    """All that was said, submission after correction: what is said later replaces, and what is not said again stands.

    Each is one submission or correction and holds only what was said then. Crimes are told apart by their numbers.
    """
    folded: dict[str, Any] = {}
    for said in answers:
        crimes = _folded_crimes(folded.get("crimes", []), said.get("crimes", []))
        folded = {**folded, **said, **({"crimes": crimes} if crimes else {})}
    return folded


def _folded_crimes(before: Sequence[Answers], said: Sequence[Answers]) -> list[dict[str, Any]]:
    found = {_number(crime, place): dict(crime) for place, crime in enumerate(before)}
    for place, crime in enumerate(said):
        number = _number(crime, place)
        found[number] = {**found.get(number, {}), **crime}
    return list(found.values())


def _number(crime: Answers, place: int) -> str:
    """What tells a crime apart: its number as the record writes it, else its place."""
    return crime_number(str(crime["number"])) if crime.get("number") else str(place)


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
    facts = {name: answers[name] for name in AS_THEY_ARE if answers.get(name)}
    if sex_of(answers) != Sex.UNKNOWN:
        facts["sex"] = sex_of(answers)
    if answers.get("earlier_outcomes") == "none":
        facts["earlier_outcomes"] = []
    elif answers.get("earlier"):
        facts["earlier_outcomes"] = list(answers["earlier"])
    if answers.get("result") == ACCEPTED:
        facts["consent"] = True
    age = age_of(answers, at)
    return facts | _following(answers.get("follow") or (), is_child=age is not None and age < ADULT_AGE)


def _following(ways: Sequence[str], *, is_child: bool) -> dict[str, Any]:
    """Capacity, interpreter and appropriate adult, where the question how the person can follow was answered."""
    if not ways:
        return {}
    absent = "not_present" if is_child else "not_needed"
    return {
        "has_capacity": NOT_NOW not in ways,
        "interpreter": "arranged" if INTERPRETER in ways else "not_needed",
        "appropriate_adult": "present" if ADULT_THERE in ways else absent,
    }


def _of_crime(person: Facts, crime: Facts, further: Facts) -> Facts:
    """What is known of one crime; answers about domestic abuse are about the crimes that are of it."""
    of_abuse = ABOUT_ABUSE if crime.get("domestic_abuse") is False else ()
    return {**person, **crime, **{name: value for name, value in further.items() if name not in of_abuse}}


def _further(answers: Answers) -> dict[str, Any]:
    """What was answered because a rule asked for it."""
    return {name: value for name, value in (answers.get("facts") or {}).items() if name in VOCABULARY}


def _crime(crime: Answers, offences: Catalogue, person: Facts, at: date) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    offence = offences.on(str(crime.get("offence", "")), _day(crime.get("committed_on")) or at)
    if offence is not None:
        facts |= of_offence(offence, is_child=_is_child(person, at))
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


def of_offence(offence: Offence, *, is_child: bool) -> dict[str, Any]:
    """What the catalogue says of an offence; the matrix that counts for the gravity is that of the person's age."""
    gravity = offence.gravity_child if is_child else offence.gravity_adult
    return offence.rule_facts() | ({"gravity_score": gravity} if gravity else {})


def _is_child(person: Facts, at: date) -> bool:
    age = age_of(person, at)
    return age is not None and age < ADULT_AGE


def _joined(crime: Facts, on_record: Sequence[Facts]) -> dict[str, Any]:
    if "earlier_outcomes" not in crime or not on_record:
        return {}
    ours = {_key(one): one for one in on_record}
    said = [{**ours.pop(_key(one), {}), **one} for one in crime["earlier_outcomes"]]
    return {"earlier_outcomes": [*said, *ours.values()]}


def _key(outcome: Facts) -> tuple[str, str, str]:
    return (str(outcome.get("outcome")), str(outcome.get("scheme") or ""), str(outcome.get("date")))


def _day(value: Any) -> date | None:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return None
